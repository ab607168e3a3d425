package dev.sluice.check.talk;

import dev.sluice.check.http.HttpVerdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's start-up (protocol 3.0). The check never gives a password: a server that asks for
 * one accepts connections, and that is what is asked.
 *
 * <pre>
 *   STARTUP --R, wants a password-->              passed
 *           --R, let in--> Z --> (sends X) closed passed
 *           --E--> without a configured user: class 28 and 3D000 pass, as with pg_isready: the
 *                  server serves, only not this user; anything else fails (57P03 starting up,
 *                  53300 too many connections)
 * </pre>
 */
public final class PostgresTalk extends Talk {
  private static final int PROTOCOL_3 = 3 << 16;

  private final String user;
  private final @Nullable String database;
  private final boolean guest;
  private boolean leaving;

  /**
   * A client.
   *
   * @param user null: a name that need not exist
   * @param database null: the server's choice, the one named as the user
   */
  public PostgresTalk(@Nullable String user, @Nullable String database) {
    this.user = user == null ? "sluice" : user;
    this.database = database;
    this.guest = user == null;
  }

  @Override
  public void begin() {
    var words = new ByteArrayOutputStream();
    word(words, "user");
    word(words, user);
    if (database != null) {
      word(words, "database");
      word(words, database);
    }
    words.write(0);
    ByteBuffer all = ByteBuffer.allocate(8 + words.size());
    all.putInt(all.capacity()).putInt(PROTOCOL_3).put(words.toByteArray());
    say(all.array());
  }

  private static void word(ByteArrayOutputStream to, String text) {
    to.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    to.write(0);
  }

  @Override
  protected void hear(ByteBuffer all) {
    if (all.remaining() < 5) {
      return;
    }
    char type = (char) (all.get(all.position()) & 0xff);
    int length = all.getInt(all.position() + 1);
    if (length < 4 || length > MAX_ANSWER || "RESKZNv".indexOf(type) < 0) {
      fail("not an answer of PostgreSQL");
      return;
    }
    if (all.remaining() < 1 + length) {
      return;
    }
    ByteBuffer body = all.slice(all.position() + 5, length - 4);
    all.position(all.position() + 1 + length);
    switch (type) {
      case 'R' -> {
        if (length >= 8 && body.getInt() != 0) {
          pass("asks for a password");
        }
      }
      case 'E' -> refused(body);
      case 'Z' -> {
        leaving = true;
        say(new byte[] {'X', 0, 0, 0, 4});
      }
      default -> {} // parameters, notices, the cancellation key
    }
  }

  private void refused(ByteBuffer fields) {
    String code = "";
    String message = "";
    for (String field : StandardCharsets.UTF_8.decode(fields).toString().split("\0", -1)) {
      if (field.startsWith("C")) {
        code = field.substring(1);
      } else if (field.startsWith("M")) {
        message = field.substring(1);
      }
    }
    String text = shown(code + " " + message);
    if (guest && (code.startsWith("28") || code.equals("3D000"))) {
      pass("serves; refuses the user " + user + ": " + text);
    } else {
      fail("PostgreSQL says " + text);
    }
  }

  @Override
  protected HttpVerdict hungUp() {
    return leaving ? new HttpVerdict(true, "lets " + user + " in") : super.hungUp();
  }

  @Override
  public String awaited() {
    return leaving ? "end of the connection" : "answer to the start-up";
  }
}
