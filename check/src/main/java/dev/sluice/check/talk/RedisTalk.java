package dev.sluice.check.talk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Redis (RESP2): PING is answered by PONG. A server that loads its data set or has lost its master
 * answers an error, as does one that wants a password.
 *
 * <pre>
 *   with a password:  AUTH --+OK--> PING --+PONG--> passed
 *   without:                        PING --+PONG--> passed
 * </pre>
 */
public final class RedisTalk extends Talk {
  private final @Nullable String user;
  private final @Nullable String password;
  private boolean authenticating;

  public RedisTalk(@Nullable String user, @Nullable String password) {
    this.user = user;
    this.password = password;
  }

  @Override
  public void begin() {
    if (password == null) {
      command("PING");
    } else if (user == null) {
      command("AUTH", password);
    } else {
      command("AUTH", user, password);
    }
    authenticating = password != null;
  }

  private void command(String... words) {
    var text = new StringBuilder("*").append(words.length).append("\r\n");
    for (String word : words) {
      text.append('$').append(word.getBytes(StandardCharsets.UTF_8).length);
      text.append("\r\n").append(word).append("\r\n");
    }
    say(text.toString());
  }

  @Override
  protected void hear(ByteBuffer all) {
    String line = line(all);
    if (line == null) {
      return;
    }
    if (authenticating && line.equals("+OK")) {
      authenticating = false;
      command("PING");
    } else if (!authenticating && line.equals("+PONG")) {
      pass("PONG");
    } else if (line.startsWith("-")) {
      fail("Redis says '" + shown(line.substring(1)) + "'");
    } else {
      fail("not an answer of Redis: '" + shown(line) + "'");
    }
  }

  @Override
  public String awaited() {
    return authenticating ? "answer to AUTH" : "answer to PING";
  }
}
