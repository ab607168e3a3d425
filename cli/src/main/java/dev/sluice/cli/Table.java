package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text in aligned columns, two blanks apart. Nothing is ever cut short: an address that
 * does not fit makes the line longer.
 */
public final class Table {
  private final List<Row> rows = new ArrayList<>();
  private final String indent;

  private record Row(String indent, List<String> cells) {}

  /** A table whose lines start with {@code indent}. */
  public Table(String indent) {
    this.indent = indent;
  }

  /** Adds a row; rows may differ in length. */
  public Table row(String... cells) {
    rows.add(new Row(indent, List.of(cells)));
    return this;
  }

  /** Adds a line of its own between rows, not indented. */
  public Table heading(String line) {
    rows.add(new Row("", List.of(line)));
    return this;
  }

  /** Whether no row was added. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** All lines, each with its newline, without trailing blanks. */
  public String text() {
    // The last cell of a row is not padded, so it does not count for its column's width either:
    // one long sentence at the end of a short row must not push the others apart.
    List<Integer> widths = new ArrayList<>();
    for (Row r : rows) {
      List<String> row = r.cells();
      for (int i = 0; i < row.size(); i++) {
        int width = i == row.size() - 1 ? 0 : row.get(i).length();
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    var text = new StringBuilder();
    for (Row r : rows) {
      List<String> row = r.cells();
      var line = new StringBuilder(r.indent());
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i));
        if (i < row.size() - 1) {
          line.append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
        }
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
