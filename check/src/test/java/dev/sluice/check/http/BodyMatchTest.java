package dev.sluice.check.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Regex;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyMatchTest {
  private static HttpVerdict match(Regex regex, String body) {
    var match = new BodyMatch(regex);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i += 7) {
      match.feed(ByteBuffer.wrap(bytes, i, Math.min(7, bytes.length - i)));
    }
    return match.verdict();
  }

  private static Regex regex(String pattern, int min, int max, String... options) {
    return new Regex(pattern, List.of(options), false, min, max);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all is well | well     | 0 | 2147483647 | ''       | true
          all is WELL | well     | 0 | 2147483647 | ''       | false
          all is WELL | well     | 0 | 2147483647 | caseless | true
          all is well | well     | 8 | 2147483647 | ''       | false
          all is well | well     | 7 | 2147483647 | ''       | true
          all is well | well     | 0 | 6          | ''       | false
          all is well | well     | 0 | 7          | ''       | true
          all is well | is       | 0 | 2147483647 | anchored | false
          all is well | is       | 4 | 2147483647 | anchored | true
          all is well | ^is      | 4 | 2147483647 | ''       | false
          all is well | (?<=l )i | 4 | 2147483647 | ''       | true
          a.c         | a.c      | 0 | 2147483647 | literal  | true
          abc         | a.c      | 0 | 2147483647 | literal  | false
          """)
  void findsAsPcreWould(
      String body, String pattern, int min, int max, String option, boolean found) {
    Regex regex = option.isEmpty() ? regex(pattern, min, max) : regex(pattern, min, max, option);
    assertThat(match(regex, body).passed()).isEqualTo(found);
    Regex inverse = new Regex(pattern, regex.options(), true, min, max);
    assertThat(match(inverse, body).passed()).isEqualTo(!found);
  }

  @Test
  void aCatastrophicPatternIsGivenUpWithItsReason() {
    HttpVerdict verdict = match(regex("(x+x+)+y", 0, Integer.MAX_VALUE), "x".repeat(5000));
    assertThat(verdict.passed()).isFalse();
    assertThat(verdict.evidence())
        .isEqualTo(
            "the pattern '(x+x+)+y' takes too long over a body of 5000 bytes: make it simpler");
    assertThat(match(regex("(a|b)*c", 0, Integer.MAX_VALUE), "ab".repeat(100_000)).passed())
        .isFalse();
  }

  @Test
  void onlyTheBeginningOfAHugeBodyIsKept() {
    String body = "x".repeat(BodyMatch.MAX_BODY) + "needle";
    HttpVerdict verdict = match(regex("needle", 0, Integer.MAX_VALUE), body);
    assertThat(verdict.evidence())
        .isEqualTo("the pattern 'needle' is not found in 262144 bytes (the first of more)");
  }
}
