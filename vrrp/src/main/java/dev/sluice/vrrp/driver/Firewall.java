package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.NftTable;
import dev.sluice.linux.NftTable.Expression;
import dev.sluice.linux.Nftables;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.UnsupportedKernelException;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The nftables table of the daemon, family inet. It drops what is sent to and from the addresses of
 * {@code no_accept} instances that do not own them, except neighbour discovery (V-82, RFC 9568
 * Accept_Mode), and the IGMP and MLD reports and router solicitations of devices with a virtual MAC
 * (V-81).
 *
 * <p>It stands as long as the configuration does, whoever is MASTER: where an address is not on
 * this machine, nothing is addressed to it here. So no takeover waits for it.
 */
final class Firewall implements AutoCloseable {
  static final String TABLE = "sluice_vrrp";

  private static final int IPV4 = 2;
  private static final int IPV6 = 10;
  private static final int IGMP = 2;
  private static final int ICMPV6 = 58;
  private static final int NEIGHBOUR_SOLICITATION = 135;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;

  /** MLD query, report, done; then router solicitation. */
  private static final int MLD_QUERY = 130;

  private static final int ROUTER_SOLICITATION = 133;
  private static final int MLD2_REPORT = 143;

  private final VrrpListener listener;
  private @Nullable Nftables nftables;
  private String name = TABLE;
  private @Nullable State present;

  /** What the table is made of. */
  private record State(
      String table, int priority, boolean counters, Set<String> refused, Set<String> silent) {}

  Firewall(VrrpListener listener) {
    this.listener = listener;
  }

  /**
   * Makes the table fit.
   *
   * @param table its name, null: ours
   * @param counters whether the rules count packets
   * @param silent names of devices with a virtual MAC
   */
  void configure(
      Collection<VrrpInstance> instances,
      @Nullable String table,
      int priority,
      boolean counters,
      Set<String> silent) {
    Set<String> refused = new TreeSet<>();
    for (VrrpInstance instance : instances) {
      if (!instance.accept() && instance.priority() != 255) {
        instance.addresses().forEach(a -> refused.add(text(a)));
        instance.excludedAddresses().forEach(a -> refused.add(text(a)));
      }
    }
    String wantedName = table == null ? TABLE : table;
    State wanted = new State(wantedName, priority, counters, refused, new TreeSet<>(silent));
    if (wanted.equals(present)) {
      return;
    }
    try {
      if (present != null && !name.equals(wantedName)) {
        open().delete(name);
      }
      name = wantedName;
      if (!refused.isEmpty() || !silent.isEmpty()) {
        open().replace(table(wanted));
        present = wanted;
      } else if (present != null) {
        open().delete(name);
        present = null;
      }
    } catch (SyscallException | UnsupportedKernelException e) {
      listener.on(
          new VrrpEvent.Warning(
              "",
              (refused.isEmpty() ? "" : "no_accept has no effect: packets are accepted. ")
                  + e.getMessage()));
      present = null;
    }
  }

  private static String text(VirtualAddress address) {
    return address.address().getHostAddress();
  }

  private Nftables open() {
    Nftables opened = nftables;
    if (opened == null) {
      opened = Nftables.open();
      nftables = opened;
    }
    return opened;
  }

  private static NftTable table(State state) {
    List<byte[]> four = new ArrayList<>();
    List<byte[]> six = new ArrayList<>();
    for (String text : state.refused()) {
      InetAddress address = InetAddress.ofLiteral(text);
      (address instanceof Inet4Address ? four : six).add(address.getAddress());
    }
    List<NftTable.KeySet> sets =
        List.of(
            new NftTable.KeySet("vips4", NftTable.KeyType.IPV4_ADDRESS, four),
            new NftTable.KeySet("vips6", NftTable.KeyType.IPV6_ADDRESS, six),
            new NftTable.KeySet(
                "vmacs",
                NftTable.KeyType.INTERFACE_NAME,
                state.silent().stream()
                    .map(n -> Arrays.copyOf(n.getBytes(StandardCharsets.UTF_8), 16))
                    .toList()));
    List<NftTable.Rule> output = new ArrayList<>();
    output.add(
        NftTable.Rule.of(
            new Expression.OutInterface(),
            new Expression.In("vmacs"),
            new Expression.TransportProtocol(),
            new Expression.EqualTo(IGMP),
            Expression.Verdict.DROP));
    output.add(silent(new Expression.Between(MLD_QUERY, ROUTER_SOLICITATION)));
    output.add(silent(new Expression.EqualTo(MLD2_REPORT)));
    output.addAll(refuse(12, 8));
    return new NftTable(
        state.table(),
        sets,
        List.of(
            new NftTable.Chain(
                "in", NftTable.Hook.INPUT, state.priority(), counted(state, refuse(16, 24))),
            new NftTable.Chain(
                "out", NftTable.Hook.OUTPUT, state.priority(), counted(state, output))));
  }

  /** With a counter before each verdict, where that is asked for. */
  private static List<NftTable.Rule> counted(State state, List<NftTable.Rule> rules) {
    if (!state.counters()) {
      return rules;
    }
    List<NftTable.Rule> result = new ArrayList<>(rules.size());
    for (NftTable.Rule rule : rules) {
      List<Expression> steps = new ArrayList<>(rule.expressions());
      steps.add(steps.size() - 1, new Expression.Counter());
      result.add(new NftTable.Rule(steps));
    }
    return result;
  }

  private static NftTable.Rule silent(Expression types) {
    return NftTable.Rule.of(
        new Expression.OutInterface(),
        new Expression.In("vmacs"),
        new Expression.TransportProtocol(),
        new Expression.EqualTo(ICMPV6),
        new Expression.TransportHeader(0, 1),
        types,
        Expression.Verdict.DROP);
  }

  /** Rules against the sets, with the place of the address in the two headers. */
  private static List<NftTable.Rule> refuse(int offset4, int offset6) {
    return List.of(
        NftTable.Rule.of(
            new Expression.Family(),
            new Expression.EqualTo(IPV4),
            new Expression.NetworkHeader(offset4, 4),
            new Expression.In("vips4"),
            Expression.Verdict.DROP),
        NftTable.Rule.of(
            new Expression.TransportProtocol(),
            new Expression.EqualTo(ICMPV6),
            new Expression.TransportHeader(0, 1),
            new Expression.Between(NEIGHBOUR_SOLICITATION, NEIGHBOUR_ADVERTISEMENT),
            Expression.Verdict.ACCEPT),
        NftTable.Rule.of(
            new Expression.Family(),
            new Expression.EqualTo(IPV6),
            new Expression.NetworkHeader(offset6, 16),
            new Expression.In("vips6"),
            Expression.Verdict.DROP));
  }

  /** Removes the table. */
  @Override
  public void close() {
    if (present != null) {
      try {
        open().delete(name);
      } catch (SyscallException | UnsupportedKernelException e) {
        listener.on(new VrrpEvent.Warning("", String.valueOf(e.getMessage())));
      }
    }
    if (nftables != null) {
      nftables.close();
    }
  }
}
