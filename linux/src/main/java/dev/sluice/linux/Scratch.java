package dev.sluice.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A thread's own bit of native memory: errno, one option value, one socket address. Per thread, so
 * that no socket needs an arena and no call allocates; nothing in it survives a call.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

  /** Where this thread's calls leave errno. */
  final Sys.CallState errno;

  /** 64 bytes for an option, a time, a length. */
  final MemorySegment option;

  /** 128 bytes: {@code struct sockaddr_storage}. */
  final MemorySegment address;

  /** A {@code socklen_t}. */
  final MemorySegment addressLength;

  private Scratch() {
    Arena arena = Arena.ofAuto();
    errno = Sys.CallState.in(arena);
    option = arena.allocate(64, 8);
    address = arena.allocate(128, 8);
    addressLength = arena.allocate(8, 8);
  }

  /** The calling thread's. */
  static Scratch mine() {
    return MINE.get();
  }
}
