package dev.sluice.config.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code virtual_rules} or {@code static_rules}; null: not compared.
 *
 * @param ipVersion 4 or 6
 * @param protocol the kernel's number of the rule's owner
 * @param uidRange as written
 * @param tracked false with {@code no_track}
 */
public record RuleSpec(
    int ipVersion,
    boolean not,
    @Nullable Prefix from,
    @Nullable Prefix to,
    @Nullable Integer tos,
    @Nullable Long fwmark,
    @Nullable Long fwmask,
    @Nullable String inInterface,
    @Nullable String outInterface,
    boolean l3mdev,
    @Nullable String uidRange,
    @Nullable String ipProtocol,
    @Nullable String sourcePorts,
    @Nullable String destinationPorts,
    @Nullable Long tunnelId,
    int protocol,
    long preference,
    Action action,
    @Nullable String realms,
    @Nullable Long suppressPrefixLength,
    @Nullable String suppressInterfaceGroup,
    boolean tracked,
    @Nullable String trackGroup) {

  /** An address range. */
  public record Prefix(InetAddress address, int length) {}

  /** What a matching packet does. */
  public sealed interface Action {
    /** Uses a table. */
    record Table(int number) implements Action {}

    /** Goes on with a later rule. */
    record Goto(long preference) implements Action {}

    /** {@code nop}, {@code blackhole}, {@code unreachable}, {@code prohibit}. */
    record Plain(String word) implements Action {}
  }
}
