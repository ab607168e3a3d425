package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Whatever a file holds: diagnostics, never an exception, never a hang. */
final class MutationTest {
  private static final String[] SALT = {
    "{",
    "}",
    "\"",
    "'",
    "\\",
    "$",
    "${X}",
    "$X=$X$X\\",
    "~SEQ(i,1,9) ",
    "~LST({a,b},{1,2}) ",
    "@x ",
    "#",
    "!",
    "\0",
    "\r",
    "\n",
    "\t",
    "include x",
    "include *",
    "-1",
    "99999999999999999999",
    "0.0000001",
    "::",
    "10.0.0.1/",
    "/",
    ",",
    "é",
    "\ufeff",
    "\ud83d\ude00",
    "virtual_server",
    "global_defs {",
    "vrrp_script",
    "weight",
    "reverse",
    "fwmark",
    "nexthop via"
  };

  @Test
  void mutatedFilesNeverThrow() throws IOException {
    Assumptions.assumeTrue(
        Corpus.directory().isPresent(), "no ../shared/testdata/configs beside this checkout");
    Random random = new Random(20260823);
    List<String> texts = new ArrayList<>();
    for (Corpus.Entry entry : Corpus.entries()) {
      texts.add(Files.readString(entry.file(), StandardCharsets.UTF_8));
    }
    DiagnosticPrinter printer = new DiagnosticPrinter(true);
    for (int round = 0; round < 1500; round++) {
      String text = mutate(texts.get(random.nextInt(texts.size())), texts, random);
      assertThatCode(
              () -> {
                LoadResult result = ConfigLoader.parse("mutant.conf", text, Corpus.machine());
                result.diagnostics().forEach(printer::format);
                assertThat(codes(result)).doesNotContain("internal");
                String formatted = Formatter.format(text);
                assertThat(Formatter.format(formatted)).isEqualTo(formatted);
              })
          .as("round %d:\n%s", round, text)
          .doesNotThrowAnyException();
    }
  }

  private static String mutate(String original, List<String> texts, Random random) {
    StringBuilder text = new StringBuilder(original);
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(5)) {
        case 0 -> text.insert(at, SALT[random.nextInt(SALT.length)]);
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(40)));
        case 2 -> text.setCharAt(at, (char) (random.nextInt(96) + 32));
        case 3 -> {
          String other = texts.get(random.nextInt(texts.size()));
          int from = random.nextInt(Math.max(1, other.length()));
          text.insert(at, other, from, Math.min(other.length(), from + random.nextInt(200)));
        }
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }

  @Test
  void garbageIsReported() {
    byte[] bytes = new byte[200_000];
    new Random(7).nextBytes(bytes);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    LoadResult result = ConfigLoader.parse("garbage", text, new FakeEnvironment());
    assertThat(result.verdict().exitStatus()).isNotZero();
    assertThat(result.diagnostics()).isNotEmpty().hasSizeLessThanOrEqualTo(5001);
  }

  @Test
  void aDefinitionOfItselfEnds() {
    LoadResult result =
        ConfigLoader.parse("x", "$A=${A}a\nrouter $A\n${A}\n", new FakeEnvironment());
    assertThat(codes(result)).contains("expansion-too-long");
  }

  @Test
  void definitionsThatDoubleEnd() {
    StringBuilder text = new StringBuilder("$A0=xxxxxxxxxxxxxxxx\n");
    for (int i = 1; i < 60; i++) {
      text.append("$A")
          .append(i)
          .append("=${A")
          .append(i - 1)
          .append("}${A")
          .append(i - 1)
          .append("}\n");
    }
    text.append("instance ${A59}\n");
    LoadResult result = ConfigLoader.parse("x", text.toString(), new FakeEnvironment());
    assertThat(codes(result)).contains("expansion-too-long");
  }

  @Test
  void linesThatDoubleEnd() {
    StringBuilder text = new StringBuilder("$L0=\\\n foo\\\n bar\\\n\n");
    for (int i = 1; i < 40; i++) {
      text.append("$L").append(i).append("=\\\n");
      text.append("$L").append(i - 1).append("\\\n$L").append(i - 1).append("\\\n\n");
    }
    text.append("$L39\n");
    LoadResult result = ConfigLoader.parse("x", text.toString(), new FakeEnvironment());
    assertThat(codes(result)).containsAnyOf("too-many-lines", "too-many-messages");
  }

  @Test
  void anEndlessSequenceIsRefused() {
    LoadResult result =
        ConfigLoader.parse("x", "~SEQ(i, 1, 1000000000000) instance $i\n", new FakeEnvironment());
    assertThat(codes(result)).containsExactly("generator");
  }

  private static List<String> codes(LoadResult result) {
    return result.diagnostics().stream().map(Diagnostic::code).toList();
  }
}
