package dev.sluice.lvs.pool;

/** Where a real server stands; the words are those of the status display. */
public enum RealState {
  /** Alive by its checks. */
  UP("up"),
  /** Alive, but a checker is retrying after a failure. */
  GOING_DOWN("going_down"),
  /** A checker is down. */
  DOWN("down"),
  /** Not alive yet; every checker that is down begins to pass. */
  GOING_UP("going_up"),
  /** No verdict yet, or nothing checks it. */
  UNCHECKED("unchecked");

  private final String word;

  RealState(String word) {
    this.word = word;
  }

  /** The word shown to users. */
  public String word() {
    return word;
  }
}
