package dev.sluice.config.text;

/**
 * One word of a line.
 *
 * @param text without its quotes, escapes resolved
 * @param from where it begins in the line, quote included
 * @param to one behind its end
 */
public record Word(String text, Traced line, int from, int to, boolean quoted) {
  /** What a message points at. */
  public At at() {
    return new At(line, from, to);
  }

  @Override
  public String toString() {
    return text;
  }
}
