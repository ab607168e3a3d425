package dev.sluice.linux;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of deadlines in which each entry knows its place, so that arming, moving and
 * cancelling are O(log n) and allocate nothing. Entries with equal deadlines come out in the order
 * they were armed. Deadlines compare by difference, as {@link System#nanoTime} asks.
 */
final class TimerHeap {
  /** What the heap holds. */
  abstract static class Entry {
    private long deadlineNanos;
    private long order;
    private int place = -1;

    final boolean queued() {
      return place >= 0;
    }

    final long dueNanos() {
      return deadlineNanos;
    }

    private boolean before(Entry other) {
      long difference = deadlineNanos - other.deadlineNanos;
      return difference < 0 || (difference == 0 && order < other.order);
    }
  }

  private Entry[] heap = new Entry[16];
  private int size;
  private long orders;

  /** The next to expire, or null. */
  @Nullable Entry first() {
    return size == 0 ? null : heap[0];
  }

  int size() {
    return size;
  }

  /** How many entries were armed so far: an entry armed from now on answers {@code armedSince}. */
  long mark() {
    return orders;
  }

  /** Whether it was armed after the mark was taken. */
  boolean armedSince(Entry entry, long mark) {
    return entry.order >= mark;
  }

  /** Adds an entry, or moves it when it is in. */
  void arm(Entry entry, long deadlineNanos) {
    entry.deadlineNanos = deadlineNanos;
    entry.order = orders++;
    if (entry.place < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      entry.place = size++;
    }
    settle(entry);
  }

  /** Takes an entry out; one that is not in stays out. */
  void cancel(Entry entry) {
    int hole = entry.place;
    if (hole < 0) {
      return;
    }
    entry.place = -1;
    Entry last = heap[--size];
    clear(size);
    if (hole != size) {
      last.place = hole;
      settle(last);
    }
  }

  @SuppressWarnings("NullAway") // beyond size the array holds nothing
  private void clear(int index) {
    heap[index] = null;
  }

  /** Moves an entry from its place to where it belongs. */
  private void settle(Entry entry) {
    int at = entry.place;
    while (at > 0 && entry.before(heap[(at - 1) >>> 1])) {
      at = put(heap[(at - 1) >>> 1], at, (at - 1) >>> 1);
    }
    for (int child = smallerChild(at);
        child < size && heap[child].before(entry);
        child = smallerChild(at)) {
      at = put(heap[child], at, child);
    }
    heap[at] = entry;
    entry.place = at;
  }

  private int put(Entry moved, int to, int from) {
    heap[to] = moved;
    moved.place = to;
    return from;
  }

  /** The index of the child that expires first; at or beyond {@code size} when there is none. */
  private int smallerChild(int of) {
    int left = 2 * of + 1;
    int right = left + 1;
    return right < size && heap[right].before(heap[left]) ? right : left;
  }
}
