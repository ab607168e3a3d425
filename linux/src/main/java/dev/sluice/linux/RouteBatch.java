package dev.sluice.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes that go to the kernel together: many in one system call, in order, each with its own
 * answer. One that is refused does not stop those behind it.
 */
public final class RouteBatch {
  private static final int NEW = Rtm.NLM_F_ACK | Rtm.NLM_F_CREATE;

  private final NetlinkSocket socket;
  private final List<Entry> entries = new ArrayList<>();

  RouteBatch(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** How a request looks: its type, flags, body and errnos that mean "was so already". */
  record Entry(
      int type, int flags, Consumer<NetlinkWriter> body, String attempt, List<Integer> already) {}

  /**
   * What became of a request.
   *
   * @param attempt what was wanted, in the operator's words
   * @param already nothing was to be done: it was there, or was not there
   * @param failure null unless the kernel refused
   */
  public record Outcome(String attempt, boolean already, @Nullable SyscallException failure) {
    /** Whether the kernel is now as wanted. */
    public boolean ok() {
      return failure == null;
    }
  }

  /** Adds an address; one that is there already is left as it is. */
  public RouteBatch add(InterfaceAddress a) {
    return address(Rtm.NEWADDR, NEW | Rtm.NLM_F_EXCL, a, true, "add ", " to ", Errno.EEXIST);
  }

  /** Adds an address, or gives the present one these flags and lifetimes. */
  public RouteBatch replace(InterfaceAddress a) {
    return address(Rtm.NEWADDR, NEW | Rtm.NLM_F_REPLACE, a, true, "set ", " on ");
  }

  /** Takes an address away. */
  public RouteBatch delete(InterfaceAddress a) {
    return address(
        Rtm.DELADDR,
        Rtm.NLM_F_ACK,
        a,
        false,
        "delete ",
        " from ",
        Errno.EADDRNOTAVAIL,
        Errno.ENODEV);
  }

  private RouteBatch address(
      int type,
      int flags,
      InterfaceAddress a,
      boolean whole,
      String verb,
      String preposition,
      Integer... already) {
    entries.add(
        new Entry(
            type,
            flags,
            out -> RouteCodec.writeAddress(out, a, whole),
            verb + a.cidr() + preposition + "interface number " + a.ifindex(),
            List.of(already)));
    return this;
  }

  /** How a route takes its place among others of the same destination. */
  public enum Insertion {
    /** Refused as "already" when one of the same identity is there. */
    ADD(Rtm.NLM_F_EXCL),
    /** Before those of the same identity; of IPv6 it adds a next hop to them. */
    PREPEND(0),
    /** Behind those of the same identity. */
    APPEND(Rtm.NLM_F_APPEND),
    /** In place of the one of the same identity. */
    REPLACE(Rtm.NLM_F_REPLACE);

    private final int flag;

    Insertion(int flag) {
      this.flag = flag;
    }
  }

  /** Adds a route. */
  public RouteBatch add(RouteRequest r, Insertion insertion) {
    entries.add(
        new Entry(
            Rtm.NEWROUTE,
            NEW | insertion.flag,
            out -> RouteRequestCodec.write(out, r, true),
            "add route " + r.text(),
            List.of(Errno.EEXIST)));
    return this;
  }

  /** Takes a route away. */
  public RouteBatch delete(RouteRequest r) {
    entries.add(
        new Entry(
            Rtm.DELROUTE,
            Rtm.NLM_F_ACK,
            out -> RouteRequestCodec.write(out, r, false),
            "delete route " + r.text(),
            List.of(Errno.ESRCH, Errno.ENODEV)));
    return this;
  }

  /** Adds a rule. */
  public RouteBatch add(RuleRequest r) {
    entries.add(
        new Entry(
            Rtm.NEWRULE,
            NEW | Rtm.NLM_F_EXCL,
            out -> RuleCodec.write(out, r),
            "add " + r.text(),
            List.of(Errno.EEXIST)));
    return this;
  }

  /** Takes a rule away. */
  public RouteBatch delete(RuleRequest r) {
    entries.add(
        new Entry(
            Rtm.DELRULE,
            Rtm.NLM_F_ACK,
            out -> RuleCodec.write(out, r),
            "delete " + r.text(),
            List.of(Errno.ENOENT)));
    return this;
  }

  /** How many requests wait. */
  public int size() {
    return entries.size();
  }

  /**
   * Sends all, and forgets them: what became of each, in their order.
   *
   * @throws SyscallException when the kernel cannot be spoken to
   */
  public List<Outcome> send() {
    List<Outcome> outcomes = new ArrayList<>(entries.size());
    socket.exchange(entries, outcomes::add);
    entries.clear();
    return outcomes;
  }

  /** The outcome of a request that the kernel answered. */
  static Outcome outcome(Entry entry, NetlinkSocket.@Nullable Refusal refusal) {
    if (refusal == null) {
      return new Outcome(entry.attempt, false, null);
    }
    if (entry.already.contains(refusal.errno())) {
      return new Outcome(entry.attempt, true, null);
    }
    return new Outcome(entry.attempt, false, refusal.exception(entry.attempt));
  }
}
