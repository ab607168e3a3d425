package dev.sluice.plane.xdp;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * How a plane is made.
 *
 * @param instance what tells this plane from others in the same network namespace; letters and
 *     digits
 * @param mode which hook to take
 * @param interfaces names; empty: every suitable one, also those that appear later
 * @param connections entries of the main connection table, 16 bytes each; rounded to a power of two
 * @param embryonic entries for connections that have only shown a SYN; rounded likewise
 * @param services the most services, removed ones with connections included
 * @param reals the most real servers of all services together
 * @param poolPicks room for the schedulers' sequences of all services
 * @param ringPicks the longest sequence of one service; beyond it weights are scaled
 * @param compatibility what to do as the kernel does it
 */
public record Options(
    String instance,
    XdpMode mode,
    List<String> interfaces,
    int connections,
    int embryonic,
    int services,
    int reals,
    int poolPicks,
    int ringPicks,
    Compatibility compatibility) {

  public Options {
    interfaces = List.copyOf(interfaces);
    if (!instance.matches("[A-Za-z0-9]+")) {
      throw new IllegalArgumentException("instance: " + instance);
    }
    connections = power(connections);
    embryonic = power(embryonic);
    if (services < 1 || services >= Layout.MAX_SERVICES) {
      throw new IllegalArgumentException(
          "a plane has 1 to " + (Layout.MAX_SERVICES - 1) + " services, not " + services);
    }
    if (reals < 1 || reals >= Layout.MAX_REALS) {
      throw new IllegalArgumentException(
          "a plane has 1 to " + (Layout.MAX_REALS - 1) + " real servers, not " + reals);
    }
  }

  private static int power(int entries) {
    int most = 1 << 28;
    return Math.max(64, Integer.highestOneBit(Math.min(entries, most)));
  }

  /** A million connections, a quarter as many opening; 30 MB of kernel memory. */
  public static Options of(Path runtimeDir, XdpMode mode, List<String> interfaces) {
    return new Options(
        instanceOf(runtimeDir),
        mode,
        interfaces,
        1 << 20,
        1 << 18,
        4096,
        16384,
        1 << 20,
        16384,
        Compatibility.SLUICE);
  }

  /** With other sizes of the connection tables. */
  public Options withTables(int mainEntries, int embryonicEntries) {
    return new Options(
        instance,
        mode,
        interfaces,
        mainEntries,
        embryonicEntries,
        services,
        reals,
        poolPicks,
        ringPicks,
        compatibility);
  }

  /** With other limits of the tables of services and servers. */
  public Options withLimits(int mostServices, int mostReals, int pool, int ring) {
    return new Options(
        instance,
        mode,
        interfaces,
        connections,
        embryonic,
        mostServices,
        mostReals,
        pool,
        ring,
        compatibility);
  }

  /** Where it differs from the kernel, and where not. */
  public Options withCompatibility(Compatibility other) {
    return new Options(
        instance,
        mode,
        interfaces,
        connections,
        embryonic,
        services,
        reals,
        poolPicks,
        ringPicks,
        other);
  }

  private static String instanceOf(Path runtimeDir) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  runtimeDir
                      .toAbsolutePath()
                      .normalize()
                      .toString()
                      .getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
