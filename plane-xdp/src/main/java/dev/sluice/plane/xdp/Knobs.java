package dev.sluice.plane.xdp;

/**
 * The kernel's {@code net.ipv4.vs.*} settings that the plane has, by their names (lvs.md c.6 to
 * c.9).
 *
 * @param connReuseMode what a SYN on an old entry does: 0 keeps its server, 1 chooses anew after
 *     TIME_WAIT and CLOSE, 2 also after FIN_WAIT where answers go past the director
 * @param sloppyTcp entries begin with any packet but RST
 * @param secureTcp the other table of states, under attack
 * @param expireNodestConn entries end with their server, so that clients are reset or served by
 *     another one; else their packets are dropped until they expire
 * @param expireQuiescentTemplate clients leave a server whose weight is 0; else they stay with it
 */
public record Knobs(
    int connReuseMode,
    boolean sloppyTcp,
    boolean secureTcp,
    boolean expireNodestConn,
    boolean expireQuiescentTemplate) {
  /** What operators expect. */
  public static final Knobs SLUICE = new Knobs(1, false, false, true, false);

  /** The kernel's defaults. */
  public static final Knobs IPVS = new Knobs(1, false, false, false, false);

  public Knobs {
    if (connReuseMode < 0 || connReuseMode > 3) {
      throw new IllegalArgumentException("conn_reuse_mode is 0 to 3, not " + connReuseMode);
    }
  }

  /** As the programs read them. */
  int flags() {
    return (sloppyTcp ? Layout.KNOB_SLOPPY_TCP : 0)
        | (secureTcp ? Layout.KNOB_SECURE_TCP : 0)
        | (expireNodestConn ? Layout.KNOB_EXPIRE_NODEST : 0)
        | (expireQuiescentTemplate ? Layout.KNOB_EXPIRE_QUIESCENT : 0);
  }
}
