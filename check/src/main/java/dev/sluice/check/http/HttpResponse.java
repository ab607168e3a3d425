package dev.sluice.check.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An incremental reader of one HTTP/1.x response: bytes in any portions, memory bounded. The body
 * is counted and hashed, never kept.
 *
 * <pre>
 *   STATUS  --line--> HEADERS --empty line--> STATUS (1xx) | LENGTH | CLOSE | CHUNK_SIZE | DONE
 *   LENGTH  --all bytes--> DONE
 *   CLOSE   --end of stream--> DONE
 *   CHUNK_SIZE --size--> CHUNK_DATA --bytes--> CHUNK_END --line end--> CHUNK_SIZE
 *   CHUNK_SIZE --0--> TRAILERS --empty line--> DONE
 *   any     --malformed or too large--> BAD
 * </pre>
 */
public final class HttpResponse {

  /** A line of the head longer than this is not a web server's. */
  public static final int MAX_LINE = 8 * 1024;

  /** All lines before the body together. */
  public static final int MAX_HEAD = 64 * 1024;

  private enum At {
    STATUS,
    HEADERS,
    LENGTH,
    CLOSE,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS,
    DONE,
    BAD
  }

  private final @Nullable MessageDigest md5;
  private final @Nullable BodyJudge match;
  private final long maxBody;
  private byte[] line = new byte[128];
  private int lineLength;
  private int headLength;
  private At at = At.STATUS;
  private int status;
  private boolean headComplete;
  private boolean sawBytes;
  private boolean chunked;
  private long contentLength = -1;
  private long left;
  private long bodyLength;
  private boolean bodyCut;
  private String problem = "";
  private String location = "";
  private boolean bodyless;
  private @Nullable String digest;

  /**
   * A reader for one response.
   *
   * @param hash whether the body's MD5 is wanted
   * @param maxBodyBytes with a hash, a longer body is a fault; without, reading just stops there
   */
  public HttpResponse(boolean hash, long maxBodyBytes) {
    this(hash, maxBodyBytes, null);
  }

  /**
   * A reader that shows the body to somebody, too.
   *
   * @param match null: nobody looks
   */
  public HttpResponse(boolean hash, long maxBodyBytes, @Nullable BodyJudge match) {
    this.match = match;
    md5 = hash ? newMd5() : null;
    maxBody = maxBodyBytes;
  }

  /** Whatever its head says, the answer has no body: it is one to HEAD. */
  public HttpResponse withoutBody() {
    bodyless = true;
    return this;
  }

  /** Where the answer points to; empty: nowhere. */
  public String location() {
    return location;
  }

  /** Takes what arrived; everything is consumed. Answers whether the response is finished. */
  public boolean feed(ByteBuffer bytes) {
    sawBytes |= bytes.hasRemaining();
    while (bytes.hasRemaining() && !finished()) {
      switch (at) {
        case LENGTH, CLOSE, CHUNK_DATA -> body(bytes);
        case STATUS, HEADERS, CHUNK_SIZE, CHUNK_END, TRAILERS -> lineByte(bytes.get());
        case DONE, BAD -> {}
      }
    }
    bytes.position(bytes.limit());
    return finished();
  }

  /** The peer closed. Whatever was still to come is missing. */
  public void endOfStream() {
    switch (at) {
      case STATUS -> bad(sawBytes ? "the answer ended in its head" : "closed without an answer");
      case HEADERS -> bad("the answer ended in its head");
      // keepalived judges what has come; a short body shows in the evidence and in the digest.
      case LENGTH, CLOSE -> done();
      case CHUNK_SIZE, CHUNK_DATA, CHUNK_END -> bad("the answer ended inside a chunked body");
      case TRAILERS -> done();
      case DONE, BAD -> {}
    }
  }

  /** Nothing more is needed. */
  public boolean finished() {
    return at == At.DONE || at == At.BAD;
  }

  /** What is wrong with the response, in words; empty when it is well-formed so far. */
  public String problem() {
    return problem;
  }

  /** The status code, 0 before it is known. */
  public int status() {
    return status;
  }

  /** Whether the head is complete, that is, the status is that of the final answer. */
  public boolean headComplete() {
    return headComplete;
  }

  /** Whether anything has arrived. */
  public boolean sawBytes() {
    return sawBytes;
  }

  /** Body bytes so far, without chunk framing. */
  public long bodyLength() {
    return bodyLength;
  }

  /** The announced length, -1 when there is none. */
  public long contentLength() {
    return contentLength;
  }

  /** What is said of the body; null: nobody looks. */
  public @Nullable HttpVerdict matched() {
    return match == null ? null : match.verdict();
  }

  /** Whether reading stopped at the size limit. */
  public boolean bodyCut() {
    return bodyCut;
  }

  /** The MD5 of the body in lower-case hex, once finished; empty when not asked for. */
  public String digest() {
    if (md5 == null || at != At.DONE) {
      return "";
    }
    if (digest == null) {
      digest = HexFormat.of().formatHex(md5.digest());
    }
    return digest;
  }

  private void body(ByteBuffer bytes) {
    long n = bytes.remaining();
    if (at != At.CLOSE) {
      n = Math.min(n, left);
    }
    if (bodyLength + n > maxBody) {
      bodyCut = true;
      if (md5 != null) {
        bad("the body is longer than " + maxBody + " bytes");
      } else {
        done();
      }
      return;
    }
    ByteBuffer part = bytes.slice(bytes.position(), (int) n);
    bytes.position(bytes.position() + (int) n);
    if (md5 != null) {
      md5.update(part.duplicate());
    }
    if (match != null) {
      match.feed(part);
    }
    bodyLength += n;
    if (at == At.CLOSE) {
      return;
    }
    left -= n;
    if (left == 0) {
      if (at == At.LENGTH) {
        done();
      } else {
        at = At.CHUNK_END;
      }
    }
  }

  private void lineByte(byte b) {
    if (!chunkedBody() && ++headLength > MAX_HEAD) {
      bad("the head is longer than " + MAX_HEAD + " bytes");
      return;
    }
    if (b != '\n') {
      // What does not even begin like HTTP is told at once, not after the read timeout.
      if (at == At.STATUS && lineLength < 5 && b != "HTTP/".charAt(lineLength)) {
        bad("not an HTTP answer");
      } else if (lineLength == MAX_LINE) {
        bad("a line is longer than " + MAX_LINE + " bytes");
      } else {
        if (lineLength == line.length) {
          line = Arrays.copyOf(line, Math.min(MAX_LINE, 4 * lineLength));
        }
        line[lineLength++] = b;
      }
      return;
    }
    int n = lineLength > 0 && line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
    String text = new String(line, 0, n, StandardCharsets.ISO_8859_1);
    lineLength = 0;
    switch (at) {
      case STATUS -> statusLine(text);
      case HEADERS -> header(text);
      case CHUNK_SIZE -> chunkSize(text);
      case CHUNK_END -> {
        if (text.isEmpty()) {
          at = At.CHUNK_SIZE;
        } else {
          bad("a chunk is longer than its size");
        }
      }
      case TRAILERS -> {
        if (text.isEmpty()) {
          done();
        } else {
          headLength += text.length();
          if (headLength > MAX_HEAD) {
            bad("the trailers are longer than " + MAX_HEAD + " bytes");
          }
        }
      }
      case LENGTH, CLOSE, CHUNK_DATA, DONE, BAD -> {}
    }
  }

  private boolean chunkedBody() {
    return at == At.CHUNK_SIZE || at == At.CHUNK_END || at == At.TRAILERS;
  }

  private void statusLine(String text) {
    if (!text.startsWith("HTTP/")) {
      bad("not an HTTP answer");
      return;
    }
    int space = text.indexOf(' ');
    int from = space;
    while (from >= 0 && from < text.length() && text.charAt(from) == ' ') {
      from++;
    }
    if (space < 0 || from + 3 > text.length()) {
      bad("no status code in the answer");
      return;
    }
    int code = 0;
    for (int i = from; i < from + 3; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        bad("no status code in the answer");
        return;
      }
      code = code * 10 + digit;
    }
    if (code < 100 || (from + 3 < text.length() && text.charAt(from + 3) != ' ')) {
      bad("no status code in the answer");
      return;
    }
    status = code;
    at = At.HEADERS;
  }

  private void header(String text) {
    if (text.isEmpty()) {
      headEnd();
      return;
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      // Obsolete folding or rubbish: keepalived looks only for the headers it needs; so do we.
      return;
    }
    String name = text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    String value = text.substring(colon + 1).strip();
    if (name.equals("content-length")) {
      if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(HttpResponse::digit)) {
        bad("content-length is not a number");
      } else {
        contentLength = Long.parseLong(value);
      }
    } else if (name.equals("location")) {
      location = value;
    } else if (name.equals("transfer-encoding")) {
      chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
    }
  }

  private void headEnd() {
    if (status < 200 && status != 101) {
      // 100 Continue and its like: the real answer follows (RFC 9110 section 15.2).
      contentLength = -1;
      chunked = false;
      at = At.STATUS;
      return;
    }
    headComplete = true;
    if (status == 204 || status == 304 || status == 101 || bodyless) {
      done();
    } else if (chunked) {
      contentLength = -1;
      at = At.CHUNK_SIZE;
    } else if (contentLength >= 0) {
      left = contentLength;
      at = At.LENGTH;
      if (left == 0) {
        done();
      }
    } else {
      at = At.CLOSE;
    }
  }

  private void chunkSize(String text) {
    int end = text.indexOf(';');
    String hex = (end < 0 ? text : text.substring(0, end)).strip();
    if (hex.isEmpty() || hex.length() > 15 || !hex.chars().allMatch(HexFormat::isHexDigit)) {
      bad("bad chunk size");
      return;
    }
    left = HexFormat.fromHexDigitsToLong(hex);
    if (left == 0) {
      headLength = 0;
      at = At.TRAILERS;
    } else {
      at = At.CHUNK_DATA;
    }
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private void done() {
    at = At.DONE;
  }

  private void bad(String what) {
    at = At.BAD;
    problem = what;
  }

  private static MessageDigest newMd5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has MD5", e);
    }
  }
}
