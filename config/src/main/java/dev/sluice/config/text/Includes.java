package dev.sluice.config.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code include} and its strict variants: which files a pattern names. */
final class Includes {
  /** What a variant insists on. */
  record Strictness(boolean readable, boolean match, boolean wildcardMatch, boolean braceMatch) {
    boolean any() {
      return readable || match || wildcardMatch || braceMatch;
    }
  }

  private static final Map<String, Strictness> VARIANTS =
      Map.of(
          "include", new Strictness(false, false, false, false),
          "includer", new Strictness(true, false, false, false),
          "includem", new Strictness(true, true, false, false),
          "includew", new Strictness(true, true, true, false),
          "includeb", new Strictness(true, false, false, true),
          "includea", new Strictness(true, true, true, true));

  private static final int MATCHES = 10_000;
  private static final int ALTERNATIVES = 1_000;

  private Includes() {}

  static @Nullable Strictness variant(String keyword) {
    return keyword.startsWith("include") ? VARIANTS.get(keyword) : null;
  }

  static boolean hasWildcard(String pattern) {
    return pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0 || pattern.indexOf('[') >= 0;
  }

  /** {@code a{b,c}d} to {@code abd, acd}; nested braces, too. */
  static List<String> alternatives(String pattern) {
    List<String> done = new ArrayList<>();
    List<String> todo = new ArrayList<>(List.of(pattern));
    while (!todo.isEmpty() && done.size() + todo.size() < ALTERNATIVES) {
      String next = todo.remove(todo.size() - 1);
      int open = next.indexOf('{');
      int close = open < 0 ? -1 : matchingBrace(next, open);
      if (close < 0) {
        done.add(next);
        continue;
      }
      List<String> parts = topLevelParts(next.substring(open + 1, close));
      for (int i = parts.size() - 1; i >= 0; i--) {
        todo.add(next.substring(0, open) + parts.get(i) + next.substring(close + 1));
      }
    }
    return done;
  }

  private static int matchingBrace(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      if (text.charAt(i) == '{') {
        depth++;
      } else if (text.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private static List<String> topLevelParts(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }

  /** The paths that exist for one alternative, sorted as glob does. */
  static List<Path> matches(@Nullable Path directory, String pattern) {
    Path base = directory == null ? Path.of("") : directory;
    try {
      if (!hasWildcard(pattern)) {
        Path path = base.resolve(pattern);
        return Files.exists(path) ? List.of(path) : List.of();
      }
      List<Path> found = new ArrayList<>();
      found.add(pattern.startsWith("/") ? Path.of("/") : base);
      for (String part : pattern.split("/+", -1)) {
        if (part.isEmpty()) {
          continue;
        }
        List<Path> deeper = new ArrayList<>();
        for (Path parent : found) {
          if (!hasWildcard(part)) {
            Path child = parent.resolve(part);
            if (Files.exists(child)) {
              deeper.add(child);
            }
          } else {
            addMatches(parent, regexOf(part), part.startsWith("."), deeper);
          }
        }
        found = deeper;
      }
      return found;
    } catch (InvalidPathException e) {
      return List.of();
    }
  }

  private static void addMatches(Path parent, Pattern part, boolean hidden, List<Path> to) {
    Path listed = parent.toString().isEmpty() ? Path.of(".") : parent;
    if (!Files.isDirectory(listed)) {
      return;
    }
    List<String> names = new ArrayList<>();
    try (var stream = Files.newDirectoryStream(listed)) {
      for (Path child : stream) {
        String name = String.valueOf(child.getFileName());
        if ((hidden || !name.startsWith(".")) && part.matcher(name).matches()) {
          names.add(name);
        }
        if (names.size() > MATCHES) {
          break;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return; // A directory that cannot be listed matches nothing, as in glob.
    }
    names.sort(null);
    for (String name : names) {
      if (to.size() < MATCHES) {
        to.add(parent.resolve(name));
      }
    }
  }

  private static Pattern regexOf(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        case '[' -> {
          int close = glob.indexOf(']', i + 2);
          if (close < 0) {
            regex.append("\\[");
          } else {
            String set = glob.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[");
            regex
                .append('[')
                .append(set.startsWith("!") ? "^" + set.substring(1) : set)
                .append(']');
            i = close;
          }
        }
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString());
    } catch (java.util.regex.PatternSyntaxException e) {
      return Pattern.compile(Pattern.quote(glob));
    }
  }

  /** What a file holds, or why it cannot be read. */
  sealed interface Content {
    record Text(String text, long bytes, boolean latin1) implements Content {}

    record Unreadable(String reason) implements Content {}
  }

  static Content read(Path file, boolean mayBeExecutable) {
    try {
      if (!Files.exists(file)) {
        return new Content.Unreadable("there is no such file");
      }
      if (Files.isDirectory(file)) {
        return new Content.Unreadable("it is a directory");
      }
      if (!Files.isRegularFile(file) && !mayBeExecutable) {
        return new Content.Unreadable("it is not a regular file");
      }
      if (!mayBeExecutable && executable(file)) {
        return new Content.Unreadable("it is executable, and a configuration must not be");
      }
      if (Files.size(file) > Limits.FILE_BYTES) {
        return new Content.Unreadable("it is larger than " + (Limits.FILE_BYTES >> 20) + " MB");
      }
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes((int) Limits.FILE_BYTES + 1);
      }
      if (bytes.length > Limits.FILE_BYTES) {
        return new Content.Unreadable("it is larger than " + (Limits.FILE_BYTES >> 20) + " MB");
      }
      return decode(bytes);
    } catch (IOException | SecurityException e) {
      String reason =
          e instanceof java.nio.file.AccessDeniedException ? "permission denied" : e.getMessage();
      return new Content.Unreadable(reason == null ? "it cannot be read" : reason);
    }
  }

  private static boolean executable(Path file) throws IOException {
    try {
      return ((Integer) Files.getAttribute(file, "unix:mode") & 0111) != 0;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Content decode(byte[] bytes) {
    String fast = new String(bytes, StandardCharsets.UTF_8);
    if (fast.indexOf('\ufffd') < 0) {
      return new Content.Text(fast, bytes.length, false);
    }
    // The replacement character: written so, or put in for bytes that are no UTF-8.
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      return new Content.Text(text, bytes.length, false);
    } catch (CharacterCodingException e) {
      // Bytes of another encoding pass through one to one, as in the original.
      return new Content.Text(new String(bytes, StandardCharsets.ISO_8859_1), bytes.length, true);
    }
  }
}
