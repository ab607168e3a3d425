package dev.sluice.check.http;

import dev.sluice.config.model.Checker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What an HTTP check sends. */
public final class HttpRequests {
  /** What a check calls itself: keepalived's name, as web servers filter their logs by it. */
  public static final String USER_AGENT = "KeepAliveClient";

  private HttpRequests() {}

  /** GET, unless the URL says otherwise. */
  public static String method(Checker.Url url) {
    return url.ask() == null ? "GET" : url.ask().method();
  }

  /** Headers that the URL adds, as {@code NAME: VALUE}. */
  public static List<String> headers(Checker.Url url) {
    return url.ask() == null ? List.of() : url.ask().headers();
  }

  /** What is sent behind the headers; empty: nothing. */
  public static byte[] body(Checker.Url url) {
    String body = url.ask() == null ? null : url.ask().body();
    return body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The bytes of one request. The Host header is the URL's virtual host, else the checker's, else
   * {@code ADDRESS:PORT} (an IPv6 address in brackets). HTTP/1.0 carries no connection header, 1.0C
   * and 1.1 carry "Connection: close". Headers that the URL adds come last and replace ours.
   */
  public static byte[] get(Checker.Http check, Checker.Url url) {
    var text = new StringBuilder(160);
    boolean version11 = check.version() == Checker.HttpVersion.HTTP_1_1;
    text.append(method(url)).append(' ').append(url.path());
    text.append(version11 ? " HTTP/1.1" : " HTTP/1.0").append("\r\n");
    List<String> own = headers(url);
    header(text, "User-Agent", USER_AGENT, own);
    if (check.version() != Checker.HttpVersion.HTTP_1_0) {
      header(text, "Connection", "close", own);
    }
    header(text, "Host", host(check, url), own);
    byte[] body = body(url);
    if (body.length > 0) {
      header(text, "Content-Length", Integer.toString(body.length), own);
    }
    own.forEach(line -> text.append(line).append("\r\n"));
    text.append("\r\n");
    if (body.length > 0) {
      text.append(url.ask() == null ? "" : url.ask().body());
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void header(StringBuilder text, String name, String value, List<String> own) {
    for (String line : own) {
      if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        return;
      }
    }
    text.append(name).append(": ").append(value).append("\r\n");
  }

  /** The Host header's value. */
  public static String host(Checker.Http check, Checker.Url url) {
    if (url.virtualHost() != null) {
      return url.virtualHost();
    }
    if (check.virtualHost() != null) {
      return check.virtualHost();
    }
    InetAddress address = check.connection().address();
    String literal = address.getHostAddress();
    String bare = address instanceof Inet6Address ? "[" + literal + "]" : literal;
    return bare + ":" + check.connection().port();
  }
}
