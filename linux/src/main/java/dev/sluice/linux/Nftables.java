package dev.sluice.linux;

import dev.sluice.linux.NftTable.Expression;
import java.util.List;

/**
 * Tables of nftables, family inet, by netlink: a table is replaced as a whole, at once, or not at
 * all (linux/netfilter/nf_tables.h). In the namespace of the thread that opened it; needs
 * CAP_NET_ADMIN.
 */
public final class Nftables implements AutoCloseable {
  private static final int NETLINK_NETFILTER = 12;
  private static final int SUBSYSTEM = 10;
  private static final int BATCH_BEGIN = 0x10;
  private static final int BATCH_END = 0x11;
  private static final int NFPROTO_INET = 1;
  private static final int NEWTABLE = SUBSYSTEM << 8;
  private static final int DELTABLE = SUBSYSTEM << 8 | 2;
  private static final int NEWCHAIN = SUBSYSTEM << 8 | 3;
  private static final int NEWRULE = SUBSYSTEM << 8 | 6;
  private static final int NEWSET = SUBSYSTEM << 8 | 9;
  private static final int NEWSETELEM = SUBSYSTEM << 8 | 12;
  private static final int NLA_F_NESTED = 0x8000;
  private static final int LIST_ELEM = 1;
  private static final int REGISTER = 1;
  private static final int REGISTER_VERDICT = 0;
  private static final int BASE_NETWORK = 1;
  private static final int BASE_TRANSPORT = 2;
  private static final int META_OIFNAME = 7;
  private static final int META_NFPROTO = 15;
  private static final int META_L4PROTO = 16;
  private static final int CMP_EQ = 0;
  private static final int CMP_LTE = 3;
  private static final int CMP_GTE = 5;
  private static final int NF_DROP = 0;
  private static final int NF_ACCEPT = 1;

  /** An attribute's length has 16 bits: more keys go into several messages. */
  private static final int KEYS_PER_MESSAGE = 1000;

  private final NetlinkSocket socket;

  private Nftables(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * A connection to the kernel.
   *
   * @throws UnsupportedKernelException when it has no netfilter
   */
  public static Nftables open() {
    try {
      return new Nftables(NetlinkSocket.open(NETLINK_NETFILTER));
    } catch (SyscallException e) {
      if (e.is(Errno.EPROTONOSUPPORT)) {
        throw unsupported();
      }
      throw e;
    }
  }

  private static UnsupportedKernelException unsupported() {
    return new UnsupportedKernelException(
        "nf_tables of family inet (CONFIG_NF_TABLES_INET)",
        "3.14",
        "packets to addresses of no_accept cannot be dropped, reports of VMACs not be held back");
  }

  /** Makes a table what it shall be, whether there was one of the name or not. */
  public void replace(NftTable table) {
    NetlinkSocket.Transaction batch = begin();
    // Made first so that its removal cannot fail.
    NetlinkWriter _ = table(batch, NEWTABLE, table.name());
    NetlinkWriter _ = table(batch, DELTABLE, table.name());
    NetlinkWriter _ = table(batch, NEWTABLE, table.name());
    int id = 0;
    for (NftTable.KeySet set : table.sets()) {
      id++;
      set(batch, table.name(), set, id);
    }
    for (NftTable.Chain chain : table.chains()) {
      chain(batch, table.name(), chain);
      for (NftTable.Rule rule : chain.rules()) {
        rule(batch, table.name(), chain.name(), rule);
      }
    }
    commit(batch, "set up the nftables table inet " + table.name());
  }

  /** Removes a table; one that is not there is no error. */
  public void delete(String name) {
    NetlinkSocket.Transaction batch = begin();
    NetlinkWriter _ = table(batch, NEWTABLE, name);
    NetlinkWriter _ = table(batch, DELTABLE, name);
    commit(batch, "remove the nftables table inet " + name);
  }

  private NetlinkSocket.Transaction begin() {
    NetlinkSocket.Transaction batch = socket.transaction();
    NetlinkWriter _ = batch.message(BATCH_BEGIN, 0).u8(0).u8(0).u8(0).u8(SUBSYSTEM);
    return batch;
  }

  private static void commit(NetlinkSocket.Transaction batch, String attempt) {
    // The last change is acknowledged when all are in effect; the end itself is not.
    NetlinkWriter _ = batch.acknowledgeLast().message(BATCH_END, 0).u8(0).u8(0).u8(0).u8(SUBSYSTEM);
    NetlinkSocket.Refusal refusal = batch.commit(attempt);
    if (refusal == null) {
      return;
    }
    if (refusal.errno() == Errno.EOPNOTSUPP || refusal.errno() == Errno.EPROTONOSUPPORT) {
      throw unsupported();
    }
    throw refusal.exception(attempt);
  }

  private static NetlinkWriter message(NetlinkSocket.Transaction batch, int type, int flags) {
    return batch.message(type, flags).u8(NFPROTO_INET).u8(0).u16(0);
  }

  private static NetlinkWriter table(NetlinkSocket.Transaction batch, int type, String name) {
    return message(batch, type, type == NEWTABLE ? Rtm.NLM_F_CREATE : 0).attributeString(1, name);
  }

  private static void set(
      NetlinkSocket.Transaction batch, String table, NftTable.KeySet set, int id) {
    NetlinkWriter _ =
        be32(
            be32(
                be32(
                    be32(
                        message(batch, NEWSET, Rtm.NLM_F_CREATE)
                            .attributeString(1, table)
                            .attributeString(2, set.name()),
                        3,
                        0),
                    4,
                    set.type().number),
                5,
                set.type().bytes),
            10,
            id);
    List<byte[]> keys = set.keys();
    for (int from = 0; from < keys.size(); from += KEYS_PER_MESSAGE) {
      NetlinkWriter out =
          message(batch, NEWSETELEM, Rtm.NLM_F_CREATE)
              .attributeString(1, table)
              .attributeString(2, set.name());
      int list = be32(out, 4, id).nest(3 | NLA_F_NESTED);
      for (byte[] key : keys.subList(from, Math.min(keys.size(), from + KEYS_PER_MESSAGE))) {
        if (key.length != set.type().bytes) {
          throw new IllegalArgumentException(
              "a key of set " + set.name() + " has " + set.type().bytes + " bytes");
        }
        int element = out.nest(LIST_ELEM | NLA_F_NESTED);
        data(out, 1, key);
        NetlinkWriter _ = out.end(element);
      }
      NetlinkWriter _ = out.end(list);
    }
  }

  private static void chain(NetlinkSocket.Transaction batch, String table, NftTable.Chain chain) {
    NetlinkWriter out =
        message(batch, NEWCHAIN, Rtm.NLM_F_CREATE)
            .attributeString(1, table)
            .attributeString(3, chain.name());
    int hook = out.nest(4 | NLA_F_NESTED);
    NetlinkWriter _ =
        be32(be32(out, 1, chain.hook().number), 2, chain.priority())
            .end(hook)
            .attributeString(7, "filter");
    NetlinkWriter _ = be32(out, 5, NF_ACCEPT);
  }

  private static void rule(
      NetlinkSocket.Transaction batch, String table, String chain, NftTable.Rule rule) {
    NetlinkWriter out =
        message(batch, NEWRULE, Rtm.NLM_F_CREATE | Rtm.NLM_F_APPEND)
            .attributeString(1, table)
            .attributeString(2, chain);
    int list = out.nest(4 | NLA_F_NESTED);
    for (Expression expression : rule.expressions()) {
      expression(out, expression);
    }
    NetlinkWriter _ = out.end(list);
  }

  private static void expression(NetlinkWriter out, Expression expression) {
    switch (expression) {
      case Expression.Family _ -> meta(out, META_NFPROTO);
      case Expression.TransportProtocol _ -> meta(out, META_L4PROTO);
      case Expression.OutInterface _ -> meta(out, META_OIFNAME);
      case Expression.NetworkHeader(int offset, int length) ->
          payload(out, BASE_NETWORK, offset, length);
      case Expression.TransportHeader(int offset, int length) ->
          payload(out, BASE_TRANSPORT, offset, length);
      case Expression.EqualTo(int value) -> compare(out, CMP_EQ, value);
      case Expression.Between(int least, int most) -> {
        compare(out, CMP_GTE, least);
        compare(out, CMP_LTE, most);
      }
      case Expression.In(String set) -> {
        int element = element(out, "lookup");
        int data = out.nest(2 | NLA_F_NESTED);
        NetlinkWriter _ = be32(out.attributeString(1, set), 2, REGISTER).end(data).end(element);
      }
      case Expression.Counter _ -> {
        int element = element(out, "counter");
        int data = out.nest(2 | NLA_F_NESTED);
        NetlinkWriter _ = out.end(data).end(element);
      }
      case Expression.Verdict verdict -> {
        int element = element(out, "immediate");
        int data = out.nest(2 | NLA_F_NESTED);
        int value = be32(out, 1, REGISTER_VERDICT).nest(2 | NLA_F_NESTED);
        int inner = out.nest(2 | NLA_F_NESTED);
        int code =
            switch (verdict) {
              case DROP -> NF_DROP;
              case ACCEPT -> NF_ACCEPT;
            };
        NetlinkWriter _ = be32(out, 1, code).end(inner).end(value).end(data).end(element);
      }
    }
  }

  private static int element(NetlinkWriter out, String name) {
    int element = out.nest(LIST_ELEM | NLA_F_NESTED);
    NetlinkWriter _ = out.attributeString(1, name);
    return element;
  }

  private static void meta(NetlinkWriter out, int key) {
    int element = element(out, "meta");
    int data = out.nest(2 | NLA_F_NESTED);
    NetlinkWriter _ = be32(be32(out, 1, REGISTER), 2, key).end(data).end(element);
  }

  private static void payload(NetlinkWriter out, int base, int offset, int length) {
    int element = element(out, "payload");
    int data = out.nest(2 | NLA_F_NESTED);
    NetlinkWriter _ =
        be32(be32(be32(be32(out, 1, REGISTER), 2, base), 3, offset), 4, length)
            .end(data)
            .end(element);
  }

  private static void compare(NetlinkWriter out, int operation, int value) {
    int element = element(out, "cmp");
    int data = out.nest(2 | NLA_F_NESTED);
    NetlinkWriter _ = be32(be32(out, 1, REGISTER), 2, operation);
    data(out, 3, new byte[] {(byte) value});
    NetlinkWriter _ = out.end(data).end(element);
  }

  /** A value as an attribute inside an attribute. */
  private static void data(NetlinkWriter out, int type, byte[] value) {
    int outer = out.nest(type | NLA_F_NESTED);
    NetlinkWriter _ = out.attribute(1, value).end(outer);
  }

  private static NetlinkWriter be32(NetlinkWriter out, int type, int value) {
    return out.attributeU32(type, Integer.reverseBytes(value));
  }

  @Override
  public void close() {
    socket.close();
  }
}
