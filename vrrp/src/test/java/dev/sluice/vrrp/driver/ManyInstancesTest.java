package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two directors with many instances each, started together, then one stopped. {@code
 * -Dsluice.vrrp.instances=N} for another number of them.
 */
@Tag("netns")
class ManyInstancesTest {
  private static final int SOME = Integer.getInteger("sluice.vrrp.instances", 200);
  private static final int MANY = 1000;
  private static final int PER_LINK = 200;

  /** What a driver tells and when; a list that copies itself would hold it up. */
  private record Told(VrrpEvent event, long nanos) {}

  private static final class Side implements AutoCloseable {
    final Queue<Told> told = new ConcurrentLinkedQueue<>();
    final VrrpDriver driver;

    Side(String namespace) {
      driver =
          TestNet.in(
              namespace,
              () -> VrrpDriver.start(event -> told.add(new Told(event, System.nanoTime()))));
    }

    long in(VrrpState state) {
      return driver.snapshot().instances().stream().filter(i -> i.state() == state).count();
    }

    List<Told> changes(VrrpState to) {
      return told.stream()
          .filter(t -> t.event() instanceof VrrpEvent.StateChanged c && c.to() == to)
          .toList();
    }

    long spreadMillis(VrrpState to) {
      var times = changes(to).stream().mapToLong(Told::nanos).summaryStatistics();
      return (times.getMax() - times.getMin()) / 1_000_000;
    }

    @Override
    public void close() {
      driver.close();
    }
  }

  private static String conf(int instances, int priority) {
    StringBuilder text = new StringBuilder("global_defs {\n vrrp_version 3\n}\n");
    for (int i = 0; i < instances; i++) {
      text.append(
          """
          vrrp_instance V%d {
            interface eth%d
            virtual_router_id %d
            priority %d
            advert_int 1
            virtual_ipaddress {
              10.%d.%d.%d/32
            }
          }
          """
              .formatted(
                  i,
                  i / PER_LINK,
                  i % PER_LINK + 1,
                  priority,
                  100 + i / PER_LINK,
                  1 + i % PER_LINK / 100,
                  1 + i % 100));
    }
    return text.toString();
  }

  @Test
  void someStartTogetherWithoutAFightAndTakeOverTogether() {
    startAndTakeOver(SOME);
  }

  @Test
  @Tag("long")
  void manyStartTogetherWithoutAFightAndTakeOverTogether() {
    startAndTakeOver(MANY);
  }

  private static void startAndTakeOver(int instances) {
    try (TestNet net = new TestNet()) {
      String first = net.host(1);
      String second = net.host(2);
      TestNet.ip("-n", first, "link", "delete", "eth0");
      TestNet.ip("-n", second, "link", "delete", "eth0");
      for (int i = 0; i <= (instances - 1) / PER_LINK; i++) {
        TestNet.ip(
            "-n", first, "link", "add", "eth" + i, "type", "veth", "peer", "name", "eth" + i,
            "netns", second);
        int n = 1;
        for (String host : List.of(first, second)) {
          TestNet.ip(
              "-n",
              host,
              "address",
              "add",
              "10." + (100 + i) + ".0." + n++ + "/24",
              "dev",
              "eth" + i);
          TestNet.ip("-n", host, "link", "set", "eth" + i, "up");
        }
      }
      try (Side one = new Side(first);
          Side two = new Side(second)) {
        var better = TestNet.in(first, () -> TestRouter.desired(conf(instances, 150)));
        var worse = TestNet.in(second, () -> TestRouter.desired(conf(instances, 100)));
        var applied = one.driver.apply(better);
        two.driver.apply(worse).join();
        applied.join();
        TestNet.await(
            "all are MASTER on one",
            () -> one.changes(VrrpState.MASTER).size() == instances,
            () -> one.told.size());
        assertThat(one.changes(VrrpState.MASTER)).hasSize(instances);
        assertThat(two.in(VrrpState.BACKUP)).isEqualTo(instances);
        assertThat(two.changes(VrrpState.MASTER)).isEmpty();
        System.out.printf(
            "%d instances: joint start, spread %d ms%n",
            instances, one.spreadMillis(VrrpState.MASTER));

        long from = System.nanoTime();
        one.driver.stop().join();
        TestNet.await(
            "all are MASTER on two",
            () -> two.changes(VrrpState.MASTER).size() == instances,
            () -> two.told.size());
        long last = two.changes(VrrpState.MASTER).stream().mapToLong(Told::nanos).max().orElse(0);
        System.out.printf(
            "%d instances: takeover after %d ms, spread %d ms%n",
            instances, (last - from) / 1_000_000, two.spreadMillis(VrrpState.MASTER));
        assertThat(two.changes(VrrpState.MASTER)).hasSize(instances);
        assertThat(two.driver.snapshot().instances().stream().map(VrrpSnapshot.Instance::addresses))
            .allMatch(addresses -> addresses.getFirst().present());
        assertThat(two.told)
            .noneMatch(t -> t.event() instanceof VrrpEvent.AddressFailed)
            .noneMatch(t -> t.event() instanceof VrrpEvent.Restored);
      }
    }
  }
}
