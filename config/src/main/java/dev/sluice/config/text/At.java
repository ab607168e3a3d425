package dev.sluice.config.text;

/** A stretch of a traced line: what a message points at. */
public record At(Traced line, int from, int to) {
  /** All of a line. */
  public static At all(Traced line) {
    return new At(line, 0, line.length());
  }
}
