package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.linux.ConnectedDatagram;
import dev.sluice.linux.EventLoop;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
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
  private final WatchedFiles files;
  private final Runnable fileChanged = this::lookAgain;
  private boolean changedMeanwhile;
  private CheckId id;
  private @Nullable ScriptUser user;
  private boolean groups;
  private CheckerState state;
  private @Nullable Attempt attempt;
  private @Nullable CheckOutcome outcome;
  private long sinceNanos;
  private long runs;
  private long failed;
  private CheckHistory history = CheckHistory.EMPTY;
  private volatile CheckSnapshot snapshot;

  RunningCheck(
      EventLoop loop,
      Scratchpad scratch,
      WatchedFiles files,
      CheckListener listener,
      CheckTarget target,
      @Nullable RunningCheck before) {
    this.loop = loop;
    this.scratch = scratch;
    this.files = files;
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
      history = before.history;
    }
    snapshot = snapshotNow(false);
  }

  void start() {
    long warmup = checker.pace().warmup().toNanos();
    if (checker instanceof Checker.FileValue file) {
      warmup = 0; // nobody is spared by waiting
      files.add(path(file), fileChanged);
    }
    on(new CheckerEvent.Start(warmup <= 0 ? 0 : ThreadLocalRandom.current().nextLong(warmup + 1)));
  }

  private static Path path(Checker.FileValue file) {
    return Path.of(file.file()).toAbsolutePath().normalize();
  }

  /** Looks at once; a look that is under way may have come too early, so another follows. */
  private void lookAgain() {
    if (attempt == null) {
      timer.at(loop.nowNanos());
    } else {
      changedMeanwhile = true;
    }
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
    if (checker instanceof Checker.FileValue file) {
      files.remove(path(file), fileChanged);
    }
    timer.cancel();
    cancelAttempt();
  }

  private void cancelAttempt() {
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
        case CheckerAction.Verdict verdict -> {
          changed = true;
          sinceNanos = loop.nowNanos();
          String why = outcome == null ? "" : outcome.evidence();
          history = history.with(new CheckHistory.Change(sinceNanos, verdict.up(), why));
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
    try {
      Attempt next = attempt(url);
      attempt = next;
      next.start(this::ended);
    } catch (RuntimeException e) {
      // A fault of ours must not end the check for good, nor take the server out.
      cancelAttempt();
      ended(new Attempt.End.Inconclusive("internal fault: " + e));
    }
  }

  private void ended(Attempt.End end) {
    attempt = null;
    judge(end);
    if (changedMeanwhile) {
      changedMeanwhile = false;
      timer.at(loop.nowNanos());
    }
  }

  private void judge(Attempt.End end) {
    switch (end) {
      case Attempt.End.Judged(CheckOutcome result) -> {
        runs++;
        history = history.tried(outcome != null && outcome.passed() == result.passed());
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
      case Checker.Smtp smtp -> {
        Checker.Connection host = smtp.hosts().get(url);
        long whole = Math.max(4 * host.timeout().toNanos(), smtp.pace().delayLoop().toNanos());
        yield new ConnectionAttempt(
            loop, scratch, host, new SmtpConversation(smtp.heloName()), whole);
      }
      case Checker.Dns dns -> {
        var exchange = new DnsExchange(dns, ThreadLocalRandom.current().nextInt(1 << 16));
        yield udp(dns.connection(), exchange);
      }
      case Checker.Udp udp -> udp(udp.connection(), new UdpExchange(udp));
      case Checker.Ping ping -> {
        InetAddress to = ping.connection().address();
        yield new DatagramAttempt(
            loop,
            scratch,
            ping.connection(),
            options -> EchoSockets.open(to, options),
            new EchoExchange(to instanceof Inet6Address, (int) runs));
      }
      case Checker.FileValue file -> new FileAttempt(loop, file);
    };
  }

  private Attempt udp(Checker.Connection to, Exchange exchange) {
    return new DatagramAttempt(
        loop,
        scratch,
        to,
        options -> ConnectedDatagram.udp(to.address(), to.port(), options),
        exchange);
  }

  private static @Nullable String serverName(Checker.Http http, Checker.Url url) {
    if (http.sniName() != null) {
      return http.sniName();
    }
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
        attempt != null,
        history);
  }
}
