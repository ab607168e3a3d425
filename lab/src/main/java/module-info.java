/** Networks on one machine, out of namespaces: the demo and the scenario tests. */
module dev.sluice.lab {
  requires dev.sluice.linux;
  requires static transitive org.jspecify;
  requires io.avaje.jsonb;
  requires jdk.httpserver;

  exports dev.sluice.lab;
}
