package dev.sluice.vrrp.simulation;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.vrrp.machine.EffectivePriority.Source;
import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.VrrpRouter.GroupSpec;
import dev.sluice.vrrp.simulation.Scenario.Step;
import dev.sluice.vrrp.simulation.Scenario.Timed;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes a scenario of a seed. */
final class Scenarios {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  static final double DRIFT = 0.01;

  private final long seed;
  private final Random random;
  private final int version;
  private final long interval;
  private final boolean grouped;
  private final int instances;
  private final int adverts;
  private final long preemptDelay;

  /** 0: everybody preempts, 1: nobody, 2: some. */
  private final int preemption;

  private final boolean lowerPrioNoAdvert;
  private final boolean higherPrioSendAdvert;
  private final boolean mixedIntervals;
  private final boolean oneLink;
  private final int family;

  /** All of a pair's addresses are listed as peers, or all of a bigger cluster's. */
  private final boolean unicast;

  private final boolean strict;
  private final boolean fastRelease;
  private final boolean timerExpired;

  /** 0: nobody, 1: all, 2: some. */
  private final int nopreemptStrict;

  private Scenarios(long seed) {
    this.seed = seed;
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    version = random.nextBoolean() ? 2 : 3;
    interval = version == 2 ? SECOND : (1L + random.nextInt(100)) * 10 * MILLI;
    family = version == 3 && chance(3) ? 6 : 4;
    grouped = chance(4);
    instances = grouped ? 2 + random.nextInt(2) : chance(3) ? 2 + random.nextInt(3) : 1;
    oneLink = !grouped && random.nextBoolean();
    adverts = chance(5) ? 2 + random.nextInt(4) : 3;
    preemption = chance(3) ? 1 + random.nextInt(2) : 0;
    preemptDelay = preemption != 1 && chance(6) ? (1L + random.nextInt(8)) * interval : 0;
    lowerPrioNoAdvert = chance(8);
    higherPrioSendAdvert = chance(8);
    mixedIntervals = version == 3 && chance(6);
    strict = chance(8);
    unicast = !strict && chance(4);
    fastRelease = !strict && chance(3);
    timerExpired = chance(6);
    nopreemptStrict = !strict && chance(5) ? 1 + random.nextInt(2) : 0;
  }

  static Scenario of(long seed) {
    return new Scenarios(seed).make();
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }

  private Scenario make() {
    int count = chance(2) ? 2 + random.nextInt(2) : 2 + random.nextInt(9);
    int owner = chance(12) ? random.nextInt(count) : -1;
    // A mistake that is made: two that claim to own the addresses.
    int rogue = owner >= 0 && chance(2) ? random.nextInt(count) : owner;
    List<ClusterSpec.Router> routers = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      routers.add(router(r, count, r == owner || r == rogue));
    }
    ClusterSpec spec = new ClusterSpec(routers);
    long maxDelay =
        switch (random.nextInt(3)) {
          case 0 -> interval / 1000;
          case 1 -> interval / 20;
          default -> interval / 4;
        };
    Conditions calm =
        new Conditions(0, chance(5) ? 0.2 : 0, random.nextLong(maxDelay / 2 + 1), maxDelay);
    long settle = settleNanos(spec, maxDelay);
    return new Scenario(seed, spec, calm, steps(spec, calm, settle), settle);
  }

  private ClusterSpec.Router router(int r, int count, boolean owner) {
    boolean startAsMaster = owner || chance(3);
    boolean sits = nopreemptStrict == 1 || (nopreemptStrict == 2 && random.nextBoolean());
    boolean preempt =
        owner || (!sits && (preemption == 0 || (preemption == 2 && random.nextBoolean())));
    int shared = owner ? 255 : chance(3) ? 100 : 1 + random.nextInt(254);
    long own = mixedIntervals ? interval * (1 + random.nextInt(3)) : interval;
    List<ClusterSpec.Instance> list = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      // Members of a group that disagree about the better router never come to rest.
      int priority = grouped || owner || i == 0 ? shared : 1 + random.nextInt(254);
      String name = "V" + i;
      names.add(name);
      InstanceSettings settings =
          new InstanceSettings(
              name,
              version,
              priority,
              own,
              adverts,
              startAsMaster && !(preemptDelay > 0 || !preempt),
              preempt,
              preempt && !owner ? preemptDelay : 0,
              lowerPrioNoAdvert,
              higherPrioSendAdvert,
              grouped,
              unicast,
              GarpSettings.defaults(),
              // The skew is for more than two.
              fastRelease && count == 2,
              sits,
              timerExpired && !preempt ? 1 + random.nextInt(254) : 0,
              strict);
      int link = oneLink ? 0 : i;
      list.add(
          new ClusterSpec.Instance(
              settings,
              family,
              10 + i,
              "link" + link,
              "eth" + link,
              address(link, r),
              unicast ? peers(link, r, count) : List.of(),
              "",
              true,
              List.of()));
    }
    return new ClusterSpec.Router(
        "r" + r,
        list,
        grouped ? List.of(new GroupSpec("G", names)) : List.of(),
        1 + (random.nextDouble() * 2 - 1) * DRIFT,
        random.nextLong(1000 * SECOND),
        chance(10) ? random.nextLong(3 * interval) : 0);
  }

  /** Addresses on both sides of 128, that comparing them as signed numbers shows. */
  private InetAddress address(int link, int router) {
    int last = router % 2 == 0 ? 10 + router : 200 + router;
    return InetAddress.ofLiteral(
        family == 4 ? "10.77." + link + "." + last : "fe80::" + link + ":" + last);
  }

  private List<InetAddress> peers(int link, int router, int count) {
    List<InetAddress> peers = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      if (r != router) {
        peers.add(address(link, r));
      }
    }
    return peers;
  }

  private long settleNanos(ClusterSpec spec, long maxDelay) {
    long slowest =
        spec.routers().stream()
            .flatMap(r -> r.instances().stream())
            .mapToLong(i -> i.settings().advertIntervalNanos())
            .max()
            .orElseThrow();
    long down = (adverts + 2) * Math.max(slowest, version == 2 ? SECOND : 0);
    return (long)
            (((nopreemptStrict == 0 ? 2.2 : 3.3) * down + preemptDelay + 2 * slowest)
                * (1 + 2 * DRIFT))
        + 8 * maxDelay;
  }

  // --- what befalls it --------------------------------------------------------------------------

  private List<Step> steps(ClusterSpec spec, Conditions calm, long settle) {
    List<Step> steps = new ArrayList<>();
    boolean together = random.nextBoolean();
    for (int r = 0; r < spec.routers().size(); r++) {
      steps.add(one(together ? 0 : random.nextLong(3 * interval), new Happening.Started(r)));
    }
    long at = settle + 3 * interval;
    int count = 3 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      Step step = step(spec, calm, at, settle);
      steps.add(step);
      at =
          chance(3)
              ? at + random.nextLong(settle)
              : step.end() + settle + random.nextLong(2 * interval);
    }
    return steps;
  }

  private static Step one(long at, Happening happening) {
    return new Step(List.of(new Timed(at, happening)));
  }

  private static Step span(long from, Happening begin, long until, Happening end) {
    return new Step(List.of(new Timed(from, begin), new Timed(until, end)));
  }

  private Step step(ClusterSpec spec, Conditions calm, long at, long settle) {
    int routers = spec.routers().size();
    int r = random.nextInt(routers);
    long length = chance(3) ? random.nextLong(2 * interval) : random.nextLong(2 * settle);
    long until = at + 1 + length;
    return switch (random.nextInt(12)) {
      case 0 -> one(at, new Happening.Killed(r));
      case 1 -> one(at, new Happening.Stopped(r));
      case 2 -> one(at, new Happening.Started(r));
      case 3 -> span(at, new Happening.Killed(r), until, new Happening.Started(r));
      case 4 -> span(at, new Happening.Stopped(r), until, new Happening.Started(r));
      case 5 -> span(at, new Happening.Frozen(r), until, new Happening.Thawed(r));
      case 6 -> partition(routers, at, until);
      case 7 -> {
        int to = (r + 1 + random.nextInt(routers - 1)) % routers;
        yield span(
            at, new Happening.Cut(r, to, link()), until, new Happening.Mended(r, to, link(true)));
      }
      case 8 -> {
        String device = "eth" + random.nextInt(oneLink ? 1 : instances);
        yield span(
            at,
            new Happening.InterfaceDown(r, device),
            until,
            new Happening.InterfaceUp(r, device));
      }
      case 9 -> term(spec, r, at);
      case 10 -> reload(spec, r, at);
      default ->
          span(
              at,
              new Happening.NetworkIs(
                  new Conditions(
                      random.nextDouble() * 0.6, 0.1, calm.minDelayNanos(), calm.maxDelayNanos())),
              until,
              new Happening.NetworkIs(calm));
    };
  }

  private @Nullable String lastLink;

  /** A link, or all of them. */
  private @Nullable String link() {
    lastLink = random.nextBoolean() ? null : "link" + random.nextInt(oneLink ? 1 : instances);
    return lastLink;
  }

  private @Nullable String link(boolean same) {
    return same ? lastLink : link();
  }

  private Step partition(int routers, long at, long until) {
    int sides = 2 + random.nextInt(2);
    int[] side = new int[routers];
    for (int i = 0; i < routers; i++) {
      side[i] = random.nextInt(sides);
    }
    String link = link();
    List<Timed> timed = new ArrayList<>();
    for (int a = 0; a < routers; a++) {
      for (int b = 0; b < routers; b++) {
        if (side[a] != side[b]) {
          timed.add(new Timed(at, new Happening.Cut(a, b, link)));
          timed.add(new Timed(until, new Happening.Mended(a, b, link)));
        }
      }
    }
    return new Step(timed);
  }

  private Step term(ClusterSpec spec, int r, long at) {
    int value = random.nextInt(300) - 150;
    String name = "t" + random.nextInt(2);
    List<Timed> timed = new ArrayList<>();
    int only = random.nextInt(instances);
    for (int i = 0; i < spec.routers().get(r).instances().size(); i++) {
      if (grouped || i == only) {
        timed.add(new Timed(at, new Happening.TermSet(r, i, Source.SCRIPT, name, value)));
      }
    }
    return new Step(timed);
  }

  private Step reload(ClusterSpec spec, int r, long at) {
    int priority = 1 + random.nextInt(254);
    List<InstanceSettings> next = new ArrayList<>();
    for (ClusterSpec.Instance instance : spec.routers().get(r).instances()) {
      InstanceSettings old = instance.settings();
      next.add(
          old.priority() == 255
              ? old
              : new InstanceSettings(
                  old.name(),
                  old.version(),
                  priority,
                  old.advertIntervalNanos(),
                  old.downTimerAdverts(),
                  old.startAsMaster(),
                  old.preempt(),
                  old.preemptDelayNanos(),
                  !old.lowerPrioNoAdvert(),
                  old.higherPrioSendAdvert(),
                  old.inSyncGroup(),
                  old.unicast(),
                  old.garp(),
                  old.fastRelease(),
                  old.nopreemptStrict(),
                  old.timerExpiredBackup(),
                  old.strict()));
    }
    return one(at, new Happening.Reloaded(r, next));
  }
}
