/** The daemon: lifecycle, reconcile, journal, scripts, control socket. It wires the protocols. */
module dev.sluice.core {
  requires transitive dev.sluice.config;
  requires transitive dev.sluice.lvs;
  requires dev.sluice.vrrp;
  requires dev.sluice.check;
  requires dev.sluice.plane.xdp;
  requires dev.sluice.linux;
  requires static transitive org.jspecify;
  requires static jakarta.mail; // the daemon adds it: a command starts without
  requires transitive io.avaje.json;
  requires transitive io.avaje.jsonb;

  provides io.avaje.jsonb.spi.JsonbExtension with
      dev.sluice.core.api.jsonb.GeneratedJsonComponent;
  provides System.LoggerFinder with
      dev.sluice.core.log.SluiceLoggerFinder;

  exports dev.sluice.core;
  exports dev.sluice.core.api;
  exports dev.sluice.core.control;
  exports dev.sluice.core.ipvs.table;
}
