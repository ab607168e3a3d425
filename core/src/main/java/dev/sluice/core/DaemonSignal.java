package dev.sluice.core;

import dev.sluice.linux.SignalFd;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The signals a daemon obeys, keepalived's numbers and names ({@code --signum}). */
public enum DaemonSignal {
  HUP(SignalFd.HUP, "RELOAD"),
  TERM(SignalFd.TERM, "STOP"),
  /** Stops, too; keepalived's has no name for it. */
  INT(SignalFd.INT, null),
  USR1(SignalFd.USR1, "DATA"),
  USR2(SignalFd.USR2, "STATS"),
  JSON(SignalFd.RTMIN + 2, "JSON"),
  STATS_CLEAR(SignalFd.RTMAX - 1, "STATS_CLEAR");

  private final int number;
  private final @Nullable String request;

  DaemonSignal(int number, @Nullable String request) {
    this.number = number;
    this.request = request;
  }

  /** As kill(2) takes it. */
  public int number() {
    return number;
  }

  /** Of this number. */
  public static Optional<DaemonSignal> of(int number) {
    return Arrays.stream(values()).filter(s -> s.number == number).findFirst();
  }

  /** Of keepalived's name for what it asks for. */
  public static Optional<DaemonSignal> requested(String name) {
    return Arrays.stream(values()).filter(s -> name.equals(s.request)).findFirst();
  }

  /** Every name that {@link #requested} knows. */
  public static List<String> requests() {
    return Arrays.stream(values()).map(s -> s.request).filter(r -> r != null).toList();
  }
}
