package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.EventLoop;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpListener;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.machine.EffectivePriority.Source;
import dev.sluice.vrrp.machine.Reading;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs VRRP: one thread with one event loop, in the network namespace of the thread that calls
 * {@link #start}. Every method may be called from any thread.
 */
public final class VrrpDriver implements AutoCloseable {
  /** keepalived's stop takes about a second; ours must not take longer. */
  private static final long STOP_SECONDS = 5;

  /**
   * With a thousand instances the adverts of a second arrive within a tenth of it; a millisecond is
   * nothing to a timer of theirs, and a pair of few instances never turns as often.
   */
  private static final long TURN_NANOS = 1_000_000;

  /** So many turns need no rest: more than a takeover takes. */
  private static final int TURNS_WITHOUT_REST = 32;

  private final EventLoop loop;
  private final VrrpEngine engine;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile VrrpSnapshot last = VrrpSnapshot.empty();

  private VrrpDriver(EventLoop loop, VrrpEngine engine) {
    this.loop = loop;
    this.engine = engine;
  }

  /**
   * Starts the thread, with nothing to do yet.
   *
   * @param listener hears everything, on the VRRP thread
   * @throws dev.sluice.linux.SyscallException no CAP_NET_RAW or CAP_NET_ADMIN
   */
  public static VrrpDriver start(VrrpListener listener) {
    EventLoop loop = EventLoop.open("vrrp");
    loop.pace(TURNS_WITHOUT_REST, TURN_NANOS);
    VrrpEngine engine;
    try {
      engine = VrrpEngine.open(loop, listener);
    } catch (RuntimeException e) {
      loop.close();
      throw e;
    }
    VrrpDriver driver = new VrrpDriver(loop, engine);
    Thread thread = new Thread(driver::run, "vrrp");
    // The daemon's main thread waits for stop(); a forgotten driver must not hold up an exit.
    thread.setDaemon(true);
    thread.start();
    return driver;
  }

  private void run() {
    try {
      engine.enterThread();
      loop.run();
    } finally {
      try {
        engine.close();
        loop.close();
      } finally {
        ended.complete(null);
      }
    }
  }

  /** Why an instance cannot be served, in a sentence; empty: it can. */
  public static Optional<String> unsupported(VrrpInstance instance) {
    return Unsupported.reason(instance);
  }

  /**
   * Makes this what runs. An instance goes on where it was, keyed by its name, when interface,
   * virtual router id and unicast source are as before; an unchanged one is not touched at all. One
   * that is not supported stands in FAULT and says why.
   *
   * @return completes when done
   */
  public CompletableFuture<Void> apply(VrrpDesired desired) {
    Secrets secrets = Secrets.read(desired);
    return inLoop(() -> {
      engine.apply(desired, secrets);
      return null;
    });
  }

  /** Tells the result of one run of a script; {@code evidence}: "exit status 1". */
  public void scriptResult(String script, boolean success, String evidence) {
    if (!stopping.get()) {
      loop.execute(() -> engine.scriptResult(script, success, evidence));
    }
  }

  /**
   * Tells the number that a {@code track_file} holds. What is told of files, processes and BFD
   * sessions before {@link #apply} counts from the instances' first moment.
   */
  public void fileValue(String name, long value, String evidence) {
    reading(Source.FILE, name, new Reading.Amount(value), evidence);
  }

  /** Tells whether the wanted number of a {@code vrrp_track_process}'s processes runs. */
  public void processes(String name, boolean up, String evidence) {
    reading(Source.PROCESS, name, Reading.of(up), evidence);
  }

  /** Tells whether a BFD session is up. Before it was ever told, a session changes nothing. */
  public void bfd(String name, boolean up, String evidence) {
    reading(Source.BFD, name, Reading.of(up), evidence);
  }

  private void reading(Source source, String name, Reading reading, String evidence) {
    if (!stopping.get()) {
      loop.execute(() -> engine.reading(source, name, reading, evidence));
    }
  }

  /** How everything stands; after the stop, or when the thread is held up, how it stood last. */
  public VrrpSnapshot snapshot() {
    if (loop.inLoop()) {
      return engine.snapshot();
    }
    if (stopping.get()) {
      return last;
    }
    try {
      VrrpSnapshot now = inLoop(engine::snapshot).get(1, TimeUnit.SECONDS);
      last = now;
      return now;
    } catch (TimeoutException | ExecutionException e) {
      return last;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return last;
    }
  }

  private <T extends @Nullable Object> CompletableFuture<T> inLoop(Supplier<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (stopping.get()) {
      result.completeExceptionally(new IllegalStateException("VRRP is stopping"));
      return result;
    }
    loop.execute(() -> {
      try {
        result.complete(task.get());
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
        throw e;
      }
    });
    return result;
  }

  /**
   * Gives up: priority 0 from every MASTER, then its addresses removed, then the thread ends.
   *
   * @return completes when all that is done
   */
  public CompletableFuture<Void> stop() {
    if (stopping.compareAndSet(false, true)) {
      loop.execute(() -> {
        try {
          engine.stopAll();
          last = engine.snapshot();
        } finally {
          loop.stop();
        }
      });
    }
    return ended.copy();
  }

  /** Stops and waits. */
  @Override
  public void close() {
    try {
      Objects.requireNonNull(stop()).get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the VRRP thread did not end", e);
    }
  }
}
