/** The daemon: lifecycle, reconcile, journal, scripts, control socket. It wires the protocols. */
module dev.sluice.core {
  requires transitive dev.sluice.config;
  requires transitive dev.sluice.lvs;
  requires dev.sluice.vrrp;
  requires dev.sluice.check;
  requires dev.sluice.plane.xdp;
  requires dev.sluice.linux;
  requires static transitive org.jspecify;

  exports dev.sluice.core;
}
