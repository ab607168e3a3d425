package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.linux.EventLoop;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Fetches one page as HTTP_GET or SSL_GET would and digests its body: {@code sluice genhash}. */
public final class PageDigest {
  private PageDigest() {}

  /**
   * What came.
   *
   * @param digest the MD5 of the body, 32 lower-case hex digits; null: no whole answer came
   * @param evidence why not, in words
   */
  public record Answer(
      @Nullable String digest, String evidence, int status, long bodyBytes, long totalNanos) {}

  /**
   * Asks and waits, at most four times the connection's timeout.
   *
   * @param virtualHost the Host header; null: address and port
   * @param sni whether TLS names the virtual host
   */
  public static Answer fetch(
      Checker.Connection to,
      boolean tls,
      boolean sni,
      @Nullable String virtualHost,
      Checker.HttpVersion version,
      String path) {
    BitSet any = new BitSet();
    any.set(100, 600);
    // A digest that no body has: it makes the reader hash.
    var url = new Checker.Url(path, "0".repeat(32), any, null);
    var pace = new Checker.Pace(Duration.ofHours(1), 0, Duration.ZERO, Duration.ZERO, false);
    var http = new Checker.Http(to, pace, tls, sni, virtualHost, version, false, List.of(url));
    var page = new HttpConversation(http, url);
    Conversation talk = tls ? new TlsConversation(page, sni ? virtualHost : null) : page;
    var end = new AtomicReference<Attempt.@Nullable End>();
    try (var loop = EventLoop.open("genhash")) {
      var attempt =
          new ConnectionAttempt(loop, new Scratchpad(), to, talk, 4 * to.timeout().toNanos());
      loop.execute(() ->
          attempt.start(result -> {
            end.set(result);
            loop.stop();
          }));
      loop.run();
    }
    String digest = page.response().digest();
    return switch (end.get()) {
      case Attempt.End.Judged(CheckOutcome outcome) ->
          new Answer(
              digest.isEmpty() ? null : digest,
              outcome.evidence(),
              page.response().status(),
              page.response().bodyLength(),
              outcome.totalNanos());
      case Attempt.End.Inconclusive(String reason) -> new Answer(null, reason, 0, 0, 0);
      case Attempt.End.Exhausted(String reason) -> new Answer(null, reason, 0, 0, 0);
      case null -> new Answer(null, "nothing came", 0, 0, 0);
    };
  }
}
