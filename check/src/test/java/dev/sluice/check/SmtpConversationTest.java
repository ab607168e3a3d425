package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.check.http.HttpVerdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtpConversationTest {
  private final SmtpConversation talk = new SmtpConversation("check.example");

  private String say(String text) {
    talk.received(ByteBuffer.wrap(text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1)));
    ByteBuffer out = talk.toSend();
    String sent = StandardCharsets.ISO_8859_1.decode(out).toString();
    return sent.replace("\r\n", "~");
  }

  @Test
  void greetsSaysHeloAndQuits() {
    talk.begin();
    assertThat(say("220 mx.example ESMTP~")).isEqualTo("HELO check.example~");
    assertThat(say("250 hello~")).isEqualTo("QUIT~");
    assertThat(talk.verdict()).isNull();
    assertThat(say("221 bye~")).isEmpty();
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "220 mx.example ESMTP"));
  }

  @Test
  void takesRepliesOfManyLinesInAnyPortions() {
    talk.begin();
    assertThat(say("220-one~22")).isEmpty();
    assertThat(say("0-two~220 thr")).isEmpty();
    assertThat(say("ee~")).isEqualTo("HELO check.example~");
    assertThat(say("250-a~250 b~")).isEqualTo("QUIT~");
  }

  @Test
  void aServerThatHangsUpAtQuitPasses() {
    talk.begin();
    say("220 a~");
    say("250 b~");
    talk.closed();
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "220 a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          554 no service~        | the greeting is '554 no service', expected 220
          HTTP/1.1 400 Bad~      | the greeting is no SMTP reply: 'HTTP/1.1 400 Bad'
          220 a~550 go away~     | the answer to HELO is '550 go away', expected 250
          220\u0007x~            | the greeting is no SMTP reply: '220?x'
          """)
  void saysWhatIsWrong(String heard, String expected) {
    talk.begin();
    say(heard);
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(false, expected));
  }

  @Test
  void memoryIsBounded() {
    talk.begin();
    say("2".repeat(5000));
    assertThat(talk.verdict()).isNotNull();
    var chatty = new SmtpConversation("x");
    chatty.begin();
    for (int i = 0; i < 200 && chatty.verdict() == null; i++) {
      chatty.received(ByteBuffer.wrap("220-more\r\n".getBytes(StandardCharsets.ISO_8859_1)));
    }
    assertThat(chatty.verdict())
        .isEqualTo(new HttpVerdict(false, "the greeting has more than 100 lines"));
  }

  @Test
  void closedEarlyIsAFailure() {
    talk.begin();
    say("220 a~");
    talk.closed();
    assertThat(talk.verdict())
        .isEqualTo(new HttpVerdict(false, "closed before the answer to HELO"));
  }
}
