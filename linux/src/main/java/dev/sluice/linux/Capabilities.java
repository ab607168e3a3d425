package dev.sluice.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What the calling thread may do: its effective capabilities. */
public final class Capabilities {
  private static final String EFFECTIVE = "CapEff:";

  private Capabilities() {}

  /** Whether the calling thread has it. */
  public static boolean has(Capability capability) {
    return capability.in(effective());
  }

  /** Those of our list that the calling thread has. */
  public static Set<Capability> all() {
    long set = effective();
    EnumSet<Capability> all = EnumSet.noneOf(Capability.class);
    for (Capability capability : Capability.values()) {
      if (capability.in(set)) {
        all.add(capability);
      }
    }
    return all;
  }

  private static long effective() {
    try {
      return effective(Files.readAllLines(Path.of("/proc/thread-self/status")));
    } catch (IOException e) {
      return 0; // without /proc we cannot know: whoever tries will be told by the kernel
    }
  }

  /** The mask in the lines of /proc/PID/status; 0 when it is not told. */
  static long effective(List<String> status) {
    for (String line : status) {
      if (line.startsWith(EFFECTIVE)) {
        return Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16);
      }
    }
    return 0;
  }
}
