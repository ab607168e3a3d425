package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes as a configuration: diagnostics, never an exception, and an end within a time that an
 * input of a fuzzer's size never needs. Profile {@code fuzz} only:
 *
 * <pre>JAZZER_FUZZ=1 mvn -Pfuzz -pl config test -Dtest=ConfigFuzz</pre>
 *
 * <p>Without JAZZER_FUZZ the seeds are run once. What is found lies in {@code config/target/fuzz}.
 */
final class ConfigFuzz {
  /** Of one input; a full collection on a busy machine takes its share, too. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  @MethodSource("seeds")
  @DictionaryEntries({
    "virtual_server 10.0.0.1 80 {\\x0A",
    "virtual_server_group g {\\x0A",
    "real_server 10.0.0.2 80 {\\x0A",
    "vrrp_instance a {\\x0A",
    "vrrp_sync_group g {\\x0A",
    "vrrp_script s {\\x0A",
    "global_defs {\\x0A",
    "bfd_instance b {\\x0A",
    "HTTP_GET {\\x0A",
    "MISC_CHECK {\\x0A",
    "virtual_ipaddress {\\x0A",
    "virtual_routes {\\x0A",
    "virtual_rules {\\x0A",
    "track_script {\\x0A",
    "include ",
    "~SEQ(i,1,9) ",
    "~LST({a,b},{1,2}) ",
    "$X=",
    "${X}",
    "${_ENV X}",
    "$A=\\x5C\\x0A",
    "@id ",
    "\\x22",
    "'",
    "\\x5C\\x0A",
    "\\x0D\\x0A",
    "}\\x0A"
  })
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  @FuzzTest(maxDuration = "30s")
  void anyBytes(byte[] input) {
    // As the loader itself does with bytes that are no UTF-8.
    String text = new String(input, StandardCharsets.ISO_8859_1);
    long begin = System.nanoTime();
    LoadResult result = ConfigLoader.parse("/fuzz/x.conf", text, Corpus.machine());
    DiagnosticPrinter printer = new DiagnosticPrinter(false);
    result.diagnostics().forEach(printer::format);
    String formatted = Formatter.format(text);
    Duration taken = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(result.diagnostics()).extracting(Diagnostic::code).doesNotContain("internal");
    assertThat(Formatter.format(formatted)).as("formatted twice").isEqualTo(formatted);
    assertThat(taken).isLessThan(LONGEST);
  }

  /** Real files where they lie beside the checkout; else a small one. */
  static Stream<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add("vrrp_instance A {\n interface eth0\n}\n".getBytes(StandardCharsets.ISO_8859_1));
    for (Corpus.Entry entry : Corpus.entries()) {
      seeds.add(Files.readAllBytes(entry.file()));
    }
    return seeds.stream();
  }
}
