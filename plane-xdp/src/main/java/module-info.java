/** The eBPF forwarding plane: C sources, their loader, next hops, attachment. */
module dev.sluice.plane.xdp {
  requires transitive dev.sluice.lvs;
  requires transitive dev.sluice.linux;
  requires static transitive org.jspecify;

  exports dev.sluice.plane.xdp;
}
