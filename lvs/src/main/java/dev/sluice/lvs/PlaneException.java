package dev.sluice.lvs;

/** A plane could not do what it was asked; the message says what, why, and the remedy. */
public final class PlaneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the kernel's own refusal as cause. */
  public PlaneException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Without a cause below. */
  public PlaneException(String message) {
    super(message);
  }
}
