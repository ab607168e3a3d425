package dev.sluice.check;

import dev.sluice.linux.EventLoop;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few threads for what would hold up the loop: asymmetric cryptography. They end when they have
 * nothing to do. How much can wait for them is limited by the gate.
 */
final class Workers implements AutoCloseable {
  private static final int MOST = 4;

  private final EventLoop loop;
  private final ThreadPoolExecutor threads;

  Workers(EventLoop loop) {
    this.loop = loop;
    int count = Math.clamp(Runtime.getRuntime().availableProcessors() - 1, 1, MOST);
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("check-worker-", 0).daemon(true).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs the work in a thread of its own, and what follows in the loop, even if the work throws.
   */
  void run(Runnable work, Runnable then) {
    threads.execute(() -> {
      try {
        work.run();
      } finally {
        loop.execute(then);
      }
    });
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
