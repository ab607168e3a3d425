package dev.sluice.vrrp.machine;

import static dev.sluice.vrrp.VrrpState.BACKUP;
import static dev.sluice.vrrp.VrrpState.FAULT;
import static dev.sluice.vrrp.VrrpState.INIT;
import static dev.sluice.vrrp.VrrpState.MASTER;
import static dev.sluice.vrrp.machine.Specimens.HIGHER;
import static dev.sluice.vrrp.machine.Specimens.LOCAL;
import static dev.sluice.vrrp.machine.Specimens.LOWER;
import static dev.sluice.vrrp.machine.Specimens.SECOND;
import static dev.sluice.vrrp.machine.Specimens.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.machine.Specimens.Bench;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checklist's timers and states, one test each, on a clock that the test moves. */
class VrrpMachineTest {
  private static final FaultReason DOWN = new FaultReason(FaultReason.Kind.INTERFACE_DOWN, "eth0");
  private static final FaultReason PENDING =
      new FaultReason(FaultReason.Kind.SCRIPT_PENDING, "chk");

  @ParameterizedTest
  @CsvSource({
    "2, 254, 1000, 7.8, 3007.8",
    "2, 150, 1000, 414.1, 3414.1",
    "2, 100, 1000, 609.4, 3609.4",
    "2, 1, 1000, 996.1, 3996.1",
    "3, 254, 1000, 7.8, 3007.8",
    "3, 150, 100, 41.4, 341.4",
    "3, 100, 10, 6.09, 36.1",
    "3, 1, 100, 99.6, 399.6",
    "2, 100, 3000, 609.4, 9609.4",
  })
  @DisplayName("V-50 skew and Master_Down_Interval")
  void timers(int version, int priority, long intervalMillis, double skew, double down) {
    long interval = intervalMillis * 1_000_000;
    assertThat(VrrpTimers.skewNanos(version, priority, interval) / 1e6)
        .isCloseTo(skew, within(0.1));
    assertThat(VrrpTimers.masterDownNanos(version, priority, interval, 3) / 1e6)
        .isCloseTo(down, within(0.1));
    Bench bench = Bench.started(settings().version(version).priority(priority).interval(interval));
    assertThat(bench.state.kind()).isEqualTo(BACKUP);
    assertThat(bench.untilDeadline())
        .isEqualTo(VrrpTimers.masterDownNanos(version, priority, interval, 3));
  }

  @Test
  @DisplayName("V-50 keepalived's table: 3.609375 s for version 2, priority 100")
  void exact() {
    assertThat(VrrpTimers.masterDownNanos(2, 100, SECOND, 3)).isEqualTo(3_609_375_000L);
  }

  @Test
  @DisplayName("V-51, V-29 version 3 learns the master's interval, version 2 keeps its own")
  void learnedInterval() {
    Bench three = Bench.started(settings());
    three.give(new MachineEvent.AdvertSeen(150, SECOND / 10, LOWER));
    assertThat(three.untilDeadline()).isEqualTo(VrrpTimers.masterDownNanos(3, 100, SECOND / 10, 3));
    Bench two = Bench.started(settings().version(2));
    two.give(new MachineEvent.AdvertSeen(150, SECOND / 10, LOWER));
    assertThat(two.untilDeadline()).isEqualTo(3_609_375_000L);
  }

  @Test
  @DisplayName("V-52 priority 0 in BACKUP: the timer is the skew")
  void priorityZeroInBackup() {
    Bench bench = Bench.started(settings()).advert(150, LOWER).pass(SECOND / 2).advert(0, LOWER);
    assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.skewNanos(3, 100, SECOND));
    bench.runToDeadline();
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    assertThat(bench.actions)
        .filteredOn(a -> a instanceof Action.StateChanged)
        .singleElement()
        .asString()
        .contains("10.77.0.1 left");
  }

  @Test
  @DisplayName("V-53 priority 0 in MASTER: advert at once, the timer starts anew")
  void priorityZeroInMaster() {
    Bench bench = Bench.master(settings()).pass(SECOND / 2).advert(0, LOWER);
    assertThat(bench.actions).containsExactly(new Action.SendAdvert(100));
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    assertThat(bench.untilDeadline()).isEqualTo(SECOND);
  }

  @Test
  @DisplayName("V-54 equal priority keeps a backup backup, whatever its address")
  void equalInBackup() {
    Bench bench = Bench.started(settings()).pass(SECOND).advert(100, LOWER);
    assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.masterDownNanos(3, 100, SECOND, 3));
  }

  @Test
  @DisplayName("V-55 equal priority in MASTER: the higher address wins, unsigned")
  void equalInMaster() {
    assertThat(Bench.master(settings()).advert(100, HIGHER).state.kind()).isEqualTo(BACKUP);
    assertThat(Bench.master(settings()).advert(100, LOWER).state.kind()).isEqualTo(MASTER);
  }

  @Test
  @DisplayName("V-56 lower priority in MASTER: advert and announcements at once and later")
  void lowerInMaster() {
    Bench bench = Bench.master(settings()).advert(50, LOWER);
    assertThat(bench.actions)
        .containsExactly(
            new Action.LowerPrioritySeen(LOWER, 50),
            new Action.SendAdvert(100),
            new Action.AnnounceAddresses(5),
            new Action.Count(VrrpCounter.CONFLICT_WON, 1),
            new Action.ConflictWon(LOWER, 50));
    InstanceState.Phase.Master master = (InstanceState.Phase.Master) bench.state.phase();
    assertThat(master.lowerBurstAtNanos()).isEqualTo(bench.now + 5 * SECOND);
  }

  @Test
  @DisplayName("V-56 lower_prio_no_advert: no advert, the announcements all the same")
  void lowerPrioNoAdvert() {
    Bench bench = Bench.master(settings().lowerPrioNoAdvert()).advert(50, LOWER);
    assertThat(bench.actions)
        .startsWith(new Action.LowerPrioritySeen(LOWER, 50), new Action.AnnounceAddresses(5))
        .noneMatch(a -> a instanceof Action.SendAdvert);
  }

  @Test
  @DisplayName("V-57 higher priority in MASTER: BACKUP without priority 0")
  void higherInMaster() {
    Bench bench = Bench.master(settings()).advert(150, LOWER);
    assertThat(bench.actions)
        .containsExactly(
            new Action.DropAnnouncements(),
            new Action.RemoveAddresses(),
            new Action.StateChanged(MASTER, BACKUP, "10.77.0.1 has the higher priority 150"));
    assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.masterDownNanos(3, 100, SECOND, 3));
  }

  @Test
  @DisplayName("V-58 higher_prio_send_advert: one last advert first")
  void higherPrioSendAdvert() {
    Bench bench = Bench.master(settings().higherPrioSendAdvert()).advert(150, LOWER);
    assertThat(bench.actions).startsWith(new Action.SendAdvert(100));
    assertThat(bench.state.kind()).isEqualTo(BACKUP);
  }

  @Test
  @DisplayName("V-59 preemption is the timer running out under lower adverts")
  void preempt() {
    Bench bench = Bench.started(settings().priority(150));
    long deadline = bench.deadline();
    for (int i = 0; i < 3; i++) {
      bench.pass(SECOND).advert(100, LOWER);
      assertThat(bench.deadline()).isEqualTo(deadline);
    }
    bench.runToDeadline();
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    assertThat(bench.actions)
        .filteredOn(a -> a instanceof Action.StateChanged)
        .singleElement()
        .asString()
        .contains("no better advert than that of 10.77.0.1");
  }

  @Test
  @DisplayName("V-60 nopreempt: a lower master is left alone")
  void nopreempt() {
    Bench bench = Bench.started(settings().priority(150).nopreempt());
    for (int i = 0; i < 20; i++) {
      bench.pass(SECOND).advert(100, LOWER);
      assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.masterDownNanos(3, 150, SECOND, 3));
    }
  }

  @Test
  @DisplayName("V-61 preempt_delay starts with the first lower advert and ends with a better one")
  void preemptDelay() {
    Bench bench = Bench.started(settings().priority(150).preemptDelay(10 * SECOND));
    bench.advert(100, LOWER);
    long until = bench.now + 10 * SECOND;
    while (bench.now + SECOND < until) {
      bench.pass(SECOND).advert(100, LOWER);
      assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.masterDownNanos(3, 150, SECOND, 3));
    }
    bench.pass(SECOND);
    long deadline = bench.deadline();
    bench.advert(100, LOWER);
    assertThat(bench.deadline()).isEqualTo(deadline);
    bench.advert(200, LOWER);
    assertThat(((InstanceState.Phase.Backup) bench.state.phase()).preemptAtNanos())
        .isEqualTo(VrrpTimers.NONE);
  }

  @Test
  @DisplayName("V-61 a dead master does not wait for preempt_delay")
  void preemptDelayDeadMaster() {
    Bench bench = Bench.started(settings().priority(150).preemptDelay(1000 * SECOND));
    bench.advert(100, LOWER).runToDeadline();
    assertThat(bench.state.kind()).isEqualTo(MASTER);
  }

  @Test
  @DisplayName("V-62 an owner with state MASTER is MASTER at once, and preempts whatever is said")
  void ownerStart() {
    Bench bench = new Bench(settings().priority(255).startAsMaster().nopreempt());
    bench.give(VrrpMachine.tick());
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    assertThat(bench.machine.settings().preempt()).isTrue();
    assertThat(bench.actions)
        .containsExactly(
            new Action.SendAdvert(255),
            new Action.AddAddresses(),
            new Action.AnnounceAddresses(5),
            new Action.StateChanged(INIT, MASTER, "we own the addresses"));
  }

  @Test
  @DisplayName("V-63 two owners: the lower address yields")
  void ownerYields() {
    Bench bench = Bench.master(settings().priority(255).startAsMaster()).advert(255, HIGHER);
    assertThat(bench.state.kind()).isEqualTo(BACKUP);
    assertThat(bench.actions).filteredOn(a -> a instanceof Action.Warned).hasSize(1);
  }

  @Test
  @DisplayName("V-63 two owners: the higher one waits, then counts as 254 until the other goes")
  void ownerStepsDown() {
    Bench bench = Bench.master(settings().priority(255).startAsMaster());
    bench.advert(255, LOWER);
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    bench.pass(SECOND).give(VrrpMachine.tick());
    bench.pass(SECOND).give(VrrpMachine.tick());
    bench.advert(255, LOWER);
    assertThat(bench.state.kind()).isEqualTo(BACKUP);
    assertThat(bench.state.effectivePriority()).isEqualTo(254);
    bench.pass(SECOND).advert(255, LOWER);
    assertThat(bench.state.effectivePriority()).isEqualTo(254);
    bench.runToDeadline();
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    assertThat(bench.actions).startsWith(new Action.SendAdvert(255));
  }

  @Test
  @DisplayName("V-64 state MASTER without owning: the full down interval; in a group a short one")
  void stateMasterNonOwner() {
    assertThat(Bench.started(settings().startAsMaster()).untilDeadline())
        .isEqualTo(VrrpTimers.masterDownNanos(3, 100, SECOND, 3));
    assertThat(Bench.started(settings().startAsMaster().group()).untilDeadline())
        .isEqualTo(SECOND + SECOND / 256);
  }

  @Test
  @DisplayName("V-65 a fault in MASTER: priority 0, then the addresses go")
  void faultInMaster() {
    Bench bench = Bench.master(settings()).give(new MachineEvent.FaultRaised(DOWN));
    assertThat(bench.actions)
        .containsExactly(
            new Action.SendAdvert(0),
            new Action.DropAnnouncements(),
            new Action.RemoveAddresses(),
            new Action.StateChanged(MASTER, FAULT, "interface eth0 is down"));
  }

  @Test
  @DisplayName("V-66 out of FAULT: BACKUP with the full timer; unicast announces its own address")
  void leaveFault() {
    Bench bench = Bench.started(settings().unicast()).give(new MachineEvent.FaultRaised(DOWN));
    bench.pass(10 * SECOND).give(new MachineEvent.FaultCleared(DOWN));
    assertThat(bench.state.kind()).isEqualTo(BACKUP);
    assertThat(bench.actions).startsWith(new Action.AnnounceSource());
    assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.masterDownNanos(3, 100, SECOND, 3));
    Bench owner = Bench.started(settings().priority(255)).give(new MachineEvent.FaultRaised(DOWN));
    owner.give(new MachineEvent.FaultCleared(DOWN));
    assertThat(owner.untilDeadline()).isEqualTo(SECOND + SECOND / 256);
  }

  @Test
  @DisplayName("V-66 FAULT lasts until the last reason is gone; V-39 adverts are ignored meanwhile")
  void severalFaults() {
    FaultReason other = new FaultReason(FaultReason.Kind.SCRIPT_FAILED, "chk");
    Bench bench = Bench.started(settings());
    bench.give(new MachineEvent.FaultRaised(DOWN)).give(new MachineEvent.FaultRaised(other));
    bench.give(new MachineEvent.FaultCleared(DOWN)).advert(1, LOWER);
    assertThat(bench.state.kind()).isEqualTo(FAULT);
    bench.give(new MachineEvent.FaultCleared(other));
    assertThat(bench.state.kind()).isEqualTo(BACKUP);
  }

  @Test
  @DisplayName("V-67 the sum clamps to 1..254, an owner stays 255")
  void clamp() {
    EffectivePriority.Source source = EffectivePriority.Source.SCRIPT;
    assertThat(EffectivePriority.of(100).with(source, "a", -253).value()).isEqualTo(1);
    assertThat(EffectivePriority.of(100).with(source, "a", 253).value()).isEqualTo(254);
    assertThat(EffectivePriority.of(255).with(source, "a", -253).value()).isEqualTo(255);
    assertThat(
            EffectivePriority.of(100)
                .with(source, "chk", -20)
                .with(EffectivePriority.Source.INTERFACE, "eth1", 5)
                .describe())
        .isEqualTo("base 100 −20 chk +5 eth1");
    assertThat(EffectivePriority.of(100).with(source, "a", 5).with(source, "a", 0))
        .isEqualTo(EffectivePriority.of(100));
  }

  @Test
  @DisplayName("V-68 a priority change shifts the running timer by the difference")
  void timerShift() {
    Bench bench = Bench.started(settings().priority(100)).pass(SECOND);
    long before = bench.deadline();
    bench.give(new MachineEvent.TermSet(EffectivePriority.Source.SCRIPT, "chk", 50));
    assertThat(bench.deadline() - before).isEqualTo(-50 * SECOND / 256);
    assertThat(bench.actions).containsExactly(new Action.PriorityChanged(100, 150));
    bench.give(new MachineEvent.TermSet(EffectivePriority.Source.SCRIPT, "chk", 0));
    assertThat(bench.deadline()).isEqualTo(before);
  }

  @Test
  @DisplayName("V-68 a priority change in MASTER waits for the next advert")
  void priorityInMaster() {
    Bench bench = Bench.master(settings());
    bench.give(new MachineEvent.TermSet(EffectivePriority.Source.SCRIPT, "chk", -40));
    assertThat(bench.actions).containsExactly(new Action.PriorityChanged(100, 60));
    bench.runToDeadline();
    assertThat(bench.actions).containsExactly(new Action.SendAdvert(60));
  }

  @Test
  @DisplayName("V-69 other settings: MASTER stays and adverts at once")
  void reload() {
    Bench bench = Bench.master(settings());
    InstanceSettings before = bench.machine.settings();
    bench.machine = new VrrpMachine(settings().priority(120).build());
    bench.pass(SECOND / 3).give(new MachineEvent.SettingsReplaced(before));
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    assertThat(bench.actions).containsExactly(new Action.PriorityChanged(100, 120));
    bench.give(VrrpMachine.tick());
    assertThat(bench.actions).containsExactly(new Action.SendAdvert(120));
  }

  @Test
  @DisplayName("V-70 stop: priority 0 before the addresses go")
  void stop() {
    Bench bench = Bench.master(settings()).give(new MachineEvent.Stopped());
    assertThat(bench.actions)
        .containsExactly(
            new Action.SendAdvert(0),
            new Action.DropAnnouncements(),
            new Action.RemoveAddresses(),
            new Action.Ended(MASTER));
    assertThat(Bench.started(settings()).give(new MachineEvent.Stopped()).actions)
        .containsExactly(new Action.Ended(BACKUP));
  }

  @Test
  @DisplayName("V-71 becoming MASTER: advert, addresses, announcements, notification")
  void orderOfBecomingMaster() {
    Bench bench = Bench.started(settings()).runToDeadline();
    assertThat(bench.actions)
        .containsExactly(
            new Action.SendAdvert(100),
            new Action.AddAddresses(),
            new Action.AnnounceAddresses(5),
            new Action.StateChanged(BACKUP, MASTER, "no master heard"));
  }

  @Test
  @DisplayName("V-72 second burst after the delay, refresh, none with min_garp")
  void announcements() {
    GarpSettings garp =
        new GarpSettings(
            Duration.ofMillis(1500),
            3,
            Duration.ofMillis(2500),
            2,
            Duration.ZERO,
            1,
            Duration.ZERO);
    Bench bench = Bench.master(settings().garp(garp));
    long start = bench.now;
    bench.runToDeadline();
    assertThat(bench.actions).containsExactly(new Action.SendAdvert(100));
    bench.runToDeadline();
    assertThat(bench.now - start).isEqualTo(1_500_000_000L);
    assertThat(bench.actions).containsExactly(new Action.AnnounceAddresses(3));
    bench.runToDeadline().runToDeadline();
    assertThat(bench.now - start).isEqualTo(2_500_000_000L);
    assertThat(bench.actions).containsExactly(new Action.AnnounceAddresses(2));

    GarpSettings minimum =
        new GarpSettings(Duration.ZERO, 1, Duration.ZERO, 0, Duration.ZERO, 1, Duration.ZERO);
    Bench quiet = Bench.master(settings().garp(minimum));
    for (int i = 0; i < 20; i++) {
      quiet.runToDeadline();
      assertThat(quiet.actions).containsExactly(new Action.SendAdvert(100));
    }
  }

  @Test
  @DisplayName("V-74 down_timer_adverts")
  void downTimerAdverts() {
    assertThat(Bench.started(settings().adverts(7)).untilDeadline())
        .isEqualTo(7 * SECOND + VrrpTimers.skewNanos(3, 100, SECOND));
  }

  @Test
  @DisplayName("V-76 nothing happens before the start-up delay is over")
  void startupDelay() {
    InstanceSettings settings = settings().build();
    VrrpMachine machine = new VrrpMachine(settings);
    InstanceState state = InstanceState.initial(settings, 60 * SECOND);
    VrrpMachine.Step step = machine.on(state, VrrpMachine.tick(), 59 * SECOND);
    assertThat(step.state().kind()).isEqualTo(INIT);
    step = machine.on(step.state(), new MachineEvent.AdvertSeen(1, SECOND, LOWER), 59 * SECOND);
    assertThat(step.actions()).isEmpty();
    step = machine.on(step.state(), VrrpMachine.tick(), 60 * SECOND);
    assertThat(step.state().kind()).isEqualTo(BACKUP);
  }

  @Test
  @DisplayName("V-78 the smallest interval still makes a timer that lies ahead")
  void smallestInterval() {
    Bench bench = Bench.started(settings().priority(254).interval(VrrpTimers.CENTISECOND));
    bench.give(new MachineEvent.AdvertSeen(254, VrrpTimers.CENTISECOND, LOWER));
    assertThat(bench.untilDeadline()).isGreaterThan(3 * VrrpTimers.CENTISECOND);
    bench.advert(0, LOWER);
    assertThat(bench.untilDeadline()).isPositive();
  }

  @Test
  @DisplayName("unweighted scripts hold the instance in INIT until each has run once")
  void pendingScript() {
    Bench bench = new Bench(settings().priority(255).startAsMaster());
    bench.give(new MachineEvent.FaultRaised(PENDING)).give(VrrpMachine.tick());
    assertThat(bench.state.kind()).isEqualTo(INIT);
    assertThat(bench.deadline()).isEqualTo(VrrpTimers.NONE);
    bench.pass(SECOND).give(new MachineEvent.FaultCleared(PENDING));
    assertThat(bench.state.kind()).isEqualTo(MASTER);
  }

  @Test
  @DisplayName("a script whose first result is bad leads from INIT to FAULT, never through BACKUP")
  void pendingScriptFails() {
    Bench bench = new Bench(settings());
    bench.give(new MachineEvent.FaultRaised(PENDING)).give(VrrpMachine.tick());
    bench.give(
        new MachineEvent.FaultRaised(new FaultReason(FaultReason.Kind.SCRIPT_FAILED, "chk")));
    assertThat(bench.state.kind()).isEqualTo(FAULT);
    bench.give(new MachineEvent.FaultCleared(PENDING));
    assertThat(bench.state.kind()).isEqualTo(FAULT);
  }

  @Test
  @DisplayName("an address taken away by others: BACKUP without priority 0 and with a full timer")
  void demoted() {
    Bench bench = Bench.master(settings()).give(new MachineEvent.Demoted("stolen"));
    assertThat(bench.actions)
        .containsExactly(
            new Action.DropAnnouncements(),
            new Action.RemoveAddresses(),
            new Action.StateChanged(MASTER, BACKUP, "stolen"));
    assertThat(bench.untilDeadline()).isEqualTo(VrrpTimers.masterDownNanos(3, 100, SECOND, 3));
  }

  @Test
  @DisplayName("our own advert coming back is only remarked on")
  void looped() {
    Bench bench = Bench.master(settings()).advert(254, LOCAL);
    assertThat(bench.state.kind()).isEqualTo(MASTER);
    assertThat(bench.actions).hasOnlyElementsOfType(Action.Warned.class);
  }

  @Test
  @DisplayName("adverts keep their rhythm when the timer is late by less than an interval")
  void rhythm() {
    Bench bench = Bench.master(settings());
    long first = bench.deadline();
    bench.now = first + SECOND / 4;
    bench.give(VrrpMachine.tick());
    assertThat(bench.deadline()).isEqualTo(first + SECOND);
    bench.now = first + 3 * SECOND;
    bench.give(VrrpMachine.tick());
    assertThat(bench.untilDeadline()).isEqualTo(SECOND);
    assertThat(bench.actions).filteredOn(a -> a instanceof Action.SendAdvert).hasSize(1);
  }
}
