package dev.sluice.check.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpResponseTest {

  private static byte[] bytes(String text) {
    return text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Reads it in portions of the given size, then ends the stream when it is not finished. */
  private static HttpResponse read(byte[] all, int portion, boolean hash, long max) {
    var response = new HttpResponse(hash, max);
    for (int at = 0; at < all.length && !response.finished(); at += portion) {
      response.feed(ByteBuffer.wrap(all, at, Math.min(portion, all.length - at)));
    }
    if (!response.finished()) {
      response.endOfStream();
    }
    return response;
  }

  private static Checker.Url url(@Nullable String digest) {
    var codes = new BitSet();
    codes.set(200, 300);
    return new Checker.Url("/", digest, codes, null);
  }

  private static String md5(String text) throws Exception {
    byte[] sum = MessageDigest.getInstance("MD5").digest(bytes(text));
    return HexFormat.of().formatHex(sum);
  }

  /** ~ stands for CR LF. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HTTP/1.0 200 OK~~hello                                    | 200 | hello
          HTTP/1.0 200~~                                            | 200 | ''
          HTTP/1.1 503 Service Unavailable~Content-Length: 2~~no    | 503 | no
          HTTP/1.1 200 OK~CONTENT-LENGTH:  5 ~X: y~~helloMORE       | 200 | hello
          HTTP/1.1 200 OK~Content-Length: 9~~hello                  | 200 | hello
          HTTP/1.1 204 No Content~~                                 | 204 | ''
          HTTP/1.1 304 Not Modified~Content-Length: 9~~             | 304 | ''
          HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~0~~   | 200 | hello
          HTTP/1.1 200 OK~Transfer-Encoding: Chunked~~2;x=y~he~003~llo~0~T: t~~ | 200 | hello
          HTTP/1.1 100 Continue~~HTTP/1.1 302 Found~Location: /x~~  | 302 | ''
          HTTP/2.0 200 strange but HTTP~no colon here~~x            | 200 | x
          """)
  void wellFormed(String text, int status, String body) throws Exception {
    for (int portion : new int[] {1, 2, 7, 10_000}) {
      HttpResponse r = read(bytes(text.strip()), portion, true, 1000);
      assertThat(r.problem()).isEmpty();
      assertThat(r.status()).isEqualTo(status);
      assertThat(r.bodyLength()).isEqualTo(body.length());
      assertThat(r.digest()).isEqualTo(md5(body));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                | closed without an answer
          HTT                                               | the answer ended in its head
          HTTP/1.1 200 OK~Server: x                         | the answer ended in its head
          SSH-2.0-OpenSSH_9.2~                              | not an HTTP answer
          HTTP/1.1 abc                                      | the answer ended in its head
          HTTP/1.1 abc~                                     | no status code in the answer
          HTTP/1.1 2000 OK~                                 | no status code in the answer
          HTTP/1.1~                                         | no status code in the answer
          HTTP/1.1 099 OK~                                  | no status code in the answer
          HTTP/1.1 200 OK~Content-Length: many~~            | content-length is not a number
          HTTP/1.1 200 OK~Content-Length: -1~~              | content-length is not a number
          HTTP/1.1 200 OK~Content-Length: 99999999999999999999~~ | content-length is not a number
          HTTP/1.1 200 OK~Transfer-Encoding: chunked~~xyz~  | bad chunk size
          HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ffffffffffffffffff~ | bad chunk size
          HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~hello~ | a chunk is longer than its size
          HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hel | the answer ended inside a chunked body
          """)
  void malformed(String text, String problem) {
    for (int portion : new int[] {1, 3, 10_000}) {
      HttpResponse r = read(bytes(text.strip()), portion, true, 1000);
      assertThat(r.problem()).isEqualTo(problem);
      assertThat(HttpVerdict.of(url(null), r).passed()).isFalse();
      assertThat(HttpVerdict.of(url(null), r).evidence()).contains(problem);
    }
  }

  @Test
  void sizesAreBounded() {
    String line = "HTTP/1.1 200 OK~X: " + "y".repeat(HttpResponse.MAX_LINE) + "~~";
    assertThat(read(bytes(line), 100, false, 10).problem()).startsWith("a line is longer than");
    String head = "HTTP/1.1 200 OK~" + "X: y~".repeat(HttpResponse.MAX_HEAD / 5) + "~";
    assertThat(read(bytes(head), 100, false, 10).problem()).startsWith("the head is longer than");
    String body = "HTTP/1.1 200 OK~~" + "b".repeat(100);
    assertThat(read(bytes(body), 7, true, 10).problem()).startsWith("the body is longer than");
    HttpResponse cut = read(bytes(body), 7, false, 10);
    assertThat(cut.bodyCut()).isTrue();
    assertThat(HttpVerdict.of(url(null), cut)).isEqualTo(new HttpVerdict(true, "HTTP 200"));
    String trailers = "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~0~" + "T: t~".repeat(40_000);
    assertThat(read(bytes(trailers), 999, false, 10).problem()).startsWith("the trailers are");
  }

  @Test
  void evidenceNamesWhatCameAndWhatWasExpected() throws Exception {
    HttpResponse bad = read(bytes("HTTP/1.0 503 x~~sorry"), 100, true, 100);
    assertThat(HttpVerdict.of(url(null), bad))
        .isEqualTo(new HttpVerdict(false, "HTTP 503, expected 200-299"));
    HttpResponse good = read(bytes("HTTP/1.0 200 x~~fine"), 100, true, 100);
    assertThat(HttpVerdict.of(url(md5("fine")), good))
        .isEqualTo(new HttpVerdict(true, "HTTP 200, digest matches"));
    assertThat(HttpVerdict.of(url(md5("other")), good).evidence())
        .startsWith("HTTP 200, digest differs: " + md5("fine") + " over 4 bytes");
    HttpResponse cut = read(bytes("HTTP/1.0 200 x~Content-Length: 10~~fine"), 100, true, 100);
    assertThat(HttpVerdict.of(url(null), cut))
        .isEqualTo(new HttpVerdict(true, "HTTP 200, body ended after 4 of 10 bytes"));
    var codes = new BitSet();
    codes.set(200);
    codes.set(301, 304);
    assertThat(HttpVerdict.ranges(codes)).isEqualTo("200, 301-303");
  }

  @Test
  void requestsFollowTheProtocolSetting() {
    assertThat(request(Checker.HttpVersion.HTTP_1_0, "10.0.0.1", null, null))
        .isEqualTo("GET /x HTTP/1.0~User-Agent: KeepAliveClient~Host: 10.0.0.1:8080~~");
    assertThat(request(Checker.HttpVersion.HTTP_1_0_CLOSE, "2001:db8::1", null, null))
        .isEqualTo(
            "GET /x HTTP/1.0~User-Agent: KeepAliveClient~Connection: close~"
                + "Host: [2001:db8:0:0:0:0:0:1]:8080~~");
    assertThat(request(Checker.HttpVersion.HTTP_1_1, "10.0.0.1", "a.test", "b.test"))
        .contains("HTTP/1.1~")
        .endsWith("Connection: close~Host: b.test~~");
    assertThat(request(Checker.HttpVersion.HTTP_1_1, "10.0.0.1", "a.test", null))
        .endsWith("Host: a.test~~");
  }

  private static String request(
      Checker.HttpVersion version,
      String address,
      @Nullable String host,
      @Nullable String urlHost) {
    var to =
        new Checker.Connection(
            InetAddress.ofLiteral(address), 8080, null, 0, null, 0, Duration.ofSeconds(1));
    var pace = new Checker.Pace(Duration.ofSeconds(1), 1, Duration.ZERO, Duration.ZERO, false);
    var url = new Checker.Url("/x", null, new BitSet(), urlHost);
    var check = new Checker.Http(to, pace, false, false, host, version, false, List.of(url));
    String text = new String(HttpRequests.get(check, url), StandardCharsets.UTF_8);
    return text.replace("\r\n", "~");
  }

  /** Mutations of good answers and plain rubbish: never an exception, never endless, bounded. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void fuzz(long seed) {
    var random = new Random(seed);
    List<byte[]> seeds =
        List.of(
            bytes("HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~10~0123456789abcdef~0~~"),
            bytes("HTTP/1.1 200 OK~Content-Length: 20~Server: x~~01234567890123456789"),
            bytes("HTTP/1.1 100 Continue~~HTTP/1.0 404 Not Found~~body until the end"));
    for (int round = 0; round < 5_000; round++) {
      byte[] data = seeds.get(random.nextInt(seeds.size())).clone();
      if (random.nextInt(10) == 0) {
        data = new byte[random.nextInt(300)];
        random.nextBytes(data);
      }
      for (int n = random.nextInt(6); n > 0 && data.length > 0; n--) {
        data[random.nextInt(data.length)] = (byte) random.nextInt(256);
      }
      byte[] cut = java.util.Arrays.copyOf(data, random.nextInt(data.length + 1));
      HttpResponse whole = read(cut, Math.max(1, cut.length), true, 1 << 16);
      HttpResponse drip = read(cut, 1 + random.nextInt(5), true, 1 << 16);
      assertThat(whole.finished()).isTrue();
      // How the bytes were cut into portions changes nothing.
      assertThat(HttpVerdict.of(url(null), drip)).isEqualTo(HttpVerdict.of(url(null), whole));
      assertThat(drip.digest()).isEqualTo(whole.digest());
    }
  }
}
