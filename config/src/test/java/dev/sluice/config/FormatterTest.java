package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class FormatterTest {

  @Test
  void oneStatementPerLineAndTheBraceBehindItsKeyword() {
    assertThat(
            Formatter.format(
                """


                vrrp_instance   A   # the only one
                {
                interface eth0
                  unicast_peer { 10.0.0.2 } ! peers


                   # priorities
                \tpriority   100
                }
                """))
        .isEqualTo(
            """
            vrrp_instance A { # the only one
                interface eth0
                unicast_peer {
                    10.0.0.2
                } ! peers

                # priorities
                priority 100
            }
            """);
  }

  @Test
  void quotedBlanksAndFragileLinesStay() {
    String text =
        """
        $BODY=\\
        interface   eth0\\
          priority 7

        @high net_namespace   x
        ~SEQ(i, 1, 3) vrrp_instance V${i} { interface eth0   virtual_router_id ${i} }
        vrrp_script s {
            script "/bin/echo  a   { b"
            script '/bin/echo  c  d'
        }
        """;
    assertThat(Formatter.format(text)).isEqualTo(text);
  }

  @Test
  void anUnreadableLineIsNotMadeReadable() {
    String tooLong = "# " + "x".repeat(1021) + " ";
    assertThat(Formatter.format(tooLong + "\n")).isEqualTo(tooLong + "\n");
    String deep = "{\n".repeat(300) + "x\n";
    assertThat(Formatter.format(Formatter.format(deep))).isEqualTo(Formatter.format(deep));
  }

  @TestFactory
  Stream<DynamicTest> nothingChangesInTheCorpus() {
    Assumptions.assumeTrue(
        Corpus.directory().isPresent(), "no ../shared/testdata/configs beside this checkout");
    return Corpus.entries().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.toString(), () -> roundTrip(entry)));
  }

  private static void roundTrip(Corpus.Entry entry) throws IOException {
    String text = Files.readString(entry.file(), StandardCharsets.UTF_8);
    String once = Formatter.format(text);
    assertThat(Formatter.format(once)).as("twice").isEqualTo(once);
    LoadResult before = ConfigLoader.parse(entry.file().toString(), text, Corpus.machine());
    LoadResult after = ConfigLoader.parse(entry.file().toString(), once, Corpus.machine());
    assertThat(after.configuration()).isEqualTo(before.configuration());
    assertThat(after.verdict()).isEqualTo(before.verdict());
    assertThat(comments(once)).as("comments").isEqualTo(comments(text));
  }

  /** The comments alone; a quote before them would confuse this simple view, so none is counted. */
  private static long comments(String text) {
    return text.lines().filter(line -> line.strip().matches("[#!].*")).count();
  }
}
