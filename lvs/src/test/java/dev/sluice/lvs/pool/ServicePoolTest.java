package dev.sluice.lvs.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.PoolPolicy;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.ServicePolicy;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VirtualServerOptions;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A service {@code S} with real servers 1, 2, 3 (10.0.0.n) and perhaps the sorry server 9. */
class ServicePoolTest {
  private static final Script UP = new Script(List.of("up"), null);
  private static final Script DOWN = new Script(List.of("down"), null);

  private final Setup setup = new Setup();
  private ServicePool pool = ServicePool.of(setup.service(), 0);
  private long now;

  /** What a test may change of the configuration. */
  private static final class Setup {
    int quorum = 1;
    int hysteresis;
    boolean sorry;
    boolean sorryInhibit;
    String sorryAddress = "10.0.0.9";
    boolean omega;
    boolean inhibit;
    boolean alpha;
    int[] weights = {1, 1, 1};
    int checkers = 1;
    @Nullable PoolPolicy policy;

    VirtualServerOptions options() {
      return policy == null
          ? VirtualServerOptions.none()
          : new VirtualServerOptions(
              0,
              null,
              false,
              List.of(),
              false,
              true,
              null,
              Tunnel.ipip(),
              ServicePolicy.none(),
              0,
              policy);
    }

    VirtualServer service() {
      var reals = new ArrayList<RealServer>();
      for (int i = 0; i < weights.length; i++) {
        var checks = new ArrayList<Checker>();
        for (int c = 0; c < checkers; c++) {
          checks.add(checker(c, alpha));
        }
        reals.add(
            new RealServer(
                ip("10.0.0." + (i + 1)),
                80,
                weights[i],
                ForwardingMethod.DR,
                inhibit,
                alpha,
                UP,
                DOWN,
                checks));
      }
      return new VirtualServer(
          ip("192.0.2.1"),
          80,
          Protocol.TCP,
          "wrr",
          ForwardingMethod.DR,
          Duration.ZERO,
          alpha,
          omega,
          quorum,
          hysteresis,
          UP,
          DOWN,
          sorry ? new VirtualServer.SorryServer(ip(sorryAddress), 80, ForwardingMethod.NAT) : null,
          sorryInhibit,
          false,
          reals,
          options());
    }
  }

  private static PoolPolicy slowly(int seconds) {
    return new PoolPolicy(Duration.ofSeconds(seconds), null);
  }

  private static PoolPolicy open(int below, int until, boolean percent) {
    return new PoolPolicy(
        Duration.ZERO,
        new PoolPolicy.FailOpen(
            new PoolPolicy.Share(below, percent), new PoolPolicy.Share(until, percent)));
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private static Checker checker(int n, boolean alpha) {
    var pace = new Checker.Pace(Duration.ofSeconds(n + 1), 1, Duration.ZERO, Duration.ZERO, alpha);
    return new Checker.Misc(
        new Script(List.of("/check" + n), null), Duration.ofSeconds(1), true, pace);
  }

  private String start() {
    pool = ServicePool.of(setup.service(), now);
    return feed(new PoolInput.Started());
  }

  private String feed(PoolInput input) {
    now += 1_000;
    ServicePool.Step step = pool.on(input, now);
    pool = step.pool();
    return step.events().stream().map(ServicePoolTest::text).collect(Collectors.joining(" "));
  }

  private String up(int real) {
    return verdict(real, 0, true, false, null);
  }

  private String down(int real) {
    return verdict(real, 0, false, false, null);
  }

  private String verdict(
      int real, int index, boolean up, boolean turning, @Nullable Integer weight) {
    return feed(
        new PoolInput.Verdict(
            new RealKey(ip("10.0.0." + real), 80),
            index,
            checker(index, setup.alpha),
            true,
            up,
            turning,
            weight,
            up ? "fine" : "refused"));
  }

  private static String text(PoolEvent event) {
    return switch (event) {
      case PoolEvent.RealUp e -> "up" + last(e.real()) + script(e, UP);
      case PoolEvent.RealDown e -> "down" + last(e.real()) + script(e, DOWN);
      case PoolEvent.WeightChanged e -> "w" + last(e.real()) + "=" + e.after();
      case PoolEvent.QuorumGained e ->
          (e.initial() ? "start+" : "quorum+") + e.weight() + "/" + e.threshold() + script(e, UP);
      case PoolEvent.QuorumLost e ->
          (e.initial() ? "start-" : "quorum-") + e.weight() + "/" + e.threshold() + script(e, DOWN);
      case PoolEvent.SorryServerIn e -> "sorry" + last(e.sorry());
      case PoolEvent.SorryServerOut e -> "unsorry" + last(e.sorry());
      case PoolEvent.FailOpenBegan e -> "open" + e.alive() + "<" + e.below();
      case PoolEvent.FailOpenEnded e -> "closed" + e.alive();
    };
  }

  private static String script(PoolEvent event, Script expected) {
    return expected.equals(event.script()) ? "" : "(no script)";
  }

  private static String last(RealKey key) {
    String host = key.address().getHostAddress();
    return host.substring(host.lastIndexOf('.') + 1);
  }

  /** {@code 1:w 2:w}, in table order. */
  private String table() {
    ServiceTable.Service s = pool.desired();
    return s.reals().stream()
        .map(r -> last(r.key()) + ":" + r.weight())
        .collect(Collectors.joining(" "));
  }

  private String states() {
    PoolStatus status = pool.status();
    return status.state().word()
        + " "
        + status.reals().stream().map(r -> r.state().word()).collect(Collectors.joining(" "));
  }

  @Test
  void alphaOffPutsEveryServerInAtOnceWithoutAWord() {
    assertThat(start()).isEqualTo("start+3/1");
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
    assertThat(states()).isEqualTo("up unchecked unchecked unchecked");
    assertThat(up(1)).isEmpty();
    assertThat(states()).isEqualTo("up up unchecked unchecked");
  }

  @Test
  void aServerThatFailsLeavesAndComesBack() {
    start();
    assertThat(verdict(2, 0, true, true, null)).isEmpty();
    assertThat(states()).isEqualTo("up unchecked going_down unchecked");
    assertThat(down(2)).isEqualTo("down2");
    assertThat(table()).isEqualTo("1:1 3:1");
    assertThat(states()).isEqualTo("degraded unchecked down unchecked");
    assertThat(down(2)).isEmpty();
    assertThat(verdict(2, 0, false, true, null)).isEmpty();
    assertThat(states()).isEqualTo("degraded unchecked going_up unchecked");
    assertThat(up(2)).isEqualTo("up2");
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
  }

  @Test
  void inhibitKeepsTheServerWithWeightZero() {
    setup.inhibit = true;
    start();
    assertThat(down(2)).isEqualTo("down2");
    assertThat(table()).isEqualTo("1:1 2:0 3:1");
    PoolStatus.Real real = pool.status().reals().get(1);
    assertThat(real.inTable()).isTrue();
    assertThat(real.weight()).isZero();
    assertThat(real.evidence()).isEqualTo("refused");
  }

  @Test
  void alphaWaitsForTheFirstSuccess() {
    setup.alpha = true;
    assertThat(start()).isEmpty();
    assertThat(table()).isEmpty();
    assertThat(states()).isEqualTo("down unchecked unchecked unchecked");
    assertThat(up(1)).isEqualTo("up1 quorum+1/1");
    assertThat(down(2)).isEqualTo("down2");
    assertThat(down(2)).isEmpty();
    assertThat(table()).isEqualTo("1:1");
    assertThat(states()).isEqualTo("degraded up down unchecked");
  }

  @Test
  void alphaWithInhibitIsInTheTableFromTheStart() {
    setup.alpha = true;
    setup.inhibit = true;
    start();
    assertThat(table()).isEqualTo("1:0 2:0 3:0");
  }

  @Test
  void aServerIsAliveOnlyWhenNoCheckerIsDown() {
    setup.checkers = 2;
    start();
    assertThat(down(1)).isEqualTo("down1");
    assertThat(verdict(1, 1, false, false, null)).isEmpty();
    assertThat(up(1)).isEmpty();
    assertThat(verdict(1, 1, true, false, null)).isEqualTo("up1");
  }

  @Test
  void withoutASorryServerALostQuorumOnlyNotifies() {
    setup.quorum = 2;
    start();
    assertThat(down(1)).isEqualTo("down1");
    assertThat(down(2)).isEqualTo("down2 quorum-1/2");
    assertThat(table()).isEqualTo("3:1");
    assertThat(states()).isEqualTo("below_quorum down down unchecked");
    assertThat(down(3)).isEqualTo("down3");
    assertThat(states()).isEqualTo("down down down down");
    assertThat(up(1)).isEqualTo("up1");
    assertThat(up(2)).isEqualTo("up2 quorum+2/2");
  }

  @Test
  void theSorryServerReplacesAllThatRemain() {
    setup.quorum = 2;
    setup.sorry = true;
    assertThat(start()).isEqualTo("start+3/2");
    down(1);
    assertThat(down(2)).isEqualTo("down2 sorry9 quorum-1/2");
    assertThat(table()).isEqualTo("9:1");
    assertThat(pool.desired().reals().getFirst().method()).isEqualTo(ForwardingMethod.NAT);
    assertThat(down(3)).isEqualTo("down3");
    assertThat(up(3)).isEqualTo("up3");
    assertThat(table()).isEqualTo("9:1");
    assertThat(up(2)).isEqualTo("up2 unsorry9 quorum+2/2");
    assertThat(table()).isEqualTo("2:1 3:1");
  }

  @Test
  void inhibitedServersStayBesideTheSorryServer() {
    setup.quorum = 3;
    setup.sorry = true;
    setup.sorryInhibit = true;
    setup.inhibit = true;
    start();
    assertThat(table()).isEqualTo("1:1 2:1 3:1 9:0");
    down(1);
    assertThat(table()).isEqualTo("1:0 2:0 3:0 9:1");
  }

  @Test
  void aSorryServerThatIsAlsoARealServerStandsOnce() {
    setup.sorry = true;
    setup.sorryAddress = "10.0.0.2";
    start();
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
    down(1);
    down(2);
    assertThat(down(3)).isEqualTo("down3 sorry2 quorum-0/1");
    assertThat(table()).isEqualTo("2:1");
  }

  @Test
  void aStartBelowQuorumBringsTheSorryServerWithNotice() {
    setup.alpha = true;
    setup.sorry = true;
    assertThat(start()).isEqualTo("sorry9 start-0/1");
    assertThat(table()).isEqualTo("9:1");
    assertThat(up(1)).isEqualTo("up1 unsorry9 quorum+1/1");
  }

  @Test
  void hysteresisWidensBothThresholds() {
    setup.weights = new int[] {10, 10, 10};
    setup.quorum = 20;
    setup.hysteresis = 10;
    assertThat(start()).isEqualTo("start+30/30");
    assertThat(down(1)).isEqualTo("down1");
    assertThat(down(2)).isEqualTo("down2");
    assertThat(down(3)).isEqualTo("down3 quorum-0/10");
    assertThat(up(1)).isEqualTo("up1");
    assertThat(up(2)).isEqualTo("up2");
    assertThat(up(3)).isEqualTo("up3 quorum+30/30");
  }

  @Test
  void weightZeroCarriesNoQuorum() {
    setup.weights = new int[] {0, 1};
    start();
    assertThat(table()).isEqualTo("1:0 2:1");
    assertThat(down(2)).isEqualTo("down2 quorum-0/1");
    assertThat(states()).isEqualTo("down unchecked down");
  }

  @Test
  void aScriptSetsTheWeight() {
    setup.weights = new int[] {5, 5};
    setup.quorum = 10;
    start();
    assertThat(verdict(1, 0, true, false, 8)).isEqualTo("w1=8");
    assertThat(table()).isEqualTo("1:8 2:5");
    assertThat(verdict(1, 0, true, false, 0)).isEqualTo("w1=0 quorum-5/10");
    assertThat(table()).isEqualTo("1:0 2:5");
    assertThat(verdict(1, 0, true, false, null)).isEqualTo("w1=5 quorum+10/10");
    verdict(1, 0, true, false, 7);
    assertThat(down(1)).isEqualTo("down1 w1=5 quorum-5/10");
  }

  @Test
  void twoScriptsAddTheirDifferencesAndStopAtZero() {
    setup.weights = new int[] {10};
    setup.checkers = 2;
    start();
    verdict(1, 0, true, false, 4);
    assertThat(verdict(1, 1, true, false, 8)).isEqualTo("w1=2");
    assertThat(verdict(1, 1, true, false, 0)).isEqualTo("w1=0 quorum-0/1");
  }

  @Test
  void aReloadKeepsWhatItKnows() {
    start();
    down(1);
    setup.weights = new int[] {1, 4};
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEqualTo("down3");
    assertThat(table()).isEqualTo("2:4");
    assertThat(states()).isEqualTo("degraded down unchecked");
    setup.quorum = 5;
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEqualTo("quorum-4/5");
    setup.sorry = true;
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEqualTo("sorry9");
    assertThat(table()).isEqualTo("9:1");
    setup.sorryAddress = "10.0.0.8";
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEqualTo("unsorry9 sorry8");
    setup.sorry = false;
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEqualTo("unsorry8");
    assertThat(table()).isEqualTo("2:4");
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEmpty();
  }

  @Test
  void droppingTheFailedCheckerBringsTheServerBack() {
    setup.checkers = 2;
    start();
    verdict(1, 1, false, false, null);
    setup.checkers = 1;
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEqualTo("up1");
    // A verdict about the checker that has gone is late news.
    assertThat(verdict(1, 1, false, false, null)).isEmpty();
  }

  @Test
  void aNewAlphaCheckerDoesNotTakeALiveServerDown() {
    start();
    up(1);
    down(2);
    setup.alpha = true;
    setup.checkers = 2;
    assertThat(feed(new PoolInput.Reconfigured(setup.service()))).isEmpty();
    assertThat(table()).isEqualTo("1:1 3:1");
    // Of server 2, the old failure stays until the changed checker has its own verdict.
    assertThat(up(2)).isEmpty();
    assertThat(verdict(2, 1, true, false, null)).isEqualTo("up2");
  }

  @Test
  void omegaRunsTheDownScriptsAtStop() {
    setup.omega = true;
    start();
    down(2);
    assertThat(feed(new PoolInput.Stopping())).isEqualTo("down1 down3 quorum-0/1");
    assertThat(feed(new PoolInput.Stopping())).isEmpty();
    assertThat(down(1)).isEmpty();
  }

  @Test
  void withoutOmegaAStopIsSilentButARemovalIsNot() {
    start();
    ServicePool before = pool;
    assertThat(feed(new PoolInput.Stopping())).isEmpty();
    pool = before;
    down(3);
    assertThat(feed(new PoolInput.Removed())).isEqualTo("down1 down2 quorum-0/1");
  }

  @Test
  void stateChangesAreDated() {
    start();
    long started = now;
    up(1);
    assertThat(pool.status().reals().getFirst().sinceNanos()).isEqualTo(now);
    assertThat(pool.status().sinceNanos()).isEqualTo(started);
    long up = now;
    up(1);
    assertThat(pool.status().reals().getFirst().sinceNanos()).isEqualTo(up);
    down(1);
    assertThat(pool.status().sinceNanos()).isEqualTo(now);
  }

  @Test
  void unknownServersAndCheckersAreIgnored() {
    start();
    assertThat(down(7)).isEmpty();
    assertThat(verdict(1, 5, false, false, null)).isEmpty();
    assertThat(Arrays.asList(table().split(" ", -1))).hasSize(3);
  }

  @Test
  void slowStartGrowsTheWeightAfterAFailureAndNeverAtTheStart() {
    setup.policy = slowly(10);
    setup.weights = new int[] {1, 3, 1};
    setup.alpha = true;
    start();
    assertThat(up(1)).startsWith("up1");
    assertThat(table()).isEqualTo("1:1");
    up(2);
    up(3);
    assertThat(table()).isEqualTo("1:1 2:3 3:1");
    down(2);
    assertThat(up(2)).isEqualTo("up2");
    // All weights are ten times as large meanwhile, so that a tenth of 1 can be told.
    assertThat(table()).isEqualTo("1:10 2:3 3:10");
    assertThat(pool.growing()).isTrue();
    now += 5_000_000_000L;
    feed(new PoolInput.Tick());
    assertThat(table()).isEqualTo("1:10 2:15 3:10");
    now += 5_000_000_000L;
    feed(new PoolInput.Tick());
    assertThat(table()).isEqualTo("1:1 2:3 3:1");
    assertThat(pool.growing()).isFalse();
  }

  @Test
  void slowStartCountsWhollyForTheQuorumAndEndsWithTheServer() {
    setup.policy = slowly(10);
    setup.quorum = 3;
    start();
    assertThat(down(2)).isEqualTo("down2 quorum-2/3");
    assertThat(up(2)).isEqualTo("up2 quorum+3/3");
    down(2);
    assertThat(table()).isEqualTo("1:1 3:1");
    assertThat(pool.growing()).isFalse();
  }

  @Test
  void failOpenUsesAllWhenTooFewAreAlive() {
    setup.policy = open(2, 3, false);
    start();
    assertThat(down(1)).isEqualTo("down1");
    assertThat(table()).isEqualTo("2:1 3:1");
    assertThat(down(2)).isEqualTo("down2 open1<2");
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
    assertThat(up(1)).isEqualTo("up1");
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
    assertThat(up(2)).isEqualTo("up2 closed3");
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
  }

  @Test
  void failOpenTakesPercentagesAndComesBeforeTheSorryServer() {
    setup.policy = open(34, 34, true);
    setup.sorry = true;
    start();
    down(1);
    assertThat(down(2)).isEqualTo("down2 open1<2");
    assertThat(down(3)).isEqualTo("down3 quorum-0/1");
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
    assertThat(up(3)).isEqualTo("up3 quorum+1/1");
    assertThat(up(1)).isEqualTo("up1 closed2");
    assertThat(table()).isEqualTo("1:1 3:1");
  }

  @Test
  void failOpenSendsNothingToServersThatNobodyAsked() {
    setup.policy = open(2, 2, false);
    setup.alpha = true;
    start();
    assertThat(table()).isEmpty();
    down(1);
    down(2);
    assertThat(table()).isEmpty();
    assertThat(down(3)).isEqualTo("down3 open0<2");
    assertThat(table()).isEqualTo("1:1 2:1 3:1");
  }

  /** Whatever scripts ask for: weights stay within bounds, and are the configured ones again. */
  @Test
  void weightsAreBoundedAndReversible() {
    var random = new java.util.Random(7);
    for (int round = 0; round < 300; round++) {
      setup.checkers = 1 + random.nextInt(4);
      int max = Integer.MAX_VALUE;
      int configured = random.nextBoolean() ? random.nextInt(max) : random.nextInt(10);
      setup.weights = new int[] {configured};
      start();
      long asked = configured;
      for (int c = 0; c < setup.checkers; c++) {
        int weight = random.nextBoolean() ? random.nextInt(254) : random.nextInt(max);
        verdict(1, c, true, false, weight);
        asked += (long) weight - configured;
      }
      PoolStatus.Real real = pool.status().reals().getFirst();
      assertThat(real.effectiveWeight()).isEqualTo((int) Math.clamp(asked, 0L, (long) max));
      verdict(1, 0, false, false, null);
      assertThat(pool.status().reals().getFirst().inTable()).isFalse();
      for (int c = 0; c < setup.checkers; c++) {
        verdict(1, c, true, false, null);
      }
      assertThat(pool.status().reals().getFirst().effectiveWeight()).isEqualTo(configured);
      assertThat(table()).isEqualTo("1:" + configured);
    }
  }
}
