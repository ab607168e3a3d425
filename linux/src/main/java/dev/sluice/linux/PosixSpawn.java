package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * posix_spawn(3), pidfd_open(2) and waitid(2). The JDK's own processes will not do: they inherit
 * the signals we block, cost a thread each, and tell a signal's death as an exit status.
 */
final class PosixSpawn {
  private static final int O_WRONLY = 1;
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;

  /** More than any C library's posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t need. */
  private static final long OPAQUE = 512;

  private static final long SYS_PIDFD_OPEN = 434;
  private static final int P_PID = 1;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x01000000;

  /** {@code siginfo_t}: si_code, and of SIGCHLD's part si_pid and si_status. */
  private static final long SIGINFO_SIZE = 128;

  private static final long SI_CODE = 8;
  private static final long SI_PID = 16;
  private static final long SI_STATUS = 24;
  private static final int CLD_EXITED = 1;

  private static final FunctionDescriptor OF_ONE = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final FunctionDescriptor OF_TWO =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

  private static final MethodHandle SPAWN =
      Sys.bind(
          "posix_spawnp",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle ACTIONS_INIT =
      Sys.bind("posix_spawn_file_actions_init", OF_ONE);
  private static final MethodHandle ACTIONS_DESTROY =
      Sys.bind("posix_spawn_file_actions_destroy", OF_ONE);
  private static final MethodHandle ADD_OPEN =
      Sys.bind(
          "posix_spawn_file_actions_addopen",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ADD_DUP2 =
      Sys.bind(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

  /** Since glibc 2.34; without it a child keeps what the JDK opened without close-on-exec. */
  private static final @Nullable MethodHandle ADD_CLOSEFROM =
      Sys.bindIfPresent(
          "posix_spawn_file_actions_addclosefrom_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

  private static final MethodHandle ATTR_INIT = Sys.bind("posix_spawnattr_init", OF_ONE);
  private static final MethodHandle ATTR_DESTROY = Sys.bind("posix_spawnattr_destroy", OF_ONE);
  private static final MethodHandle ATTR_FLAGS =
      Sys.bind("posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
  private static final MethodHandle ATTR_MASK = Sys.bind("posix_spawnattr_setsigmask", OF_TWO);
  private static final MethodHandle ATTR_DEFAULT =
      Sys.bind("posix_spawnattr_setsigdefault", OF_TWO);
  private static final MethodHandle SIGEMPTYSET = Sys.bind("sigemptyset", OF_ONE);
  private static final MethodHandle SIGFILLSET = Sys.bind("sigfillset", OF_ONE);
  private static final MethodHandle WAITID =
      Sys.bind("waitid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SYSCALL =
      Sys.bind(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle KILL =
      Sys.bind("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private PosixSpawn() {}

  /**
   * Starts a program in a session of its own, with no signal blocked or ignored, standard input
   * /dev/null, and standard output and error a descriptor of ours, opened anew.
   *
   * @param command a path, or a name to be found in our own PATH, and arguments
   * @param environment {@code NAME=value}
   * @return its process number
   */
  static int start(List<String> command, List<String> environment, int output) {
    Sys.CallState errno = Scratch.mine().errno;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment e = errno.state();
      MemorySegment actions = arena.allocate(OPAQUE, 16);
      MemorySegment attributes = arena.allocate(OPAQUE, 16);
      MemorySegment none = arena.allocate(OPAQUE, 16);
      MemorySegment all = arena.allocate(OPAQUE, 16);
      MemorySegment pid = arena.allocate(JAVA_INT);
      MemorySegment null0 = arena.allocateFrom("/dev/null");
      MemorySegment out = arena.allocateFrom("/proc/self/fd/" + output);
      try {
        int failed = (int) ACTIONS_INIT.invokeExact(e, actions);
        failed |= (int) ATTR_INIT.invokeExact(e, attributes);
        failed |= (int) ADD_OPEN.invokeExact(e, actions, 0, null0, Fd.O_RDONLY, 0);
        failed |= (int) ADD_OPEN.invokeExact(e, actions, 1, out, O_WRONLY, 0);
        failed |= (int) ADD_DUP2.invokeExact(e, actions, 1, 2);
        if (ADD_CLOSEFROM != null) {
          failed |= (int) ADD_CLOSEFROM.invokeExact(e, actions, 3);
        }
        failed |= (int) SIGEMPTYSET.invokeExact(e, none);
        failed |= (int) SIGFILLSET.invokeExact(e, all);
        failed |= (int) ATTR_MASK.invokeExact(e, attributes, none);
        failed |= (int) ATTR_DEFAULT.invokeExact(e, attributes, all);
        short flags = SETSID | SETSIGMASK | SETSIGDEF;
        failed |= (int) ATTR_FLAGS.invokeExact(e, attributes, flags);
        if (failed == 0) {
          // The daemon's own nice value is not for scripts: a child has its starter's.
          boolean ordinary = daemonNice != 0 && RealTime.nice(0, 0);
          failed =
              (int)
                  SPAWN.invokeExact(
                      e,
                      pid,
                      arena.allocateFrom(command.getFirst()),
                      actions,
                      attributes,
                      strings(command, arena),
                      strings(environment, arena));
          if (ordinary) {
            boolean _ = RealTime.nice(0, daemonNice);
          }
        }
        if (failed != 0) {
          throw new SyscallException("posix_spawn", failed, "start " + command.getFirst());
        }
        return pid.get(JAVA_INT, 0);
      } finally {
        int _ = (int) ATTR_DESTROY.invokeExact(e, attributes);
        int _ = (int) ACTIONS_DESTROY.invokeExact(e, actions);
      }
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private static MemorySegment strings(List<String> words, Arena arena) {
    MemorySegment array = arena.allocate(ADDRESS, words.size() + 1L);
    for (int i = 0; i < words.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(words.get(i)));
    }
    return array;
  }

  /** What the threads of this process have, so that one that starts a child can have it again. */
  private static volatile int daemonNice;

  static void daemonNice(int value) {
    daemonNice = value;
  }

  /** A descriptor that is ready for reading when the process has ended. */
  static int pidfd(int pid) {
    Sys.CallState errno = Scratch.mine().errno;
    try {
      long fd = (long) SYSCALL.invokeExact(errno.state(), SYS_PIDFD_OPEN, pid, 0);
      if (fd < 0 && errno.errno() == Errno.ENOSYS) {
        throw new UnsupportedKernelException(
            "pidfd_open", "5.3", "no script can be run; use a newer kernel");
      }
      return (int) errno.orThrow(fd, "pidfd_open", "watch process " + pid);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /**
   * How a child ended.
   *
   * @param reap whether its number may be given to another process from now on
   * @return null: it runs
   */
  static Subprocess.@Nullable Exit exitOf(int pid, boolean reap) {
    Sys.CallState errno = Scratch.mine().errno;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
      int options = WEXITED | WNOHANG | (reap ? 0 : WNOWAIT);
      int result = (int) WAITID.invokeExact(errno.state(), P_PID, pid, info, options);
      long _ = errno.orThrow(result, "waitid", "hear of process " + pid);
      if (info.get(JAVA_INT, SI_PID) == 0) {
        return null;
      }
      int status = info.get(JAVA_INT, SI_STATUS);
      return info.get(JAVA_INT, SI_CODE) == CLD_EXITED
          ? new Subprocess.Exit.Exited(status)
          : new Subprocess.Exit.Signalled(status);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Sends a signal to a process, or (negative) to a group; one that is gone is no error. */
  static void kill(int pid, int signal) {
    try {
      int _ = (int) KILL.invokeExact(Scratch.mine().errno.state(), pid, signal);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }
}
