package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.linux.ConnectedDatagram;
import dev.sluice.linux.EventLoop;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A check in the loop: carries the actions of its {@link CheckerState} out and feeds it with what
 * comes back. It has one reader or several: the servers that have this very check. Only the loop's
 * thread touches it, but for {@link #snapshot}.
 */
final class RunningCheck implements Gate.Guest {
  private static final System.Logger LOG = System.getLogger(RunningCheck.class.getName());

  /** Tries begin on this grid, so that one turn of the loop begins several. */
  private static final long GRID_NANOS = 1_000_000;

  /** A check that is changed while its server is out begins within this time. */
  private static final long SOON_NANOS = 100_000_000;

  private final CheckTools tools;
  private final EventLoop loop;
  private final Definition definition;
  private final Checker checker;
  private final Gate.Target target;
  private final EventLoop.Timer timer;
  private final boolean changedWhileDown;
  private boolean changedMeanwhile;
  private @Nullable Runnable fileChanged;
  private List<CheckId> readers = List.of();
  private CheckerState state;

  /** Which URL is asked when the gate opens; negative: not waiting. */
  private int nextUrl = -1;

  private boolean inside;
  private @Nullable Attempt attempt;
  private long runs;
  private volatile Standing standing;

  /**
   * What a check has come to; everything that other threads may ask.
   *
   * @param decidedNanos when the verdict was reached, or the check began
   */
  private record Standing(
      CheckerState state,
      @Nullable CheckOutcome outcome,
      long atNanos,
      long decidedNanos,
      long runs,
      long failed,
      CheckHistory history) {}

  /**
   * A check that has not begun.
   *
   * @param target shared with the other checks that go there
   * @param before whose verdict it takes over until it has its own; null: nobody's
   */
  RunningCheck(
      CheckTools tools, Definition definition, Gate.Target target, @Nullable RunningCheck before) {
    this.tools = tools;
    this.loop = tools.loop();
    this.definition = definition;
    this.checker = definition.checker();
    this.target = target;
    this.timer = loop.timer(this::due);
    long now = loop.nowNanos();
    if (before == null) {
      state = CheckerState.initial(checker);
      standing = new Standing(state, null, now, now, 0, 0, CheckHistory.EMPTY);
    } else {
      Standing old = before.standing;
      state = before.state.restarted(checker);
      standing = new Standing(state, old.outcome, now, old.decidedNanos, 0, 0, old.history);
    }
    changedWhileDown = before != null && state.decided() && !state.up();
  }

  void start() {
    long warmup = checker.pace().warmup().toNanos();
    if (checker instanceof Checker.FileValue file) {
      warmup = 0; // nobody is spared by waiting
      Runnable changed = this::lookAgain;
      fileChanged = changed;
      tools.files().add(path(file), changed);
    }
    if (changedWhileDown) {
      warmup = Math.min(warmup, SOON_NANOS);
    }
    on(new CheckerEvent.Start(warmup <= 0 ? 0 : ThreadLocalRandom.current().nextLong(warmup + 1)));
  }

  private static Path path(Checker.FileValue file) {
    return Path.of(file.file()).toAbsolutePath().normalize();
  }

  /** Looks at once; a look that is under way may have come too early, so another follows. */
  private void lookAgain() {
    if (attempt == null && nextUrl < 0) {
      timer.at(loop.nowNanos());
    } else {
      changedMeanwhile = true;
    }
  }

  /** Who has this check now. */
  void readers(List<CheckId> of) {
    readers = of;
  }

  Definition definition() {
    return definition;
  }

  Checker checker() {
    return checker;
  }

  /** Where it stands, for one of its readers; from any thread. */
  CheckSnapshot snapshot(CheckId reader) {
    Standing at = standing;
    return new CheckSnapshot(
        result(reader, at, false),
        at.decidedNanos,
        at.runs,
        at.failed,
        attempt != null, // a moment old, at worst
        at.history);
  }

  private CheckResult result(CheckId reader, Standing at, boolean changed) {
    CheckerState s = at.state;
    return new CheckResult(
        reader,
        checker,
        s.phase(),
        s.decided(),
        s.up(),
        changed,
        s.dynamicWeight(),
        s.failures(),
        at.outcome,
        at.atNanos);
  }

  void cancel() {
    if (checker instanceof Checker.FileValue file && fileChanged != null) {
      tools.files().remove(path(file), fileChanged);
    }
    timer.cancel();
    if (nextUrl >= 0) {
      nextUrl = -1;
      tools.gate().gone(this);
    }
    cancelAttempt();
    leave();
  }

  private void cancelAttempt() {
    Attempt running = attempt;
    if (running != null) {
      attempt = null;
      running.cancel();
    }
  }

  /** Tells one reader where it stands, without a try. */
  void tell(CheckId reader) {
    tools.listener().result(result(reader, standing, false));
  }

  private void due() {
    on(new CheckerEvent.Due());
  }

  private void on(CheckerEvent event) {
    CheckerState before = state;
    long now = loop.nowNanos();
    CheckerState.Step step = state.on(checker, event, now);
    state = step.state();
    Standing old = standing;
    boolean changed = false;
    long decided = old.decidedNanos;
    CheckHistory history = old.history;
    int run = -1;
    for (CheckerAction action : step.actions()) {
      switch (action) {
        case CheckerAction.Wake(long at) ->
            timer.at(at <= now ? at : at + Math.floorMod(-at, GRID_NANOS));
        case CheckerAction.Verdict verdict -> {
          changed = true;
          decided = now;
          String why = old.outcome == null ? "" : old.outcome.evidence();
          history = history.with(new CheckHistory.Change(now, verdict.up(), why));
        }
        case CheckerAction.Run(int url) -> run = url;
      }
    }
    if (run >= 0) {
      nextUrl = run;
      tools.gate().enter(this);
      return;
    }
    standing = new Standing(state, old.outcome, now, decided, old.runs, old.failed, history);
    // Last, as a listener that throws must not cost us the timer.
    if (event instanceof CheckerEvent.Passed || event instanceof CheckerEvent.Failed) {
      boolean routine =
          !changed
              && event instanceof CheckerEvent.Passed
              && before.samePhase(state)
              && old.runs > 1;
      for (CheckId reader : readers) {
        CheckResult result = result(reader, standing, changed);
        if (routine) {
          tools.listener().routine(result);
        } else {
          tools.listener().result(result);
        }
      }
    }
  }

  @Override
  public boolean waiting() {
    return nextUrl >= 0;
  }

  @Override
  public Gate.Target target() {
    return target;
  }

  @Override
  public Gate.@Nullable Target kind() {
    if (checker instanceof Checker.Misc) {
      return tools.gate().scripts;
    }
    boolean tls =
        (checker instanceof Checker.Http http && http.tls())
            || (checker instanceof Checker.Greeting greeting && greeting.tls());
    return tls ? tools.gate().handshakes : null;
  }

  @Override
  public void admitted() {
    int url = nextUrl;
    nextUrl = -1;
    inside = true;
    tools.began(System.nanoTime() - timer.deadlineNanos());
    try {
      Attempt next = attempt(url);
      attempt = next;
      next.start(this::ended);
    } catch (RuntimeException e) {
      // A fault of ours must not end the check for good, nor take the server out.
      cancelAttempt();
      judge(new Attempt.End.Inconclusive("internal fault: " + e));
      leave();
    }
  }

  private void leave() {
    if (inside) {
      inside = false;
      tools.gate().leave(this);
    }
  }

  private void ended(Attempt.End end) {
    attempt = null;
    if (end instanceof Attempt.End.Exhausted(String reason)) {
      nextUrl = state.url();
      inside = false;
      tools.gate().exhausted(this, reason);
      return;
    }
    try {
      judge(end);
      if (changedMeanwhile) {
        changedMeanwhile = false;
        timer.at(loop.nowNanos());
      }
    } finally {
      leave();
    }
  }

  private void judge(Attempt.End end) {
    switch (end) {
      case Attempt.End.Judged(CheckOutcome result) -> {
        runs++;
        Standing old = standing;
        boolean same = old.outcome != null && old.outcome.passed() == result.passed();
        standing =
            new Standing(
                old.state,
                result,
                old.atNanos,
                old.decidedNanos,
                runs,
                result.passed() ? old.failed : old.failed + 1,
                old.history.tried(same));
        for (CheckId reader : readers) {
          tools.durations().add(reader.service(), result.totalNanos());
        }
        on(
            result.passed()
                ? new CheckerEvent.Passed(result.dynamicWeight())
                : new CheckerEvent.Failed());
      }
      case Attempt.End.Inconclusive(String reason) -> {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} of {1} could not be made and counts neither way: {2}",
            checker.getClass().getSimpleName(),
            readers,
            reason);
        timer.at(
            loop.nowNanos() + Math.max(1_000_000, checker.pace().delayBeforeRetry().toNanos()));
      }
      case Attempt.End.Exhausted(String reason) ->
          throw new IllegalStateException("waits at the gate: " + reason);
    }
  }

  private Attempt attempt(int url) {
    return switch (checker) {
      case Checker.Tcp tcp ->
          new ConnectionAttempt(loop, tools.scratch(), tcp.connection(), null, Long.MAX_VALUE / 4);
      case Checker.Http http -> new WebAttempt(loop, tools, http, http.urls().get(url));
      case Checker.Greeting greeting -> Greetings.attempt(loop, tools, greeting);
      case Checker.Misc misc -> script(misc);
      case Checker.Smtp smtp -> {
        Checker.Connection host = smtp.hosts().get(url);
        long whole = Math.max(4 * host.timeout().toNanos(), smtp.pace().delayLoop().toNanos());
        yield new ConnectionAttempt(
            loop, tools.scratch(), host, new SmtpConversation(smtp.heloName()), whole);
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
            tools.scratch(),
            ping.connection(),
            options -> EchoSockets.open(to, options),
            new EchoExchange(to instanceof Inet6Address, (int) runs));
      }
      case Checker.FileValue file -> new FileAttempt(loop, file);
    };
  }

  private Attempt script(Checker.Misc misc) {
    Definition.OfScript as = definition.script();
    ScriptUser user = as == null ? null : as.user();
    return new ScriptAttempt(loop, misc, user, as != null && as.groups());
  }

  private Attempt udp(Checker.Connection to, Exchange exchange) {
    return new DatagramAttempt(
        loop,
        tools.scratch(),
        to,
        options -> ConnectedDatagram.udp(to.address(), to.port(), options),
        exchange);
  }
}
