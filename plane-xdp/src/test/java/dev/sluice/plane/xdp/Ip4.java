package dev.sluice.plane.xdp;

import java.nio.ByteBuffer;

/** IPv4 packets byte by byte, with right checksums, and the check of somebody else's. */
final class Ip4 {
  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int MORE = 0x2000;

  private Ip4() {}

  /** A packet without options. */
  static byte[] packet(String from, String to, int protocol, byte[] payload) {
    return packet(from, to, protocol, 0x4000, 0, payload);
  }

  /**
   * A packet.
   *
   * @param fragment flags and offset, as in the header
   * @param options bytes of options, a multiple of 4
   */
  static byte[] packet(
      String from, String to, int protocol, int fragment, int options, byte[] payload) {
    int header = 20 + options;
    ByteBuffer b = ByteBuffer.allocate(header + payload.length);
    b.put((byte) (0x40 | header / 4)).put((byte) 0).putShort((short) b.capacity());
    b.putShort((short) 0x777).putShort((short) fragment);
    b.put((byte) 64).put((byte) protocol).putShort((short) 0);
    b.put(Frame.address(from)).put(Frame.address(to));
    for (int i = 0; i < options; i++) {
      b.put((byte) 1);
    }
    b.put(payload);
    b.putShort(10, (short) ~sum(b.array(), 0, header, 0));
    return b.array();
  }

  /** A TCP segment whose checksum fits these addresses. */
  static byte[] tcp(String from, int port, String to, int toPort, int flags, int data) {
    ByteBuffer b = ByteBuffer.allocate(20 + data);
    b.putShort((short) port).putShort((short) toPort).putInt(7).putInt(8);
    b.put((byte) 0x50).put((byte) flags).putShort((short) 1000);
    for (int i = 20; i < b.capacity(); i++) {
      b.put(i, (byte) i);
    }
    b.putShort(16, (short) ~sum(b.array(), 0, b.capacity(), pseudo(from, to, TCP, b.capacity())));
    return b.array();
  }

  /** A UDP datagram; without a checksum when asked so. */
  static byte[] udp(String from, int port, String to, int toPort, int data, boolean checked) {
    ByteBuffer b = ByteBuffer.allocate(8 + data);
    b.putShort((short) port).putShort((short) toPort).putShort((short) b.capacity());
    for (int i = 8; i < b.capacity(); i++) {
      b.put(i, (byte) (i * 7));
    }
    if (checked) {
      b.putShort(6, (short) ~sum(b.array(), 0, b.capacity(), pseudo(from, to, UDP, b.capacity())));
    }
    return b.array();
  }

  /** An ICMP message that quotes. */
  static byte[] icmp(int type, int code, int rest, byte[] quoted) {
    ByteBuffer b = ByteBuffer.allocate(8 + quoted.length);
    b.put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).put(quoted);
    b.putShort(2, (short) ~sum(b.array(), 0, b.capacity(), 0));
    return b.array();
  }

  /** In a frame to the device of a test-run. */
  static byte[] frame(byte[] packet, int... tags) {
    ByteBuffer b = ByteBuffer.allocate(14 + 4 * tags.length + packet.length);
    b.put(Rig.DIRECTOR).put(new byte[] {2, 0, 0, 0, 0, 9});
    for (int i = 0; i < tags.length; i++) {
      b.putShort((short) (i == tags.length - 1 ? 0x8100 : 0x88a8)).putShort((short) tags[i]);
    }
    return b.putShort((short) 0x0800).put(packet).array();
  }

  static int pseudo(String from, String to, int protocol, int length) {
    byte[] a = Frame.address(from);
    byte[] b = Frame.address(to);
    return sum(a, 0, 4, 0) + sum(b, 0, 4, 0) + protocol + length;
  }

  /** The one's complement sum; 0xffff over anything whose checksum is right. */
  static int sum(byte[] bytes, int from, int length, int start) {
    long sum = start;
    for (int i = 0; i < length; i++) {
      int b = bytes[from + i] & 0xff;
      sum += i % 2 == 0 ? b << 8 : b;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum;
  }

  /** 16 bits in network order. */
  static int u16(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  /** An address as text. */
  static String address(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        + "."
        + (bytes[at + 1] & 0xff)
        + "."
        + (bytes[at + 2] & 0xff)
        + "."
        + (bytes[at + 3] & 0xff);
  }
}
