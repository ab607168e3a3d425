package dev.sluice.vrrp.machine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of instances by their next deadline; each knows its place, so that moving one is
 * O(log n) and allocates nothing. One without a deadline stays at the bottom.
 */
final class Deadlines {
  /** What the heap holds. */
  abstract static class Entry {
    private long deadlineNanos = VrrpTimers.NONE;
    private int place = -1;

    /** For those that expired. */
    abstract String name();
  }

  private @Nullable Entry[] heap = new Entry[16];
  private int size;

  /** The earliest deadline; {@link VrrpTimers#NONE}: there is none. */
  long first() {
    return size == 0 ? VrrpTimers.NONE : at(0).deadlineNanos;
  }

  /** Adds the names of all that are due, in no order. */
  void due(long nowNanos, List<String> to) {
    due(0, nowNanos, to);
  }

  private void due(int place, long nowNanos, List<String> to) {
    if (place < size && at(place).deadlineNanos <= nowNanos) {
      to.add(at(place).name());
      due(2 * place + 1, nowNanos, to);
      due(2 * place + 2, nowNanos, to);
    }
  }

  /** Adds an entry, or moves it. */
  void set(Entry entry, long deadlineNanos) {
    if (entry.place >= 0 && entry.deadlineNanos == deadlineNanos) {
      return;
    }
    entry.deadlineNanos = deadlineNanos;
    if (entry.place < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      entry.place = size++;
    }
    settle(entry);
  }

  /** Takes an entry out. */
  void remove(Entry entry) {
    int hole = entry.place;
    if (hole < 0) {
      return;
    }
    entry.place = -1;
    Entry last = at(--size);
    heap[size] = null;
    if (hole != size) {
      last.place = hole;
      settle(last);
    }
  }

  private Entry at(int place) {
    Entry entry = heap[place];
    if (entry == null) {
      throw new IllegalStateException("beyond the end of the heap");
    }
    return entry;
  }

  private void settle(Entry entry) {
    int place = entry.place;
    while (place > 0 && entry.deadlineNanos < at((place - 1) / 2).deadlineNanos) {
      place = put(at((place - 1) / 2), place);
    }
    while (true) {
      int child = 2 * place + 1;
      if (child + 1 < size && at(child + 1).deadlineNanos < at(child).deadlineNanos) {
        child++;
      }
      if (child >= size || at(child).deadlineNanos >= entry.deadlineNanos) {
        break;
      }
      place = put(at(child), place);
    }
    heap[place] = entry;
    entry.place = place;
  }

  /** Moves an entry; answers the place that it leaves. */
  private int put(Entry moved, int to) {
    int from = moved.place;
    heap[to] = moved;
    moved.place = to;
    return from;
  }
}
