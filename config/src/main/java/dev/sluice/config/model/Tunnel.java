package dev.sluice.config.model;

/**
 * How packets are wrapped on their way to a real server.
 *
 * @param port of GUE; else 0
 */
public record Tunnel(Type type, int port, Checksum checksum) {
  /** Kind of encapsulation. */
  public enum Type {
    IPIP,
    GUE,
    GRE
  }

  /** Checksum in the outer header. */
  public enum Checksum {
    NONE,
    CSUM,
    REMCSUM
  }

  private static final Tunnel IPIP = new Tunnel(Type.IPIP, 0, Checksum.NONE);

  /** IP in IP. */
  public static Tunnel ipip() {
    return IPIP;
  }
}
