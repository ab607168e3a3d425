package dev.sluice.check.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyTextTest {
  private static HttpVerdict verdict(
      @Nullable String contains, Checker.@Nullable JsonMatch json, String body) {
    var judge = new BodyText(contains, json);
    judge.feed(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    return judge.verdict();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          $.status              | UP   | {"status":"UP"}                         | true  | $.status is 'UP'
          status                | UP   | {"status":"DOWN"}                       | false | status is 'DOWN', expected 'UP'
          $.checks[1].n         | 42   | {"checks":[{"n":1},{"n":42}]}           | true  | $.checks[1].n is '42'
          $['a.b'].ok           | true | {"a.b":{"ok":true}}                     | true  | $['a.b'].ok is 'true'
          $.x                   | 1    | {"y":1}                                 | false | there is no $.x in the JSON
          $.x                   | 1    | {"x":{"z":1}}                           | false | $.x is 'an object with 1 members', expected '1'
          $.s                   | äß   | {"s":"\\u00e4\\u00df"}                  | true  | $.s is 'äß'
          $.x                   | 1    | {"x":1                                  | false | the body is not JSON: it ends at character 6
          $.x                   | 1    | <html>                                  | false | the body is not JSON: no value at character 0
          $[0]                  | 7    | [7,8]                                   | true  | $[0] is '7'
          """)
  void json(String path, String value, String body, boolean passes, String evidence) {
    assertThat(verdict(null, new Checker.JsonMatch(path, value), body))
        .isEqualTo(new HttpVerdict(passes, evidence));
  }

  @Test
  void text() {
    assertThat(verdict("all is well", null, "today all is well").passed()).isTrue();
    assertThat(verdict("all is well", null, "no"))
        .isEqualTo(new HttpVerdict(false, "'all is well' is not found in 2 bytes"));
  }

  @Test
  void aServerCannotExhaustUs() {
    String deep = "[".repeat(100_000);
    assertThat(verdict(null, new Checker.JsonMatch("$[0]", "1"), deep).evidence())
        .contains("nested deeper than 64");
    String wide = "1,".repeat(200_000);
    assertThat(verdict(null, new Checker.JsonMatch("$[0]", "1"), "[" + wide + "1]").evidence())
        .contains("longer than the JSON that is read");
  }
}
