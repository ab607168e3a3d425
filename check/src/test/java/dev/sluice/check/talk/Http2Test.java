package dev.sluice.check.talk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.check.http.HttpVerdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** HPACK by the RFC's own examples; gRPC's health over frames written here. */
class Http2Test {
  private static final byte[] SETTINGS = frame(4, 0, 0, "");

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  private static byte[] frame(int type, int flags, int stream, String payload) {
    byte[] body = hex(payload);
    ByteBuffer all = ByteBuffer.allocate(9 + body.length);
    all.put((byte) 0).putShort((short) body.length).put((byte) type).put((byte) flags);
    return all.putInt(stream).put(body).array();
  }

  /** RFC 7541 appendix C.4.1 and C.6.1. */
  @Test
  void readsTheExamplesOfTheRfc() throws Exception {
    assertThat(Hpack.huffman(hex("f1e3 c2e5 f23a 6ba0 ab90 f4ff"))).isEqualTo("www.example.com");
    assertThat(
            Hpack.decode(
                hex(
                    """
                    4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
                    2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3
                    """)))
        .containsExactly(
            new Hpack.Header(":status", "302"),
            new Hpack.Header("cache-control", "private"),
            new Hpack.Header("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
            new Hpack.Header("location", "https://www.example.com"));
  }

  @Test
  void readsWhatItWrites() throws Exception {
    var headers =
        List.of(new Hpack.Header(":path", "/x".repeat(200)), new Hpack.Header("a", "ä b"));
    assertThat(Hpack.decode(Hpack.encode(headers))).isEqualTo(headers);
  }

  @Test
  void refusesBrokenBlocks() {
    for (String block : List.of("be", "00", "00ff", "0083ffffff01", "0085", "ffffffffff7f")) {
      assertThatThrownBy(() -> Hpack.decode(hex(block)))
          .as(block)
          .isInstanceOf(Hpack.BadBlock.class);
    }
  }

  private static GrpcTalk grpc(String service) {
    var talk = new GrpcTalk("h:1", false, service);
    talk.begin();
    talk.toSend().position(talk.toSend().limit());
    return talk;
  }

  private static void hear(Talk talk, byte[]... frames) {
    var all = new ByteArrayOutputStream();
    for (byte[] f : frames) {
      all.writeBytes(f);
    }
    for (byte b : all.toByteArray()) {
      talk.received(ByteBuffer.wrap(new byte[] {b}));
    }
  }

  private static byte[] headers(int flags, String... namesAndValues) {
    var list = new java.util.ArrayList<Hpack.Header>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      list.add(new Hpack.Header(namesAndValues[i], namesAndValues[i + 1]));
    }
    return frame(1, 4 | flags, 1, HexFormat.of().formatHex(Hpack.encode(list)));
  }

  @Test
  void grpcServes() {
    GrpcTalk talk = grpc("shop");
    hear(
        talk,
        SETTINGS,
        frame(8, 0, 0, "00010000"),
        headers(0, ":status", "200", "content-type", "application/grpc"),
        frame(0, 8, 1, "02 00 00000002 0801 ffff"), // padded
        headers(1, "grpc-status", "0"));
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "SERVING"));
    // Our settings' acknowledgement and two windows have been said.
    assertThat(talk.toSend().remaining()).isEqualTo(9 + 2 * 13);
  }

  @Test
  void grpcDoesNotServe() {
    GrpcTalk notServing = grpc("");
    hear(
        notServing,
        SETTINGS,
        headers(0, ":status", "200"),
        frame(0, 0, 1, "00 00000002 0802"),
        headers(1, "grpc-status", "0"));
    assertThat(notServing.verdict())
        .isEqualTo(new HttpVerdict(false, "NOT_SERVING, expected SERVING"));
    GrpcTalk unimplemented = grpc("");
    hear(unimplemented, SETTINGS, headers(1, ":status", "200", "grpc-status", "12"));
    assertThat(unimplemented.verdict())
        .isEqualTo(
            new HttpVerdict(false, "gRPC status 12 (UNIMPLEMENTED: it has no health service)"));
    GrpcTalk web = grpc("");
    web.received(ByteBuffer.wrap("HTTP/1.1 400 Bad\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertThat(web.verdict()).isEqualTo(new HttpVerdict(false, "answers in HTTP/1, not in HTTP/2"));
  }

  @Test
  void theServerEndsIt() {
    GrpcTalk reset = grpc("");
    hear(reset, SETTINGS, frame(3, 0, 1, "00000007"));
    assertThat(reset.verdict())
        .isEqualTo(new HttpVerdict(false, "the server resets the request: REFUSED_STREAM"));
    GrpcTalk away = grpc("");
    hear(away, SETTINGS, frame(7, 0, 0, "00000000 0000000b"));
    assertThat(away.verdict())
        .isEqualTo(new HttpVerdict(false, "the server ends the connection: ENHANCE_YOUR_CALM"));
    GrpcTalk huge = grpc("");
    hear(huge, SETTINGS);
    huge.received(ByteBuffer.wrap(hex("7fffff 00 00 00000001")));
    assertThat(huge.verdict())
        .isEqualTo(new HttpVerdict(false, "a frame of 8388607 bytes, longer than allowed"));
  }
}
