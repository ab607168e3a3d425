package dev.sluice.vrrp.machine;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.vrrp.VrrpState;
import java.net.Inet4Address;
import java.util.List;

/** Settings and events for tests. */
final class Specimens {
  static final long SECOND = 1_000_000_000L;
  static final Inet4Address LOCAL = Inet4Address.ofLiteral("10.77.0.10");
  static final Inet4Address LOWER = Inet4Address.ofLiteral("10.77.0.1");
  static final Inet4Address HIGHER = Inet4Address.ofLiteral("200.77.0.20");

  private Specimens() {}

  /** Settings to be varied. */
  static final class Builder {
    private String name = "VI_1";
    private int version = 3;
    private int priority = 100;
    private long interval = SECOND;
    private int adverts = 3;
    private boolean startAsMaster;
    private boolean preempt = true;
    private long preemptDelay;
    private boolean lowerPrioNoAdvert;
    private boolean higherPrioSendAdvert;
    private boolean group;
    private boolean unicast;
    private GarpSettings garp = GarpSettings.defaults();
    private boolean fastRelease;
    private boolean nopreemptStrict;
    private int timerExpiredBackup;
    private boolean strict;

    Builder name(String value) {
      name = value;
      return this;
    }

    Builder version(int value) {
      version = value;
      return this;
    }

    Builder priority(int value) {
      priority = value;
      return this;
    }

    Builder interval(long nanos) {
      interval = nanos;
      return this;
    }

    Builder adverts(int value) {
      adverts = value;
      return this;
    }

    Builder startAsMaster() {
      startAsMaster = true;
      return this;
    }

    Builder nopreempt() {
      preempt = false;
      return this;
    }

    Builder preemptDelay(long nanos) {
      preemptDelay = nanos;
      return this;
    }

    Builder lowerPrioNoAdvert() {
      lowerPrioNoAdvert = true;
      return this;
    }

    Builder higherPrioSendAdvert() {
      higherPrioSendAdvert = true;
      return this;
    }

    Builder group() {
      group = true;
      return this;
    }

    Builder unicast() {
      unicast = true;
      return this;
    }

    Builder garp(GarpSettings value) {
      garp = value;
      return this;
    }

    Builder fastRelease() {
      fastRelease = true;
      return this;
    }

    Builder nopreemptStrict() {
      nopreemptStrict = true;
      preempt = false;
      return this;
    }

    Builder timerExpiredBackup(int value) {
      timerExpiredBackup = value;
      return this;
    }

    Builder strict() {
      strict = true;
      return this;
    }

    InstanceSettings build() {
      return new InstanceSettings(
          name,
          version,
          priority,
          interval,
          adverts,
          startAsMaster,
          preempt || priority == 255,
          preemptDelay,
          lowerPrioNoAdvert,
          higherPrioSendAdvert,
          group,
          unicast,
          garp,
          fastRelease,
          nopreemptStrict,
          timerExpiredBackup,
          strict);
    }
  }

  static Builder settings() {
    return new Builder();
  }

  /** A machine with its state and clock. */
  static final class Bench {
    VrrpMachine machine;
    InstanceState state;
    long now = 1_000 * SECOND;
    List<Action> actions = List.of();

    Bench(Builder builder) {
      InstanceSettings settings = builder.build();
      machine = new VrrpMachine(settings);
      state = InstanceState.initial(settings, now);
      give(new MachineEvent.LocalAddressIs(LOCAL));
    }

    static Bench started(Builder builder) {
      Bench bench = new Bench(builder);
      bench.give(VrrpMachine.tick());
      return bench;
    }

    static Bench master(Builder builder) {
      Bench bench = started(builder);
      if (bench.state.kind() != VrrpState.MASTER) {
        bench.runToDeadline();
      }
      return bench;
    }

    Bench give(MachineEvent event) {
      VrrpMachine.Step step = machine.on(state, event, now);
      state = step.state();
      actions = step.actions();
      return this;
    }

    Bench advert(int priority, Inet4Address from) {
      return give(
          new MachineEvent.AdvertSeen(priority, machine.settings().advertIntervalNanos(), from));
    }

    Bench pass(long nanos) {
      now += nanos;
      return this;
    }

    Bench runToDeadline() {
      now = deadline();
      return give(VrrpMachine.tick());
    }

    long untilDeadline() {
      return deadline() - now;
    }

    /** When the state ends by itself; in BACKUP not when it only looks at itself. */
    long deadline() {
      return state.phase() instanceof InstanceState.Phase.Backup backup
          ? backup.silenceEndsNanos()
          : state.phase().deadlineNanos();
    }
  }
}
