package dev.sluice.config;

/**
 * A place in a configuration file.
 *
 * @param line from 1
 * @param column from 1, in characters
 * @param length of the offending text, at least 1
 */
public record SourcePosition(String file, int line, int column, int length) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
