package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** UDP_CHECK, DNS_CHECK and PING_CHECK over loopback. */
class DatagramCheckTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(100);

  /** What to say to a datagram; null: nothing. */
  @FunctionalInterface
  private interface Answer {
    byte @Nullable [] to(byte[] query);
  }

  /** Answers every datagram. */
  private static final class Responder implements AutoCloseable {
    private final DatagramSocket socket;

    Responder(Answer answer) throws IOException {
      socket = new DatagramSocket(new InetSocketAddress(Checks.LOOPBACK, 0));
      Thread _ = Thread.ofVirtual().start(() -> serve(answer));
    }

    private void serve(Answer answer) {
      byte[] room = new byte[2048];
      while (true) {
        try {
          var packet = new DatagramPacket(room, room.length);
          socket.receive(packet);
          byte[] reply = answer.to(Arrays.copyOf(room, packet.getLength()));
          if (reply != null) {
            socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
          }
        } catch (IOException e) {
          return;
        }
      }
    }

    int port() {
      return socket.getLocalPort();
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  private static CheckResult result(Checker checker) {
    var recorder = new Recorder();
    try (var engine = CheckEngine.start(recorder)) {
      engine.apply(List.of(new CheckTarget(Checks.id(1, 0), checker)));
      return recorder.first();
    }
  }

  private static boolean passed(CheckResult result) {
    return Objects.requireNonNull(result.outcome()).passed();
  }

  private static Checker.Udp udp(
      int port,
      Duration timeout,
      @Nullable String payload,
      boolean require,
      @Nullable String reply,
      int min,
      int max) {
    return new Checker.Udp(
        Checks.to(port, timeout),
        payload == null ? null : new Checker.Bytes(payload),
        require,
        reply == null ? null : new Checker.Bytes(reply),
        min,
        max,
        Checks.quick());
  }

  @Test
  void anIcmpErrorFails() throws IOException {
    int free;
    try (var socket = new DatagramSocket(new InetSocketAddress(Checks.LOOPBACK, 0))) {
      free = socket.getLocalPort();
    }
    CheckResult r = result(udp(free, LONG, "00", false, null, 0, 255));
    assertThat(r.evidence()).isEqualTo("connection refused");
    assertThat(passed(r)).isFalse();
  }

  @Test
  void silencePassesUnlessAReplyIsRequired() throws IOException {
    try (var mute = new Responder(_ -> null)) {
      CheckResult r = result(udp(mute.port(), SHORT, null, false, null, 0, 255));
      assertThat(r.evidence()).isEqualTo("no ICMP error within 0.1 s");
      assertThat(passed(r)).isTrue();
      CheckResult required = result(udp(mute.port(), SHORT, "00", true, null, 0, 255));
      assertThat(required.evidence()).isEqualTo("no reply within 0.1 s");
      assertThat(passed(required)).isFalse();
    }
  }

  @Test
  void aReplyMustFit() throws IOException {
    try (var echo = new Responder(q -> q)) {
      assertThat(result(udp(echo.port(), LONG, "0aff", true, "0XfF", 0, 255)).evidence())
          .isEqualTo("reply of 2 bytes fits");
      assertThat(result(udp(echo.port(), LONG, "0aff", true, "1XFF", 0, 255)).evidence())
          .isEqualTo("reply 0aff, expected 1XFF");
      assertThat(result(udp(echo.port(), LONG, "0aff", true, null, 3, 255)).evidence())
          .isEqualTo("reply of 2 bytes, expected 3 to 255");
      assertThat(result(udp(echo.port(), LONG, "0aff", false, null, 0, 255)).evidence())
          .isEqualTo("replied with 2 bytes");
    }
  }

  private static Checker.Dns dns(int port, Duration timeout) {
    return new Checker.Dns(Checks.to(port, timeout), "A", "www.example.com", Checks.quick());
  }

  /** The question with QR set and a response code. */
  private static byte[] answered(byte[] query, int code) {
    byte[] answer = query.clone();
    answer[2] |= (byte) 0x80;
    answer[3] = (byte) ((answer[3] & 0xf0) | code);
    return answer;
  }

  @Test
  void dnsAsksAndJudgesTheCode() throws IOException {
    try (var good = new Responder(q -> answered(q, 0));
        var refusing = new Responder(q -> answered(q, 5));
        var echoing = new Responder(q -> q);
        var lying = new Responder(q -> Arrays.copyOf(answered(q, 0), q.length - 3))) {
      assertThat(result(dns(good.port(), LONG)).evidence()).isEqualTo("NOERROR, 0 records");
      assertThat(result(dns(refusing.port(), LONG)).evidence())
          .isEqualTo("REFUSED, expected NOERROR");
      assertThat(result(dns(echoing.port(), LONG)).evidence())
          .isEqualTo("the answer is a question");
      assertThat(result(dns(lying.port(), LONG)).evidence()).startsWith("not a DNS message");
    }
  }

  @Test
  void anAnswerToSomebodyElseDoesNotCount() throws IOException {
    try (var foreign =
        new Responder(q -> {
          byte[] answer = answered(q, 0);
          answer[0] ^= 1;
          return answer;
        })) {
      assertThat(result(dns(foreign.port(), SHORT)).evidence()).isEqualTo("no answer within 0.1 s");
    }
  }

  @Test
  void theQuestionIsTheOneThatWasConfigured() {
    byte[] query = new DnsExchange(dns(53, LONG), 0x1234).request();
    assertThat(HexFormat.of().formatHex(query))
        .startsWith("1234010000010000000000")
        .contains("0377777707" + "6578616d706c65" + "03636f6d00" + "00010001");
  }

  @Test
  void loopbackAnswersAnEcho() {
    CheckResult r = result(new Checker.Ping(Checks.to(0, LONG), Checks.quick()));
    assertThat(r.evidence()).isEqualTo("echo reply");
    assertThat(r.up()).isTrue();
  }

  @Test
  void anotherSequenceIsNoAnswer() {
    var exchange = new EchoExchange(false, 7);
    byte[] reply = exchange.request();
    reply[0] = 0;
    assertThat(exchange.received(reply)).isNotNull();
    reply[7]++;
    assertThat(exchange.received(reply)).isNull();
    assertThat(new EchoExchange(true, 7).request()[0]).isEqualTo((byte) 128);
  }
}
