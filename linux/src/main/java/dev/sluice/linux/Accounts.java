package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Users and groups by name, from wherever the machine keeps them (nsswitch.conf(5)). May ask the
 * network: not for a loop.
 */
public final class Accounts {
  /** {@code struct passwd}. */
  static final StructLayout PASSWD =
      MemoryLayout.structLayout(
              ADDRESS.withName("pw_name"),
              ADDRESS.withName("pw_passwd"),
              JAVA_INT.withName("pw_uid"),
              JAVA_INT.withName("pw_gid"),
              ADDRESS.withName("pw_gecos"),
              ADDRESS.withName("pw_dir"),
              ADDRESS.withName("pw_shell"))
          .withName("passwd");

  /** {@code struct group}. */
  static final StructLayout GROUP =
      MemoryLayout.structLayout(
              ADDRESS.withName("gr_name"),
              ADDRESS.withName("gr_passwd"),
              JAVA_INT.withName("gr_gid"),
              MemoryLayout.paddingLayout(4),
              ADDRESS.withName("gr_mem"))
          .withName("group");

  private static final FunctionDescriptor BY_NAME =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private static final MethodHandle GETPWNAM = Sys.bind("getpwnam_r", BY_NAME);
  private static final MethodHandle GETGRNAM = Sys.bind("getgrnam_r", BY_NAME);

  /** Room for the strings of an entry; a group may have thousands of members. */
  private static final long STRINGS = 1 << 20;

  private Accounts() {}

  /**
   * A user.
   *
   * @param gid the user's own group
   */
  public record User(String name, int uid, int gid) {}

  /** The user of this name. */
  public static Optional<User> user(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(PASSWD);
      if (!find(GETPWNAM, "getpwnam_r", name, entry, arena)) {
        return Optional.empty();
      }
      return Optional.of(
          new User(
              name,
              entry.get(JAVA_INT, PASSWD.byteOffset(groupElement("pw_uid"))),
              entry.get(JAVA_INT, PASSWD.byteOffset(groupElement("pw_gid")))));
    }
  }

  /** The number of the group of this name. */
  public static OptionalInt group(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(GROUP);
      return find(GETGRNAM, "getgrnam_r", name, entry, arena)
          ? OptionalInt.of(entry.get(JAVA_INT, GROUP.byteOffset(groupElement("gr_gid"))))
          : OptionalInt.empty();
    }
  }

  /** The user number that the process acts under. */
  public static int effectiveUid() {
    try {
      return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).intValue();
    } catch (IOException _) {
      return -1; // without /proc nobody in particular
    }
  }

  private static boolean find(
      MethodHandle function, String call, String name, MemorySegment entry, Arena arena) {
    MemorySegment result = arena.allocate(ADDRESS);
    int error;
    try {
      error =
          (int)
              function.invokeExact(
                  Sys.CallState.in(arena).state(),
                  arena.allocateFrom(name),
                  entry,
                  arena.allocate(STRINGS),
                  STRINGS,
                  result);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
    boolean found = result.get(ADDRESS, 0).address() != 0;
    // POSIX lets "no such name" be one of several errors; these are what C libraries answer.
    return switch (error) {
      case 0, Errno.ENOENT, Errno.ESRCH, Errno.EBADF, Errno.EPERM -> found;
      default -> throw new SyscallException(call, error, "look up " + name);
    };
  }
}
