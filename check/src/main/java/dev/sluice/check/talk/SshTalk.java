package dev.sluice.check.talk;

import java.nio.ByteBuffer;

/**
 * SSH's identification strings (RFC 4253 section 4.2): ours goes out, so that the server does not
 * log a client that said nothing; the server's must be of version 2. Lines before it are allowed.
 */
public final class SshTalk extends Talk {
  private static final int MAX_LINES = 50;

  private int lines;

  @Override
  public void begin() {
    say("SSH-2.0-sluice\r\n");
  }

  @Override
  protected void hear(ByteBuffer all) {
    String line = line(all);
    if (line == null) {
      return;
    }
    if (line.startsWith("SSH-")) {
      if (line.startsWith("SSH-2.0-") || line.startsWith("SSH-1.99-")) {
        pass(shown(line));
      } else {
        fail("'" + shown(line) + "' is not version 2 of SSH");
      }
    } else if (++lines > MAX_LINES) {
      fail("more than " + MAX_LINES + " lines before the identification");
    }
  }

  @Override
  public String awaited() {
    return "SSH identification";
  }
}
