package dev.sluice.cli.doctor;

/**
 * One line of {@code sluice doctor}.
 *
 * @param subject what was looked at: {@code kernel}, {@code eth0}
 * @param fact what was found
 * @param remedy the one command that mends it; empty when nothing needs mending
 */
public record Finding(Level level, String subject, String fact, String remedy) {

  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Works, but less well, or perhaps not what was meant. */
    WARN,
    /** Does not work. */
    FAIL
  }

  static Finding ok(String subject, String fact) {
    return new Finding(Level.OK, subject, fact, "");
  }

  static Finding warn(String subject, String fact, String remedy) {
    return new Finding(Level.WARN, subject, fact, remedy);
  }

  static Finding fail(String subject, String fact, String remedy) {
    return new Finding(Level.FAIL, subject, fact, remedy);
  }
}
