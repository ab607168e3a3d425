/** VRRP (RFC 2338, 3768, 5798, 9568): codec, pure state machine, driver. */
module dev.sluice.vrrp {
  requires transitive dev.sluice.config;
  requires transitive dev.sluice.linux;
  requires static transitive org.jspecify;

  exports dev.sluice.vrrp;
  exports dev.sluice.vrrp.codec;
  exports dev.sluice.vrrp.driver;
  exports dev.sluice.vrrp.machine;
  exports dev.sluice.vrrp.simulation;
}
