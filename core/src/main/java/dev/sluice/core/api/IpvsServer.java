package dev.sluice.core.api;

import io.avaje.jsonb.Json;

/**
 * A real server as ipvsadm sets it.
 *
 * @param address numeric
 * @param weight 0: no new connections
 * @param upperThreshold 0: none
 * @param lowerThreshold 0: three quarters of the upper one
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsServer(
    String address,
    int port,
    Method method,
    int weight,
    long upperThreshold,
    long lowerThreshold,
    Tunnel tunnel) {
  /** How a packet gets there; the words are those of listings. */
  public enum Method {
    MASQ("Masq"),
    LOCAL("Local"),
    TUNNEL("Tunnel"),
    ROUTE("Route"),
    BYPASS("Bypass");

    private final String word;

    Method(String word) {
      this.word = word;
    }

    /** As listings write it. */
    public String word() {
      return word;
    }
  }

  /** {@code --tun-type}. */
  public enum TunnelType {
    IPIP,
    GUE,
    GRE
  }

  /** {@code --tun-nocsum}, {@code --tun-csum}, {@code --tun-remcsum}. */
  public enum Checksum {
    NONE,
    FULL,
    REMOTE
  }

  /**
   * The outer packet; meaningful with {@link Method#TUNNEL} only.
   *
   * @param port of GUE; else 0
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Tunnel(TunnelType type, int port, Checksum checksum) {
    /** IP in IP. */
    public static final Tunnel IPIP = new Tunnel(TunnelType.IPIP, 0, Checksum.NONE);
  }

  /** Address and port, which identify it within its service. */
  public String place() {
    return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
  }
}
