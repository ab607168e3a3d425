package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One case per file of {@code src/test/golden}: a configuration, a line of dashes, then what is
 * said about it ({@code *.diag}) or its model ({@code *.model}). With {@code
 * -Dsluice.golden.update=true} the second half is written anew, to be read as a diff.
 */
final class GoldenTest {
  private static final String SEPARATOR = "----------------------------------------\n";

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    Path directory = directory();
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList().stream()
          .map(file ->
              DynamicTest.dynamicTest(String.valueOf(file.getFileName()), () -> check(file)));
    }
  }

  private static Path directory() {
    String root = System.getProperty("sluice.root");
    return Optional.ofNullable(root)
        .map(r -> Path.of(r, "config/src/test/golden"))
        .filter(Files::isDirectory)
        .orElse(Path.of("src/test/golden"));
  }

  private static void check(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      int cut = text.indexOf(SEPARATOR);
      String input = cut < 0 ? text : text.substring(0, cut);
      String expected = cut < 0 ? "" : text.substring(cut + SEPARATOR.length());
      String actual = run(String.valueOf(file.getFileName()), input);
      if (Boolean.getBoolean("sluice.golden.update") && !actual.equals(expected)) {
        Files.writeString(file, input + SEPARATOR + actual, StandardCharsets.UTF_8);
        return;
      }
      assertThat(actual).isEqualTo(expected);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FakeEnvironment machine() {
    FakeEnvironment machine = new FakeEnvironment();
    machine.script("/usr/bin/true").script("/opt/check").script("/opt/notify");
    machine.files.put(
        Path.of("/opt/open"), new FileFacts(true, true, false, true, false, true, true));
    machine.script("/srv/open/check").variables.put("ROLE", "blue");
    machine.files.put(
        Path.of("/opt/plain"), new FileFacts(true, true, false, false, false, true, false));
    machine.files.put(
        Path.of("/srv/open"), new FileFacts(true, false, true, true, false, true, true));
    return machine;
  }

  private static String run(String name, String input) {
    LoadResult result = ConfigLoader.parse("keepalived.conf", input, machine());
    if (name.endsWith(".model")) {
      return ModelJson.of(result.configuration());
    }
    DiagnosticPrinter printer = new DiagnosticPrinter(false);
    StringBuilder text = new StringBuilder();
    result.diagnostics().forEach(d -> text.append(printer.format(d)));
    return text.append("exit ")
        .append(result.verdict().exitStatus())
        .append(result.verdict().startable() ? ", starts\n" : ", does not start\n")
        .toString();
  }
}
