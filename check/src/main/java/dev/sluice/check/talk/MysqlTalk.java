package dev.sluice.check.talk;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * MySQL's and MariaDB's greeting (protocol 10). Without a user the greeting is all; the server
 * counts that as an interrupted connection and may lock this machine out after {@code
 * max_connect_errors} of them. With a user that has no password the check logs in.
 *
 * <pre>
 *   GREETING --protocol 10--> without a user: passed
 *                             with one: (sends the login) LOGIN --OK--> passed
 *                                                               --other method--> (empty password) LOGIN
 *   any      --error packet--> failed
 * </pre>
 */
public final class MysqlTalk extends Talk {
  private static final int LONG_PASSWORD = 1;
  private static final int PROTOCOL_41 = 0x200;
  private static final int SECURE_CONNECTION = 0x8000;
  private static final int PLUGIN_AUTH = 0x80000;
  private static final int UTF8 = 33;
  private static final String NATIVE = "mysql_native_password";

  private final @Nullable String user;
  private String version = "";
  private boolean greeted;

  public MysqlTalk(@Nullable String user) {
    this.user = user;
  }

  @Override
  public void begin() {}

  @Override
  protected void hear(ByteBuffer all) {
    if (all.remaining() < 5) {
      return;
    }
    int at = all.position();
    int length =
        (all.get(at) & 0xff) | ((all.get(at + 1) & 0xff) << 8) | ((all.get(at + 2) & 0xff) << 16);
    int sequence = all.get(at + 3) & 0xff;
    if (length == 0 || length > MAX_ANSWER) {
      fail("not a packet of MySQL");
      return;
    }
    if (all.remaining() < 4 + length) {
      return;
    }
    ByteBuffer body = all.slice(at + 4, length);
    all.position(at + 4 + length);
    int first = body.get() & 0xff;
    if (first == 0xff) {
      refused(body);
    } else if (!greeted) {
      greeting(first, body, sequence);
    } else if (first == 0) {
      pass("MySQL " + version + " lets " + user + " in");
    } else if (first == 0xfe) {
      // Another method of authentication: an empty password is nothing with the native one, a
      // zero byte with the others.
      boolean nothing = text(body).equals(NATIVE);
      packet(sequence + 1, nothing ? new byte[0] : new byte[1]);
    } else if (first != 1) {
      fail("not an answer to a login");
    }
  }

  private void greeting(int protocol, ByteBuffer body, int sequence) {
    if (protocol != 10) {
      fail("not a greeting of MySQL");
      return;
    }
    version = shown(text(body));
    greeted = true;
    if (user == null) {
      pass("MySQL " + version);
      return;
    }
    var login = new ByteArrayOutputStream();
    ByteBuffer head = ByteBuffer.allocate(32).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    head.putInt(LONG_PASSWORD | PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH);
    head.putInt(1 << 24).put((byte) UTF8);
    login.writeBytes(head.array());
    login.writeBytes(user.getBytes(StandardCharsets.UTF_8));
    login.write(0);
    login.write(0); // no password
    login.writeBytes(NATIVE.getBytes(StandardCharsets.US_ASCII));
    login.write(0);
    packet(sequence + 1, login.toByteArray());
  }

  private void packet(int sequence, byte[] body) {
    byte[] all = new byte[4 + body.length];
    all[0] = (byte) body.length;
    all[1] = (byte) (body.length >> 8);
    all[3] = (byte) sequence;
    System.arraycopy(body, 0, all, 4, body.length);
    say(all);
  }

  private void refused(ByteBuffer body) {
    int code = body.remaining() < 2 ? 0 : (body.get() & 0xff) | ((body.get() & 0xff) << 8);
    String text = StandardCharsets.UTF_8.decode(body).toString();
    // From protocol 4.1 on: #SQLSTATE before the text.
    String message = text.startsWith("#") && text.length() >= 6 ? text.substring(6) : text;
    fail("MySQL says " + code + " " + shown(message));
  }

  private static String text(ByteBuffer body) {
    var text = new StringBuilder();
    while (body.hasRemaining()) {
      byte b = body.get();
      if (b == 0) {
        break;
      }
      text.append((char) (b & 0xff));
    }
    return text.toString();
  }

  @Override
  public String awaited() {
    return greeted ? "answer to the login" : "greeting";
  }
}
