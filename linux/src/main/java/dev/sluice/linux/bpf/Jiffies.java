package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The kernel's tick, which BPF programs read for half a nanosecond. */
public final class Jiffies {
  private static final int CLOCK_MONOTONIC_COARSE = 6;
  private static final MethodHandle CLOCK_GETRES =
      Sys.bind("clock_getres", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

  private Jiffies() {}

  /**
   * How many there are in a second (the kernel's HZ): the resolution of the coarse clock is one.
   */
  public static int perSecond() {
    try (Arena arena = Arena.ofConfined()) {
      Sys.CallState state = Sys.CallState.in(arena);
      MemorySegment resolution = arena.allocate(16, 8);
      int result =
          (int) CLOCK_GETRES.invokeExact(state.state(), CLOCK_MONOTONIC_COARSE, resolution);
      state.orThrow(result, "clock_getres", "read the length of the kernel's tick");
      return (int) Math.round(1e9 / resolution.get(JAVA_LONG, 8));
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }
}
