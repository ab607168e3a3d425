package dev.sluice.config.model;

import java.util.List;

/** What exists as long as the daemon runs, whoever is MASTER. */
public record StaticObjects(
    List<VirtualAddress> addresses, List<RouteSpec> routes, List<RuleSpec> rules) {
  private static final StaticObjects NONE = new StaticObjects(List.of(), List.of(), List.of());

  public StaticObjects {
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
    rules = List.copyOf(rules);
  }

  /** Nothing. */
  public static StaticObjects none() {
    return NONE;
  }
}
