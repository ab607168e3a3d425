package dev.sluice.lvs.pool;

import dev.sluice.config.model.PoolPolicy;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.ServicePolicy;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VirtualServerOptions;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pool of one virtual service: which of its real servers take traffic. An immutable value; each
 * step answers the next one. The rules are keepalived's (keepalived.md section 11):
 *
 * <pre>
 *   Started       alpha off: every server counts as alive at once, without a notification;
 *                 then the quorum is looked at: QuorumGained, or with a sorry server
 *                 SorryServerIn + QuorumLost; without one a missing quorum is silent
 *   Verdict       alive changes        RealUp / RealDown, then the quorum
 *                 first one, not alive RealDown (an alpha server that did not come up)
 *                 weight changes       WeightChanged, then the quorum
 *   quorum        up and alive weight &lt; quorum - hysteresis, or 0:
 *                   SorryServerIn (where configured and out), QuorumLost
 *                 down and alive weight &gt;= quorum + hysteresis:
 *                   SorryServerOut (where in), QuorumGained
 *   slow_start    a server that had failed and is alive again has a tenth of its weight, and
 *                 more with every Tick; all weights are multiplied by ten meanwhile
 *   fail_open     fewer alive than its first number, each other one seen failed: FailOpenBegan,
 *                 all servers are in the table; as many as its second one: FailOpenEnded
 *   Reconfigured  removed servers that were alive: RealDown; kept servers keep their verdicts;
 *                 then as Started
 *   Removed       every alive server: RealDown; QuorumLost when it was up
 *   Stopping      omega: every alive server: RealDown; then QuorumLost in any case; else nothing
 * </pre>
 *
 * <p>A server that is not alive is absent from the table, or in it with weight 0 under {@code
 * inhibit_on_failure}. While the sorry server is in, that holds for every real server. Without a
 * sorry server a lost quorum only notifies: the remaining servers go on.
 */
public final class ServicePool {

  /** The next pool and what it has to tell. */
  public record Step(ServicePool pool, List<PoolEvent> events) {
    public Step {
      events = List.copyOf(events);
    }
  }

  private final VirtualServer config;
  private final List<Member> members;
  private final boolean started;
  private final boolean quorumUp;
  private final boolean sorryActive;
  private final boolean failOpen;
  private final boolean gone;
  private final long sinceNanos;

  private ServicePool(
      VirtualServer config,
      List<Member> members,
      boolean started,
      boolean quorumUp,
      boolean sorryActive,
      boolean failOpen,
      boolean gone,
      long sinceNanos) {
    this.config = config;
    this.members = List.copyOf(members);
    this.started = started;
    this.quorumUp = quorumUp;
    this.sorryActive = sorryActive;
    this.failOpen = failOpen;
    this.gone = gone;
    this.sinceNanos = sinceNanos;
  }

  /** A pool that has not begun; its first input is {@link PoolInput.Started}. */
  public static ServicePool of(VirtualServer config, long nowNanos) {
    var members = new ArrayList<Member>();
    for (RealServer r : config.realServers()) {
      members.add(Member.fresh(r, nowNanos));
    }
    return new ServicePool(config, members, false, false, false, false, false, nowNanos);
  }

  /** The configuration it follows. */
  public VirtualServer config() {
    return config;
  }

  /** What identifies the service. */
  public VirtualServer.Key key() {
    return config.key();
  }

  /** What the input leads to. */
  public Step on(PoolInput input, long nowNanos) {
    if (gone) {
      return new Step(this, List.of());
    }
    return switch (input) {
      case PoolInput.Started() -> settle(config, members, new ArrayList<>(), !started, nowNanos);
      case PoolInput.Verdict verdict -> verdict(verdict, nowNanos);
      case PoolInput.Tick() -> grown(nowNanos);
      case PoolInput.Reconfigured(VirtualServer desired) -> reconfigured(desired, nowNanos);
      case PoolInput.Removed() -> removed(nowNanos);
      case PoolInput.Stopping() -> stopping(nowNanos);
    };
  }

  /** What the plane shall have now. Not to be asked after Removed or Stopping. */
  public ServiceTable.Service desired() {
    var reals = new ArrayList<Real>();
    VirtualServer.SorryServer sorry = config.sorryServer();
    RealKey sorryKey = sorry == null ? null : new RealKey(sorry.address(), sorry.port());
    boolean sorryPlaced = false;
    int scale = scale();
    for (Member m : members) {
      if (failOpen) {
        reals.add(real(m, scaled(m, m.alive() ? m.effectiveWeight() : m.config().weight(), scale)));
      } else if (sorry != null && m.key().equals(sorryKey) && sorryActive) {
        // The sorry server is also one of the real servers: one entry that stays.
        reals.add(sorry(m.key(), 1, sorry));
        sorryPlaced = true;
      } else if (m.alive() && !sorryActive) {
        reals.add(real(m, scaled(m, m.effectiveWeight(), scale)));
      } else if (m.config().inhibitOnFailure()) {
        reals.add(real(m, 0));
      }
      sorryPlaced |= !reals.isEmpty() && reals.getLast().key().equals(sorryKey);
    }
    if (sorry != null && sorryKey != null && !sorryPlaced) {
      if (sorryActive) {
        reals.add(sorry(sorryKey, 1, sorry));
      } else if (config.sorryServerInhibit()) {
        reals.add(sorry(sorryKey, 0, sorry));
      }
    }
    return new ServiceTable.Service(
        key(),
        ServiceTable.Scheduling.of(config.scheduler(), config.options().schedulerFlags()),
        persistence(config),
        features(config.options()),
        reals);
  }

  /** Whether a weight grows, so that {@link PoolInput.Tick} is wanted. */
  public boolean growing() {
    return members.stream().anyMatch(Member::growing);
  }

  /** By what all weights are multiplied, so that a tenth of weight 1 can be told. */
  private int scale() {
    if (!growing()) {
      return 1;
    }
    boolean room =
        members.stream().allMatch(m -> m.effectiveWeight() <= Integer.MAX_VALUE / Member.WHOLE);
    return room ? Member.WHOLE : 1;
  }

  private static int scaled(Member m, int weight, int scale) {
    if (!m.growing()) {
      return weight * scale;
    }
    long part = (long) weight * scale * m.tenths() / Member.WHOLE;
    return weight == 0 ? 0 : (int) Math.max(1, part);
  }

  private Step grown(long nowNanos) {
    PoolPolicy policy = config.options().pool();
    long slowStart = policy == null ? 0 : policy.slowStart().toNanos();
    var next = new ArrayList<Member>();
    boolean same = true;
    for (Member m : members) {
      Member now = m.grown(slowStart, nowNanos);
      same &= now.equals(m);
      next.add(now);
    }
    return new Step(
        same
            ? this
            : new ServicePool(
                config, next, started, quorumUp, sorryActive, failOpen, gone, sinceNanos),
        List.of());
  }

  private static ServiceTable.Features features(VirtualServerOptions options) {
    ServicePolicy own = options.policy();
    var features =
        new ServiceTable.Features(
            options.onePacket(),
            options.persistenceEngine(),
            new ServiceTable.Timeouts(own.tcpSeconds(), own.tcpFinSeconds(), own.udpSeconds()),
            switch (own.lostServer()) {
              case STANDARD -> ServiceTable.LostServer.PLANE;
              case DROP -> ServiceTable.LostServer.DROP;
              case RESET -> ServiceTable.LostServer.RESET;
              case RESCHEDULE -> ServiceTable.LostServer.RESCHEDULE;
            },
            new ServiceTable.Access(prefixes(own.allow()), prefixes(own.deny())),
            true);
    return features.equals(ServiceTable.Features.NONE) ? ServiceTable.Features.NONE : features;
  }

  private static List<ServiceTable.Prefix> prefixes(List<ServicePolicy.Net> nets) {
    return nets.stream().map(n -> new ServiceTable.Prefix(n.address(), n.bits())).toList();
  }

  private static Real sorry(RealKey key, int weight, VirtualServer.SorryServer sorry) {
    return new Real(key, weight, sorry.method());
  }

  private static ServiceTable.Persistence persistence(VirtualServer config) {
    long seconds = config.persistenceTimeout().toSeconds();
    int bits = config.address().getAddress().length * 8;
    int written = config.options().persistenceMask();
    return seconds == 0
        ? ServiceTable.Persistence.NONE
        : new ServiceTable.Persistence(seconds, written == 0 ? bits : written);
  }

  private static Real real(Member m, int weight) {
    var options = m.config().options();
    return new Real(
        m.key(),
        weight,
        m.config().method(),
        options.upperThreshold(),
        options.lowerThreshold(),
        options.tunnel());
  }

  /** The service for people. */
  public PoolStatus status() {
    var table = desired().reals();
    var reals = new ArrayList<PoolStatus.Real>();
    for (Member m : members) {
      Real entry = null;
      for (Real r : table) {
        if (r.key().equals(m.key())) {
          entry = r;
        }
      }
      reals.add(
          new PoolStatus.Real(
              m.key(),
              m.state(),
              m.sinceNanos(),
              m.alive(),
              entry == null ? 0 : entry.weight(),
              m.effectiveWeight(),
              m.config().weight(),
              m.config().method(),
              entry != null,
              m.evidence()));
    }
    return new PoolStatus(
        key(),
        state(),
        sinceNanos,
        quorumUp,
        aliveWeight(members),
        config.quorum(),
        config.hysteresis(),
        sorryKey(config),
        sorryActive,
        reals);
  }

  /** The service in one word. */
  public ServiceState state() {
    if (!quorumUp) {
      return aliveWeight(members) > 0 ? ServiceState.BELOW_QUORUM : ServiceState.DOWN;
    }
    return members.stream().allMatch(Member::alive) ? ServiceState.UP : ServiceState.DEGRADED;
  }

  private Step verdict(PoolInput.Verdict verdict, long nowNanos) {
    for (int i = 0; i < members.size(); i++) {
      Member before = members.get(i);
      if (!before.key().equals(verdict.real())) {
        continue;
      }
      Member after = before.with(verdict, nowNanos);
      if (after == null) {
        break;
      }
      PoolPolicy policy = config.options().pool();
      boolean slowly = policy != null && !policy.slowStart().isZero();
      if (slowly && before.failed() && !before.alive() && after.alive()) {
        after = after.risen(nowNanos);
      }
      var next = new ArrayList<>(members);
      next.set(i, after);
      var events = new ArrayList<PoolEvent>();
      if (before.alive() != after.alive()) {
        events.add(after.alive() ? up(after, verdict.evidence()) : down(after, verdict.evidence()));
      } else if (!before.alive() && !before.failed() && after.failed()) {
        events.add(down(after, verdict.evidence()));
      }
      if (before.effectiveWeight() != after.effectiveWeight()) {
        events.add(
            new PoolEvent.WeightChanged(
                key(), after.key(), before.effectiveWeight(), after.effectiveWeight()));
      }
      if (!started) {
        return new Step(
            new ServicePool(
                config, next, false, quorumUp, sorryActive, failOpen, false, sinceNanos),
            events);
      }
      return settle(config, next, events, false, nowNanos);
    }
    return new Step(this, List.of());
  }

  private Step reconfigured(VirtualServer desired, long nowNanos) {
    if (!desired.key().equals(key())) {
      throw new IllegalArgumentException(
          "a pool keeps its service: this one is " + key() + ", not " + desired.key());
    }
    var events = new ArrayList<PoolEvent>();
    for (Member m : members) {
      if (m.alive() && find(desired.realServers(), m.key()) == null) {
        events.add(down(m, "removed from the configuration"));
      }
    }
    var next = new ArrayList<Member>();
    for (RealServer r : desired.realServers()) {
      Member old = null;
      for (Member m : members) {
        if (m.key().equals(new RealKey(r.address(), r.port()))) {
          old = m;
        }
      }
      if (old == null) {
        next.add(Member.fresh(r, nowNanos));
        continue;
      }
      Member m = old.reconfigured(r, nowNanos);
      if (m.alive() != old.alive()) {
        String cause = "the checks were changed in the configuration";
        events.add(m.alive() ? up(m, cause) : down(m, cause));
      }
      next.add(m);
    }
    return settle(desired, next, events, !started, nowNanos);
  }

  private static @Nullable RealServer find(List<RealServer> in, RealKey key) {
    for (RealServer r : in) {
      if (key.equals(new RealKey(r.address(), r.port()))) {
        return r;
      }
    }
    return null;
  }

  /** Looks at the quorum after everything else of a step is known. */
  private Step settle(
      VirtualServer now,
      List<Member> next,
      List<PoolEvent> events,
      boolean initial,
      long nowNanos) {
    boolean quorum = quorumUp;
    boolean sorry = sorryActive;
    RealKey oldSorry = sorryKey(config);
    RealKey newSorry = sorryKey(now);
    if (sorry && oldSorry != null && !oldSorry.equals(newSorry)) {
      events.add(new PoolEvent.SorryServerOut(key(), oldSorry));
      sorry = false;
    }
    boolean open = failOpen(now, next);
    int alive = (int) next.stream().filter(Member::alive).count();
    if (open && !failOpen) {
      PoolPolicy policy = now.options().pool();
      int below =
          policy == null || policy.failOpen() == null
              ? 0
              : policy.failOpen().below().of(next.size());
      events.add(new PoolEvent.FailOpenBegan(key(), alive, next.size(), below));
      if (sorry && newSorry != null) {
        events.add(new PoolEvent.SorryServerOut(key(), newSorry));
      }
      sorry = false;
    } else if (!open && failOpen) {
      events.add(new PoolEvent.FailOpenEnded(key(), alive, next.size()));
    }
    long weight = aliveWeight(next);
    long threshold = (long) now.quorum() + (quorum ? -now.hysteresis() : now.hysteresis());
    if (!quorum && weight >= threshold) {
      quorum = true;
      if (sorry && newSorry != null) {
        events.add(new PoolEvent.SorryServerOut(key(), newSorry));
      }
      sorry = false;
      events.add(new PoolEvent.QuorumGained(key(), initial, weight, threshold, now.quorumUp()));
    } else {
      boolean lost = quorum && (weight == 0 || weight < threshold);
      quorum &= !lost;
      if (!quorum && !sorry && !open && newSorry != null) {
        events.add(new PoolEvent.SorryServerIn(key(), newSorry));
        sorry = true;
        lost |= initial;
      }
      if (lost) {
        events.add(
            new PoolEvent.QuorumLost(
                key(), initial, weight, threshold, "below quorum", now.quorumDown()));
      }
    }
    var pool = new ServicePool(now, next, true, quorum, sorry, open, false, sinceNanos);
    if (pool.state() != state() || !started) {
      pool = new ServicePool(now, next, true, quorum, sorry, open, false, nowNanos);
    }
    return new Step(pool, events);
  }

  /** A server that nobody has asked yet is no reason to send traffic to it. */
  private boolean failOpen(VirtualServer now, List<Member> next) {
    PoolPolicy policy = now.options().pool();
    if (policy == null || policy.failOpen() == null || next.isEmpty()) {
      return false;
    }
    long alive = next.stream().filter(Member::alive).count();
    return failOpen
        ? alive < policy.failOpen().until().of(next.size())
        : alive < policy.failOpen().below().of(next.size())
            && next.stream().allMatch(m -> m.alive() || m.failed());
  }

  private Step removed(long nowNanos) {
    String cause = "service removed";
    var events = new ArrayList<PoolEvent>();
    for (Member m : members) {
      if (m.alive()) {
        events.add(down(m, cause));
      }
    }
    if (quorumUp) {
      events.add(lost(cause));
    }
    return new Step(ended(nowNanos), events);
  }

  private Step stopping(long nowNanos) {
    String cause = "stopping";
    var events = new ArrayList<PoolEvent>();
    if (config.omega()) {
      for (Member m : members) {
        if (m.alive()) {
          events.add(down(m, cause));
        }
      }
      events.add(lost(cause));
    }
    return new Step(ended(nowNanos), events);
  }

  private PoolEvent lost(String cause) {
    return new PoolEvent.QuorumLost(
        key(), false, 0, (long) config.quorum() - config.hysteresis(), cause, config.quorumDown());
  }

  private ServicePool ended(long nowNanos) {
    return new ServicePool(config, List.of(), started, false, false, false, true, nowNanos);
  }

  private PoolEvent up(Member m, String cause) {
    return new PoolEvent.RealUp(key(), m.key(), cause, m.config().notifyUp());
  }

  private PoolEvent down(Member m, String cause) {
    return new PoolEvent.RealDown(key(), m.key(), cause, m.config().notifyDown());
  }

  private static long aliveWeight(List<Member> members) {
    long sum = 0;
    for (Member m : members) {
      sum += m.alive() ? m.effectiveWeight() : 0;
    }
    return sum;
  }

  private static @Nullable RealKey sorryKey(VirtualServer config) {
    VirtualServer.SorryServer sorry = config.sorryServer();
    return sorry == null ? null : new RealKey(sorry.address(), sorry.port());
  }
}
