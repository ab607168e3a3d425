package dev.sluice.check.talk;

import java.nio.ByteBuffer;

/**
 * LDAP (RFC 4511): an anonymous simple bind must be answered by resultCode success (0). The answer
 * is {@code 30 LEN 02 01 01 61 LEN 0a 01 CODE …}, BER.
 */
public final class LdapTalk extends Talk {
  private static final int BIND_RESPONSE = 0x61;

  // LDAPMessage { messageID 1, BindRequest { version 3, name "", simple "" } }
  private static final byte[] BIND = {0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, (byte) 0x80, 0};

  @Override
  public void begin() {
    say(BIND.clone());
  }

  @Override
  protected void hear(ByteBuffer all) {
    ByteBuffer b = all.duplicate();
    if ((b.get() & 0xff) != 0x30) {
      fail("not an LDAP answer");
      return;
    }
    int length = length(b);
    if (length == MORE || (length >= 0 && b.remaining() < length)) {
      return;
    }
    if (length < 0) {
      fail("not an LDAP answer");
      return;
    }
    b.limit(b.position() + length);
    int code = resultCode(b);
    if (code == 0) {
      pass("bound anonymously");
    } else if (code > 0) {
      fail("the bind was refused with result " + code + name(code));
    } else {
      fail("not an answer to a bind");
    }
  }

  /** −1: it is something else. */
  private static int resultCode(ByteBuffer b) {
    if (!skip(b, 0x02) || !b.hasRemaining() || (b.get() & 0xff) != BIND_RESPONSE || length(b) < 0) {
      return -1;
    }
    if (b.remaining() < 3 || b.get() != 0x0a || b.get() != 1) {
      return -1;
    }
    return b.get() & 0xff;
  }

  private static boolean skip(ByteBuffer b, int tag) {
    if (!b.hasRemaining() || (b.get() & 0xff) != tag) {
      return false;
    }
    int length = length(b);
    if (length < 0 || length > b.remaining()) {
      return false;
    }
    b.position(b.position() + length);
    return true;
  }

  private static final int MORE = -2;

  /** A BER length; −1: none that an answer to us has, {@link #MORE}: not whole yet. */
  private static int length(ByteBuffer b) {
    if (!b.hasRemaining()) {
      return MORE;
    }
    int first = b.get() & 0xff;
    if (first < 0x80) {
      return first;
    }
    int bytes = first & 0x7f;
    if (bytes == 0 || bytes > 4) {
      return -1;
    }
    if (b.remaining() < bytes) {
      return MORE;
    }
    long length = 0;
    for (int i = 0; i < bytes; i++) {
      length = length << 8 | (b.get() & 0xff);
    }
    return length > MAX_ANSWER ? -1 : (int) length;
  }

  private static String name(int code) {
    return switch (code) {
      case 8 -> " (strongerAuthRequired)";
      case 13 -> " (confidentialityRequired)";
      case 48 -> " (inappropriateAuthentication)";
      case 49 -> " (invalidCredentials)";
      case 51 -> " (busy)";
      case 52 -> " (unavailable)";
      case 53 -> " (unwillingToPerform)";
      default -> "";
    };
  }

  @Override
  public String awaited() {
    return "answer to the bind";
  }
}
