package dev.sluice.core.track;

import dev.sluice.config.model.GlobalSettings.Buffer;
import dev.sluice.config.model.TrackFile;
import dev.sluice.config.model.TrackProcess;
import dev.sluice.linux.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches files and processes for VRRP, on a thread of its own that exists once something is
 * tracked: a look at a file or at /proc may wait.
 *
 * <p>{@link #apply} and {@link #close} come from one thread at a time.
 */
public final class Trackings implements AutoCloseable {
  /** Longest that a configuration waits for the first look. */
  private static final long FIRST_LOOK_SECONDS = 5;

  private final Sink sink;
  private final Consumer<String> warn;
  private @Nullable EventLoop loop;
  private @Nullable FileTracking files;
  private @Nullable ProcessTracking processes;

  /** Takes what is seen, on any thread; must not wait. */
  public interface Sink {
    /** The number that a {@code track_file} holds. */
    void file(String name, long value, String evidence);

    /** Whether the wanted number of processes runs. */
    void processes(String name, boolean up, String evidence);
  }

  /**
   * Watches nothing yet.
   *
   * @param warn takes sentences for an operator
   */
  public Trackings(Sink sink, Consumer<String> warn) {
    this.sink = sink;
    this.warn = warn;
  }

  /**
   * Watches exactly these. When it returns the sink knows how each stands, unless a look takes very
   * long.
   */
  public void apply(List<TrackFile> wantedFiles, List<TrackProcess> wantedProcesses) {
    apply(wantedFiles, wantedProcesses, null);
  }

  /**
   * As above.
   *
   * @param processBuffer room for process events; null: enough
   */
  public void apply(
      List<TrackFile> wantedFiles,
      List<TrackProcess> wantedProcesses,
      @Nullable Buffer processBuffer) {
    EventLoop on = loop;
    if (on == null) {
      if (wantedFiles.isEmpty() && wantedProcesses.isEmpty()) {
        return;
      }
      EventLoop opened = EventLoop.open("track");
      on = opened;
      loop = on;
      Thread _ = Thread.ofPlatform().name("sluice-track").daemon().start(() -> run(opened));
    }
    EventLoop running = on;
    await(
        running,
        () -> {
          applyFiles(running, wantedFiles);
          applyProcesses(running, wantedProcesses);
          if (processes != null && processBuffer != null) {
            processes.receiveBuffer(processBuffer);
          }
        });
  }

  private static void run(EventLoop loop) {
    try {
      loop.run();
    } finally {
      loop.close();
    }
  }

  private void applyFiles(EventLoop running, List<TrackFile> wanted) {
    FileTracking now = files;
    if (now == null) {
      if (wanted.isEmpty()) {
        return;
      }
      now = new FileTracking(running, sink, warn);
      files = now;
    }
    now.apply(wanted);
  }

  private void applyProcesses(EventLoop running, List<TrackProcess> wanted) {
    ProcessTracking now = processes;
    if (wanted.isEmpty()) {
      // Process events of a busy machine cost something: without a tracker none are asked for.
      if (now != null) {
        now.close();
        processes = null;
      }
      return;
    }
    if (now == null) {
      now = new ProcessTracking(running, sink, warn);
      processes = now;
    }
    now.apply(wanted);
  }

  private void await(EventLoop on, Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    on.execute(() -> {
      try {
        task.run();
        done.complete(null);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    try {
      done.get(FIRST_LOOK_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      warn.accept("files and processes cannot be tracked: " + e.getCause());
    } catch (TimeoutException e) {
      warn.accept("the first look at tracked files and processes takes long; VRRP goes on without");
    }
  }

  @Override
  public void close() {
    EventLoop on = loop;
    if (on == null) {
      return;
    }
    loop = null;
    await(
        on,
        () -> {
          if (files != null) {
            files.close();
          }
          if (processes != null) {
            processes.close();
          }
          on.stop();
        });
  }
}
