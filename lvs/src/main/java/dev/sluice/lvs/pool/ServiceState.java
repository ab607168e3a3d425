package dev.sluice.lvs.pool;

/** Where a service stands; the words are those of the status display. */
public enum ServiceState {
  /** The quorum holds and every configured server is alive. */
  UP("up"),
  /** The quorum holds, some server is not alive. */
  DEGRADED("degraded"),
  /** Servers are alive, but too few. */
  BELOW_QUORUM("below_quorum"),
  /** No alive server with a weight. */
  DOWN("down");

  private final String word;

  ServiceState(String word) {
    this.word = word;
  }

  /** The word shown to users. */
  public String word() {
    return word;
  }
}
