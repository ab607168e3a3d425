package dev.sluice.check.talk;

import java.nio.ByteBuffer;

/** memcached's text protocol: {@code version} is answered by {@code VERSION …}. */
public final class MemcachedTalk extends Talk {
  @Override
  public void begin() {
    say("version\r\n");
  }

  @Override
  protected void hear(ByteBuffer all) {
    String line = line(all);
    if (line == null) {
      return;
    }
    if (line.startsWith("VERSION ")) {
      pass(shown(line));
    } else {
      fail("not memcached's version: '" + shown(line) + "'");
    }
  }

  @Override
  public String awaited() {
    return "version";
  }
}
