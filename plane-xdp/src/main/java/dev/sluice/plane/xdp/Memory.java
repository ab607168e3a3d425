package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** Access to memory that programs on other processors read and write at the same time. */
final class Memory {
  private static final VarHandle INT = JAVA_INT.varHandle();
  private static final VarHandle LONG = JAVA_LONG.varHandle();

  private Memory() {}

  static int getInt(MemorySegment at, long offset) {
    return (int) INT.getAcquire(at, offset);
  }

  static long getLong(MemorySegment at, long offset) {
    return (long) LONG.getAcquire(at, offset);
  }

  static void putInt(MemorySegment at, long offset, int value) {
    INT.setRelease(at, offset, value);
  }

  static void putLong(MemorySegment at, long offset, long value) {
    LONG.setRelease(at, offset, value);
  }

  static boolean swapLong(MemorySegment at, long offset, long expected, long value) {
    return LONG.compareAndSet(at, offset, expected, value);
  }

  static int exchangeInt(MemorySegment at, long offset, int value) {
    return (int) INT.getAndSet(at, offset, value);
  }

  static void addLong(MemorySegment at, long offset, long delta) {
    long _ = (long) LONG.getAndAdd(at, offset, delta);
  }
}
