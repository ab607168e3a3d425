package dev.sluice.check;

import java.util.function.Consumer;

/** One try of one check. Belongs to the loop's thread; tells its outcome once, or is cancelled. */
interface Attempt {

  /** Begins; the outcome may be told before this returns. */
  void start(Consumer<End> whenEnded);

  /** Gives up without an outcome and releases everything. */
  void cancel();

  /** How a try ended. */
  sealed interface End {
    /** It says something about the server. */
    record Judged(CheckOutcome outcome) implements End {}

    /** It failed for want of something on this machine, and says nothing about the server. */
    record Inconclusive(String reason) implements End {}

    /** It did not begin: there was no descriptor left for it. */
    record Exhausted(String reason) implements End {}
  }
}
