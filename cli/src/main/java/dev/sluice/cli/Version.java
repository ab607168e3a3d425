package dev.sluice.cli;

/** Which sluice this is. */
public final class Version {
  private Version() {}

  /** As the build stamped the module; {@code development} when run from class files. */
  public static String text() {
    var descriptor = Version.class.getModule().getDescriptor();
    return descriptor == null ? "development" : descriptor.rawVersion().orElse("development");
  }
}
