package dev.sluice.lvs.pool;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.CheckerPairing;
import dev.sluice.config.model.RealServer;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real server of a pool with what is known of its checkers.
 *
 * @param checks one per configured checker, in order
 * @param sinceNanos when {@link #state} last changed
 * @param risenNanos when it last came back after a failure
 * @param tenths of its weight that it has: below 10 while it starts slowly
 */
record Member(RealServer config, List<Check> checks, long sinceNanos, long risenNanos, int tenths) {
  /** The whole weight. */
  static final int WHOLE = 10;

  Member {
    checks = List.copyOf(checks);
  }

  /**
   * What is known of one checker.
   *
   * @param held alpha and no verdict yet: counts as down
   * @param last null: never heard of
   */
  record Check(Checker checker, boolean held, PoolInput.@Nullable Verdict last) {
    boolean decided() {
      return last != null && last.decided();
    }

    boolean up() {
      if (last == null || !last.decided()) {
        return !held;
      }
      return last.up();
    }

    boolean turning() {
      return last != null && last.turning();
    }
  }

  static Member fresh(RealServer config, long nowNanos) {
    var checks = new ArrayList<Check>();
    for (Checker c : config.checkers()) {
      checks.add(new Check(c, c.pace().alpha(), null));
    }
    return new Member(config, checks, nowNanos, nowNanos, WHOLE);
  }

  RealKey key() {
    return new RealKey(config.address(), config.port());
  }

  /** It has come back after a failure and begins with little. */
  Member risen(long nowNanos) {
    return new Member(config, checks, sinceNanos, nowNanos, 1);
  }

  /** Its weight grows with time; answers itself when nothing changes. */
  Member grown(long slowStartNanos, long nowNanos) {
    if (tenths == WHOLE) {
      return this;
    }
    long elapsed = nowNanos - risenNanos;
    int now =
        slowStartNanos <= 0 || elapsed >= slowStartNanos
            ? WHOLE
            : (int) Math.max(1, WHOLE * (double) elapsed / slowStartNanos);
    return now == tenths ? this : new Member(config, checks, sinceNanos, risenNanos, now);
  }

  /** Whether its weight still grows. */
  boolean growing() {
    return tenths < WHOLE && alive();
  }

  /** keepalived.md 11.2: alive when none of its checkers is down. */
  boolean alive() {
    return checks.stream().allMatch(Check::up);
  }

  /** A checker has said that it is down; an alpha server that nobody asked yet is neither. */
  boolean failed() {
    return checks.stream().anyMatch(c -> c.decided() && !c.up());
  }

  /** keepalived.md 11.4: configured + the sum of the checkers' differences, 0..2^31-1. */
  int effectiveWeight() {
    long weight = config.weight();
    for (Check c : checks) {
      PoolInput.Verdict last = c.up() ? c.last() : null;
      Integer dynamic = last == null ? null : last.dynamicWeight();
      if (dynamic != null) {
        // A file's number adds to the weight; a script says what the weight shall be.
        weight += c.checker() instanceof Checker.FileValue ? dynamic : dynamic - config.weight();
      }
    }
    return Math.clamp(weight, 0, Integer.MAX_VALUE);
  }

  RealState state() {
    boolean decided = false;
    boolean someDown = false;
    boolean allTurning = true;
    boolean someTurning = false;
    for (Check c : checks) {
      decided |= c.decided();
      if (c.decided() && !c.up()) {
        someDown = true;
        allTurning &= c.turning();
      }
      someTurning |= c.turning();
    }
    if (someDown) {
      return allTurning ? RealState.GOING_UP : RealState.DOWN;
    }
    if (someTurning && alive()) {
      return RealState.GOING_DOWN;
    }
    return decided && alive() ? RealState.UP : RealState.UNCHECKED;
  }

  /** The words of the checker that decides: one that is down, else one in trouble, else any. */
  String evidence() {
    Check best = null;
    for (Check c : checks) {
      if (c.last() != null && (best == null || rank(c) > rank(best))) {
        best = c;
      }
    }
    return best == null || best.last() == null ? "" : best.last().evidence();
  }

  private static int rank(Check c) {
    if (c.decided() && !c.up()) {
      return 2;
    }
    return c.turning() ? 1 : 0;
  }

  /** Takes a verdict; null when it is about nothing we know. */
  @Nullable Member with(PoolInput.Verdict verdict, long nowNanos) {
    int i = verdict.index();
    if (i < 0 || i >= checks.size() || !checks.get(i).checker().equals(verdict.checker())) {
      return null;
    }
    var next = new ArrayList<>(checks);
    next.set(i, new Check(checks.get(i).checker(), checks.get(i).held(), verdict));
    return stamped(new Member(config, next, sinceNanos, risenNanos, tenths), nowNanos);
  }

  /**
   * A reload: verdicts stay with their checkers. A new alpha checker holds the server down only
   * where another checker is down already, or where nothing ever said that it is alive.
   */
  Member reconfigured(RealServer desired, long nowNanos) {
    int[] from = CheckerPairing.pair(config.checkers(), desired.checkers());
    boolean anyDown = false;
    boolean anyDecided = false;
    for (int i : from) {
      if (i >= 0 && checks.get(i).decided()) {
        anyDecided = true;
        anyDown |= !checks.get(i).up();
      }
    }
    boolean hold = anyDown || (!alive() && !anyDecided);
    var next = new ArrayList<Check>();
    for (int i = 0; i < from.length; i++) {
      Checker checker = desired.checkers().get(i);
      Check old = from[i] < 0 ? null : checks.get(from[i]);
      if (old != null && (old.decided() || old.checker().equals(checker))) {
        PoolInput.Verdict last = old.last();
        boolean dynamic = checker.movesWeight();
        next.add(
            new Check(
                checker,
                old.held(),
                last == null
                    ? null
                    : new PoolInput.Verdict(
                        last.real(),
                        i,
                        checker,
                        last.decided(),
                        last.up(),
                        last.turning(),
                        dynamic ? last.dynamicWeight() : null,
                        last.evidence())));
      } else {
        next.add(new Check(checker, checker.pace().alpha() && hold, null));
      }
    }
    return stamped(new Member(desired, next, sinceNanos, risenNanos, tenths), nowNanos);
  }

  private Member stamped(Member next, long nowNanos) {
    return next.state() == state() && next.alive() == alive()
        ? next
        : new Member(next.config, next.checks, nowNanos, next.risenNanos, next.tenths);
  }
}
