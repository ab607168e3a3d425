package dev.sluice.config.text;

import org.jspecify.annotations.Nullable;

/**
 * Where a run of characters comes from.
 *
 * @param lineText the whole line as it stands in the file
 * @param line from 1
 * @param column of the run's first character, from 1
 * @param length 0: the run stands in the file as it is, so its n-th character is at column + n.
 *     Else the run replaced that many characters, {@code ${NAME}}, and all of it is at this column
 * @param definition for a replaced run: where the definition's text stands; null where it was
 *     computed
 */
public record Origin(
    SourceText source,
    String lineText,
    int line,
    int column,
    int length,
    @Nullable Origin definition) {

  Origin advanced(int by) {
    if (by == 0) {
      return this;
    }
    if (length == 0) {
      return new Origin(source, lineText, line, column + by, 0, null);
    }
    return definition == null
        ? this
        : new Origin(source, lineText, line, column, length, definition.advanced(by));
  }
}
