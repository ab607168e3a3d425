package dev.sluice.config.table;

import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Limits;
import dev.sluice.config.text.LineReader;
import dev.sluice.config.text.Traced;
import dev.sluice.config.text.Word;
import dev.sluice.config.text.Words;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines to builders, by the tables. Knows how to go on after a mistake; knows no keyword.
 *
 * <p>After an unknown word that opens a block, the block is skipped whole: one message. Elsewhere a
 * surplus brace is passed over and the lines behind it count as lines of the block they stand in,
 * as in the original.
 */
public final class Parser {
  private final Context context;
  private final LineReader reader;
  private final Diagnostics diagnostics;
  private final Block<?> root;
  private final Map<String, String> elsewhere = new HashMap<>();
  private final java.util.Set<String> outermost = new java.util.HashSet<>();
  private boolean unwinding;
  private int missingBraces;
  private @Nullable At openBlock;

  public Parser(Context context, Block<?> root) {
    this.context = context;
    this.reader = context.reader();
    this.diagnostics = context.diagnostics();
    this.root = root;
  }

  /** Reads everything into the root's builder. */
  public <R> void parse(Block<R> table, R builder) {
    outermostBlocks();
    body(table, builder, 0, null);
    if (missingBraces > 0) {
      Traced last = reader.last();
      At at = openBlock != null ? openBlock : last == null ? null : At.all(last);
      diagnostics.error(
          at,
          "missing-close-brace",
          missingBraces == 1
              ? "this block is never closed: a '}' is missing"
              : "blocks are never closed: " + missingBraces + " '}' are missing",
          "what was read is kept",
          "close every block; 'sluice fmt' shows the nesting by indentation");
    }
  }

  private <B> void body(Block<B> block, B builder, int depth, @Nullable At opened) {
    int surplus = 0;
    while (true) {
      Traced line = reader.next();
      if (line == null) {
        missingBraces += surplus + (depth > 0 ? 1 : 0);
        if (openBlock == null) {
          openBlock = opened;
        }
        return;
      }
      if (LineReader.isOpen(line)) {
        surplus++;
        diagnostics.error(
            At.all(line),
            "unexpected-brace",
            "unexpected '{'",
            "ignored",
            "nothing opens a block here");
      } else if (LineReader.isClose(line)) {
        if (surplus > 0) {
          surplus--;
        } else if (depth > 0) {
          return;
        } else {
          diagnostics.error(
              At.all(line), "extra-brace", "unexpected '}'", "ignored", "no block is open here");
        }
      } else {
        line(block, builder, line, depth);
      }
      if (unwinding) {
        if (depth > 0) {
          return; // A block that only stands at the outermost level has begun.
        }
        unwinding = false;
      }
    }
  }

  /** Blocks that stand nowhere but at the outermost level. */
  private void outermostBlocks() {
    java.util.Set<String> inner = new java.util.HashSet<>();
    innerNames(root, new java.util.HashSet<>(), inner);
    for (Keyword<?> row : root.rows()) {
      if (row.isBlock() && !inner.contains(row.name())) {
        outermost.add(row.name());
      }
    }
  }

  private static void innerNames(
      Block<?> block, java.util.Set<Block<?>> visited, java.util.Set<String> into) {
    for (Keyword<?> row : block.rows()) {
      Block<?> table = row.block();
      if (table != null && visited.add(table)) {
        table.rows().forEach(inner -> into.add(inner.name()));
        innerNames(table, visited, into);
      }
    }
  }

  /** Whether a block of the outermost level begins here, where another is still open. */
  private boolean beginsOutermost(Traced line) {
    String text = line.text();
    int end = 0;
    while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '\t') {
      end++;
    }
    if (!outermost.contains(text.substring(0, end))) {
      return false;
    }
    Traced next = reader.next();
    if (next != null) {
      reader.pushBack(next);
    }
    return next != null && LineReader.isOpen(next);
  }

  private void unwind(Traced line, String what) {
    unwinding = true;
    reader.pushBack(line);
    diagnostics.error(
        At.all(line),
        "missing-close-brace",
        "a '}' is missing before this line: " + what + " is still open",
        "the open blocks end here",
        "close them, or move this block out of them");
  }

  private <B> void line(Block<B> block, B builder, Traced line, int depth) {
    List<Word> words = Words.plain(line, diagnostics);
    if (words.isEmpty()) {
      return;
    }
    Word first = words.get(0);
    Keyword<B> row = block.find(first.text());
    if (row == null && depth > 0 && beginsOutermost(line)) {
      unwind(line, block.name());
      return;
    }
    if (row == null || !row.dialect().isEmpty()) {
      unknown(block, row, first, line);
      return;
    }
    remarks(row, first);
    switch (row.shape()) {
      case Keyword.Shape.Values<B, ?> values -> values(row, values, builder, words, line);
      case Keyword.Shape.Lines<B> lines -> lines(row, lines, builder, words);
      case Keyword.Shape.NamedLines<B, ?> lines -> namedLines(row, lines, builder, words);
      case Keyword.Shape.Sub<B, ?> sub -> sub(sub, builder, words, depth);
    }
  }

  private <B> void remarks(Keyword<B> row, Word word) {
    if (row.deprecatedNames().contains(word.text())) {
      diagnostics.warning(
          word.at(),
          "deprecated",
          "'" + word.text() + "' is an old name",
          "it is understood",
          "write '" + row.name() + "'");
    }
    if (!row.deprecation().isEmpty()) {
      diagnostics.warning(
          word.at(),
          "deprecated",
          "'" + word.text() + "' is deprecated",
          "it is understood",
          row.deprecation());
    }
    if (row.built() == Keyword.Built.NOT_YET) {
      context.notYet(word.at(), "'" + word.text() + "'");
    }
  }

  private <B, T> void values(
      Keyword<B> row, Keyword.Shape.Values<B, T> values, B builder, List<Word> plain, Traced line) {
    ValueType<T> type = values.type();
    List<Word> words = type.escaped() ? Words.escaped(line, diagnostics) : plain;
    if (words.isEmpty()) {
      return;
    }
    if (words.size() == 1 && row.absenceTolerated() && hasQuote(line)) {
      return; // An unmatched quote took the parameter away; it has been reported.
    }
    if (words.size() == 1 && type.required() && row.absenceTolerated()) {
      diagnostics.error(
          words.get(0).at(),
          "missing-parameter",
          "'" + row.name() + "' lacks its parameter: " + type.syntax(),
          "ignored",
          "");
      return;
    }
    if (words.size() == 1 && plain.size() == 1 && type.escaped() && hasQuote(line)) {
      return; // An unmatched quote took the parameter away; it has been reported.
    }
    Args args = new Args(context, row.name(), row.fallback(), words, 1);
    T value = type.read(args);
    if (value != null) {
      values.set().set(builder, value, args);
      Word surplus = args.peek();
      if (surplus != null) {
        diagnostics.lint(
            surplus.at(),
            "extra-words",
            "'" + row.name() + "' does not read '" + surplus.text() + "'",
            "it is passed over",
            type.syntax().isEmpty() ? "" : row.name() + " " + type.syntax());
      }
    }
  }

  private static boolean hasQuote(Traced line) {
    return line.text().indexOf('"') >= 0 || line.text().indexOf('\'') >= 0;
  }

  private <B> void lines(
      Keyword<?> row, Keyword.Shape.Lines<B> lines, B builder, List<Word> header) {
    if (header.size() > 1) {
      Word surplus = header.get(1);
      diagnostics.error(
          surplus.at(),
          "extra-words",
          "block '" + row.name() + "' takes no parameter '" + surplus.text() + "'",
          "it is passed over",
          "");
    }
    lines.begin().accept(builder);
    Traced line = reader.next();
    if (line != null && !LineReader.isOpen(line)) {
      diagnostics.error(
          header.get(0).at(),
          "missing-open-brace",
          "'{' is missing after '" + row.name() + "'",
          "the lines that follow are read as its content",
          "");
      reader.pushBack(line);
    }
    int surplus = 0;
    int content = 0;
    while (true) {
      line = reader.next();
      if (line == null) {
        missingBraces += 1 + surplus;
        if (openBlock == null) {
          openBlock = header.get(0).at();
        }
        return;
      }
      if (LineReader.isClose(line)) {
        if (surplus == 0) {
          if (content == 0 && row.lineNeeded()) {
            diagnostics.error(
                header.get(0).at(),
                "empty-block",
                "block '" + row.name() + "' is empty",
                "",
                lines.lineSyntax());
          }
          return;
        }
        surplus--;
      } else if (LineReader.isOpen(line)) {
        surplus++;
        diagnostics.error(
            At.all(line),
            "unexpected-brace",
            "unexpected '{'",
            "ignored",
            "a line holds " + lines.lineSyntax());
      } else {
        if (beginsOutermost(line)) {
          unwind(line, row.name());
          return;
        }
        List<Word> words = Words.plain(line, diagnostics);
        content++;
        if (!words.isEmpty()) {
          lines.line().accept(builder, new Args(context, row.name(), "", words, 0));
        }
      }
    }
  }

  private <B, C> void namedLines(
      Keyword<B> row, Keyword.Shape.NamedLines<B, C> lines, B builder, List<Word> header) {
    Args args = new Args(context, row.name(), "", header, 1);
    C child = lines.open().apply(builder, args);
    if (child == null) {
      Traced line = reader.next();
      if (line != null && LineReader.isOpen(line)) {
        skip();
      } else if (line != null) {
        reader.pushBack(line);
      }
      return;
    }
    lines(
        row,
        new Keyword.Shape.Lines<C>(lines.lineSyntax(), _ -> {}, lines.line()),
        child,
        header.subList(0, 1));
    lines.close().close(builder, child, context);
  }

  private <B, C> void sub(Keyword.Shape.Sub<B, C> sub, B builder, List<Word> header, int depth) {
    Args args = new Args(context, header.get(0).text(), "", header, 1);
    C child = depth >= Limits.BLOCK_DEPTH ? null : sub.open().apply(builder, args);
    Traced line = reader.next();
    boolean opened = line != null && LineReader.isOpen(line);
    if (!opened && line != null) {
      reader.pushBack(line);
    }
    if (child == null) {
      if (opened) {
        skip();
      }
      return;
    }
    Word surplus = args.peek();
    if (surplus != null) {
      diagnostics.lint(
          surplus.at(),
          "extra-words",
          "'" + header.get(0).text() + "' does not read '" + surplus.text() + "'",
          "it is passed over",
          "");
    }
    if (!opened) {
      diagnostics.error(
          new At(header.get(0).line(), header.get(0).from(), header.get(header.size() - 1).to()),
          "missing-open-brace",
          "'{' is missing after '" + header.get(0).text() + "'",
          "the lines that follow are read as its content",
          "write '{' at the end of this line");
    }
    body(sub.block(), child, depth + 1, args.line());
    sub.close().close(builder, child, context);
  }

  /** Passes over a block whose opening brace has been read; the number of its lines. */
  private int skip() {
    int depth = 1;
    int lines = 0;
    while (depth > 0) {
      Traced line = reader.next();
      if (line == null) {
        missingBraces += depth;
        return lines;
      }
      if (LineReader.isOpen(line)) {
        depth++;
      } else if (LineReader.isClose(line)) {
        depth--;
      } else if (beginsOutermost(line)) {
        unwind(line, "a block that was skipped");
        return lines;
      } else {
        lines++;
      }
    }
    return lines;
  }

  private <B> void unknown(Block<B> block, @Nullable Keyword<B> dialect, Word word, Traced line) {
    Traced next = reader.next();
    boolean opens = next != null && LineReader.isOpen(next);
    String consequence;
    if (opens) {
      int from = line.lineOf(0);
      skip();
      Traced last = reader.last();
      int to = last == null ? from : last.lineOf(0);
      consequence =
          to > from ? "the block is skipped, lines " + from + " to " + to : "the block is skipped";
    } else {
      if (next != null) {
        reader.pushBack(next);
      }
      consequence = "ignored";
    }
    diagnostics.error(
        new At(line, word.from(), word.to()),
        "unknown-keyword",
        "unknown keyword '" + word.text() + "'" + (block == root ? "" : " in " + block.name()),
        consequence,
        dialect != null ? dialect.dialect() : remedy(block, word));
  }

  private String remedy(Block<?> block, Word word) {
    if (diagnostics.full()) {
      return "";
    }
    String text = word.text();
    if (text.startsWith("\ufeff")) {
      return "the file begins with a byte order mark: save it without";
    }
    if (text.startsWith("$")) {
      return "a definition is $NAME=value: no blank before '=', and a name begins with a letter";
    }
    java.util.Optional<String> near = Nearest.of(text, block.names());
    if (near.isPresent()) {
      return "did you mean '" + near.get() + "'?";
    }
    if (elsewhere.isEmpty()) {
      collect(root, new java.util.HashSet<>());
    }
    String home = elsewhere.get(text);
    return home == null ? "" : "'" + text + "' belongs into " + home;
  }

  private void collect(Block<?> block, java.util.Set<Block<?>> visited) {
    if (!visited.add(block)) {
      return;
    }
    for (Keyword<?> row : block.rows()) {
      elsewhere.putIfAbsent(row.name(), block == root ? "the top level" : block.name());
      Block<?> inner = row.block();
      if (inner != null) {
        collect(inner, visited);
      }
    }
  }
}
