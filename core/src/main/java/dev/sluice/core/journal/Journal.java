package dev.sluice.core.journal;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Carries events from the protocols' threads to the readers. Appending never waits: the VRRP loop
 * calls it. Readers are called in order, on the journal's own thread, each event once; a reader
 * that throws is logged and does not keep the others from reading.
 */
public final class Journal implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Journal.class.getName());
  private static final int CAPACITY = 65_536;

  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong lost = new AtomicLong();
  private final List<Reader> readers;
  private final Thread thread;

  /** Somebody who wants to know. */
  @FunctionalInterface
  public interface Reader {
    /** Takes one event; must not wait for long, the other readers do. */
    void read(JournalEvent event);
  }

  private sealed interface Item {
    record Event(JournalEvent event) implements Item {}

    record Marker(CountDownLatch reached) implements Item {}
  }

  /** A running journal. */
  public Journal(List<Reader> readers) {
    this.readers = List.copyOf(readers);
    thread = Thread.ofPlatform().name("sluice-journal").daemon().start(this::run);
  }

  /** Appends from any thread, without waiting; events beyond the capacity are counted and lost. */
  public void append(JournalEvent event) {
    if (!queue.offer(new Item.Event(event))) {
      lost.incrementAndGet();
    }
  }

  /** Waits until every reader has seen what was appended before, at most this long. */
  public void flush(long timeoutMillis) {
    var marker = new Item.Marker(new CountDownLatch(1));
    try {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
      if (queue.offer(marker, timeoutMillis, TimeUnit.MILLISECONDS)) {
        boolean _ = marker.reached().await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        switch (queue.take()) {
          case Item.Event(JournalEvent event) -> deliver(event);
          case Item.Marker(CountDownLatch reached) -> reached.countDown();
        }
      }
    } catch (InterruptedException e) {
      // close() ends the journal so.
    }
  }

  private void deliver(JournalEvent event) {
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      LOG.log(System.Logger.Level.ERROR, "{0} events were lost: the readers are too slow", missing);
    }
    for (Reader reader : readers) {
      try {
        reader.read(event);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a journal reader failed at " + event, e);
      }
    }
  }

  @Override
  public void close() {
    close(1000);
  }

  /** Ends; what was appended before has this long to be read. */
  public void close(long patienceMillis) {
    flush(patienceMillis);
    thread.interrupt();
  }
}
