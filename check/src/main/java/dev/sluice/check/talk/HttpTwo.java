package dev.sluice.check.talk;

import dev.sluice.check.http.HttpRequests;
import dev.sluice.check.http.HttpResponse;
import dev.sluice.check.http.HttpVerdict;
import dev.sluice.check.talk.Hpack.Header;
import dev.sluice.config.model.Checker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A URL asked over HTTP/2. The answer is told to the reader of HTTP/1 answers as what it would have
 * been there, so that both are judged by the same criteria.
 */
public final class HttpTwo extends Http2Talk {
  private final Checker.Url url;
  private final HttpResponse response;
  private boolean headed;

  public HttpTwo(Checker.Http check, Checker.Url url, HttpResponse response) {
    super(request(check, url), HttpRequests.body(url));
    this.url = url;
    this.response = response;
  }

  private static List<Header> request(Checker.Http check, Checker.Url url) {
    var headers = new ArrayList<Header>();
    headers.add(new Header(":method", HttpRequests.method(url)));
    headers.add(new Header(":scheme", check.tls() ? "https" : "http"));
    headers.add(new Header(":authority", HttpRequests.host(check, url)));
    headers.add(new Header(":path", url.path()));
    headers.add(new Header("user-agent", HttpRequests.USER_AGENT));
    int body = HttpRequests.body(url).length;
    if (body > 0) {
      headers.add(new Header("content-length", Integer.toString(body)));
    }
    for (String line : HttpRequests.headers(url)) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      if (!name.equals("host") && !name.equals("connection")) {
        headers.add(new Header(name, line.substring(colon + 1).strip()));
      }
    }
    return headers;
  }

  @Override
  protected void headers(List<Header> headers, boolean last) {
    if (headed) {
      return; // trailers
    }
    var head = new StringBuilder();
    for (Header h : headers) {
      if (h.name().equals(":status")) {
        if (h.value().startsWith("1")) {
          return; // 100 and its like: the answer follows
        }
        head.insert(0, "HTTP/1.1 " + h.value() + " \r\n");
      } else if (h.name().equals("content-length") || h.name().equals("location")) {
        head.append(h.name()).append(": ").append(h.value()).append("\r\n");
      }
    }
    headed = true;
    response.feed(
        ByteBuffer.wrap(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1)));
    judge();
  }

  @Override
  protected void data(ByteBuffer part) {
    response.feed(part);
    judge();
  }

  @Override
  protected void ended() {
    response.endOfStream();
    judge();
  }

  private void judge() {
    if (response.finished()) {
      HttpVerdict verdict = HttpVerdict.of(url, response);
      if (verdict.passed()) {
        pass(verdict.evidence());
      } else {
        fail(verdict.evidence());
      }
    }
  }
}
