package dev.sluice.config.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number that a {@code track_file} holds: its first word, decimal, octal after {@code 0} or
 * hexadecimal after {@code 0x}. A file that is missing or empty holds 0, and so does one with
 * something else.
 *
 * @param evidence how the number came about, for people
 */
public record FileNumber(long value, String evidence) {
  private static final int MOST = 256;
  private static final Pattern NUMBER =
      Pattern.compile("([+-]?)(?:0[xX]([0-9a-fA-F]{1,15})|0([0-7]{1,18})|([0-9]{1,18}))");

  /** The number of a file that is not there. */
  public static FileNumber absent(String file) {
    return new FileNumber(0, file + " does not exist, which counts as 0");
  }

  /** The number of a file that cannot be read. */
  public static FileNumber unreadable(String file, String why) {
    return new FileNumber(0, file + " cannot be read, which counts as 0: " + why);
  }

  /** The number that this content stands for. */
  public static FileNumber of(String file, String content) {
    String text = content.strip();
    int end = 0;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String word = text.substring(0, end);
    if (word.isEmpty()) {
      return new FileNumber(0, file + " is empty, which counts as 0");
    }
    Matcher number = NUMBER.matcher(word);
    if (!number.matches()) {
      String shown = word.length() > 40 ? word.substring(0, 39) + "…" : word;
      return new FileNumber(0, file + " holds '" + shown + "', no number, which counts as 0");
    }
    long value =
        number.group(2) != null
            ? Long.parseLong(number.group(2), 16)
            : number.group(3) != null
                ? Long.parseLong(number.group(3), 8)
                : Long.parseLong(number.group(4));
    if (number.group(1).equals("-")) {
      value = -value;
    }
    return new FileNumber(value, file + " holds " + value);
  }

  /** The number that a file holds now; reads it, so off every thread that must not wait. */
  public static FileNumber read(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      // A pipe would be waited for.
      return FileNumber.unreadable(path.toString(), "it is no regular file");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return FileNumber.of(
          path.toString(), new String(in.readNBytes(MOST), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return FileNumber.absent(path.toString());
    } catch (IOException e) {
      return FileNumber.unreadable(path.toString(), String.valueOf(e.getMessage()));
    }
  }
}
