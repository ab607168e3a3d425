package dev.sluice.check.talk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.check.http.HttpVerdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each protocol's servers say, byte for byte, and what is made of it. */
class TalkTest {

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static byte[] text(String text) {
    return text.replace("~", "\r\n").replace('@', '\0').getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String sent(Talk talk) {
    ByteBuffer out = talk.toSend();
    String text = StandardCharsets.ISO_8859_1.decode(out).toString();
    return text.replace("\r\n", "~").replace('\0', '@');
  }

  /** One byte at a time: no answer may depend on how it is cut. */
  private static void hear(Talk talk, byte[] bytes) {
    for (byte b : bytes) {
      talk.received(ByteBuffer.wrap(new byte[] {b}));
    }
  }

  private static @Nullable HttpVerdict after(Talk talk, byte[]... answers) {
    talk.begin();
    for (byte[] a : answers) {
      sent(talk);
      hear(talk, a);
    }
    return talk.verdict();
  }

  private static HttpVerdict verdict(Talk talk, byte[]... answers) {
    return Objects.requireNonNull(after(talk, answers));
  }

  @Test
  void redisIsPinged() {
    var talk = new RedisTalk(null, null);
    talk.begin();
    assertThat(sent(talk)).isEqualTo("*1~$4~PING~");
    hear(talk, text("+PONG~"));
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "PONG"));
  }

  @Test
  void redisIsGivenThePasswordFirst() {
    var talk = new RedisTalk("ann", "geheim");
    talk.begin();
    assertThat(sent(talk)).isEqualTo("*3~$4~AUTH~$3~ann~$6~geheim~");
    hear(talk, text("+OK~"));
    assertThat(sent(talk)).isEqualTo("*1~$4~PING~");
    hear(talk, text("+PONG~"));
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "PONG"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -LOADING Redis is loading the dataset in memory~ | Redis says 'LOADING Redis is loading the dataset in memory'
          -NOAUTH Authentication required.~                | Redis says 'NOAUTH Authentication required.'
          HTTP/1.1 400 Bad Request~                        | not an answer of Redis: 'HTTP/1.1 400 Bad Request'
          """)
  void redisRefuses(String answer, String why) {
    assertThat(verdict(new RedisTalk(null, null), text(answer)))
        .isEqualTo(new HttpVerdict(false, why));
  }

  @Test
  void memcachedTellsItsVersion() {
    assertThat(verdict(new MemcachedTalk(), text("VERSION 1.6.18~")))
        .isEqualTo(new HttpVerdict(true, "VERSION 1.6.18"));
    assertThat(verdict(new MemcachedTalk(), text("ERROR~")).passed()).isFalse();
  }

  @Test
  void sshIdentifiesItself() {
    var talk = new SshTalk();
    talk.begin();
    assertThat(sent(talk)).isEqualTo("SSH-2.0-sluice~");
    hear(talk, text("welcome~to this host~SSH-2.0-OpenSSH_9.2p1~"));
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "SSH-2.0-OpenSSH_9.2p1"));
    assertThat(verdict(new SshTalk(), text("SSH-1.5-old~")))
        .isEqualTo(new HttpVerdict(false, "'SSH-1.5-old' is not version 2 of SSH"));
    assertThat(verdict(new SshTalk(), text("x~".repeat(60))).passed()).isFalse();
  }

  @Test
  void ldapBinds() {
    var talk = new LdapTalk();
    talk.begin();
    assertThat(StandardCharsets.ISO_8859_1.decode(talk.toSend()).toString())
        .isEqualTo(
            new String(hex("300c 020101 6007 020103 0400 8000"), StandardCharsets.ISO_8859_1));
    hear(talk, hex("300c 020101 6107 0a0100 0400 0400"));
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "bound anonymously"));
    // Active Directory writes all lengths in four bytes.
    assertThat(
            verdict(new LdapTalk(), hex("308400000010 020101 618400000007 0a0100 0400 0400"))
                .passed())
        .isTrue();
    assertThat(verdict(new LdapTalk(), hex("300c 020101 6107 0a0130 0400 0400")))
        .isEqualTo(
            new HttpVerdict(
                false, "the bind was refused with result 48 (inappropriateAuthentication)"));
    assertThat(verdict(new LdapTalk(), text("HTTP/1.1 400")).passed()).isFalse();
    assertThat(verdict(new LdapTalk(), hex("3006 020101 640100")).passed()).isFalse();
  }

  @Test
  void postgresAsksForAPassword() {
    var talk = new PostgresTalk("ann", "shop");
    talk.begin();
    assertThat(sent(talk)).isEqualTo("@@@ @\u0003@@user@ann@database@shop@@");
    hear(talk, hex("52 00000008 00000003"));
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "asks for a password"));
  }

  @Test
  void postgresLetsInAndIsLeftPolitely() {
    var talk = new PostgresTalk("ann", null);
    talk.begin();
    sent(talk);
    hear(talk, hex("52 00000008 00000000  53 00000007 610062 4b 0000000c 00000001 00000002"));
    assertThat(talk.verdict()).isNull();
    hear(talk, hex("5a 00000005 49"));
    assertThat(sent(talk)).isEqualTo("X@@@\u0004");
    talk.closed();
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(true, "lets ann in"));
  }

  private static byte[] postgresError(String code, String message) {
    String fields = "SFATAL\0VFATAL\0C" + code + "\0M" + message + "\0\0";
    ByteBuffer all = ByteBuffer.allocate(5 + fields.length());
    all.put((byte) 'E').putInt(4 + fields.length()).put(fields.getBytes(StandardCharsets.UTF_8));
    return all.array();
  }

  @Test
  void postgresRefuses() {
    byte[] starting = postgresError("57P03", "the database system is starting up");
    assertThat(verdict(new PostgresTalk(null, null), starting))
        .isEqualTo(
            new HttpVerdict(false, "PostgreSQL says 57P03 the database system is starting up"));
    byte[] unknown = postgresError("28000", "role \"x\" does not exist");
    assertThat(verdict(new PostgresTalk(null, null), unknown).passed()).isTrue();
    assertThat(verdict(new PostgresTalk("x", null), unknown).passed()).isFalse();
    assertThat(verdict(new PostgresTalk(null, null), text("HTTP/1.1 400 Bad")).passed()).isFalse();
  }

  private static byte[] packet(int sequence, String body) {
    byte[] bytes = hex(body);
    ByteBuffer all = ByteBuffer.allocate(4 + bytes.length);
    return all.put((byte) bytes.length).putShort((short) 0).put((byte) sequence).put(bytes).array();
  }

  private static final byte[] MARIADB =
      packet(
          0,
          "0a 352e352e352d31302e31312e3600 05000000 3132333435363738 00 fef7 21 0200 ff81 15"
              + "00000000000000000000 313233343536373839303132 00"
              + "6d7973716c5f6e61746976655f70617373776f726400");

  @Test
  void mysqlGreets() {
    assertThat(verdict(new MysqlTalk(null), MARIADB))
        .isEqualTo(new HttpVerdict(true, "MySQL 5.5.5-10.11.6"));
    assertThat(
            verdict(
                new MysqlTalk(null), packet(0, "ff 1004 546f6f206d616e7920636f6e6e656374696f6e73")))
        .isEqualTo(new HttpVerdict(false, "MySQL says 1040 Too many connections"));
    assertThat(verdict(new MysqlTalk(null), text("SSH-2.0-OpenSSH~")).passed()).isFalse();
  }

  @Test
  void mysqlLetsAUserIn() {
    var talk = new MysqlTalk("probe");
    talk.begin();
    hear(talk, MARIADB);
    byte[] login = new byte[talk.toSend().remaining()];
    talk.toSend().get(login);
    assertThat(login[0]).isEqualTo((byte) (login.length - 4));
    assertThat(login[3]).isEqualTo((byte) 1);
    assertThat(new String(login, 36, 6, StandardCharsets.ISO_8859_1)).isEqualTo("probe\0");
    hear(talk, packet(2, "00 00 00 0200 0000"));
    assertThat(talk.verdict())
        .isEqualTo(new HttpVerdict(true, "MySQL 5.5.5-10.11.6 lets probe in"));
  }

  @Test
  void mysqlWantsAnotherMethodAndThenRefuses() {
    var talk = new MysqlTalk("probe");
    talk.begin();
    hear(talk, MARIADB);
    sent(talk);
    hear(talk, packet(2, "fe 63616368696e675f736861325f70617373776f726400"));
    assertThat(
            HexFormat.of()
                .formatHex(sent(talk).replace('@', '\0').getBytes(StandardCharsets.ISO_8859_1)))
        .isEqualTo("0100000300");
    hear(talk, packet(4, "ff 1504 233238303030 64656e696564"));
    assertThat(talk.verdict()).isEqualTo(new HttpVerdict(false, "MySQL says 1045 denied"));
  }

  @Test
  void memoryIsBounded() {
    var talk = new MemcachedTalk();
    talk.begin();
    talk.received(ByteBuffer.wrap(new byte[100_000]));
    assertThat(talk.verdict())
        .isEqualTo(new HttpVerdict(false, "the version is longer than 32768 bytes"));
  }

  @Test
  void whoHangsUpFails() {
    var talk = new RedisTalk(null, null);
    talk.begin();
    talk.closed();
    assertThat(talk.verdict())
        .isEqualTo(new HttpVerdict(false, "closed before the answer to PING"));
  }
}
