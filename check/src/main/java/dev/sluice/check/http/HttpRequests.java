package dev.sluice.check.http;

import dev.sluice.config.model.Checker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** What an HTTP check sends. */
public final class HttpRequests {
  private HttpRequests() {}

  /**
   * The bytes of one GET. The Host header is the URL's virtual host, else the checker's, else
   * {@code ADDRESS:PORT} (an IPv6 address in brackets). HTTP/1.0 carries no connection header, 1.0C
   * and 1.1 carry "Connection: close". The user agent is keepalived's, as web servers everywhere
   * filter their logs by it.
   */
  public static byte[] get(Checker.Http check, Checker.Url url) {
    var text = new StringBuilder(160);
    boolean version11 = check.version() == Checker.HttpVersion.HTTP_1_1;
    text.append("GET ").append(url.path()).append(version11 ? " HTTP/1.1" : " HTTP/1.0");
    text.append("\r\nUser-Agent: KeepAliveClient\r\n");
    if (check.version() != Checker.HttpVersion.HTTP_1_0) {
      text.append("Connection: close\r\n");
    }
    text.append("Host: ").append(host(check, url)).append("\r\n\r\n");
    return text.toString().getBytes(StandardCharsets.UTF_8);
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
