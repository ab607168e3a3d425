package dev.sluice.check;

import dev.sluice.linux.ConnectedDatagram;
import dev.sluice.linux.Errno;
import dev.sluice.linux.StreamSocket;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.Sysctl;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Echo sockets for PING_CHECK. Most systems allow them to no group; as keepalived does, our own
 * group is then added to {@code net.ipv4.ping_group_range}, and nobody's is taken out.
 */
final class EchoSockets {
  private static final String RANGE = "net.ipv4.ping_group_range";

  private EchoSockets() {}

  /**
   * Opens one.
   *
   * @throws SyscallException when the kernel refuses even so
   */
  static ConnectedDatagram open(InetAddress address, StreamSocket.Options options) {
    try {
      return ConnectedDatagram.echo(address, options);
    } catch (SyscallException e) {
      if (e.errno() != Errno.EACCES || !widened()) {
        throw e;
      }
      return ConnectedDatagram.echo(address, options);
    }
  }

  private static boolean widened() {
    try {
      String now = Sysctl.read(RANGE).orElse("1 0");
      Sysctl.write(RANGE, widened(now, ownGroup()));
      return true;
    } catch (SyscallException | IOException e) {
      return false;
    }
  }

  /** A range "FROM TO", empty when FROM is above TO, with a group in it. */
  static String widened(String range, long group) {
    long[] ends =
        Arrays.stream(range.strip().split("\\s+", -1)).mapToLong(Long::parseLong).toArray();
    if (ends[0] > ends[1]) {
      return group + " " + group;
    }
    return Math.min(ends[0], group) + " " + Math.max(ends[1], group);
  }

  private static long ownGroup() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Gid:")) {
        return Long.parseLong(line.split("\\s+", -1)[2]);
      }
    }
    return 0;
  }
}
