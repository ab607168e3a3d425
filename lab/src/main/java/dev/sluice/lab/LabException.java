package dev.sluice.lab;

/** A network on this machine could not be built; the message names the command and its answer. */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what was attempted and what came back. */
  public LabException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
