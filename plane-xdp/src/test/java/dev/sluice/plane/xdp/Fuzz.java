package dev.sluice.plane.xdp;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * Frames that are wrong in every way, the same for the same seed, and what a forwarder may change
 * of one: the reference that the programs are compared with.
 */
final class Fuzz {
  private static final String CLIENT = "198.51.100.1";
  private static final String VIP = "192.0.2.10";
  private static final String NAT_VIP = "192.0.2.11";

  /** No frame is longer. */
  static final int MOST = 512;

  private final Random random;
  private final List<byte[]> seeds;

  Fuzz(long seed) {
    random = new Random(seed);
    byte[] syn = Ip4.tcp(CLIENT, 40000, VIP, 80, Frame.SYN, 30);
    byte[] ack = Ip4.tcp(CLIENT, 40000, NAT_VIP, 80, Frame.ACK, 60);
    byte[] query = Ip4.udp(CLIENT, 40000, VIP, 53, 100, true);
    byte[] fromVip = Ip4.packet(VIP, CLIENT, 6, Ip4.tcp(VIP, 80, CLIENT, 40000, Frame.ACK, 8));
    byte[] fromNat =
        Ip4.packet(NAT_VIP, CLIENT, 6, Ip4.tcp(NAT_VIP, 80, CLIENT, 40000, Frame.ACK, 8));
    seeds =
        List.of(
            Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.TCP, syn)),
            Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.TCP, 0x4000, 40, syn)),
            Ip4.frame(Ip4.packet(CLIENT, NAT_VIP, Ip4.TCP, 0x4000, 12, ack)),
            Ip4.frame(Ip4.packet(CLIENT, NAT_VIP, Ip4.TCP, syn)),
            Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.UDP, query)),
            Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.UDP, Ip4.MORE, 0, query)),
            Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.UDP, 20, 0, query)),
            Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.UDP, query), 100),
            Ip4.frame(Ip4.packet(CLIENT, VIP, Ip4.UDP, query), 7, 100),
            Ip4.frame(Ip4.packet("203.0.113.9", VIP, Ip4.ICMP, Ip4.icmp(3, 4, 1300, fromVip))),
            Ip4.frame(
                Ip4.packet("203.0.113.9", NAT_VIP, Ip4.ICMP, 0, 8, Ip4.icmp(11, 0, 0, fromNat))));
  }

  /** A seed with a few bytes changed, cut, prolonged, or nothing but noise. */
  byte[] next() {
    byte[] seed = seeds.get(random.nextInt(seeds.size()));
    int kind = random.nextInt(16);
    int length = seed.length;
    if (kind < 4) {
      length = random.nextInt(14, seed.length + 1);
    } else if (kind == 4) {
      length = random.nextInt(seed.length, MOST);
    }
    byte[] frame = new byte[length];
    if (kind == 5) {
      random.nextBytes(frame);
    }
    System.arraycopy(seed, 0, frame, 0, kind == 5 ? 14 : Math.min(length, seed.length));
    int headers = Math.min(length, 110);
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      // Beyond the MACs: another host's frame says little.
      int at = random.nextInt(100) == 0 ? random.nextInt(12) : random.nextInt(12, headers);
      frame[at] = (byte) (random.nextBoolean() ? random.nextInt() : frame[at] ^ 1 << at % 8);
    }
    return frame;
  }

  /** The places that forwarding this frame may change; empty when nobody may forward it. */
  static BitSet changeable(byte[] f) {
    BitSet places = new BitSet();
    int ip = 14;
    int type = Ip4.u16(f, 12);
    for (int i = 0; i < 2 && (type == 0x8100 || type == 0x88a8) && f.length >= ip + 4; i++) {
      type = Ip4.u16(f, ip + 2);
      ip += 4;
    }
    if (type != 0x0800 || f.length < ip + 20 || (f[ip] & 0xf0) != 0x40) {
      return places;
    }
    int header = (f[ip] & 0xf) * 4;
    int total = Ip4.u16(f, ip + 2);
    if (header < 20 || total < header || ip + total > f.length || (f[ip + 8] & 0xff) < 2) {
      return places;
    }
    places.set(0, 12);
    places.set(ip + 8);
    places.set(ip + 10, ip + 12);
    places.set(ip + 16, ip + 20);
    int l4 = ip + header;
    int protocol = f[ip + 9];
    if (protocol == Ip4.ICMP) {
      changeableQuote(f, l4, ip + total, places);
    } else if ((Ip4.u16(f, ip + 6) & 0x1fff) == 0) {
      places.set(l4 + 2, l4 + 4);
      int check = l4 + (protocol == Ip4.UDP ? 6 : 16);
      places.set(check, check + 2);
    }
    return places;
  }

  /** Whether the second frame tells the sender of the first why it goes no further. */
  static boolean isErrorAbout(byte[] sent, byte[] got) {
    int ip = 14;
    while (ip < 22 && (Ip4.u16(sent, ip - 2) == 0x8100 || Ip4.u16(sent, ip - 2) == 0x88a8)) {
      ip += 4;
    }
    int quoted = ip + 28;
    if (got.length <= quoted || got.length > sent.length + 28 || got[ip] != 0x45) {
      return false;
    }
    boolean error = got[ip + 9] == Ip4.ICMP && (got[ip + 20] == 3 || got[ip + 20] == 11);
    return error
        && Arrays.equals(got, 0, 6, sent, 6, 12)
        && Arrays.equals(got, 12, ip, sent, 12, ip)
        && Arrays.equals(got, ip + 12, ip + 16, sent, ip + 16, ip + 20)
        && Arrays.equals(got, ip + 16, ip + 20, sent, ip + 12, ip + 16)
        && Arrays.equals(got, quoted, got.length, sent, ip, ip + got.length - quoted)
        && Ip4.sum(got, ip, 20, 0) == 0xffff
        && Ip4.sum(got, ip + 20, got.length - ip - 20, 0) == 0xffff;
  }

  private static void changeableQuote(byte[] f, int icmp, int end, BitSet places) {
    if (icmp + 8 + 28 > end) {
      places.clear();
      return;
    }
    int quoted = icmp + 8;
    int ports = quoted + (f[quoted] & 0xf) * 4;
    places.set(icmp + 2, icmp + 4);
    places.set(quoted + 10, quoted + 16);
    places.set(ports, ports + 2);
    int check = ports + (f[quoted + 9] == Ip4.UDP ? 6 : 16);
    if (check + 2 <= end) {
      places.set(check, check + 2);
    }
  }
}
