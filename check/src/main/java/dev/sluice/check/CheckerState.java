package dev.sluice.check;

import dev.sluice.config.model.Checker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The pure state machine of one checker, as keepalived paces its checkers.
 *
 * <pre>
 *   event   while                         then
 *   Start   -                             Wake after the warmup
 *   Due     -                             Run the current URL
 *   Passed  only one URL, or the last of
 *           a complete pass               up; Verdict when that is new; Wake after delay_loop
 *   Passed  the URL that had failed       all URLs from the first one; Wake after delay_loop
 *   Passed  a URL before the last         the next URL; Wake after delay_loop
 *   Failed  up or no verdict, tries left  Wake after delay_before_retry
 *   Failed  up or no verdict, no try left down; Verdict; Wake after delay_loop
 *   Passed  a complete pass, down, fewer
 *           than rise of them in a row    going up; Wake after delay_rising
 *   Failed  down                          Wake after delay_down, else delay_loop
 *   Failed  down, on a later URL of the   as when up: retries, then the URL counts as the failed
 *           pass that would bring it up   one and the pass starts over
 * </pre>
 *
 * <p>Until the first verdict, a URL after the first gets no retries: one failure decides. With
 * {@code fast_recovery} the waits between the URLs of a pass are dropped before the first verdict
 * and while recovering. A script's waits count from the start of its last run, all others from the
 * end of the last try. After a failure HTTP waits at least {@code delay_before_retry}.
 *
 * <p>One deviation from keepalived 2.4: with a single URL the success that clears the failed URL is
 * already the complete pass, so the server is up after one success, not after two.
 *
 * @param up the verdict, or before the first one what the server counts as (alpha: down)
 * @param decided whether a verdict was ever reached
 * @param failures failed tries in a row of the current URL that were not yet a verdict
 * @param url which URL is next
 * @param urlFailed the current URL is the one that brought the checker down
 * @param startedNanos when the last try began
 * @param dynamicWeight what the script asked for last; null: the configured weight
 * @param passes complete passes in a row that did not yet bring it up
 */
public record CheckerState(
    boolean up,
    boolean decided,
    int failures,
    int url,
    boolean urlFailed,
    long startedNanos,
    @Nullable Integer dynamicWeight,
    int passes) {

  /** Without passes. */
  public CheckerState(
      boolean up,
      boolean decided,
      int failures,
      int url,
      boolean urlFailed,
      long startedNanos,
      @Nullable Integer dynamicWeight) {
    this(up, decided, failures, url, urlFailed, startedNanos, dynamicWeight, 0);
  }

  /** A new state and what to do. */
  public record Step(CheckerState state, List<CheckerAction> actions) {
    public Step {
      actions = List.copyOf(actions);
    }
  }

  /** A checker that never ran. */
  public static CheckerState initial(Checker checker) {
    return new CheckerState(!checker.pace().alpha(), false, 0, 0, false, 0, null);
  }

  /**
   * The state in which a checker goes on when its definition has changed: the verdict stays until
   * the new definition reaches its own, and a server that is down is going up: what took it out is
   * no longer asked.
   */
  public CheckerState restarted(Checker checker) {
    if (!decided) {
      return initial(checker);
    }
    boolean dynamic = checker.movesWeight();
    return new CheckerState(
        up, true, 0, 0, false, startedNanos, dynamic && up ? dynamicWeight : null);
  }

  /** Whether the other state means the same for everyone outside. */
  boolean samePhase(CheckerState other) {
    return phase() == other.phase() && Objects.equals(dynamicWeight, other.dynamicWeight);
  }

  /** Where the checker stands, for people. */
  public CheckPhase phase() {
    if (!decided) {
      return up && failures > 0 ? CheckPhase.GOING_DOWN : CheckPhase.UNCHECKED;
    }
    if (up) {
      return failures > 0 ? CheckPhase.GOING_DOWN : CheckPhase.UP;
    }
    return urlFailed ? CheckPhase.DOWN : CheckPhase.GOING_UP;
  }

  /** What the event leads to. */
  public Step on(Checker checker, CheckerEvent event, long nowNanos) {
    return switch (event) {
      case CheckerEvent.Start start ->
          new Step(this, List.of(new CheckerAction.Wake(nowNanos + start.warmupNanos())));
      case CheckerEvent.Due() ->
          new Step(
              new CheckerState(
                  up, decided, failures, url, urlFailed, nowNanos, dynamicWeight, passes),
              List.of(new CheckerAction.Run(url)));
      case CheckerEvent.Passed passed -> passed(checker, passed.dynamicWeight(), nowNanos);
      case CheckerEvent.Failed() -> failed(checker, nowNanos);
    };
  }

  private Step passed(Checker checker, @Nullable Integer weight, long nowNanos) {
    int urls = places(checker);
    boolean complete = urls == 1 || (!urlFailed && url == urls - 1);
    Checker.Rhythm rhythm = checker.pace().rhythm();
    if (complete && rhythm != null && !up && passes + 1 < rhythm.rise()) {
      var rising = new CheckerState(false, decided, 0, 0, false, startedNanos, null, passes + 1);
      Duration wait = rhythm.whileRising();
      return new Step(
          rising,
          List.of(
              rising.wakeAfter(
                  checker, wait == null ? checker.pace().delayLoop() : wait, nowNanos)));
    }
    CheckerState next;
    if (complete) {
      next = new CheckerState(true, true, 0, 0, false, startedNanos, weight);
    } else {
      int nextUrl = urlFailed ? 0 : url + 1;
      next = new CheckerState(up, decided, 0, nextUrl, false, startedNanos, dynamicWeight, passes);
    }
    boolean hurry =
        checker instanceof Checker.Http http
            && http.fastRecovery()
            && !complete
            && (!next.decided || !next.up);
    var wake =
        hurry
            ? new CheckerAction.Wake(nowNanos)
            : next.wakeAfter(checker, checker.pace().delayLoop(), nowNanos);
    return complete && (!up || !decided)
        ? new Step(next, List.of(new CheckerAction.Verdict(true), wake))
        : new Step(next, List.of(wake));
  }

  private Step failed(Checker checker, long nowNanos) {
    Checker.Pace pace = checker.pace();
    if (decided && !up && urlFailed) {
      return new Step(this, List.of(wakeAfter(checker, downDelay(checker), nowNanos)));
    }
    // In the very first pass one URL has already shown that the server answers: no retries.
    // A file is not asked again: what it holds is what it holds.
    boolean once = (!decided && url > 0) || checker instanceof Checker.FileValue;
    int tries = once ? 0 : pace.retry();
    // Who must rise step by step falls back at once.
    boolean rising = decided && !up && pace.rhythm() != null && pace.rhythm().rise() > 1;
    if (failures < tries && !rising) {
      var next =
          new CheckerState(up, decided, failures + 1, url, urlFailed, startedNanos, dynamicWeight);
      return new Step(next, List.of(wakeAfter(checker, pace.delayBeforeRetry(), nowNanos)));
    }
    var next = new CheckerState(false, true, 0, url, true, startedNanos, null);
    var wake = wakeAfter(checker, downDelay(checker), nowNanos);
    return up || !decided
        ? new Step(next, List.of(new CheckerAction.Verdict(false), wake))
        : new Step(next, List.of(wake));
  }

  /** What is tried one after another: URLs, mail hosts. */
  private static int places(Checker checker) {
    return switch (checker) {
      case Checker.Http http -> Math.max(1, http.urls().size());
      case Checker.Smtp smtp -> smtp.hosts().size();
      case Checker.Tcp _, Checker.Misc _, Checker.Dns _, Checker.Udp _, Checker.Ping _ -> 1;
      case Checker.FileValue _, Checker.Greeting _ -> 1;
    };
  }

  private static Duration downDelay(Checker checker) {
    Checker.Pace pace = checker.pace();
    Checker.Rhythm rhythm = pace.rhythm();
    if (rhythm != null && rhythm.whileDown() != null) {
      return rhythm.whileDown();
    }
    boolean longer = pace.delayBeforeRetry().compareTo(pace.delayLoop()) > 0;
    return checker instanceof Checker.Http && longer ? pace.delayBeforeRetry() : pace.delayLoop();
  }

  private CheckerAction.Wake wakeAfter(Checker checker, Duration delay, long nowNanos) {
    if (checker instanceof Checker.Misc) {
      long due = startedNanos + delay.toNanos();
      return new CheckerAction.Wake(due - nowNanos > 0 ? due : nowNanos);
    }
    return new CheckerAction.Wake(nowNanos + delay.toNanos());
  }
}
