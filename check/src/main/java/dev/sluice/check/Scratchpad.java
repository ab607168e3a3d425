package dev.sluice.check;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Native memory that one loop reads into and writes from; what is in it lasts for one call. */
final class Scratchpad {
  private static final int BYTES = 64 * 1024;

  // Of the collector, not closed: an engine is closed from another thread than the loop's.
  private final MemorySegment memory = Arena.ofAuto().allocate(BYTES);
  private final ByteBuffer view = memory.asByteBuffer();

  MemorySegment memory() {
    return memory;
  }

  /** The first {@code length} bytes. */
  ByteBuffer filled(int length) {
    return view.clear().limit(length);
  }

  /** Copies what fits from the buffer, leaves its position alone; answers how much. */
  int fill(ByteBuffer from) {
    int n = Math.min(from.remaining(), BYTES);
    view.clear().put(0, from, from.position(), n);
    return n;
  }
}
