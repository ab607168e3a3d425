package dev.sluice.vrrp.machine;

/** How something that is tracked stands. */
public sealed interface Reading {

  /** Nothing is known, and nobody waits for it: it neither helps nor harms. */
  record Unknown() implements Reading {
    @Override
    public String words() {
      return "unknown";
    }
  }

  /** Its first result is awaited; what tracks it without weight does not start before. */
  record Pending() implements Reading {
    @Override
    public String words() {
      return "pending";
    }
  }

  /** Good: the script succeeds, the interface runs, enough processes are there. */
  record Up() implements Reading {
    @Override
    public String words() {
      return "up";
    }
  }

  /** Bad. */
  record Down() implements Reading {
    @Override
    public String words() {
      return "down";
    }
  }

  /** The number in a file. */
  record Amount(long value) implements Reading {
    @Override
    public String words() {
      return Long.toString(value);
    }
  }

  /** In a word, for tables. */
  String words();

  /** {@link Up} or {@link Down}. */
  static Reading of(boolean up) {
    return up ? new Up() : new Down();
  }
}
