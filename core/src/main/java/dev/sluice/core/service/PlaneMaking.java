package dev.sluice.core.service;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.LvsSetting;
import dev.sluice.config.model.SelectedService;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.plane.xdp.Compatibility;
import dev.sluice.plane.xdp.Knobs;
import dev.sluice.plane.xdp.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a configuration says of the making of a plane.
 *
 * @param connections entries of the connection table; 0: by the machine's memory
 * @param services how many there are now
 * @param reals how many of them all
 */
public record PlaneMaking(
    boolean ipvsOrder, boolean udpIsInactive, int connections, int services, int reals) {
  private static final int LEAST = 1 << 16;
  private static final int MOST = 1 << 22;

  /** One entry for so many bytes of memory: a million with 8 GiB. */
  private static final int BYTES_PER_ENTRY = 8192;

  /** Nothing is said. */
  public static PlaneMaking standard() {
    return new PlaneMaking(false, false, 0, 0, 0);
  }

  /** What the configuration says. */
  public static PlaneMaking of(Configuration from) {
    boolean order = false;
    boolean udp = false;
    int connections = 0;
    for (LvsSetting s : from.further().lvsSettings()) {
      switch (s.name()) {
        case "ipvs_order" -> order = s.value() != 0;
        case "udp_is_inactive" -> udp = s.value() != 0;
        case "connections" -> connections = s.value();
        default -> {
          // Can change while the plane runs.
        }
      }
    }
    int services = 0;
    int reals = 0;
    for (VirtualServer vs : from.virtualServers()) {
      services++;
      reals += vs.realServers().size();
    }
    for (SelectedService s : from.further().selectedServices()) {
      int many = Math.max(1, Groups.members(from, s).size());
      services += many;
      reals += many * s.service().realServers().size();
    }
    return new PlaneMaking(order, udp, connections, services, reals);
  }

  /** Whether a plane made by the other needs no new making. */
  public boolean same(PlaneMaking other) {
    return ipvsOrder == other.ipvsOrder
        && udpIsInactive == other.udpIsInactive
        && connections == other.connections;
  }

  /** A plane's options with these. */
  Options over(Options plain) {
    int entries = connections == 0 ? byMemory(memoryBytes()) : connections;
    Options sized = plain.withTables(entries, Math.max(LEAST / 4, entries / 4));
    // Twice as many as there are: those that a reload replaces are remembered for a while.
    if (services * 2 > plain.services() || reals * 2 > plain.reals()) {
      sized =
          sized.withLimits(
              Math.min(32_000, Math.max(plain.services(), services * 2)),
              Math.min(1_000_000, Math.max(plain.reals(), reals * 2)),
              Math.max(plain.poolPicks(), reals * 32),
              plain.ringPicks());
    }
    return sized.withCompatibility(new Compatibility(ipvsOrder, udpIsInactive, Knobs.SLUICE));
  }

  /** Entries for a machine with so much memory. */
  static int byMemory(long bytes) {
    long entries = Long.highestOneBit(Math.max(1, bytes / BYTES_PER_ENTRY));
    return Math.clamp(entries, LEAST, MOST);
  }

  private static long memoryBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // Then as for a machine of 8 GiB.
    }
    return 8L << 30;
  }
}
