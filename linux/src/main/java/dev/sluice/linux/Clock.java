package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** clock_gettime(2) without an object a call. */
final class Clock {
  private static final int CLOCK_REALTIME = 0;
  private static final MethodHandle CLOCK_GETTIME =
      Sys.bind("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

  private Clock() {}

  /** Nanoseconds since 1970 (UTC), as the kernel stamps packets. */
  static long realTimeNanos() {
    Scratch scratch = Scratch.mine();
    try {
      int _ =
          (int) CLOCK_GETTIME.invokeExact(scratch.errno.state(), CLOCK_REALTIME, scratch.option);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
    return scratch.option.get(JAVA_LONG, 0) * 1_000_000_000L + scratch.option.get(JAVA_LONG, 8);
  }
}
