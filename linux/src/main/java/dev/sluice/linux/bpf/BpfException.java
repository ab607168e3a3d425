package dev.sluice.linux.bpf;

import org.jspecify.annotations.Nullable;

/** BPF cannot be used here, or a program was refused; the message says why and what helps. */
public final class BpfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String log;

  /** With the verifier's or libbpf's own words, which may be many lines. */
  public BpfException(String message, String log, @Nullable Throwable cause) {
    super(message, cause);
    this.log = log;
  }

  /** Without a log. */
  public BpfException(String message, @Nullable Throwable cause) {
    this(message, "", cause);
  }

  /** What libbpf and the verifier said; empty when they said nothing. */
  public String log() {
    return log;
  }
}
