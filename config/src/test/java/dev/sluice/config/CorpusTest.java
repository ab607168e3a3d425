package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** keepalived's verdict on every file that people really wrote. */
final class CorpusTest {
  @TestFactory
  Stream<DynamicTest> verdicts() {
    Assumptions.assumeTrue(
        Corpus.directory().isPresent(), "no ../shared/testdata/configs beside this checkout");
    List<Corpus.Entry> entries = Corpus.entries();
    return entries.stream()
        .map(entry -> DynamicTest.dynamicTest(entry.toString(), () -> verdict(entry)));
  }

  private static void verdict(Corpus.Entry entry) {
    LoadResult result = ConfigLoader.load(entry.file(), Corpus.machine());
    StringBuilder text = new StringBuilder();
    DiagnosticPrinter printer = new DiagnosticPrinter(false);
    result.diagnostics().forEach(d -> text.append(printer.format(d)));
    assertThat(result.verdict().exitStatus())
        .as("%s\n%s", entry.why(), text)
        .isIn(entry.exit227(), entry.exit243());
    boolean starts = !entry.kind().startsWith("invalid");
    assertThat(result.verdict().startable())
        .as("starts: %s\n%s", entry.why(), text)
        .isEqualTo(starts);
  }
}
