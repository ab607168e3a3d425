/** Health checks of real servers: pure checker states, one event loop. */
module dev.sluice.check {
  requires transitive dev.sluice.config;
  requires transitive dev.sluice.linux;
  requires org.dnsjava;
  requires static transitive org.jspecify;

  exports dev.sluice.check;
}
