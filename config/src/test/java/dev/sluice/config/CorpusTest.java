package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** keepalived's verdict on every file that people really wrote. */
final class CorpusTest {
  /** Files whose verdict needs a part of the language that is still to come, with the part. */
  private static final Set<String> GAPS =
      Set.of(
          "s-IPv6.conf", // SMTP_CHECK
          "s-PING_CHECK.conf",
          "s-SMTP_CHECK.conf",
          "s-UDP_CHECK.conf",
          "s-virtual_server_group.conf",
          "s-vrrp.routes.conf", // virtual_routes are skipped
          "s-vrrp.rules.conf", // virtual_rules are skipped
          "b41-rules-routes.conf");

  @TestFactory
  Stream<DynamicTest> verdicts() {
    Assumptions.assumeTrue(
        Corpus.directory().isPresent(), "no ../shared/testdata/configs beside this checkout");
    List<Corpus.Entry> entries = Corpus.entries();
    return entries.stream()
        .map(entry -> DynamicTest.dynamicTest(entry.toString(), () -> verdict(entry)));
  }

  private static void verdict(Corpus.Entry entry) {
    Assumptions.assumeFalse(GAPS.contains(entry.toString()), "known gap");
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
