/** The kernel from Java: typed, small, no policy. The only module that names the linker. */
module dev.sluice.linux {
  requires static transitive org.jspecify;

  exports dev.sluice.linux;
  exports dev.sluice.linux.bpf;
}
