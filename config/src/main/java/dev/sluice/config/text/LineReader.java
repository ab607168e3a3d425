package dev.sluice.config.text;

import dev.sluice.config.ConfigEnvironment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files to lines that hold either words, or one brace. Each line goes through the stages in
 * keepalived's order: comment off, conditional {@code @id}, definition, generator, expansion,
 * include, braces apart.
 */
public final class LineReader {
  private final StringPool pool = new StringPool();
  private final ConfigEnvironment environment;
  private final Diagnostics diagnostics;
  private final Definitions definitions;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final Deque<Residue> residue = new ArrayDeque<>();
  private final Deque<Traced> pushedBack = new ArrayDeque<>();
  private @Nullable PendingDefinition pending;
  private Includes.Strictness defaultStrictness =
      new Includes.Strictness(false, false, false, false);
  private long generated;
  private int expansionDepth;
  private int files;
  private int fileDepth;
  private long totalBytes;
  private @Nullable Traced last;
  private SourceText staged = new SourceText("", "", null, null, pool);

  /** Something lines come from. */
  private sealed interface Frame {
    record File(SourceText source, @Nullable Path real) implements Frame {}

    record Lines(Deque<Traced> lines, SourceText source) implements Frame {}

    record Turns(Generator generator, SourceText source) implements Frame {}
  }

  /** What stood behind a brace. */
  private record Residue(Traced line, SourceText source) {}

  private record PendingDefinition(String name, List<Traced> lines) {}

  public LineReader(ConfigEnvironment environment, Diagnostics diagnostics) {
    this.environment = environment;
    this.diagnostics = diagnostics;
    this.definitions = new Definitions(environment, diagnostics);
  }

  /** Begins with a text. */
  public void open(String name, String text, @Nullable Path directory) {
    frames.push(new Frame.File(new SourceText(name, text, directory, null, pool), null));
    files++;
    fileDepth++;
    totalBytes += text.length();
  }

  /** Begins with a file; false when it cannot be read, which is reported. */
  public boolean open(Path file) {
    Includes.Content content = Includes.read(file, true);
    return switch (content) {
      case Includes.Content.Unreadable(String reason) -> {
        diagnostics.add(
            dev.sluice.config.Diagnostic.Severity.FATAL,
            Diagnostics.Effect.NO_CONFIGURATION,
            "unreadable-file",
            null,
            "cannot read " + file + ": " + reason,
            "there is no configuration",
            "check the path and its permissions");
        yield false;
      }
      case Includes.Content.Text text -> {
        frames.push(
            new Frame.File(
                new SourceText(
                    file.toString(), text.text(), file.toAbsolutePath().getParent(), null, pool),
                real(file)));
        files++;
        fileDepth++;
        totalBytes += text.bytes();
        yield true;
      }
    };
  }

  private static @Nullable Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (java.io.IOException e) {
      return null;
    }
  }

  /** {@code random_seed}. */
  public void seed(long seed) {
    definitions.seed(seed);
  }

  /** {@code include_check}: what a plain {@code include} insists on from here. */
  public void includeCheck(boolean read, boolean match, boolean wildcardMatch, boolean braceMatch) {
    defaultStrictness = new Includes.Strictness(read, match, wildcardMatch, braceMatch);
  }

  /** The line that was given last; for messages about the end of the text. */
  public @Nullable Traced last() {
    return last;
  }

  /** Gives a line back: it is the next one again. */
  public void pushBack(Traced line) {
    pushedBack.push(line);
  }

  public static boolean isOpen(Traced line) {
    return line.length() == 1 && line.charAt(0) == '{';
  }

  public static boolean isClose(Traced line) {
    return line.length() == 1 && line.charAt(0) == '}';
  }

  /** The next line: never blank, either words or one brace. Null at the end. */
  public @Nullable Traced next() {
    Traced given = pushedBack.poll();
    if (given != null) {
      return given;
    }
    Traced line = nextWhole();
    if (line == null) {
      return null;
    }
    line = splitBraces(line);
    last = line;
    return line;
  }

  /** Cuts at the first brace outside double quotes; what follows is the next line. */
  private Traced splitBraces(Traced line) {
    String text = line.text();
    int brace = firstBrace(text);
    if (brace < 0) {
      return line;
    }
    if (brace > 0 && text.charAt(brace) == '{' && text.charAt(brace - 1) == '$') {
      undefined(line, brace);
    }
    int cut = brace == 0 ? 1 : brace;
    Traced rest = line.stripped(cut, text.length());
    if (!rest.isEmpty()) {
      residue.push(new Residue(rest, staged));
    }
    return line.stripped(0, cut);
  }

  /** {@code ${NAME}} that nothing defines: its brace counts as a brace, as in the original. */
  private void undefined(Traced line, int brace) {
    int end = line.text().indexOf('}', brace);
    if (end < 0) {
      return;
    }
    At at = new At(line, brace - 1, end + 1);
    diagnostics.error(
        at,
        "undefined-name",
        "nothing defines " + line.text().substring(brace - 1, end + 1) + " here",
        "keepalived takes the brace for the start of a block",
        "$" + line.text().substring(brace + 1, end) + "=value, above this line");
    diagnostics.muteLine(at);
  }

  private static int firstBrace(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{' || c == '}') {
        return i;
      }
      if (c == '"') {
        i = text.indexOf('"', i + 1);
        if (i < 0) {
          return -1;
        }
      }
    }
    return -1;
  }

  /** The next line after all stages but the braces. */
  private @Nullable Traced nextWhole() {
    while (true) {
      Residue behind = residue.poll();
      if (behind != null) {
        // What stands behind a brace goes through the stages as a line of its own.
        staged = behind.source();
        Traced ready = stages(behind.line(), behind.source());
        if (ready != null) {
          return ready;
        }
        continue;
      }
      Frame frame = frames.peek();
      if (frame == null) {
        return null;
      }
      Traced line = raw(frame);
      if (line == null) {
        continue; // The frame was at its end and has been taken off.
      }
      if (pending != null) {
        continueDefinition(line);
        continue;
      }
      staged = sourceOf(frame);
      Traced ready = line.isEmpty() ? null : stages(line, staged);
      if (ready != null) {
        return ready;
      }
    }
  }

  private static SourceText sourceOf(Frame frame) {
    return switch (frame) {
      case Frame.File(SourceText source, Path _) -> source;
      case Frame.Lines(Deque<Traced> _, SourceText source) -> source;
      case Frame.Turns(Generator _, SourceText source) -> source;
    };
  }

  private @Nullable Traced raw(Frame frame) {
    return switch (frame) {
      case Frame.File(SourceText source, Path _) -> {
        if (!source.advance()) {
          frames.pop();
          fileDepth--;
          yield null;
        }
        yield rawLine(source);
      }
      case Frame.Lines(Deque<Traced> lines, SourceText _) -> generated(lines.poll());
      case Frame.Turns(Generator generator, SourceText _) -> generated(generator.next(definitions));
    };
  }

  private @Nullable Traced generated(@Nullable Traced line) {
    if (line == null) {
      frames.pop();
      expansionDepth--;
      return null;
    }
    if (++generated > Limits.GENERATED_LINES) {
      diagnostics.error(
          At.all(line),
          "too-many-lines",
          "definitions and generators produced more than " + Limits.GENERATED_LINES + " lines",
          "nothing more is generated",
          "a definition must not contain itself");
      dropExpansions();
      return null;
    }
    return line;
  }

  private void dropExpansions() {
    frames.removeIf(frame -> !(frame instanceof Frame.File));
    expansionDepth = 0;
  }

  /** The line a file is at, its comment off. Empty where nothing is left. */
  private Traced rawLine(SourceText source) {
    String characters = source.characters();
    int start = source.lineStart();
    int end = source.lineEnd();
    if (tooLong(characters, start, end)) {
      diagnostics.error(
          new At(Traced.inLine(characters.substring(start, start + 60), source, 0), 0, 60),
          "line-too-long",
          "the line is longer than " + Limits.LINE_BYTES + " bytes",
          "it is ignored",
          "cut it, for example with a definition: $NAME=value");
      return Traced.inLine("", source, 0);
    }
    int nul = characters.indexOf('\0', start, end);
    if (nul >= 0) {
      int at = nul - start;
      diagnostics.error(
          new At(Traced.inLine(characters.substring(start, end), source, 0), at, at + 1),
          "nul-byte",
          "the line contains a NUL byte",
          "it is ignored",
          "");
      return Traced.inLine("", source, 0);
    }
    return decomment(source, characters, start, end);
  }

  private static boolean tooLong(String text, int start, int end) {
    int length = end - start;
    if (length * 3L <= Limits.LINE_BYTES) {
      return false;
    }
    if (length > Limits.LINE_BYTES) {
      return true;
    }
    int bytes = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes > Limits.LINE_BYTES;
  }

  /** Takes blanks and comment off; a trailing backslash survives. */
  private Traced decomment(SourceText source, String text, int start, int stop) {
    int from = start;
    while (from < stop && Traced.isBlank(text.charAt(from))) {
      from++;
    }
    boolean quote = false;
    int quoteAt = from;
    int end = stop;
    Traced.@Nullable Builder built = null;
    int copied = from;
    for (int i = from; i < stop; i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quote = !quote;
        quoteAt = i;
      } else if (c == '\\' && i + 1 < stop) {
        char escaped = text.charAt(i + 1);
        if (!quote && (escaped == '#' || escaped == '!')) {
          if (built == null) {
            built = new Traced.Builder();
          }
          built.append(Traced.inLine(text.substring(copied, i), source, copied - start));
          copied = i + 1;
        }
        i++;
      } else if (!quote && (c == '#' || c == '!')) {
        end = i;
        break;
      }
    }
    if (quote) {
      diagnostics.error(
          new At(
              Traced.inLine(text.substring(start, stop), source, 0), quoteAt - start, stop - start),
          "unmatched-quote",
          "a quote is opened and not closed on this line",
          "the rest of the line counts as quoted",
          "close it with another \"");
    }
    while (end > copied && Traced.isBlank(text.charAt(end - 1))) {
      end--;
    }
    int first = Math.min(copied, end);
    Traced tail = Traced.inLine(pool.text(text, first, end), source, copied - start);
    return built == null ? tail : built.append(tail).build(tail.originAt(0));
  }

  private void continueDefinition(Traced line) {
    PendingDefinition open = pending;
    if (open == null) {
      return;
    }
    String text = line.text();
    boolean more = text.endsWith("\\");
    Traced content = more ? line.substring(0, text.length() - 1).strip() : line;
    if (!content.isEmpty()) {
      open.lines().add(content);
    }
    if (!more || open.lines().size() > Limits.LINES_PER_GENERATOR) {
      pending = null;
      definitions.define(new Definitions.Definition(open.name(), open.lines(), true));
    }
  }

  /** Everything between the raw line and its braces; null when nothing is left to be read. */
  private @Nullable Traced stages(Traced raw, SourceText source) {
    Traced line = raw;
    for (int round = 0; round < Limits.EXPANSION_DEPTH; round++) {
      if (line.isEmpty()) {
        return null;
      }
      if (line.charAt(0) == '@') {
        Traced kept = conditional(line);
        if (kept == null) {
          return null;
        }
        line = kept;
      }
      if (line.charAt(0) == '$') {
        int name = Definitions.definedNameLength(line.text());
        if (name > 0) {
          define(line, name);
          return null;
        }
      }
      if (Generator.opens(line.text())) {
        generate(line, source);
        return null;
      }
      if (line.text().indexOf('$') >= 0) {
        Definitions.Expansion expansion = definitions.expand(line, source);
        if (expansion.changed()) {
          push(new Frame.Lines(new ArrayDeque<>(expansion.more()), source), line);
          line = expansion.text().strip();
          if (!line.isEmpty() && (line.charAt(0) == '@' || line.charAt(0) == '~')) {
            continue;
          }
        }
      }
      return line.isEmpty() || include(line, source) ? null : line;
    }
    return null;
  }

  private void push(Frame frame, Traced cause) {
    if (frame instanceof Frame.Lines lines && lines.lines().isEmpty()) {
      return;
    }
    if (++expansionDepth > Limits.EXPANSION_DEPTH) {
      diagnostics.error(
          At.all(cause),
          "expansion-too-deep",
          "definitions or generators contain one another more than "
              + Limits.EXPANSION_DEPTH
              + " deep",
          "what they would still produce is dropped",
          "a definition must not contain itself");
      dropExpansions();
      return;
    }
    frames.push(frame);
  }

  /** So that one file can serve keepalived and us. */
  private static final String OWN_ID = "sluice";

  /** {@code @id text}, {@code @^id text}; the id {@code sluice} is always ours. */
  private @Nullable Traced conditional(Traced line) {
    String text = line.text();
    boolean differs = text.startsWith("@^");
    int from = differs ? 2 : 1;
    int blank = from;
    while (blank < text.length() && !Traced.isBlank(text.charAt(blank))) {
      blank++;
    }
    if (blank >= text.length()) {
      return null;
    }
    String id = text.substring(from, blank);
    boolean equal = id.equals(environment.configId()) || id.equals(OWN_ID);
    if (equal == differs) {
      return null;
    }
    Traced rest = line.substring(blank).strip();
    return rest.isEmpty() ? null : rest;
  }

  private void define(Traced line, int nameLength) {
    String name = line.text().substring(1, 1 + nameLength);
    Traced value = line.substring(nameLength + 2).strip();
    if (value.text().endsWith("\\")) {
      List<Traced> lines = new ArrayList<>();
      Traced first = value.substring(0, value.length() - 1).strip();
      if (!first.isEmpty()) {
        lines.add(first);
      }
      pending = new PendingDefinition(name, lines);
    } else {
      definitions.define(new Definitions.Definition(name, List.of(value), false));
    }
  }

  private void generate(Traced line, SourceText source) {
    Generator generator = Generator.parse(line, definitions, source, diagnostics);
    if (generator != null) {
      push(new Frame.Turns(generator, source), line);
    }
  }

  /** Whether the line is an include; its files are read next. */
  private boolean include(Traced line, SourceText source) {
    String text = line.text();
    if (!text.startsWith("include")) {
      return false;
    }
    List<Word> words = Words.plain(line, diagnostics);
    Includes.Strictness strictness = words.isEmpty() ? null : Includes.variant(words.get(0).text());
    if (strictness == null || words.size() < 2) {
      return false;
    }
    if (words.get(0).text().equals("include")) {
      strictness = defaultStrictness;
    }
    Word pattern = words.get(1);
    List<Frame.File> found = new ArrayList<>();
    boolean missed = false;
    boolean matched = false;
    for (String alternative : Includes.alternatives(pattern.text())) {
      List<Path> matches = Includes.matches(source.directory(), alternative);
      missed |= matches.isEmpty();
      matched |= !matches.isEmpty();
      for (Path match : matches) {
        Frame.File file = includedFile(match, pattern, strictness, line);
        if (file != null) {
          found.add(file);
        }
      }
    }
    boolean wildcard = Includes.hasWildcard(pattern.text());
    boolean faulty =
        (!matched && (wildcard ? strictness.wildcardMatch() : strictness.match()))
            || (matched && missed && strictness.braceMatch());
    if (!matched || faulty) {
      unmatched(pattern, faulty);
    }
    for (int i = found.size() - 1; i >= 0; i--) {
      frames.push(found.get(i));
    }
    return true;
  }

  private void unmatched(Word pattern, boolean faulty) {
    diagnostics.add(
        faulty
            ? dev.sluice.config.Diagnostic.Severity.FATAL
            : dev.sluice.config.Diagnostic.Severity.WARNING,
        faulty ? Diagnostics.Effect.NO_CONFIGURATION : Diagnostics.Effect.NONE,
        "include-no-match",
        pattern.at(),
        "no file matches '" + pattern.text() + "'",
        faulty ? "the configuration is refused" : "nothing is included",
        "the pattern is relative to the directory of this file");
  }

  private Frame.@Nullable File includedFile(
      Path file, Word pattern, Includes.Strictness strictness, Traced line) {
    Path real = real(file);
    if (real != null) {
      for (Frame frame : frames) {
        if (frame instanceof Frame.File(SourceText _, Path open) && real.equals(open)) {
          refuseInclude(pattern, file + " would include itself", "it is not read again");
          return null;
        }
      }
    }
    if (fileDepth >= Limits.INCLUDE_DEPTH || ++files > Limits.FILES) {
      refuseInclude(pattern, "too many files include one another (" + file + ")", "it is not read");
      return null;
    }
    Includes.Content content = Includes.read(file, false);
    return switch (content) {
      case Includes.Content.Unreadable(String reason) -> {
        boolean faulty = strictness.readable();
        diagnostics.add(
            faulty
                ? dev.sluice.config.Diagnostic.Severity.FATAL
                : dev.sluice.config.Diagnostic.Severity.WARNING,
            faulty ? Diagnostics.Effect.NO_CONFIGURATION : Diagnostics.Effect.NONE,
            "include-unreadable",
            pattern.at(),
            "cannot include " + file + ": " + reason,
            faulty ? "the configuration is refused" : "it is left out",
            "");
        yield null;
      }
      case Includes.Content.Text text -> {
        if ((totalBytes += text.bytes()) > Limits.TOTAL_BYTES) {
          refuseInclude(pattern, "the files together are too large", file + " is not read");
          yield null;
        }
        fileDepth++;
        yield new Frame.File(
            new SourceText(
                file.toString(),
                text.text(),
                file.toAbsolutePath().getParent(),
                line.originAt(pattern.from()),
                pool),
            real);
      }
    };
  }

  private void refuseInclude(Word pattern, String message, String consequence) {
    diagnostics.error(pattern.at(), "include", message, consequence, "break the circle");
  }
}
