package dev.sluice.bench.vrrp;

import dev.sluice.linux.RealTime;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that does nothing but sleep a millisecond at a time on every processor, before all
 * others, and says when a sleep was longer: then the machine itself stood still, and no program on
 * that processor can have been on time. A line a standstill: processor, its begin and its end on
 * the monotonic clock in nanoseconds. It is a process of its own so that pauses of the bench's
 * virtual machine do not look like pauses of the machine.
 */
final class StandstillWitness {
  /** Before the routers' threads, whose real-time priorities are lower. */
  private static final int PRIORITY = 90;

  private static final long SLEEP_NANOS = 1_000_000;
  private static final long WORTH_SAYING_NANOS = 4_000_000;
  static final String READY = "watching";

  private StandstillWitness() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    var ready = new CountDownLatch(processors);
    for (int i = 0; i < processors; i++) {
      int processor = i;
      Thread.ofPlatform().name("processor-" + i).start(() -> watch(processor, ready));
    }
    ready.await();
    say(READY);
    Thread.currentThread().join();
  }

  private static void watch(int processor, CountDownLatch ready) {
    RealTime.affinity(List.of(processor));
    RealTime.timerSlack(1);
    if (!RealTime.roundRobin(PRIORITY)) {
      say("no real-time priority: standstills are only those of this process");
    }
    ready.countDown();
    long before = System.nanoTime();
    while (true) {
      LockSupport.parkNanos(SLEEP_NANOS);
      long now = System.nanoTime();
      if (now - before - SLEEP_NANOS > WORTH_SAYING_NANOS) {
        say(processor + " " + (before + SLEEP_NANOS) + " " + now);
      }
      before = System.nanoTime();
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
