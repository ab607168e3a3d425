/**
 * The keepalived language: text in, immutable records and diagnostics out. No I/O but reading
 * files.
 */
module dev.sluice.config {
  requires static transitive org.jspecify;

  exports dev.sluice.config;
  exports dev.sluice.config.model;
}
