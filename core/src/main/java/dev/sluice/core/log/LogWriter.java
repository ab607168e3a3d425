package dev.sluice.core.log;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes lines from any thread without ever making it wait, and hands them to a sink on its own
 * thread: the VRRP loop must not stand still because a terminal or a disk does. When the queue is
 * full, lines are lost, counted, and the loss is written as soon as there is room.
 */
public final class LogWriter {
  private static final int CAPACITY = 4096;
  private static final LogWriter INSTANCE = new LogWriter();

  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong lost = new AtomicLong();
  private volatile LogSink sink = new StderrSink(System.getenv("JOURNAL_STREAM") != null);
  private volatile System.Logger.Level threshold = System.Logger.Level.INFO;

  private LogWriter() {
    Thread.ofPlatform().name("sluice-log").daemon().start(this::run);
  }

  /** What the queue carries. */
  sealed interface Item {}

  /** One line on its way. */
  record Line(long epochMillis, System.Logger.Level level, String name, String text)
      implements Item {}

  private record Marker(CountDownLatch reached) implements Item {}

  /** The process's only writer. */
  public static LogWriter instance() {
    return INSTANCE;
  }

  /** From which level on lines are kept. */
  public void threshold(System.Logger.Level level) {
    threshold = level;
  }

  /** Where lines go from now on. */
  void sink(LogSink next) {
    sink = next;
  }

  boolean keeps(System.Logger.Level level) {
    return level != System.Logger.Level.OFF && level.getSeverity() >= threshold.getSeverity();
  }

  void offer(Line line) {
    if (!queue.offer(line)) {
      lost.incrementAndGet();
    }
  }

  /** Waits until what was offered before has been written, at most this long. */
  public void flush(long timeoutMillis) {
    var marker = new Marker(new CountDownLatch(1));
    try {
      if (!queue.offer(marker, timeoutMillis, TimeUnit.MILLISECONDS)
          || !marker.reached().await(timeoutMillis, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        switch (queue.take()) {
          case Line line -> write(line);
          case Marker marker -> marker.reached().countDown();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Line line) {
    sink.write(line);
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      sink.write(
          new Line(
              System.currentTimeMillis(),
              System.Logger.Level.WARNING,
              LogWriter.class.getName(),
              missing + " log lines were lost: the log's reader is too slow"));
    }
  }
}
