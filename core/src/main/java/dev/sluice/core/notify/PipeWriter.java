package dev.sluice.core.notify;

import dev.sluice.config.model.GlobalSettings.Fifo;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.script.ScriptRunner;
import dev.sluice.linux.Accounts;
import dev.sluice.linux.NamedPipe;
import dev.sluice.linux.Subprocess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pipe that gets a line for every change, with the script that may read it. Lines that the pipe
 * cannot take, because nobody reads it, wait here; of those the oldest are dropped first, and the
 * journal is told how many. A script that ends is started again, after a pause that grows.
 */
final class PipeWriter implements AutoCloseable {
  /** Lines that wait when the pipe (64 KiB, some 2000 lines) is full. */
  static final int WAITING = 4096;

  private static final long RETRY_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;
  private static final long GOODBYE_MILLIS = 500;

  private final Fifo config;
  private final ScriptRunner runner;
  private final ScheduledExecutorService timers;
  private final Consumer<JournalEvent> journal;
  private final NamedPipe pipe;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private ScriptRunner.@Nullable Run reader;
  private long pauseMillis = 1_000;
  private long dropped;
  private boolean retrying;
  private boolean closed;

  private PipeWriter(
      Fifo config,
      NamedPipe pipe,
      ScriptRunner runner,
      ScheduledExecutorService timers,
      Consumer<JournalEvent> journal) {
    this.config = config;
    this.pipe = pipe;
    this.runner = runner;
    this.timers = timers;
    this.journal = journal;
  }

  /**
   * Opens the pipe and starts its script.
   *
   * @param standard who owns a pipe that says nothing of it; null: who we are
   */
  static PipeWriter open(
      Fifo config,
      @Nullable ScriptUser standard,
      ScriptRunner runner,
      ScheduledExecutorService timers,
      Consumer<JournalEvent> journal)
      throws IOException {
    ScriptUser owner = config.user() != null ? config.user() : standard;
    int uid = -1;
    int gid = -1;
    if (owner != null) {
      Accounts.User user =
          Accounts.user(owner.user())
              .orElseThrow(() -> new IOException("there is no user " + owner.user()));
      uid = user.uid();
      OptionalInt group =
          owner.group() == null ? OptionalInt.of(user.gid()) : Accounts.group(owner.group());
      gid = group.orElseThrow(() -> new IOException("there is no group " + owner.group()));
    }
    NamedPipe pipe =
        NamedPipe.open(
            Path.of(Objects.requireNonNull(config.path())),
            PosixFilePermissions.fromString("rw-r--r--"),
            uid,
            gid);
    var writer = new PipeWriter(config, pipe, runner, timers, journal);
    writer.startReader();
    return writer;
  }

  Fifo config() {
    return config;
  }

  /** Writes a line, now or when there is room. */
  synchronized void write(String line) {
    if (closed) {
      return;
    }
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    if (bytes.length > NamedPipe.MOST) {
      return;
    }
    waiting.add(bytes);
    flush();
    if (waiting.size() > WAITING) {
      waiting.removeFirst();
      // Told once in a while, not for each line.
      if (Long.bitCount(++dropped) == 1) {
        journal.accept(
            new JournalEvent.NotifyFailed(
                "nobody reads " + config.path() + ": " + dropped + " lines were dropped so far"));
      }
    }
  }

  private void flush() {
    try {
      for (byte[] next = waiting.peek(); next != null; next = waiting.peek()) {
        if (!pipe.write(next)) {
          retryLater();
          return;
        }
        waiting.remove();
      }
    } catch (IOException e) {
      waiting.clear();
      journal.accept(new JournalEvent.NotifyFailed(String.valueOf(e.getMessage())));
    }
  }

  private void retryLater() {
    if (!retrying) {
      retrying = true;
      later(
          () -> {
            retrying = false;
            flush();
          },
          RETRY_MILLIS);
    }
  }

  private void later(Runnable task, long millis) {
    try {
      var _ =
          timers.schedule(
              () -> {
                synchronized (this) {
                  if (!closed) {
                    task.run();
                  }
                }
              },
              millis,
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      closed = true; // the daemon ends
    }
  }

  private synchronized void startReader() {
    if (config.script() == null || closed) {
      return;
    }
    long begun = System.nanoTime();
    ScriptRunner.Run run =
        runner.start(config.script(), List.of(pipe.path().toString()), Duration.ZERO);
    reader = run;
    var _ =
        run.outcome()
            .thenAccept(
                outcome -> readerEnded(outcome, Duration.ofNanos(System.nanoTime() - begun)));
  }

  private synchronized void readerEnded(ScriptRunner.Outcome outcome, Duration lived) {
    if (closed) {
      return;
    }
    if (lived.toMillis() > LONGEST_PAUSE_MILLIS) {
      pauseMillis = 1_000;
    }
    journal.accept(
        new JournalEvent.NotifyFailed(
            "the script that reads "
                + config.path()
                + " ended ("
                + outcome.evidence()
                + "): it is started again in "
                + pauseMillis / 1000
                + " s"));
    later(this::startReader, pauseMillis);
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
  }

  /**
   * Closes the pipe, and removes it if we have made it. Its script sees the end, has a moment to
   * deal with what it has read, and is ended then.
   */
  @Override
  public void close() {
    ScriptRunner.Run run;
    synchronized (this) {
      if (closed) {
        return;
      }
      flush();
      closed = true;
      run = reader;
      pipe.close();
      if (pipe.created()) {
        try {
          boolean _ = Files.deleteIfExists(pipe.path());
        } catch (IOException e) {
          journal.accept(
              new JournalEvent.NotifyFailed("cannot remove the pipe " + config.path() + ": " + e));
        }
      }
    }
    if (run != null) {
      end(run);
    }
  }

  private static void end(ScriptRunner.Run run) {
    Subprocess process = run.process();
    if (!gone(run)) {
      process.terminate();
      if (!gone(run)) {
        process.kill();
      }
    }
  }

  private static boolean gone(ScriptRunner.Run run) {
    try {
      Object _ = run.gone().get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return false;
    }
  }
}
