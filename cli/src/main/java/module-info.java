/** The command line: one class per verb. */
module dev.sluice.cli {
  requires dev.sluice.core;
  requires dev.sluice.check;
  requires dev.sluice.config;
  requires dev.sluice.lvs;
  requires dev.sluice.vrrp;
  requires dev.sluice.linux;
  requires dev.sluice.lab;
  requires info.picocli;
  requires static transitive org.jspecify;
}
