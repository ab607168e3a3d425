package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Greets a mail server as keepalived's SMTP_CHECK does (RFC 5321 section 4).
 *
 * <pre>
 *   GREETING --220--> HELO (sends HELO) --250--> QUIT (sends QUIT) --any answer, or closed--> passed
 *   any      --another code, a line too long, closed--> failed
 * </pre>
 */
final class SmtpConversation implements Conversation {
  /** RFC 5321 allows 512; mail servers are chattier, endless ones are none. */
  private static final int MAX_LINE = 1024;

  private static final int MAX_LINES = 100;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private enum At {
    GREETING("greeting", 220),
    HELO("answer to HELO", 250),
    QUIT("answer to QUIT", 221);

    final String awaited;
    final int code;

    At(String awaited, int code) {
      this.awaited = awaited;
      this.code = code;
    }
  }

  private final String heloName;
  private final StringBuilder line = new StringBuilder();
  private ByteBuffer out = NOTHING;
  private At at = At.GREETING;
  private int lines;
  private boolean answering;
  private String greeting = "";
  private @Nullable HttpVerdict verdict;

  SmtpConversation(String heloName) {
    this.heloName = heloName;
  }

  @Override
  public void begin() {}

  @Override
  public void received(ByteBuffer bytes) {
    answering |= bytes.hasRemaining();
    while (bytes.hasRemaining() && verdict == null) {
      char c = (char) (bytes.get() & 0xff);
      if (c == '\n') {
        String text = line.toString().stripTrailing();
        line.setLength(0);
        line(text);
      } else if (line.length() == MAX_LINE) {
        fail("a line of the " + at.awaited + " is longer than " + MAX_LINE + " bytes");
      } else {
        line.append(c);
      }
    }
    bytes.position(bytes.limit());
  }

  private void line(String text) {
    boolean number =
        text.length() >= 3 && text.chars().limit(3).allMatch(c -> c >= '0' && c <= '9');
    boolean more = text.length() > 3 && text.charAt(3) == '-';
    if (!number || (text.length() > 3 && text.charAt(3) != ' ' && !more)) {
      fail("the " + at.awaited + " is no SMTP reply: '" + shown(text) + "'");
    } else if (++lines > MAX_LINES) {
      fail("the " + at.awaited + " has more than " + MAX_LINES + " lines");
    } else if (!more) {
      reply(Integer.parseInt(text.substring(0, 3)), text);
    }
  }

  private void reply(int code, String text) {
    if (at == At.QUIT) {
      verdict = new HttpVerdict(true, greeting);
    } else if (code != at.code) {
      fail("the " + at.awaited + " is '" + shown(text) + "', expected " + at.code);
    } else if (at == At.GREETING) {
      greeting = shown(text);
      say("HELO " + heloName);
      at = At.HELO;
    } else {
      say("QUIT");
      at = At.QUIT;
    }
    lines = 0;
  }

  private void say(String command) {
    out = ByteBuffer.wrap((command + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What a server said, fit for a log: bounded and without control characters. */
  private static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 80 ? clean.substring(0, 79) + "…" : clean;
  }

  private void fail(String why) {
    verdict = new HttpVerdict(false, why);
  }

  @Override
  public void closed() {
    if (verdict == null) {
      if (at == At.QUIT) {
        verdict = new HttpVerdict(true, greeting);
      } else {
        fail("closed before the " + at.awaited);
      }
    }
  }

  @Override
  public ByteBuffer toSend() {
    return out;
  }

  @Override
  public @Nullable HttpVerdict verdict() {
    return verdict;
  }

  @Override
  public boolean answering() {
    return answering;
  }

  @Override
  public String awaited() {
    return at.awaited;
  }
}
