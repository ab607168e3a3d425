package dev.sluice.plane.xdp;

import java.nio.ByteBuffer;

/** IPv6 packets as bytes; checksums are right. */
final class Ip6 {
  static final int TCP = 6;
  static final int UDP = 17;
  static final int FRAGMENT = 44;
  static final int ICMP = 58;

  private Ip6() {}

  static byte[] frame(byte[] packet) {
    return ByteBuffer.allocate(14 + packet.length)
        .put(Rig.DIRECTOR)
        .put(new byte[] {2, 0, 0, 0, 0, 9})
        .putShort((short) 0x86dd)
        .put(packet)
        .array();
  }

  static byte[] packet(String from, String to, int next, int hopLimit, byte[] payload) {
    return ByteBuffer.allocate(40 + payload.length)
        .putInt(6 << 28)
        .putShort((short) payload.length)
        .put((byte) next)
        .put((byte) hopLimit)
        .put(Frame.address(from))
        .put(Frame.address(to))
        .put(payload)
        .array();
  }

  static byte[] tcp(String from, int source, String to, int destination, int flags, int data) {
    byte[] segment =
        ByteBuffer.allocate(20 + data)
            .putShort((short) source)
            .putShort((short) destination)
            .putInt(1)
            .putInt(1)
            .put((byte) 0x50)
            .put((byte) flags)
            .putShort((short) 1000)
            .array();
    return checked(from, to, TCP, segment, 16);
  }

  static byte[] udp(String from, int source, String to, int destination, int data) {
    byte[] datagram =
        ByteBuffer.allocate(8 + data)
            .putShort((short) source)
            .putShort((short) destination)
            .putShort((short) (8 + data))
            .array();
    return checked(from, to, UDP, datagram, 6);
  }

  static byte[] icmp(String from, String to, int type, int value, byte[] quoted) {
    byte[] message =
        ByteBuffer.allocate(8 + quoted.length)
            .putShort((short) (type << 8))
            .putShort((short) 0)
            .putInt(value)
            .put(quoted)
            .array();
    return checked(from, to, ICMP, message, 2);
  }

  /** A fragment header; an offset in bytes. */
  static byte[] fragment(int next, int offset, boolean more, int id, byte[] payload) {
    return ByteBuffer.allocate(8 + payload.length)
        .put((byte) next)
        .put((byte) 0)
        .putShort((short) (offset | (more ? 1 : 0)))
        .putInt(id)
        .put(payload)
        .array();
  }

  private static byte[] checked(String from, String to, int protocol, byte[] message, int at) {
    int sum = ~sum(Frame.address(from), Frame.address(to), protocol, message, message.length);
    message[at] = (byte) (sum >> 8);
    message[at + 1] = (byte) sum;
    return message;
  }

  /** Whether the checksum above a packet's header is right. */
  static boolean valid(byte[] packet) {
    byte[] from = java.util.Arrays.copyOfRange(packet, 8, 24);
    byte[] to = java.util.Arrays.copyOfRange(packet, 24, 40);
    byte[] message = java.util.Arrays.copyOfRange(packet, 40, packet.length);
    return sum(from, to, packet[6] & 0xff, message, message.length) == 0xffff;
  }

  private static int sum(byte[] from, byte[] to, int protocol, byte[] message, int length) {
    long sum = words(from) + words(to) + protocol + length + words(message);
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum;
  }

  private static long words(byte[] bytes) {
    long sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      sum += (long) (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
    }
    return sum;
  }
}
