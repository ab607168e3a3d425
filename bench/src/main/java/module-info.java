/** Measurements: {@code ./dev bench}. */
module dev.sluice.bench {
  requires dev.sluice.core;
  requires dev.sluice.config;
  requires dev.sluice.lvs;
  requires dev.sluice.vrrp;
  requires dev.sluice.check;
  requires dev.sluice.plane.xdp;
  requires dev.sluice.linux;
  requires dev.sluice.lab;
  requires jdk.management;
  // Only for the benchmarks' compilation: JMH runs them from the class path.
  requires static jmh.core;
  requires static transitive org.jspecify;
}
