package dev.sluice.bench.vrrp;

import com.sun.management.ThreadMXBean;
import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.model.Configuration;
import dev.sluice.lab.Await;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.Segment;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.driver.VrrpDriver;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Bytes that the VRRP loop allocates for each advert, as master and as backup, in this JVM. Without
 * leases: a renewal is a request to the kernel and allocates.
 */
final class Allocation {
  private static final int INSTANCES = 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final PrintStream out;

  Allocation(PrintStream out) {
    this.out = out;
  }

  /** A driver and its thread. */
  private record Router(VrrpDriver driver, long thread) {
    long bytes() {
      return THREADS.getThreadAllocatedBytes(thread);
    }

    long count(VrrpCounter counter) {
      return driver.snapshot().instances().stream()
          .mapToLong(instance -> instance.counters().getOrDefault(counter, 0L))
          .sum();
    }

    boolean all(VrrpState state) {
      var instances = driver.snapshot().instances();
      return instances.size() == INSTANCES
          && instances.stream().allMatch(instance -> instance.state() == state);
    }
  }

  /** Prints a table. */
  void run(Duration time) throws Exception {
    try (Lab lab = Lab.open()) {
      Segment segment = lab.segment("lan");
      Host a = segment.join(lab.host("a"), "10.90.0.1/16");
      Host b = segment.join(lab.host("b"), "10.90.0.2/16");
      Router master = start(a, 150);
      try (VrrpDriver _ = master.driver()) {
        Await.until("all MASTER", Rig.PATIENCE, () -> master.all(VrrpState.MASTER));
        Router backup = start(b, 100);
        try (VrrpDriver _ = backup.driver()) {
          Await.until("all BACKUP", Rig.PATIENCE, () -> backup.all(VrrpState.BACKUP));
          // Compiled by now, or nearly so.
          Rig.run(time);
          out.println("| role | adverts | bytes allocated per advert |");
          out.println("|---|---|---|");
          measure("sending, as MASTER", master, VrrpCounter.ADVERT_SENT, time);
          measure("receiving, as BACKUP", backup, VrrpCounter.ADVERT_RECEIVED, time);
          out.println();
        }
      }
    }
  }

  /** The snapshots that give the counts allocate, and stand outside. */
  private void measure(String role, Router router, VrrpCounter counter, Duration time) {
    long countBefore = router.count(counter);
    long before = router.bytes();
    Rig.run(time);
    long after = router.bytes();
    long adverts = router.count(counter) - countBefore;
    out.printf("| %s | %d | %.2f |%n", role, adverts, (double) (after - before) / adverts);
    out.flush();
  }

  private static Router start(Host host, int priority) throws Exception {
    Set<Long> before = threads();
    VrrpDriver driver = NetworkNamespace.in(host.namespaceFile(), () -> VrrpDriver.start(_ -> {}));
    long thread = threads().stream().filter(id -> !before.contains(id)).findFirst().orElseThrow();
    Configuration configuration =
        ConfigLoader.parse("bench.conf", text(priority), ConfigEnvironment.ofThisMachine())
            .configuration();
    driver
        .apply(
            new VrrpDesired(
                configuration.vrrpInstances(),
                configuration.syncGroups(),
                configuration.vrrpScripts(),
                Duration.ZERO))
        .join();
    return new Router(driver, thread);
  }

  private static Set<Long> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("vrrp"))
        .map(Thread::threadId)
        .collect(Collectors.toSet());
  }

  private static String text(int priority) {
    var text = new StringBuilder("global_defs {\n  vrrp_version 3\n}\n");
    for (int i = 1; i <= INSTANCES; i++) {
      text.append(
          """
          vrrp_instance I%d {
            interface eth0
            virtual_router_id %d
            priority %d
            advert_int 0.01
            vip_lease 0
            virtual_ipaddress {
              10.90.1.%d/16
            }
          }
          """
              .formatted(i, i, priority, i));
    }
    return text.toString();
  }
}
