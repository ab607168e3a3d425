package dev.sluice.linux;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes to the local syslog daemon's datagram socket in the form of RFC 3164 that such daemons
 * expect (no host name: they know it). Without a daemon lines are lost, and counted. Any thread.
 */
public final class Syslog implements AutoCloseable {
  /** Facility of system daemons. */
  public static final int DAEMON = 3;

  /** The first of the eight facilities for local use: local0 is 16, local7 is 23. */
  public static final int LOCAL0 = 16;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

  /** Some daemons cut at 1024 bytes (RFC 3164), all take this. */
  private static final int LONGEST = 2048;

  private final UnixDatagram socket;
  private final int facility;
  private final String tag;
  private long lost;

  private Syslog(String path, int facility, String program) {
    socket = new UnixDatagram(path);
    this.facility = facility;
    tag = program + "[" + ProcessHandle.current().pid() + "]: ";
  }

  /** The machine's log. */
  public static Syslog open(int facility, String program) {
    return at("/dev/log", facility, program);
  }

  /** The log at another socket. */
  public static Syslog at(String path, int facility, String program) {
    return new Syslog(path, facility, program);
  }

  /**
   * Sends a line.
   *
   * @param severity 0 emergency, 3 error, 4 warning, 5 notice, 6 information, 7 debug
   */
  public synchronized void log(int severity, String line) {
    String header = header(severity, LocalDateTime.now(ZoneId.systemDefault()));
    byte[] bytes = (header + line).getBytes(StandardCharsets.UTF_8);
    if (socket.send(bytes.length <= LONGEST ? bytes : Arrays.copyOf(bytes, LONGEST)) < 0) {
      lost++;
    }
  }

  /** What goes before a line: {@code <30>Nov 3 07:08:09 sluice[42]: }. */
  String header(int severity, LocalDateTime now) {
    return "<" + (facility << 3 | severity) + ">" + TIME.format(now) + " " + tag;
  }

  /** Lines that no daemon took. */
  public synchronized long lost() {
    return lost;
  }

  @Override
  public synchronized void close() {
    socket.close();
  }
}
