package dev.sluice.linux;

import java.util.List;

/**
 * A table of nftables, family inet, as {@link Nftables#replace} sets it up: sets of keys, and base
 * chains of type filter whose policy is accept.
 */
public record NftTable(String name, List<KeySet> sets, List<Chain> chains) {
  public NftTable {
    sets = List.copyOf(sets);
    chains = List.copyOf(chains);
  }

  /** What a set's keys are: their length in bytes and how nft(8) shows them. */
  public enum KeyType {
    IPV4_ADDRESS(4, 7),
    IPV6_ADDRESS(16, 8),
    /** Padded with NUL to 16 bytes. */
    INTERFACE_NAME(16, 41);

    final int bytes;
    final int number;

    KeyType(int bytes, int number) {
      this.bytes = bytes;
      this.number = number;
    }
  }

  /** A named set. */
  public record KeySet(String name, KeyType type, List<byte[]> keys) {
    public KeySet {
      keys = List.copyOf(keys);
    }
  }

  /** Where a chain is called. */
  public enum Hook {
    INPUT(1),
    OUTPUT(3);

    final int number;

    Hook(int number) {
      this.number = number;
    }
  }

  /**
   * A chain.
   *
   * @param priority lower is asked first; 0 is where people's own rules are
   */
  public record Chain(String name, Hook hook, int priority, List<Rule> rules) {
    public Chain {
      rules = List.copyOf(rules);
    }
  }

  /** A rule: its expressions are evaluated in order up to the first that does not match. */
  public record Rule(List<Expression> expressions) {
    public Rule {
      expressions = List.copyOf(expressions);
    }

    /** Of these. */
    public static Rule of(Expression... expressions) {
      return new Rule(List.of(expressions));
    }
  }

  /** A step of a rule; values go through one register. */
  public sealed interface Expression {
    /** Loads the network family: 2 is IPv4, 10 IPv6. One byte. */
    record Family() implements Expression {}

    /** Loads the transport protocol. One byte. */
    record TransportProtocol() implements Expression {}

    /** Loads the name of the interface it leaves by. 16 bytes. */
    record OutInterface() implements Expression {}

    /** Loads bytes of the network header. */
    record NetworkHeader(int offset, int length) implements Expression {}

    /** Loads bytes of what follows it. */
    record TransportHeader(int offset, int length) implements Expression {}

    /** Matches when the bytes loaded are these; of one byte. */
    record EqualTo(int value) implements Expression {}

    /** Matches a single byte in a range, both ends included. */
    record Between(int least, int most) implements Expression {}

    /** Matches when a set of this table contains what was loaded. */
    record In(String set) implements Expression {}

    /** Counts packets and bytes that come so far. */
    record Counter() implements Expression {}

    /** Ends the rule and the chain. */
    enum Verdict implements Expression {
      DROP,
      ACCEPT
    }
  }
}
