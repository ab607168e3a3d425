package dev.sluice.vrrp.driver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.driver.TestRouter.Conf;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** V-77: a VRRP thread that is held up for longer than Master_Down_Interval. */
@Tag("netns")
class StallNetnsTest {

  /** A driver whose thread stands still from the first event of instance HELD until released. */
  private static final class Stallable implements AutoCloseable {
    final List<VrrpEvent> events = new CopyOnWriteArrayList<>();
    final CountDownLatch stands = new CountDownLatch(1);
    final CountDownLatch gate = new CountDownLatch(1);
    final VrrpDriver driver;

    Stallable(String namespace) {
      driver = TestNet.in(namespace, () -> VrrpDriver.start(this::on));
    }

    private void on(VrrpEvent event) {
      events.add(event);
      if (event instanceof VrrpEvent.StateChanged changed && changed.instance().equals("HELD")) {
        stands.countDown();
        try {
          gate.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    void apply(Conf... instances) {
      var _ =
          driver.apply(
              new VrrpDesired(
                  Arrays.stream(instances).map(Conf::build).toList(),
                  List.of(),
                  List.of(),
                  Duration.ZERO));
    }

    VrrpSnapshot.Instance instance() {
      return driver.snapshot().instances().getFirst();
    }

    void await(VrrpState state) {
      TestNet.await(
          "the stallable in " + state,
          () -> !driver.snapshot().instances().isEmpty() && instance().state() == state,
          () -> events);
    }

    boolean became(VrrpState state) {
      return events.stream()
          .anyMatch(e ->
              e instanceof VrrpEvent.StateChanged changed
                  && changed.instance().equals("VI_1")
                  && changed.to() == state);
    }

    @Override
    public void close() {
      gate.countDown();
      driver.close();
    }
  }

  private static Conf held() {
    return Conf.of(90).name("HELD").vrid(99).vips("10.77.0.199");
  }

  @Test
  void aBackupThatWasHeldUpReadsBeforeItTakesOver() throws InterruptedException {
    try (TestNet net = new TestNet();
        TestRouter master = new TestRouter(net.host(1));
        Stallable backup = new Stallable(net.host(2))) {
      master.apply(Conf.of(150));
      master.await(VrrpState.MASTER);
      backup.apply(Conf.of(100));
      backup.await(VrrpState.BACKUP);
      TestNet.await(
          "the backup hears",
          () -> InetAddress.ofLiteral("10.77.0.1").equals(backup.instance().master()),
          backup::instance);
      backup.apply(Conf.of(100), held());
      backup.stands.await();
      long sent = master.counter(VrrpCounter.ADVERT_SENT);
      TestNet.await(
          "three down intervals",
          () -> master.counter(VrrpCounter.ADVERT_SENT) >= sent + 12,
          master::instance);
      backup.gate.countDown();
      TestNet.await(
          "the backup has read what waited",
          () ->
              requireNonNull(backup.instance().counters().get(VrrpCounter.ADVERT_RECEIVED)) >= 13L,
          backup::instance);
      assertThat(backup.became(VrrpState.MASTER)).isFalse();
      assertThat(backup.driver.snapshot().lateness().worstNanos())
          .isGreaterThan(Duration.ofSeconds(1).toNanos());
    }
  }

  @Test
  void aMasterThatWasHeldUpLeavesWhoTookOverUnderNopreempt() throws InterruptedException {
    try (TestNet net = new TestNet();
        Stallable master = new Stallable(net.host(1));
        TestRouter other = new TestRouter(net.host(2))) {
      master.apply(Conf.of(150).nopreempt());
      master.await(VrrpState.MASTER);
      other.apply(Conf.of(100).nopreempt());
      TestNet.await(
          "the other hears",
          () -> InetAddress.ofLiteral("10.77.0.1").equals(other.instance().master()),
          other::instance);
      master.apply(Conf.of(150).nopreempt(), held());
      master.stands.await();
      other.await(VrrpState.MASTER);
      master.gate.countDown();
      master.await(VrrpState.BACKUP);
      assertThat(other.state()).isEqualTo(VrrpState.MASTER);
      assertThat(master.instance().counters().get(VrrpCounter.OVERSLEPT)).isEqualTo(1);
      assertThat(master.instance().election().decisions())
          .anySatisfy(each -> assertThat(each.text()).contains("took over while we slept"));
    }
  }
}
