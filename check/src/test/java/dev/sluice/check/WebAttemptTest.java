package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that keepalived cannot make, against a server that notes what it hears. */
class WebAttemptTest {
  private final Recorder recorder = new Recorder();
  private final CheckEngine engine = CheckEngine.start(recorder);
  private final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    engine.close();
  }

  private static Checker.Ask ask(
      String method, List<String> headers, @Nullable String body, int redirects) {
    return new Checker.Ask(method, headers, body, null, null, redirects);
  }

  private CheckResult first(int port, String path, Checker.Ask ask) {
    var url = new Checker.Url(path, null, Checks.codes(200, 299), null, null, false, ask);
    var http = Checks.http(Checks.to(port, Duration.ofSeconds(30)), Checks.quick(), url);
    CheckId id = Checks.id(port, 0);
    engine.apply(List.of(new CheckTarget(id, http)));
    return recorder.await(r -> r.id().equals(id) && r.outcome() != null);
  }

  private LoopbackServer noting(String... answers) {
    return new LoopbackServer(connection -> {
      String head = LoopbackServer.head(connection);
      int length = head.indexOf("Content-Length: ");
      int n = length < 0 ? 0 : Integer.parseInt(head.substring(length + 16).split("\r", 2)[0]);
      byte[] body = connection.getInputStream().readNBytes(n);
      int turn = heard.size();
      heard.add(head.replace("\r\n", "~") + new String(body, StandardCharsets.UTF_8));
      String answer = answers[Math.min(turn, answers.length - 1)];
      connection
          .getOutputStream()
          .write(answer.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    });
  }

  @Test
  void methodHeadersAndBody() {
    try (var server = noting("HTTP/1.1 204 No~~")) {
      var ask = ask("POST", List.of("Host: shop.test", "X-Check: 1"), "{\"q\":\"ä\"}", 0);
      CheckResult result = first(server.port(), "/q", ask);
      assertThat(result.evidence()).isEqualTo("HTTP 204");
      assertThat(heard.peek())
          .isEqualTo(
              "POST /q HTTP/1.0~User-Agent: KeepAliveClient~Content-Length: 10~Host: shop.test~"
                  + "X-Check: 1~~{\"q\":\"ä\"}");
    }
  }

  @Test
  void anAnswerToHeadHasNoBody() {
    try (var server = noting("HTTP/1.1 200 OK~Content-Length: 1000000~~")) {
      CheckResult result = first(server.port(), "/", ask("HEAD", List.of(), null, 0));
      assertThat(result.up()).isTrue();
      assertThat(result.evidence()).isEqualTo("HTTP 200");
    }
  }

  @Test
  void redirectsAreFollowedOnTheSameServer() {
    try (var server =
        noting(
            "HTTP/1.1 302 Found~Location: /b?x=1~~",
            "HTTP/1.1 301 Moved~Location: http://shop.test/c~~",
            "HTTP/1.1 200 OK~Content-Length: 0~~")) {
      CheckResult result = first(server.port(), "/a", ask("GET", List.of(), null, 2));
      assertThat(result.evidence()).isEqualTo("HTTP 200");
      assertThat(String.join(" ", heard))
          .contains("GET /a ")
          .contains("GET /b?x=1 ")
          .contains("GET /c ")
          .contains("Host: shop.test");
    }
  }

  @Test
  void redirectsEnd() {
    try (var server = noting("HTTP/1.1 302 Found~Location: /again~~")) {
      assertThat(first(server.port(), "/", ask("GET", List.of(), null, 3)).evidence())
          .isEqualTo("more than 3 redirects, at last to /again");
    }
    try (var server = noting("HTTP/1.1 302 Found~Location: https://a.test/~~")) {
      assertThat(first(server.port(), "/", ask("GET", List.of(), null, 1)).evidence())
          .isEqualTo("redirected to https://a.test/, which is not this service");
    }
  }
}
