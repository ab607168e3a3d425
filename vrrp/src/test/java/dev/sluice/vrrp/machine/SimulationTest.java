package dev.sluice.vrrp.machine;

import org.junit.jupiter.api.Test;

/**
 * Clusters from seeds: whatever the network did, once it is whole again there is one master and it
 * is the right one. A failing seed is in the message; {@code -Dsluice.vrrp.seed=N} runs it alone.
 */
class SimulationTest {
  private static final int RUNS = 3000;

  @Test
  void clustersSettle() {
    String only = System.getProperty("sluice.vrrp.seed");
    if (only != null) {
      new Simulation(Long.parseLong(only)).run();
      return;
    }
    for (long seed = 1; seed <= RUNS; seed++) {
      new Simulation(seed).run();
    }
  }
}
