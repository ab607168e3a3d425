package dev.sluice.core.notify;

import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.notify.Notice.Call;
import dev.sluice.core.script.ScriptRunner;
import dev.sluice.core.script.ScriptRunner.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Runs notify scripts. Those of one object run one after the other in the order of its events;
 * objects do not wait for each other, and nobody waits for a script. When too many wait, the oldest
 * is left out: what it had to tell is no longer so. Every end is told to the journal.
 */
final class ScriptQueue {
  /** Scripts of one object that may wait. */
  static final int WAITING = 64;

  /** Output that goes into the journal, in characters. */
  private static final int OUTPUT = 1024;

  private final ScriptRunner runner;
  private final Consumer<JournalEvent> journal;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition calm = lock.newCondition();
  private final Map<String, Queue<Call>> lanes = new HashMap<>();
  private volatile Duration limit;

  ScriptQueue(ScriptRunner runner, Duration limit, Consumer<JournalEvent> journal) {
    this.runner = runner;
    this.limit = limit;
    this.journal = journal;
  }

  /** How long a script may take from now on; zero: as long as it likes. */
  void limit(Duration next) {
    limit = next;
  }

  /** Runs it when its turn comes. */
  void add(String object, Call call) {
    Call left = null;
    boolean first = false;
    lock.lock();
    try {
      Queue<Call> lane = lanes.get(object);
      if (lane == null) {
        // A lane exists while something of it runs.
        lanes.put(object, new ArrayDeque<>());
        first = true;
      } else {
        left = lane.size() >= WAITING ? lane.poll() : null;
        lane.add(call);
      }
    } finally {
      lock.unlock();
    }
    if (left != null) {
      journal.accept(
          new JournalEvent.NotifyFailed(
              object + ": " + words(left) + " was left out: " + WAITING + " scripts wait already"));
    }
    if (first) {
      run(object, call);
    }
  }

  private void run(String object, Call call) {
    long begun = System.nanoTime();
    ScriptRunner.Run run = runner.start(call.script(), call.arguments(), limit);
    var _ = run.outcome().thenAccept(outcome -> tell(object, call, outcome, begun));
    var _ = run.gone().whenComplete((_, _) -> next(object));
  }

  private void next(String object) {
    Call call;
    lock.lock();
    try {
      Queue<Call> lane = lanes.get(object);
      call = lane == null ? null : lane.poll();
      if (call == null) {
        lanes.remove(object);
        calm.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (call != null) {
      run(object, call);
    }
  }

  private void tell(String object, Call call, Outcome outcome, long begunNanos) {
    String output = outcome.output().strip();
    journal.accept(
        new JournalEvent.ScriptEnded(
            object,
            words(call),
            outcome.success(),
            outcome.evidence(),
            output.length() <= OUTPUT ? output : "…" + output.substring(output.length() - OUTPUT),
            Duration.ofNanos(System.nanoTime() - begunNanos)));
  }

  private static String words(Call call) {
    String command = String.join(" ", call.script().command());
    return call.arguments().isEmpty()
        ? command
        : command + " " + String.join(" ", call.arguments());
  }

  /** Waits until nothing runs or waits, at most this long. */
  void await(long timeoutMillis) {
    long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    lock.lock();
    try {
      while (!lanes.isEmpty() && left > 0) {
        left = calm.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
