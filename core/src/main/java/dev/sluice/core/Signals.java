package dev.sluice.core;

import dev.sluice.linux.SignalFd;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a signal asks the daemon for, one after the other. The launcher starts the JVM with these
 * signals blocked ({@link SignalFd}); without the launcher the JVM keeps them, and only its end at
 * SIGTERM or SIGINT is noticed.
 */
final class Signals implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Signals.class.getName());

  /** A full queue holds enough to be answered: one more says nothing new. */
  private static final int CAPACITY = 64;

  private static final long STOP_SECONDS = 5;

  private final BlockingQueue<DaemonSignal> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final CountDownLatch over = new CountDownLatch(1);

  /** Begins to listen; call it before other threads are started. */
  Signals() {
    int[] numbers =
        java.util.Arrays.stream(DaemonSignal.values())
            .mapToInt(DaemonSignal::number)
            .filter(SignalFd::blocked)
            .toArray();
    if (numbers.length == DaemonSignal.values().length) {
      SignalFd signals = SignalFd.open(numbers);
      Thread _ = Thread.ofPlatform().name("sluice-signals").daemon().start(() -> read(signals));
    } else {
      LOG.log(
          System.Logger.Level.WARNING,
          "not started by the launcher: SIGTERM stops, other signals are left to the JVM");
      Runtime.getRuntime().addShutdownHook(new Thread(this::lastWish, "sluice-shutdown"));
    }
  }

  private void read(SignalFd signals) {
    while (true) {
      int number = signals.take();
      DaemonSignal.of(number).ifPresent(queue::offer);
    }
  }

  /** The JVM ends: lets the daemon end before it does. */
  private void lastWish() {
    if (over.getCount() == 0) {
      return;
    }
    boolean _ = queue.offer(DaemonSignal.TERM);
    try {
      boolean _ = over.await(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the next one. */
  DaemonSignal take() throws InterruptedException {
    return queue.take();
  }

  /** The daemon has ended. */
  @Override
  public void close() {
    over.countDown();
  }
}
