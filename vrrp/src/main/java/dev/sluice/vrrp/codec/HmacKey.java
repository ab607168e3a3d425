package dev.sluice.vrrp.codec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** A key of {@code auth_hmac}: an id from 1 to 255 that is on the wire, and 32 to 64 bytes. */
public final class HmacKey {
  /** Least bytes of a key. */
  public static final int LEAST = 32;

  /** Most bytes of a key. */
  public static final int MOST = 64;

  private final int id;
  private final byte[] octets;

  /**
   * A key.
   *
   * @throws IllegalArgumentException fewer than 32 or more than 64 bytes
   */
  public HmacKey(int id, byte[] octets) {
    this.id = id;
    this.octets = octets.clone();
    if (octets.length < LEAST || octets.length > MOST) {
      throw new IllegalArgumentException(
          "auth_hmac key " + id + " has " + octets.length + " bytes; it needs 32 to 64");
    }
  }

  /** Its number, 1..255, on the wire. */
  public int id() {
    return id;
  }

  /** Its bytes. */
  public byte[] octets() {
    return octets.clone();
  }

  /**
   * The key that a configuration writes: {@code hex:…}, {@code file:PATH} (its bytes without a line
   * end), or the text itself. Reads a file: not for the VRRP thread.
   *
   * @throws IllegalArgumentException what is wrong with it, in a sentence
   */
  public static HmacKey of(int id, String material) {
    if (material.startsWith("hex:")) {
      try {
        return new HmacKey(id, HexFormat.of().parseHex(material.substring(4)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("auth_hmac key " + id + ": " + e.getMessage(), e);
      }
    }
    if (material.startsWith("file:")) {
      Path path = Path.of(material.substring(5));
      try {
        byte[] bytes = Files.readAllBytes(path);
        int length = bytes.length;
        while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
          length--;
        }
        return new HmacKey(id, Arrays.copyOf(bytes, length));
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "auth_hmac key " + id + ": cannot read " + path + ": " + e.getMessage(), e);
      }
    }
    return new HmacKey(id, material.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HmacKey key && key.id == id && Arrays.equals(key.octets, octets);
  }

  @Override
  public int hashCode() {
    return id;
  }

  @Override
  public String toString() {
    return "HmacKey[" + id + ", ********]";
  }
}
