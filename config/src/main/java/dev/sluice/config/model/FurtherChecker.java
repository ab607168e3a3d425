package dev.sluice.config.model;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A health check that is read and not yet run. */
public sealed interface FurtherChecker {
  /** When it runs and how many failures count. */
  Checker.Pace pace();

  /**
   * {@code SMTP_CHECK}: the server greets, accepts HELO and QUIT.
   *
   * @param hosts where it connects to; never empty
   */
  record Smtp(List<Checker.Connection> hosts, String heloName, Checker.Pace pace)
      implements FurtherChecker {
    public Smtp {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * {@code DNS_CHECK}: an answer with RCODE 0.
   *
   * @param type the record type's name: {@code SOA}
   * @param name {@code .} for the root
   */
  record Dns(Checker.Connection connection, String type, String name, Checker.Pace pace)
      implements FurtherChecker {}

  /** {@code UDP_CHECK}: no ICMP error, or a reply that fits. */
  record Udp(
      Checker.Connection connection,
      @Nullable Bytes payload,
      boolean requireReply,
      @Nullable Bytes reply,
      int minReplyLength,
      int maxReplyLength,
      Checker.Pace pace)
      implements FurtherChecker {}

  /** {@code PING_CHECK}: an echo reply. */
  record Ping(Checker.Connection connection, Checker.Pace pace) implements FurtherChecker {}

  /** {@code FILE_CHECK}: a number in a file moves the weight. */
  record FileValue(String trackFile, int weight, boolean reverse, Checker.Pace pace)
      implements FurtherChecker {}

  /** {@code BFD_CHECK}: a BFD session is up. */
  record Bfd(String bfdInstance, Checker.Pace pace) implements FurtherChecker {}

  /**
   * Bytes, as hexadecimal digits.
   *
   * @param pattern two digits per byte; X where any digit fits
   */
  record Bytes(String pattern) {
    /** The bytes, wildcards as zero. */
    public byte[] bytes() {
      return HexFormat.of().parseHex(pattern.replace('X', '0').replace('x', '0'));
    }
  }
}
