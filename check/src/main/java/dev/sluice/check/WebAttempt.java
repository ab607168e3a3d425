package dev.sluice.check;

import dev.sluice.check.http.HttpResponse;
import dev.sluice.check.talk.HttpTwo;
import dev.sluice.config.model.Checker;
import dev.sluice.linux.EventLoop;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A try of one URL: a connection, and with {@code redirects} another one for each step. Redirects
 * are followed on the same real server, whatever host they name: the host goes into the Host
 * header.
 */
final class WebAttempt implements Attempt {
  private final EventLoop loop;
  private final CheckTools tools;
  private final Checker.Http check;
  private final Checker.Url first;
  private @Nullable Attempt current;
  private @Nullable Consumer<End> whenEnded;

  WebAttempt(EventLoop loop, CheckTools tools, Checker.Http check, Checker.Url url) {
    this.loop = loop;
    this.tools = tools;
    this.check = check;
    this.first = url;
  }

  @Override
  public void start(Consumer<End> ended) {
    whenEnded = ended;
    ask(first, first.ask() == null ? 0 : first.ask().redirects());
  }

  private void ask(Checker.Url url, int redirectsLeft) {
    Conversation talk;
    HttpResponse response;
    boolean two = check.version() == Checker.HttpVersion.HTTP_2;
    if (two) {
      response = HttpConversation.reader(url);
      talk = new TalkConversation(new HttpTwo(check, url, response));
    } else {
      var one = new HttpConversation(check, url);
      response = one.response();
      talk = one;
    }
    if (check.tls()) {
      boolean compliant = check.tlsCompliant() || url.tlsCompliant();
      String name = check.sni() ? serverName(check, url) : null;
      talk = new TlsConversation(talk, name, compliant, two ? "h2" : "", tools.workers()::run);
    }
    // A drip-feeding server is cut off here; four timeouts leave honest slow ones alone.
    long whole =
        Math.max(4 * check.connection().timeout().toNanos(), check.pace().delayLoop().toNanos());
    var next = new ConnectionAttempt(loop, tools.scratch(), check.connection(), talk, whole);
    current = next;
    next.start(end -> ended(end, url, response, redirectsLeft));
  }

  private void ended(End end, Checker.Url url, HttpResponse response, int left) {
    if (end instanceof End.Judged(CheckOutcome outcome)
        && !outcome.passed()
        && redirects(response)
        && first.ask() != null
        && first.ask().redirects() > 0) {
      String where = shown(response.location());
      if (left == 0) {
        tell(
            failed(
                outcome,
                "more than %d redirects, at last to %s".formatted(first.ask().redirects(), where)));
        return;
      }
      Checker.Url next = follow(url, response.location());
      if (next == null) {
        tell(failed(outcome, "redirected to " + where + ", which is not this service"));
        return;
      }
      ask(next, left - 1);
      return;
    }
    tell(end);
  }

  private static boolean redirects(HttpResponse response) {
    return response.headComplete()
        && !response.location().isEmpty()
        && switch (response.status()) {
          case 301, 302, 303, 307, 308 -> true;
          default -> false;
        };
  }

  /** The URL that a redirect leads to; null: not over this kind of connection, or no URL at all. */
  private Checker.@Nullable Url follow(Checker.Url from, String location) {
    URI to;
    try {
      to = URI.create((check.tls() ? "https://x" : "http://x") + from.path()).resolve(location);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (!(check.tls() ? "https" : "http").equalsIgnoreCase(to.getScheme())) {
      return null;
    }
    String path = to.getRawPath() == null || to.getRawPath().isEmpty() ? "/" : to.getRawPath();
    String query = to.getRawQuery() == null ? "" : "?" + to.getRawQuery();
    String host = to.getRawAuthority();
    return new Checker.Url(
        path + query,
        from.digest(),
        from.statusCodes(),
        host == null || host.equals("x") ? from.virtualHost() : host,
        from.regex(),
        from.tlsCompliant(),
        from.ask());
  }

  private static End failed(CheckOutcome outcome, String evidence) {
    return new End.Judged(
        new CheckOutcome(
            false,
            null,
            evidence,
            outcome.connectNanos(),
            outcome.firstByteNanos(),
            outcome.totalNanos()));
  }

  private static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 80 ? clean.substring(0, 79) + "…" : clean;
  }

  private void tell(End end) {
    current = null;
    Consumer<End> tell = whenEnded;
    whenEnded = null;
    if (tell != null) {
      tell.accept(end);
    }
  }

  @Override
  public void cancel() {
    whenEnded = null;
    if (current != null) {
      current.cancel();
      current = null;
    }
  }

  private static @Nullable String serverName(Checker.Http http, Checker.Url url) {
    if (http.sniName() != null) {
      return http.sniName();
    }
    return url.virtualHost() != null ? url.virtualHost() : http.virtualHost();
  }
}
