package dev.sluice.config.model;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** {@code virtual_server_group}. */
public record VirtualServerGroup(String name, List<Entry> entries) {
  public VirtualServerGroup {
    entries = List.copyOf(entries);
  }

  /** So many services a group can have at most. */
  public static final int MOST = 16_384;

  /** How many services its entries stand for. */
  public BigInteger size() {
    BigInteger sum = BigInteger.ZERO;
    for (Entry entry : entries) {
      sum =
          sum.add(
              switch (entry) {
                case Entry.Range(var first, var last, var _) ->
                    number(last).subtract(number(first)).add(BigInteger.ONE);
                case Entry.Mark _ -> BigInteger.ONE;
              });
    }
    return sum;
  }

  /**
   * The services that its entries stand for, in their order; the first {@link #MOST} at most.
   *
   * @param protocol of those with addresses
   * @param ipVersion 4 or 6: of marks that say nothing
   */
  public List<VirtualServer.Key> keys(Protocol protocol, int ipVersion) {
    List<VirtualServer.Key> keys = new ArrayList<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Range(var first, var last, var port) -> {
          BigInteger end = number(last);
          int bytes = first.getAddress().length;
          for (BigInteger i = number(first);
              i.compareTo(end) <= 0 && keys.size() < MOST;
              i = i.add(BigInteger.ONE)) {
            keys.add(new VirtualServer.Key(address(i, bytes), port, protocol));
          }
        }
        case Entry.Mark(var mark, var version) -> {
          if (mark != 0) {
            keys.add(VirtualServer.Key.ofMark(mark, version == 0 ? ipVersion : version));
          }
        }
      }
    }
    return keys.stream().distinct().toList();
  }

  private static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  private static InetAddress address(BigInteger number, int bytes) {
    byte[] raw = number.toByteArray();
    byte[] address = new byte[bytes];
    int length = Math.min(raw.length, bytes);
    System.arraycopy(raw, raw.length - length, address, bytes - length, length);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }

  /** A line of it. */
  public sealed interface Entry {
    /**
     * Addresses that follow one another.
     *
     * @param last equal to first for a single one
     * @param port 0: all
     */
    record Range(InetAddress first, InetAddress last, int port) implements Entry {}

    /**
     * A firewall mark.
     *
     * @param ipVersion 4, 6, or 0: the real servers' tell
     */
    record Mark(long mark, int ipVersion) implements Entry {}
  }
}
