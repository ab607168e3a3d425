package dev.sluice.config.model;

import java.time.Duration;
import java.util.List;

/** {@code auth_hmac}: adverts carry an HMAC-SHA256 trailer (keepalived 2.4). */
public record HmacAuthentication(
    List<Key> keys, int activeKey, Duration timeWindow, boolean antiReplayByTime, Mode mode) {
  public HmacAuthentication {
    keys = List.copyOf(keys);
  }

  /**
   * A key.
   *
   * @param material as written: text, {@code hex:…} or {@code file:PATH}
   */
  public record Key(int id, String material) {
    @Override
    public String toString() {
      return "Key[" + id + ", ********]";
    }
  }

  /** What happens with adverts that carry none. */
  public enum Mode {
    ENFORCE,
    PERMISSIVE,
    RECEIVE_ONLY
  }
}
