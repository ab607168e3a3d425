package dev.sluice.lvs.scheduler;

import dev.sluice.lvs.scheduler.Roster.Server;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The tables of the hash schedulers: for each slot the index of a server, as IPVS fills them
 * (lvs.md b.5 to b.7). Empty when there is no server.
 */
public final class SlotTable {
  /** Slots of {@code sh} and {@code dh}. */
  public static final int SMALL = 256;

  /** Slots of {@code mh}: the kernel's default prime. */
  public static final int MAGLEV = 4093;

  private static final long START_KEY = 2654435761L;
  private static final long SKIP_KEY = 2654446892L;

  /** {@code IP_VS_MH_TAB_BITS / 2}: a server takes at most so many bits of slots in one round. */
  private static final int TURN_BITS = 6;

  private SlotTable() {}

  /** {@code sh}: as many slots in a row as the weight says; weight 0 still takes one. */
  public static <K> int[] sourceHash(List<Server<K>> servers) {
    return inTurn(servers, true);
  }

  /** {@code dh}: a slot for each in turn. */
  public static <K> int[] destinationHash(List<Server<K>> servers) {
    return inTurn(servers, false);
  }

  private static <K> int[] inTurn(List<Server<K>> servers, boolean weighted) {
    if (servers.isEmpty()) {
      return new int[0];
    }
    int[] slots = new int[SMALL];
    int server = 0;
    int left = weighted ? Math.max(1, servers.getFirst().weight()) : 1;
    for (int i = 0; i < SMALL; i++) {
      slots[i] = server;
      if (--left == 0) {
        server = (server + 1) % servers.size();
        left = weighted ? Math.max(1, servers.get(server).weight()) : 1;
      }
    }
    return slots;
  }

  /**
   * {@code mh}: each server claims slots along its own permutation, in rounds (Eisenbud et al.,
   * Maglev, NSDI 2016, 3.4, with weights as turns).
   *
   * @param servers with the weights they had last when it was not 0; 0: never had one
   * @param seed of a server: its address folded to 32 bits, plus its port
   */
  public static <K> int[] maglev(List<Server<K>> servers, ToIntFunction<K> seed) {
    int divisor = 0;
    int most = 0;
    for (Server<K> s : servers) {
      divisor = gcd(divisor, s.weight());
      most = Math.max(most, s.weight());
    }
    if (divisor == 0) {
      return new int[0];
    }
    int shift = Math.max(0, 32 - Integer.numberOfLeadingZeros(most / divisor) - TURN_BITS);
    int[] at = new int[servers.size()];
    int[] skip = new int[servers.size()];
    int[] turns = new int[servers.size()];
    for (int i = 0; i < at.length; i++) {
      int value = seed.applyAsInt(servers.get(i).key());
      at[i] = Integer.remainderUnsigned(SipHash13.word(value, START_KEY), MAGLEV);
      skip[i] = Integer.remainderUnsigned(SipHash13.word(value, SKIP_KEY), MAGLEV - 1) + 1;
      int weight = servers.get(i).weight();
      turns[i] = weight == 0 ? 0 : Math.max(1, (weight / divisor) >> shift);
    }
    return fill(at, skip, turns);
  }

  private static int[] fill(int[] at, int[] skip, int[] turns) {
    int[] slots = new int[MAGLEV];
    Arrays.fill(slots, -1);
    int free = MAGLEV;
    while (true) {
      for (int i = 0; i < at.length; i++) {
        for (int turn = 0; turn < turns[i]; turn++) {
          while (slots[at[i]] >= 0) {
            at[i] = (at[i] + skip[i]) % MAGLEV;
          }
          slots[at[i]] = i;
          if (--free == 0) {
            return slots;
          }
          at[i] = (at[i] + skip[i]) % MAGLEV;
        }
      }
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
