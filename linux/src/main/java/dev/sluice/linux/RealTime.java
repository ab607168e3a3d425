package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Being on time: scheduling class, timer slack, locked memory. Where the kernel refuses (no
 * CAP_SYS_NICE, no CAP_IPC_LOCK, no limit that permits it) the answer is false, and the caller goes
 * on with a warning.
 */
public final class RealTime {
  private static final int SCHED_RR = 2;

  /** Threads and processes that this thread starts are ordinary again. */
  private static final int SCHED_RESET_ON_FORK = 0x40000000;

  private static final int PRIO_PROCESS = 0;
  private static final int PR_SET_TIMERSLACK = 29;
  private static final int MCL_CURRENT = 1;
  private static final int MCL_FUTURE = 2;
  private static final int MCL_ONFAULT = 4;

  /** {@code struct sched_param}. */
  static final StructLayout SCHED_PARAM =
      MemoryLayout.structLayout(JAVA_INT.withName("sched_priority")).withName("sched_param");

  private static final MethodHandle SETSCHEDULER =
      Sys.bind("sched_setscheduler", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle SETPRIORITY =
      Sys.bind("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle PRCTL =
      Sys.bind(
          "prctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle MLOCKALL =
      Sys.bind("mlockall", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private static final MethodHandle SETAFFINITY =
      Sys.bind("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

  private RealTime() {}

  /** Lets the calling platform thread run on these CPUs only, numbered from 0. */
  public static void affinity(List<Integer> cpus) {
    Sys.CallState errno = Scratch.mine().errno;
    int most = cpus.stream().mapToInt(cpu -> cpu).max().orElse(0);
    long length = (most / 64 + 1) * 8L;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(length, 8);
      for (int cpu : cpus) {
        long word = mask.get(JAVA_LONG, cpu / 64 * 8L);
        mask.set(JAVA_LONG, cpu / 64 * 8L, word | 1L << cpu);
      }
      int result = (int) SETAFFINITY.invokeExact(errno.state(), 0, length, mask);
      long _ = errno.orThrow(result, "sched_setaffinity", "run the thread on CPUs " + cpus);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /**
   * Puts the calling platform thread into SCHED_RR.
   *
   * @param priority 1 to 99
   * @return false when not permitted
   */
  public static boolean roundRobin(int priority) {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread has no scheduling class of its own");
    }
    Scratch scratch = Scratch.mine();
    MemorySegment parameter = scratch.option;
    parameter.set(JAVA_INT, 0, priority);
    try {
      int result =
          (int)
              SETSCHEDULER.invokeExact(
                  scratch.errno.state(), 0, SCHED_RR | SCHED_RESET_ON_FORK, parameter);
      if (result == 0) {
        return true;
      }
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
    if (scratch.errno.errno() == Errno.EPERM) {
      return false;
    }
    throw new SyscallException(
        "sched_setscheduler",
        scratch.errno.errno(),
        "give the thread real-time priority " + priority);
  }

  /**
   * Gives every thread of this process a nice value, also those of the virtual machine; threads
   * started later inherit it. A real-time thread stops at a safepoint with all others and goes on
   * when the slowest of them has got there: on a busy machine it is no better than they are.
   *
   * @param value -20 (first) to 19
   * @return false when not permitted
   */
  public static boolean nice(int value) {
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        if (!nice(Integer.parseInt(task.getFileName().toString()), value)) {
          return false;
        }
      }
      PosixSpawn.daemonNice(value);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Gives a thread a nice value; 0 is the calling one. False when not permitted. */
  static boolean nice(int thread, int value) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      int result = (int) SETPRIORITY.invokeExact(errno.state(), PRIO_PROCESS, thread, value);
      return result == 0 || errno.errno() == Errno.ESRCH;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /**
   * How late the kernel may make the calling thread's waits to save wake-ups; 50 microseconds
   * unless set, and without meaning for a real-time thread.
   *
   * @param nanos at least 1
   */
  public static void timerSlack(long nanos) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      int result = (int) PRCTL.invokeExact(errno.state(), PR_SET_TIMERSLACK, nanos);
      long _ = errno.orThrow(result, "prctl", "set the timer slack to " + nanos + " ns");
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /**
   * Keeps the process's memory from being swapped out, each page from when it is first used: a JVM
   * reserves far more than it uses.
   *
   * @return false when not permitted
   */
  public static boolean lockMemory() {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      int result =
          (int) MLOCKALL.invokeExact(errno.state(), MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
      if (result == 0) {
        return true;
      }
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
    return switch (errno.errno()) {
      case Errno.EPERM, Errno.ENOMEM -> false;
      default -> throw new SyscallException("mlockall", errno.errno(), "lock memory");
    };
  }
}
