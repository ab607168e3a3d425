package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.linux.EventLoop;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A check in the loop: carries the actions of its {@link CheckerState} out and feeds it with what
 * comes back. Only the loop's thread touches it, but for {@link #snapshot}.
 */
final class RunningCheck {
  private static final System.Logger LOG = System.getLogger(RunningCheck.class.getName());

  private final EventLoop loop;
  private final Scratchpad scratch;
  private final CheckListener listener;
  private final Checker checker;
  private final EventLoop.Timer timer;
  private CheckId id;
  private @Nullable ScriptUser user;
  private boolean groups;
  private CheckerState state;
  private @Nullable Attempt attempt;
  private @Nullable CheckOutcome outcome;
  private long sinceNanos;
  private long runs;
  private long failed;
  private volatile CheckSnapshot snapshot;

  RunningCheck(
      EventLoop loop,
      Scratchpad scratch,
      CheckListener listener,
      CheckTarget target,
      @Nullable RunningCheck before) {
    this.loop = loop;
    this.scratch = scratch;
    this.listener = listener;
    this.checker = target.checker();
    this.id = target.id();
    this.user = target.scriptUser();
    this.groups = target.supplementaryGroups();
    this.timer = loop.timer(() -> on(new CheckerEvent.Due()));
    if (before == null) {
      state = CheckerState.initial(checker);
      sinceNanos = loop.nowNanos();
    } else {
      state = before.state.restarted(checker);
      sinceNanos = before.sinceNanos;
      outcome = before.outcome;
    }
    snapshot = snapshotNow(false);
  }

  void start() {
    long warmup = checker.pace().warmup().toNanos();
    on(new CheckerEvent.Start(warmup <= 0 ? 0 : ThreadLocalRandom.current().nextLong(warmup + 1)));
  }

  /** Goes on under another name: the configuration around it has changed. */
  void rename(CheckTarget target) {
    id = target.id();
    user = target.scriptUser();
    groups = target.supplementaryGroups();
    snapshot = snapshotNow(false);
  }

  CheckId id() {
    return id;
  }

  Checker checker() {
    return checker;
  }

  CheckSnapshot snapshot() {
    return snapshot;
  }

  void cancel() {
    timer.cancel();
    if (attempt != null) {
      attempt.cancel();
      attempt = null;
    }
  }

  /** Tells where it stands, without a try. */
  void tell() {
    listener.result(snapshot.last());
  }

  private void on(CheckerEvent event) {
    CheckerState.Step step = state.on(checker, event, loop.nowNanos());
    state = step.state();
    boolean changed = false;
    int run = -1;
    for (CheckerAction action : step.actions()) {
      switch (action) {
        case CheckerAction.Wake(long at) -> timer.at(at);
        case CheckerAction.Verdict _ -> {
          changed = true;
          sinceNanos = loop.nowNanos();
        }
        case CheckerAction.Run(int url) -> run = url;
      }
    }
    if (run >= 0) {
      run(run);
    }
    snapshot = snapshotNow(changed);
    // Last, as a listener that throws must not cost us the timer.
    if (event instanceof CheckerEvent.Passed || event instanceof CheckerEvent.Failed) {
      listener.result(snapshot.last());
    }
  }

  private void run(int url) {
    Attempt next = attempt(url);
    attempt = next;
    next.start(this::ended);
  }

  private void ended(Attempt.End end) {
    attempt = null;
    switch (end) {
      case Attempt.End.Judged(CheckOutcome result) -> {
        runs++;
        outcome = result;
        if (result.passed()) {
          on(new CheckerEvent.Passed(result.dynamicWeight()));
        } else {
          failed++;
          on(new CheckerEvent.Failed());
        }
      }
      case Attempt.End.Inconclusive(String reason) -> {
        LOG.log(
            System.Logger.Level.WARNING,
            "check {0} of {1} could not be made and counts neither way: {2}",
            id.index(),
            id.service(),
            reason);
        timer.at(
            loop.nowNanos() + Math.max(1_000_000, checker.pace().delayBeforeRetry().toNanos()));
        snapshot = snapshotNow(false);
      }
    }
  }

  private Attempt attempt(int url) {
    return switch (checker) {
      case Checker.Tcp tcp ->
          new ConnectionAttempt(loop, scratch, tcp.connection(), null, Long.MAX_VALUE / 4);
      case Checker.Http http -> {
        Checker.Url asked = http.urls().get(url);
        Conversation talk = new HttpConversation(http, asked);
        if (http.tls()) {
          talk = new TlsConversation(talk, http.sni() ? serverName(http, asked) : null);
        }
        // A drip-feeding server is cut off here; four timeouts leave honest slow ones alone.
        long whole =
            Math.max(4 * http.connection().timeout().toNanos(), http.pace().delayLoop().toNanos());
        yield new ConnectionAttempt(loop, scratch, http.connection(), talk, whole);
      }
      case Checker.Misc misc -> new ScriptAttempt(loop, misc, user, groups);
    };
  }

  private static @Nullable String serverName(Checker.Http http, Checker.Url url) {
    return url.virtualHost() != null ? url.virtualHost() : http.virtualHost();
  }

  private CheckSnapshot snapshotNow(boolean changed) {
    return new CheckSnapshot(
        new CheckResult(
            id,
            checker,
            state.phase(),
            state.decided(),
            state.up(),
            changed,
            state.dynamicWeight(),
            state.failures(),
            outcome,
            loop.nowNanos()),
        sinceNanos,
        runs,
        failed,
        attempt != null);
  }
}
