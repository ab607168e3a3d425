package dev.sluice.vrrp.codec;

import java.nio.charset.StandardCharsets;

/** What a version 2 advert carries to prove its sender (RFC 2338 5.3.6, 5.3.10). */
public sealed interface AdvertAuthentication {

  /** The wire's auth type: 0 none, 1 simple text password, 2 IP AH. */
  int type();

  /** No authentication; also every version 3 advert. */
  record None() implements AdvertAuthentication {
    @Override
    public int type() {
      return 0;
    }
  }

  /**
   * A password in clear.
   *
   * @param octets the eight bytes of the wire, first byte most significant, zero padded
   */
  record SimplePassword(long octets) implements AdvertAuthentication {

    /** The first eight bytes of the text; the rest is cut as keepalived does. */
    public static SimplePassword of(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      long octets = 0;
      for (int i = 0; i < 8; i++) {
        octets = (octets << 8) | (i < bytes.length ? bytes[i] & 0xff : 0);
      }
      return new SimplePassword(octets);
    }

    @Override
    public int type() {
      return 1;
    }

    @Override
    public String toString() {
      return "SimplePassword[********]";
    }
  }

  /**
   * An IPsec authentication header around a message with empty data; key and sequence are an {@link
   * AhAssociation}'s.
   */
  record Ah() implements AdvertAuthentication {
    @Override
    public int type() {
      return 2;
    }
  }
}
