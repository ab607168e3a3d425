package dev.sluice.plane.xdp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A fluent builder of Ethernet frames with IPv4 and TCP or UDP; checksums are right unless said.
 */
final class Frame {
  static final int SYN = 0x02;
  static final int ACK = 0x10;
  static final int FIN = 0x01;
  static final int RST = 0x04;
  static final int PSH = 0x08;

  private byte[] dst = new byte[6];
  private byte[] src = {2, 0, 0, 0, 0, 9};
  private int etherType = 0x0800;
  private int versionAndLength = 0x45;
  private int ttl = 64;
  private int protocol = 6;
  private int fragment = 0x4000;
  private byte[] sourceAddress = address("198.51.100.1");
  private byte[] destinationAddress = address("192.0.2.10");
  private int sourcePort = 40000;
  private int destinationPort = 80;
  private int flags = SYN;
  private int dataOffset = 5;
  private byte[] options = new byte[0];
  private byte[] payload = new byte[0];
  private int totalLength = -1;
  private int udpLength = -1;

  static Frame tcp() {
    return new Frame();
  }

  static Frame udp() {
    Frame f = new Frame();
    f.protocol = 17;
    f.payload = new byte[20];
    return f;
  }

  static byte[] address(String text) {
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  Frame to(byte[] mac) {
    dst = mac.clone();
    return this;
  }

  Frame type(int type) {
    etherType = type;
    return this;
  }

  Frame versionAndLength(int value) {
    versionAndLength = value;
    return this;
  }

  Frame ttl(int value) {
    ttl = value;
    return this;
  }

  Frame protocol(int value) {
    protocol = value;
    return this;
  }

  Frame fragment(int value) {
    fragment = value;
    return this;
  }

  Frame from(String address, int port) {
    sourceAddress = address(address);
    sourcePort = port;
    return this;
  }

  Frame from(int address, int port) {
    sourceAddress = ByteBuffer.allocate(4).putInt(address).array();
    sourcePort = port;
    return this;
  }

  Frame at(String address, int port) {
    destinationAddress = address(address);
    destinationPort = port;
    return this;
  }

  Frame flags(int value) {
    flags = value;
    return this;
  }

  Frame dataOffset(int value) {
    dataOffset = value;
    return this;
  }

  Frame options(int bytes) {
    options = new byte[bytes];
    Arrays.fill(options, (byte) 1);
    versionAndLength = 0x40 | (5 + bytes / 4);
    return this;
  }

  Frame payload(int bytes) {
    payload = new byte[bytes];
    return this;
  }

  Frame totalLength(int value) {
    totalLength = value;
    return this;
  }

  Frame udpLength(int value) {
    udpLength = value;
    return this;
  }

  /** The frame's bytes. */
  byte[] bytes() {
    int l4 = protocol == 17 ? 8 : protocol == 6 ? 20 : 8;
    int ip = 20 + options.length + l4 + payload.length;
    ByteBuffer out = ByteBuffer.allocate(14 + ip);
    out.put(dst).put(src).putShort((short) etherType);
    out.put((byte) versionAndLength).put((byte) 0);
    out.putShort((short) (totalLength < 0 ? ip : totalLength));
    out.putShort((short) 0x1234).putShort((short) fragment);
    out.put((byte) ttl).put((byte) protocol).putShort((short) 0);
    out.put(sourceAddress).put(destinationAddress).put(options);
    if (protocol == 17) {
      out.putShort((short) sourcePort).putShort((short) destinationPort);
      out.putShort((short) (udpLength < 0 ? 8 + payload.length : udpLength)).putShort((short) 0);
    } else if (protocol == 6) {
      out.putShort((short) sourcePort).putShort((short) destinationPort);
      out.putInt(1).putInt(1).put((byte) (dataOffset << 4)).put((byte) flags);
      out.putShort((short) 1000).putShort((short) 0).putShort((short) 0);
    } else {
      out.putLong(0x0800000000000000L);
    }
    out.put(payload);
    byte[] bytes = out.array();
    setChecksum(bytes, 20 + options.length);
    return bytes;
  }

  private static void setChecksum(byte[] frame, int headerBytes) {
    frame[24] = 0;
    frame[25] = 0;
    int sum = sum(frame, headerBytes);
    frame[24] = (byte) (~sum >> 8);
    frame[25] = (byte) ~sum;
  }

  /** The one's complement sum of an IPv4 header; 0xffff when its checksum is right. */
  static int sum(byte[] frame, int headerBytes) {
    int sum = 0;
    for (int i = 14; i < 14 + headerBytes; i += 2) {
      sum += (frame[i] & 0xff) << 8 | (frame[i + 1] & 0xff);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }
}
