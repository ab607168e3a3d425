package dev.sluice.linux;

/**
 * The kernel refused. The message names the call, the errno by name, and what was being attempted.
 */
public final class SyscallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * @param call the C function, without parentheses
   * @param errno positive
   * @param attempt what was being done, in the operator's words: "add 10.0.0.1/32 to eth0"
   */
  public SyscallException(String call, int errno, String attempt) {
    super(
        attempt
            + ": "
            + call
            + " failed with "
            + Errno.name(errno)
            + " ("
            + Errno.text(errno)
            + ")");
    this.call = call;
    this.errno = errno;
  }

  /**
   * With words that explain more than the errno does.
   *
   * @param details what the kernel (or we) can add: "Device does not allow enslaving to a bridge"
   */
  public SyscallException(String call, int errno, String attempt, String details) {
    super(
        attempt
            + ": "
            + call
            + " failed with "
            + Errno.name(errno)
            + " ("
            + Errno.text(errno)
            + "): "
            + details);
    this.call = call;
    this.errno = errno;
  }

  /** The C function that failed. */
  public String call() {
    return call;
  }

  /** The positive errno. */
  public int errno() {
    return errno;
  }

  /** Whether it failed with this errno. */
  public boolean is(int candidate) {
    return errno == candidate;
  }
}
