package dev.sluice.vrrp.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the recorded frames; the format is described beside them. */
final class GoldenFrames {
  private GoldenFrames() {}

  /** A frame: its file, its number in it, the recorder's own decoding, the bytes. */
  record Frame(String file, int number, String comment, String hex) {
    byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
      return file + " #" + number + " " + comment;
    }
  }

  /** The folder of the recordings; it may be absent. */
  static Path folder() {
    return root().resolve("../shared/reference/golden/vrrp").normalize();
  }

  private static Path root() {
    String property = System.getProperty("sluice.root");
    if (property != null && Files.isDirectory(Path.of(property, ".mvn"))) {
      return Path.of(property);
    }
    Path at = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (!Files.isDirectory(at.resolve(".mvn")) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  static List<Frame> all() {
    try (var files = Files.list(folder())) {
      List<Frame> frames = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".hex")).sorted().toList()) {
        read(file, frames);
      }
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(Path file, List<Frame> into) throws IOException {
    String name = file.getFileName().toString();
    int number = 0;
    for (String block : Pattern.compile("\n\n").split(Files.readString(file), -1)) {
      String comment = "";
      StringBuilder hex = new StringBuilder();
      int length = -1;
      for (String line : block.lines().toList()) {
        if (line.startsWith("#")) {
          comment = line.substring(1).strip();
        } else if (line.startsWith("@")) {
          length = Integer.parseInt(line.substring(line.indexOf(' ') + 1).strip());
        } else {
          hex.append(line.replace(" ", ""));
        }
      }
      if (length < 0) {
        continue;
      }
      if (hex.length() != 2 * length) {
        throw new IllegalStateException(file + ": " + length + " bytes announced: " + comment);
      }
      into.add(new Frame(name, ++number, comment, hex.toString()));
    }
  }
}
