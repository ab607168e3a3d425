package dev.sluice.config;

/**
 * What script security asks about a file.
 *
 * @param exists something can be reached under the path
 * @param regular a regular file, symbolic links followed
 * @param directory a directory, symbolic links followed
 * @param executable some execute bit is set
 * @param symbolicLink the last part of the path is a symbolic link
 * @param ownerRoot the owner is root
 * @param writableByOthers someone other than root may write to it (group or world bit, or owner not
 *     root)
 */
public record FileFacts(
    boolean exists,
    boolean regular,
    boolean directory,
    boolean executable,
    boolean symbolicLink,
    boolean ownerRoot,
    boolean writableByOthers) {

  /** Nothing is there. */
  public static FileFacts absent() {
    return new FileFacts(false, false, false, false, false, false, false);
  }

  /** An executable file of root's that nobody else may change. */
  public static FileFacts safeExecutable() {
    return new FileFacts(true, true, false, true, false, true, false);
  }

  /** A directory of root's that nobody else may change. */
  public static FileFacts safeDirectory() {
    return new FileFacts(true, false, true, true, false, true, false);
  }
}
