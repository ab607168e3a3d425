package dev.sluice.plane.xdp;

/**
 * The kernel's {@code net.ipv4.vs.*} settings that the plane has, by their names (lvs.md c.6 to
 * c.9).
 *
 * @param connReuseMode what a SYN on an old entry does: 0 keeps its server, 1 chooses anew after
 *     TIME_WAIT and CLOSE, 2 also after FIN_WAIT where answers go past the director
 * @param sloppyTcp entries begin with any packet but RST
 * @param expireNodestConn entries end with their server, so that clients are reset or served by
 *     another one; else their packets are dropped until they expire
 * @param expireQuiescentTemplate clients leave a server whose weight is 0; else they stay with it
 * @param lblcExpirationSeconds an unused destination is forgotten after so long
 * @param lblcrExpirationSeconds the same; and a set without change loses a member after so long
 * @param defence what is done under attack
 * @param pmtuDisc tunnels keep a packet's prohibition of fragments, and clients are told what is
 *     too long; else outer headers allow fragments
 */
public record Knobs(
    int connReuseMode,
    boolean sloppyTcp,
    boolean expireNodestConn,
    boolean expireQuiescentTemplate,
    int lblcExpirationSeconds,
    int lblcrExpirationSeconds,
    Defence.Settings defence,
    boolean pmtuDisc) {
  private static final int DAY = 86_400;

  /** What operators expect. */
  public static final Knobs SLUICE =
      new Knobs(1, false, true, false, DAY, DAY, Defence.Settings.OFF, true);

  /** The kernel's defaults. */
  public static final Knobs IPVS =
      new Knobs(1, false, false, false, DAY, DAY, Defence.Settings.OFF, true);

  public Knobs {
    if (connReuseMode < 0 || connReuseMode > 3) {
      throw new IllegalArgumentException("conn_reuse_mode is 0 to 3, not " + connReuseMode);
    }
  }

  /** The same, to be changed. */
  public Builder with() {
    return new Builder(this);
  }

  /** As the programs read them. */
  int flags() {
    return (sloppyTcp ? Layout.KNOB_SLOPPY_TCP : 0)
        | (expireNodestConn ? Layout.KNOB_EXPIRE_NODEST : 0)
        | (expireQuiescentTemplate ? Layout.KNOB_EXPIRE_QUIESCENT : 0)
        | (pmtuDisc ? 0 : Layout.KNOB_NO_PMTU_DISC);
  }

  /** Changes settings by the kernel's names. */
  public static final class Builder {
    private Knobs knobs;

    private Builder(Knobs knobs) {
      this.knobs = knobs;
    }

    /**
     * Sets one.
     *
     * @return false: the plane has none of this name
     * @throws IllegalArgumentException when it cannot have this value
     */
    public boolean set(String name, int value) {
      Knobs k = knobs;
      boolean on = value != 0;
      Defence.Settings d = k.defence;
      switch (name) {
        case "conn_reuse_mode" -> knobs = k.connReuse(value);
        case "sloppy_tcp" ->
            knobs = k.of(k.connReuseMode, on, k.expireNodestConn, k.expireQuiescentTemplate);
        case "expire_nodest_conn" ->
            knobs = k.of(k.connReuseMode, k.sloppyTcp, on, k.expireQuiescentTemplate);
        case "expire_quiescent_template" ->
            knobs = k.of(k.connReuseMode, k.sloppyTcp, k.expireNodestConn, on);
        case "lblc_expiration" -> knobs = k.expirations(value, k.lblcrExpirationSeconds);
        case "lblcr_expiration" -> knobs = k.expirations(k.lblcExpirationSeconds, value);
        case "pmtu_disc" -> knobs = k.pmtuDisc(on);
        case "drop_entry" -> knobs = k.defence(d.dropEntry(value));
        case "drop_packet" -> knobs = k.defence(d.dropPacket(value));
        case "secure_tcp" -> knobs = k.defence(d.secureTcp(value));
        case "am_droprate" -> knobs = k.defence(d.dropRate(value));
        case "amemthresh" -> knobs = k.defence(d.threshold(value));
        default -> {
          return false;
        }
      }
      return true;
    }

    /** What has been set. */
    public Knobs build() {
      return knobs;
    }
  }

  private Knobs of(int reuse, boolean sloppy, boolean nodest, boolean quiescent) {
    return new Knobs(
        reuse,
        sloppy,
        nodest,
        quiescent,
        lblcExpirationSeconds,
        lblcrExpirationSeconds,
        defence,
        pmtuDisc);
  }

  private Knobs connReuse(int mode) {
    return of(mode, sloppyTcp, expireNodestConn, expireQuiescentTemplate);
  }

  private Knobs expirations(int lblc, int lblcr) {
    return new Knobs(
        connReuseMode,
        sloppyTcp,
        expireNodestConn,
        expireQuiescentTemplate,
        lblc,
        lblcr,
        defence,
        pmtuDisc);
  }

  private Knobs pmtuDisc(boolean on) {
    return new Knobs(
        connReuseMode,
        sloppyTcp,
        expireNodestConn,
        expireQuiescentTemplate,
        lblcExpirationSeconds,
        lblcrExpirationSeconds,
        defence,
        on);
  }

  private Knobs defence(Defence.Settings next) {
    return new Knobs(
        connReuseMode,
        sloppyTcp,
        expireNodestConn,
        expireQuiescentTemplate,
        lblcExpirationSeconds,
        lblcrExpirationSeconds,
        next,
        pmtuDisc);
  }
}
