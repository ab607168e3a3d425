package dev.sluice.plane.xdp;

/**
 * Which of IPVS's three defences act at this moment (lvs.md c.8). Looked at once a second.
 *
 * <p>Modes: 0 off; 1 on when memory runs out, which makes it 2; 2 on, and 1 again when there is
 * memory; 3 on.
 *
 * @param settings with the modes as they have become
 * @param dropRate every so many-th new connection is dropped; 0: none
 */
public record Defence(Settings settings, boolean dropsEntries, int dropRate, boolean secureTcp) {

  /**
   * As written.
   *
   * @param dropEntry mode: old half-open and idle entries go
   * @param dropPacket mode: new connections are dropped
   * @param secureTcp mode: the table of states that distrusts
   * @param dropRate of drop_packet in mode 3
   * @param threshold amemthresh: pages of free memory below which mode 1 acts
   */
  public record Settings(
      int dropEntry, int dropPacket, int secureTcp, int dropRate, int threshold) {
    /** The kernel's defaults. */
    public static final Settings OFF = new Settings(0, 0, 0, 10, 1024);

    public Settings {
      mode("drop_entry", dropEntry);
      mode("drop_packet", dropPacket);
      mode("secure_tcp", secureTcp);
      if (dropRate < 1 || threshold < 0) {
        throw new IllegalArgumentException("am_droprate is 1 or more, amemthresh 0 or more");
      }
    }

    private static void mode(String name, int mode) {
      if (mode < 0 || mode > 3) {
        throw new IllegalArgumentException(name + " is 0 to 3, not " + mode);
      }
    }

    /** With this mode of it. */
    public Settings dropEntry(int mode) {
      return new Settings(mode, dropPacket, secureTcp, dropRate, threshold);
    }

    /** With this mode of it. */
    public Settings dropPacket(int mode) {
      return new Settings(dropEntry, mode, secureTcp, dropRate, threshold);
    }

    /** With this mode of it. */
    public Settings secureTcp(int mode) {
      return new Settings(dropEntry, dropPacket, mode, dropRate, threshold);
    }

    /** With this am_droprate. */
    public Settings dropRate(int rate) {
      return new Settings(dropEntry, dropPacket, secureTcp, rate, threshold);
    }

    /** With this amemthresh. */
    public Settings threshold(int pages) {
      return new Settings(dropEntry, dropPacket, secureTcp, dropRate, pages);
    }

    /** Whether memory matters. */
    boolean automatic() {
      return automatic(dropEntry) || automatic(dropPacket) || automatic(secureTcp);
    }

    private static boolean automatic(int mode) {
      return mode == 1 || mode == 2;
    }
  }

  /**
   * With so much memory free.
   *
   * @param availablePages free ones and buffers
   */
  static Defence of(Settings s, long availablePages) {
    boolean scarce = availablePages < s.threshold();
    Settings next =
        s.dropEntry(moved(s.dropEntry(), scarce))
            .dropPacket(moved(s.dropPacket(), scarce))
            .secureTcp(moved(s.secureTcp(), scarce));
    int rate =
        switch (next.dropPacket()) {
          case 2 -> (int) (s.threshold() / Math.max(1, s.threshold() - availablePages));
          case 3 -> s.dropRate();
          default -> 0;
        };
    return new Defence(next, next.dropEntry() >= 2, rate, next.secureTcp() >= 2);
  }

  private static int moved(int mode, boolean scarce) {
    return mode == 1 || mode == 2 ? (scarce ? 2 : 1) : mode;
  }
}
