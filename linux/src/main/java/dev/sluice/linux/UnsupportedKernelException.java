package dev.sluice.linux;

/** The running kernel lacks a feature. */
public final class UnsupportedKernelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String feature;
  private final String minimumVersion;

  /**
   * @param feature the feature's name as kernel people write it: "tcx"
   * @param minimumVersion the first kernel that has it: "6.6"
   * @param lost what the operator loses, and what to do
   */
  public UnsupportedKernelException(String feature, String minimumVersion, String lost) {
    super("this kernel has no " + feature + " (needs Linux " + minimumVersion + "): " + lost);
    this.feature = feature;
    this.minimumVersion = minimumVersion;
  }

  /** The feature's name. */
  public String feature() {
    return feature;
  }

  /** The first kernel version that has it. */
  public String minimumVersion() {
    return minimumVersion;
  }
}
