package dev.sluice.linux;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A routing rule, as it is asked for and as a dump tells it (ip-rule(8)); null and -1: not
 * compared.
 *
 * @param preference lower is asked first; unsigned 32 bits
 * @param protocol of who added it; 18 is keepalived
 * @param tos 0: not compared
 * @param mask of the mark; given with a mark only
 * @param uidRange user numbers
 * @param ipProtocol 0: not compared
 * @param tunnelId 0: not compared
 * @param realms 0: none; upper 16 bits the source's
 * @param suppressPrefixLength routes this long and shorter do not count; -1: all do
 * @param suppressGroup routes of links of this group do not count; -1: all do
 */
public record RuleRequest(
    boolean ipv6,
    long preference,
    Action action,
    boolean not,
    @Nullable InetAddress from,
    int fromLength,
    @Nullable InetAddress to,
    int toLength,
    int tos,
    @Nullable Long mark,
    @Nullable Long mask,
    @Nullable String inInterface,
    @Nullable String outInterface,
    boolean l3mdev,
    @Nullable Range uidRange,
    int ipProtocol,
    @Nullable Range sourcePorts,
    @Nullable Range destinationPorts,
    long tunnelId,
    int realms,
    int suppressPrefixLength,
    int suppressGroup,
    int protocol) {
  private static final long ALL_BITS = 0xffff_ffffL;

  /** Completes the mask of a mark. */
  public RuleRequest {
    mask = mark == null ? null : mask == null ? Long.valueOf(ALL_BITS) : mask;
    tunnelId = tunnelId < 0 ? 0 : tunnelId;
  }

  /** From the first to the last, both included; of ports the kernel takes 1 to 65534. */
  public record Range(long first, long last) {}

  /** What a packet that matches does. */
  public sealed interface Action {
    /** Is routed by a table; 0 with l3mdev only. */
    record Table(int number) implements Action {}

    /** Goes on with the first rule of this preference. */
    record Goto(long preference) implements Action {}

    /** The actions without a parameter. */
    enum Plain implements Action {
      NOP(3),
      BLACKHOLE(6),
      UNREACHABLE(7),
      PROHIBIT(8);

      final int number;

      Plain(int number) {
        this.number = number;
      }
    }
  }

  /** For messages: "rule 100 from 10.0.0.0/8". */
  public String text() {
    StringBuilder text = new StringBuilder(ipv6 ? "IPv6 rule " : "rule ").append(preference);
    if (from != null) {
      text.append(" from ").append(Addresses.text(from)).append('/').append(fromLength);
    }
    if (to != null) {
      text.append(" to ").append(Addresses.text(to)).append('/').append(toLength);
    }
    if (mark != null) {
      text.append(" fwmark 0x").append(Long.toHexString(mark));
    }
    return text.toString();
  }
}
