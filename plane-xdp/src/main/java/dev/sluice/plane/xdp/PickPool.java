package dev.sluice.plane.xdp;

import dev.sluice.lvs.PlaneException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * The room in which the schedulers' sequences lie. A freed piece is not given out again before the
 * second {@link #tick} after it, as a processor may still be reading it.
 */
final class PickPool {
  /** A piece: its first pick and its length, in picks, multiples of a line. */
  record Extent(int base, int length) {
    static final Extent NONE = new Extent(0, 0);
  }

  private final MemorySegment memory;
  private final TreeMap<Integer, Integer> free = new TreeMap<>();
  private final Deque<List<Extent>> waiting = new ArrayDeque<>();

  PickPool(MemorySegment memory) {
    this.memory = memory;
    free.put(0, (int) (memory.byteSize() / 4));
    waiting.add(new ArrayList<>());
  }

  /** Takes a piece that an adopted plane uses. */
  void reserve(int base, int picks) {
    if (picks == 0) {
      return;
    }
    int from = base / Layout.POOL_LINE * Layout.POOL_LINE;
    int length = roundUp(base + picks - from);
    var piece = free.floorEntry(from);
    if (piece == null || piece.getKey() + piece.getValue() < from + length) {
      throw new PlaneException("the running plane's tables overlap");
    }
    int start = piece.getKey();
    int end = start + piece.getValue();
    free.remove(start);
    if (start < from) {
      free.put(start, from - start);
    }
    if (from + length < end) {
      free.put(from + length, end - from - length);
    }
  }

  /**
   * Room for a sequence.
   *
   * @throws PlaneException when there is none
   */
  Extent allocate(int picks) {
    if (picks == 0) {
      return Extent.NONE;
    }
    int length = roundUp(picks);
    Integer base = null;
    for (var piece : free.entrySet()) {
      if (piece.getValue() >= length) {
        base = piece.getKey();
        break;
      }
    }
    Integer size = base == null ? null : free.remove(base);
    if (base != null && size != null) {
      if (size > length) {
        free.put(base + length, size - length);
      }
      return new Extent(base, length);
    }
    throw new PlaneException(
        "no room for the schedules of all services; fewer services, or weights with a common"
            + " divisor, need less");
  }

  private static int roundUp(int picks) {
    return (picks + Layout.POOL_LINE - 1) / Layout.POOL_LINE * Layout.POOL_LINE;
  }

  void write(Extent extent, int index, int real) {
    memory.set(ValueLayout.JAVA_INT, (extent.base + index) * 4L, real);
  }

  int read(int pick) {
    return memory.get(ValueLayout.JAVA_INT, pick * 4L);
  }

  /** Gives a piece back, soon. */
  void release(Extent extent) {
    if (extent.length > 0) {
      waiting.getLast().add(extent);
    }
  }

  /** Once a second. */
  void tick() {
    waiting.add(new ArrayList<>());
    if (waiting.size() > 2) {
      for (Extent e : waiting.removeFirst()) {
        giveBack(e);
      }
    }
  }

  private void giveBack(Extent e) {
    int base = e.base;
    int length = e.length;
    var before = free.lowerEntry(base);
    if (before != null && before.getKey() + before.getValue() == base) {
      base = before.getKey();
      length += before.getValue();
    }
    Integer after = free.remove(e.base + e.length);
    if (after != null) {
      length += after;
    }
    free.put(base, length);
  }
}
