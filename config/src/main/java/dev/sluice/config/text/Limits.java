package dev.sluice.config.text;

/**
 * How far a configuration may grow by itself. A file that includes itself, a definition that
 * doubles itself, a sequence to 10^12: each ends in one clear error and not in a full memory.
 */
public final class Limits {
  private Limits() {}

  /** keepalived's longest line, in bytes. */
  public static final int LINE_BYTES = 1023;

  /** Longest line after definitions are expanded, in characters. */
  public static final int EXPANDED_LINE_CHARS = 8192;

  /** Replacements of definitions in one line. */
  public static final int REPLACEMENTS_PER_LINE = 1000;

  /** Definitions and generators that are being expanded inside one another. */
  public static final int EXPANSION_DEPTH = 64;

  /** Lines that one {@code ~SEQ} or {@code ~LST} may produce. */
  public static final long LINES_PER_GENERATOR = 1_000_000;

  /** Lines that all definitions and generators of a configuration may produce. */
  public static final long GENERATED_LINES = 2_000_000;

  /** Characters that all expansions of a configuration may produce. */
  public static final long EXPANDED_CHARS = 128L << 20;

  /** Files that include one another. */
  public static final int INCLUDE_DEPTH = 32;

  /** Files of one configuration. */
  public static final int FILES = 10_000;

  /** Bytes of one file. */
  public static final long FILE_BYTES = 64L << 20;

  /** Bytes of all files together. */
  public static final long TOTAL_BYTES = 256L << 20;

  /** Blocks inside blocks. */
  public static final int BLOCK_DEPTH = 64;

  /** Messages that are kept; the rest is counted. */
  public static final int DIAGNOSTICS = 5_000;
}
