package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The files that are generated from {@code verdicts.def} are what they would be if generated now.
 * After a change: run this test with {@code -Dsluice.generate=true}, then the formatter.
 */
class VerdictsTest {
  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final Path BPF = MODULE.resolve("src/main/bpf");
  private static final Path JAVA = MODULE.resolve("src/main/java/dev/sluice/plane/xdp");

  private record Verdicts(List<String[]> verdicts, List<String[]> events) {}

  private static Verdicts definitions() throws IOException {
    List<String[]> verdicts = new ArrayList<>();
    List<String[]> events = new ArrayList<>();
    for (String line : Files.readAllLines(BPF.resolve("verdicts.def"))) {
      if (line.startsWith("VERDICT ")) {
        verdicts.add(line.split(" ", 4));
      } else if (line.startsWith("EVENT ")) {
        String[] words = line.split(" ", 3);
        events.add(new String[] {words[0], words[1], "", words[2]});
      }
    }
    return new Verdicts(verdicts, events);
  }

  @Test
  void theHeaderIsGenerated() throws IOException {
    Verdicts d = definitions();
    int passing = 0;
    StringBuilder out =
        new StringBuilder(
            """
            /* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
            /* Generated from verdicts.def; do not edit. */
            #ifndef SLUICE_VERDICT_H
            #define SLUICE_VERDICT_H

            enum verdict {
            """);
    for (int i = 0; i < d.verdicts.size(); i++) {
      String[] v = d.verdicts.get(i);
      passing |= v[2].equals("pass") ? 1 << i : 0;
      out.append("\tVERDICT_").append(upper(v[1])).append(" = ").append(i).append(",\n");
    }
    out.append("\tVERDICT_COUNT = ").append(d.verdicts.size()).append(",\n};\n\nenum event {\n");
    for (int i = 0; i < d.events.size(); i++) {
      String name = upper(d.events.get(i)[1]);
      out.append("\tEVENT_").append(name).append(" = ").append(i).append(",\n");
    }
    out.append("\tEVENT_COUNT = ").append(d.events.size()).append(",\n};\n\n");
    out.append("#define VERDICTS_PASS 0x").append(Integer.toHexString(passing)).append("U\n");
    out.append("#define VERDICT_PASSES(v) ((VERDICTS_PASS >> (v)) & 1)\n\n#endif\n");
    compare(BPF.resolve("include/verdict.h"), out.toString());
  }

  @Test
  void theEnumsAreGenerated() throws IOException {
    Verdicts d = definitions();
    List<String> constants = new ArrayList<>();
    for (int i = 0; i < d.verdicts.size(); i++) {
      String[] v = d.verdicts.get(i);
      constants.add("/** %s */ %s(%d, Action.%s)".formatted(v[3], upper(v[1]), i, upper(v[2])));
    }
    compareConstants(JAVA.resolve("Verdict.java"), constants);
    constants.clear();
    for (int i = 0; i < d.events.size(); i++) {
      String[] e = d.events.get(i);
      constants.add("/** %s */ %s(%d)".formatted(e[3], upper(e[1]), i));
    }
    compareConstants(JAVA.resolve("Event.java"), constants);
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  /** Of a Java file only the list of constants is generated; the formatter may break its lines. */
  private static void compareConstants(Path file, List<String> constants) throws IOException {
    String text = Files.readString(file);
    int from = text.indexOf('{') + 1;
    if (text.contains("{@code verdicts.def}")) {
      from = text.indexOf("{", text.indexOf("public enum")) + 1;
    }
    int to = text.indexOf(';', text.indexOf("public enum"));
    while (!text.substring(to).startsWith(";\n\n  ")) {
      to = text.indexOf(';', to + 1);
    }
    String expected = "\n" + String.join(",\n", constants);
    if (Boolean.getBoolean("sluice.generate")) {
      Files.writeString(file, text.substring(0, from) + expected + text.substring(to));
    } else {
      assertThat(squeezed(text.substring(from, to))).isEqualTo(squeezed(expected));
    }
  }

  private static String squeezed(String text) {
    return text.replaceAll("[\\s*]+", " ").replace("/ ", "/").replace(" /", "/").strip();
  }

  private static void compare(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("sluice.generate")) {
      Files.writeString(file, expected);
    }
    assertThat(Files.readString(file)).isEqualTo(expected);
  }
}
