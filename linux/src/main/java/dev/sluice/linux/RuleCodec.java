package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.sluice.linux.RuleRequest.Action;
import dev.sluice.linux.RuleRequest.Range;
import java.lang.foreign.StructLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Between RTM_NEWRULE, RTM_DELRULE and {@link RuleRequest} (linux/fib_rules.h). */
final class RuleCodec {
  static final StructLayout HEADER =
      structLayout(
              JAVA_BYTE.withName("family"),
              JAVA_BYTE.withName("dst_len"),
              JAVA_BYTE.withName("src_len"),
              JAVA_BYTE.withName("tos"),
              JAVA_BYTE.withName("table"),
              JAVA_BYTE.withName("res1"),
              JAVA_BYTE.withName("res2"),
              JAVA_BYTE.withName("action"),
              JAVA_INT_UNALIGNED.withName("flags"))
          .withName("fib_rule_hdr");

  private static final int FRA_DST = 1;
  private static final int FRA_SRC = 2;
  private static final int FRA_IIFNAME = 3;
  private static final int FRA_GOTO = 4;
  private static final int FRA_PRIORITY = 6;
  private static final int FRA_FWMARK = 10;
  private static final int FRA_FLOW = 11;
  private static final int FRA_TUN_ID = 12;
  private static final int FRA_SUPPRESS_IFGROUP = 13;
  private static final int FRA_SUPPRESS_PREFIXLEN = 14;
  private static final int FRA_TABLE = 15;
  private static final int FRA_FWMASK = 16;
  private static final int FRA_OIFNAME = 17;
  private static final int FRA_L3MDEV = 19;
  private static final int FRA_UID_RANGE = 20;
  private static final int FRA_PROTOCOL = 21;
  private static final int FRA_IP_PROTO = 22;
  private static final int FRA_SPORT_RANGE = 23;
  private static final int FRA_DPORT_RANGE = 24;
  private static final int FIB_RULE_INVERT = 2;
  private static final int ACT_TO_TABLE = 1;
  private static final int ACT_GOTO = 2;

  private RuleCodec() {}

  /** Writes the body of a request. */
  static void write(NetlinkWriter out, RuleRequest r) {
    int table = r.action() instanceof Action.Table(int number) ? number : 0;
    int action =
        switch (r.action()) {
          case Action.Table _ -> ACT_TO_TABLE;
          case Action.Goto _ -> ACT_GOTO;
          case Action.Plain plain -> plain.number;
        };
    NetlinkWriter _ =
        out.u8(r.ipv6() ? Sockaddr.AF_INET6 : Sockaddr.AF_INET)
            .u8(r.to() == null ? 0 : r.toLength())
            .u8(r.from() == null ? 0 : r.fromLength())
            .u8(r.tos())
            .u8(table >= 0 && table < 256 ? table : 0)
            .u8(0)
            .u8(0)
            .u8(action)
            .u32(r.not() ? FIB_RULE_INVERT : 0)
            .attributeU32(FRA_PRIORITY, (int) r.preference());
    if (r.to() != null) {
      NetlinkWriter _ = out.attribute(FRA_DST, r.to().getAddress());
    }
    if (r.from() != null) {
      NetlinkWriter _ = out.attribute(FRA_SRC, r.from().getAddress());
    }
    if (table != 0) {
      NetlinkWriter _ = out.attributeU32(FRA_TABLE, table);
    }
    if (r.action() instanceof Action.Goto(long target)) {
      NetlinkWriter _ = out.attributeU32(FRA_GOTO, (int) target);
    }
    Long mark = r.mark();
    Long mask = r.mask();
    if (mark != null && mask != null) {
      NetlinkWriter _ =
          out.attributeU32(FRA_FWMARK, mark.intValue()).attributeU32(FRA_FWMASK, mask.intValue());
    }
    if (r.inInterface() != null) {
      NetlinkWriter _ = out.attributeString(FRA_IIFNAME, r.inInterface());
    }
    if (r.outInterface() != null) {
      NetlinkWriter _ = out.attributeString(FRA_OIFNAME, r.outInterface());
    }
    if (r.l3mdev()) {
      NetlinkWriter _ = out.attributeU8(FRA_L3MDEV, 1);
    }
    Range users = r.uidRange();
    if (users != null) {
      int start = out.nest(FRA_UID_RANGE);
      NetlinkWriter _ = out.u32((int) users.first()).u32((int) users.last()).end(start);
    }
    if (r.ipProtocol() != 0) {
      NetlinkWriter _ = out.attributeU8(FRA_IP_PROTO, r.ipProtocol());
    }
    ports(out, FRA_SPORT_RANGE, r.sourcePorts());
    ports(out, FRA_DPORT_RANGE, r.destinationPorts());
    if (r.tunnelId() != 0) {
      NetlinkWriter _ =
          out.attribute(FRA_TUN_ID, ByteBuffer.allocate(8).putLong(r.tunnelId()).array());
    }
    if (r.realms() != 0) {
      NetlinkWriter _ = out.attributeU32(FRA_FLOW, r.realms());
    }
    if (r.suppressPrefixLength() >= 0) {
      NetlinkWriter _ = out.attributeU32(FRA_SUPPRESS_PREFIXLEN, r.suppressPrefixLength());
    }
    if (r.suppressGroup() >= 0) {
      NetlinkWriter _ = out.attributeU32(FRA_SUPPRESS_IFGROUP, r.suppressGroup());
    }
    NetlinkWriter _ = out.attributeU8(FRA_PROTOCOL, r.protocol());
  }

  private static void ports(NetlinkWriter out, int type, @Nullable Range range) {
    if (range != null) {
      int start = out.nest(type);
      NetlinkWriter _ = out.u16((int) range.first()).u16((int) range.last()).end(start);
    }
  }

  /** The rule of an RTM_NEWRULE; null for another family or an action that is not ours. */
  static @Nullable RuleRequest read(NetlinkReader in) {
    if (in.payload() < HEADER.byteSize()
        || (in.u8(0) != Sockaddr.AF_INET && in.u8(0) != Sockaddr.AF_INET6)) {
      return null;
    }
    int table = in.u8(4);
    InetAddress to = null;
    InetAddress from = null;
    long target = 0;
    long preference = 0;
    Long mark = null;
    Long mask = null;
    String inInterface = null;
    String outInterface = null;
    boolean l3mdev = false;
    Range users = null;
    int ipProtocol = 0;
    Range sourcePorts = null;
    Range destinationPorts = null;
    long tunnel = 0;
    int realms = 0;
    int suppressLength = -1;
    int suppressGroup = -1;
    int protocol = 0;
    in.attributes(HEADER.byteSize());
    while (in.nextAttribute()) {
      switch (in.attributeType()) {
        case FRA_DST -> to = inet(in);
        case FRA_SRC -> from = inet(in);
        case FRA_TABLE -> table = in.attributeU32();
        case FRA_GOTO -> target = unsigned(in, 0);
        case FRA_PRIORITY -> preference = unsigned(in, 0);
        case FRA_FWMARK -> mark = unsigned(in, 0);
        case FRA_FWMASK -> mask = unsigned(in, 0);
        case FRA_IIFNAME -> inInterface = in.attributeString();
        case FRA_OIFNAME -> outInterface = in.attributeString();
        case FRA_L3MDEV -> l3mdev = in.attributeU8(0) != 0;
        case FRA_UID_RANGE -> users = new Range(unsigned(in, 0), unsigned(in, 4));
        case FRA_IP_PROTO -> ipProtocol = in.attributeU8(0);
        case FRA_SPORT_RANGE -> sourcePorts = ports(in);
        case FRA_DPORT_RANGE -> destinationPorts = ports(in);
        case FRA_TUN_ID -> tunnel = tunnel(in);
        case FRA_FLOW -> realms = in.attributeU32();
        case FRA_SUPPRESS_PREFIXLEN -> suppressLength = in.attributeU32();
        case FRA_SUPPRESS_IFGROUP -> suppressGroup = in.attributeU32();
        case FRA_PROTOCOL -> protocol = in.attributeU8(0);
        default -> {}
      }
    }
    Action action = action(in.u8(7), table, target);
    if (action == null) {
      return null;
    }
    return new RuleRequest(
        in.u8(0) == Sockaddr.AF_INET6,
        preference,
        action,
        (in.u32(8) & FIB_RULE_INVERT) != 0,
        from,
        from == null ? 0 : in.u8(2),
        to,
        to == null ? 0 : in.u8(1),
        in.u8(3),
        mark == null && mask != null ? Long.valueOf(0) : mark,
        mask,
        inInterface,
        outInterface,
        l3mdev,
        users,
        ipProtocol,
        sourcePorts,
        destinationPorts,
        tunnel,
        realms,
        suppressLength,
        suppressGroup,
        protocol);
  }

  private static @Nullable Action action(int number, int table, long target) {
    if (number == ACT_TO_TABLE) {
      return new Action.Table(table);
    }
    if (number == ACT_GOTO) {
      return new Action.Goto(target);
    }
    for (Action.Plain plain : Action.Plain.values()) {
      if (plain.number == number) {
        return plain;
      }
    }
    return null;
  }

  private static long unsigned(NetlinkReader in, int offset) {
    return in.attributeU32(offset) & 0xffff_ffffL;
  }

  private static Range ports(NetlinkReader in) {
    int both = in.attributeU32();
    return new Range(both & 0xffff, both >>> 16);
  }

  private static long tunnel(NetlinkReader in) {
    byte[] bytes = in.attributeBytes();
    return bytes.length == 8 ? ByteBuffer.wrap(bytes).getLong() : 0;
  }

  private static @Nullable InetAddress inet(NetlinkReader in) {
    int length = in.attributeLength();
    return length == 4 || length == 16 ? Addresses.of(in.attributeBytes()) : null;
  }
}
