package dev.sluice.check;

/** Where a checker stands; the words are those of the status display. */
public enum CheckPhase {
  /** No verdict yet. */
  UNCHECKED("unchecked"),
  /** Passes. */
  UP("up"),
  /** Counts as up, but the last try failed and is being retried. */
  GOING_DOWN("going_down"),
  /** Failed all its tries. */
  DOWN("down"),
  /** Counts as down; the URL that failed passes again, the others are still to come. */
  GOING_UP("going_up");

  private final String word;

  CheckPhase(String word) {
    this.word = word;
  }

  /** The word shown to users. */
  public String word() {
    return word;
  }
}
