package dev.sluice.lab.vrrp;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.List;

/**
 * An advert that nobody should have sent, byte by byte, as an Ethernet frame. Immutable; the
 * methods answer changed copies.
 *
 * @param interval as in the packet: seconds (version 2), hundredths (version 3)
 * @param checksumError added to the right checksum
 */
record Forgery(
    int version,
    int type,
    int vrid,
    int priority,
    int ttl,
    int interval,
    int checksumError,
    String source,
    String destination,
    List<String> vips) {

  /** A right one: version 3, 0.2 s, the group's address list. */
  static Forgery v3(int priority) {
    return new Forgery(
        3, 1, 51, priority, 255, 20, 0, Duo.STRANGER, "224.0.0.18", List.of(Duo.VIP));
  }

  /** A right one: version 2, 1 s. */
  static Forgery v2(int priority) {
    return new Forgery(2, 1, 51, priority, 255, 1, 0, Duo.STRANGER, "224.0.0.18", List.of(Duo.VIP));
  }

  Forgery version(int value) {
    return new Forgery(
        value, type, vrid, priority, ttl, interval, checksumError, source, destination, vips);
  }

  Forgery type(int value) {
    return new Forgery(
        version, value, vrid, priority, ttl, interval, checksumError, source, destination, vips);
  }

  Forgery vrid(int value) {
    return new Forgery(
        version, type, value, priority, ttl, interval, checksumError, source, destination, vips);
  }

  Forgery ttl(int value) {
    return new Forgery(
        version, type, vrid, priority, value, interval, checksumError, source, destination, vips);
  }

  Forgery interval(int value) {
    return new Forgery(
        version, type, vrid, priority, ttl, value, checksumError, source, destination, vips);
  }

  Forgery badChecksum() {
    return new Forgery(
        version, type, vrid, priority, ttl, interval, 0x0101, source, destination, vips);
  }

  Forgery source(String value) {
    return new Forgery(
        version, type, vrid, priority, ttl, interval, checksumError, value, destination, vips);
  }

  Forgery destination(String value) {
    return new Forgery(
        version, type, vrid, priority, ttl, interval, checksumError, source, value, vips);
  }

  Forgery withoutAddress() {
    return new Forgery(
        version,
        type,
        vrid,
        priority,
        ttl,
        interval,
        checksumError,
        source,
        destination,
        List.of());
  }

  /** With its Ethernet and IPv4 headers. */
  byte[] frame(byte[] sourceMac) {
    byte[] message = message();
    var ip = new ByteArrayOutputStream();
    ip.writeBytes(new byte[] {0x45, (byte) 0xc0});
    u16(ip, 20 + message.length);
    u16(ip, 0);
    u16(ip, 0);
    ip.write(ttl);
    ip.write(112);
    u16(ip, 0);
    ip.writeBytes(bytes(source));
    ip.writeBytes(bytes(destination));
    byte[] header = ip.toByteArray();
    put(header, 10, checksum(header));

    byte[] group = bytes(destination);
    var frame = new ByteArrayOutputStream();
    frame.writeBytes(new byte[] {1, 0, 0x5e, (byte) (group[1] & 0x7f), group[2], group[3]});
    frame.writeBytes(sourceMac);
    u16(frame, 0x0800);
    frame.writeBytes(header);
    frame.writeBytes(message);
    return frame.toByteArray();
  }

  private byte[] message() {
    var out = new ByteArrayOutputStream();
    out.write((version << 4) | type);
    out.write(vrid);
    out.write(priority);
    out.write(vips.size());
    if (version == 2) {
      out.write(0);
      out.write(interval);
    } else {
      u16(out, interval);
    }
    u16(out, 0);
    vips.forEach(vip -> out.writeBytes(bytes(vip)));
    if (version == 2) {
      out.writeBytes(new byte[8]);
    }
    byte[] message = out.toByteArray();
    int sum;
    if (version == 2) {
      sum = checksum(message);
    } else {
      var pseudo = new ByteArrayOutputStream();
      pseudo.writeBytes(bytes(source));
      pseudo.writeBytes(bytes(destination));
      pseudo.write(0);
      pseudo.write(112);
      u16(pseudo, message.length);
      pseudo.writeBytes(message);
      sum = checksum(pseudo.toByteArray());
    }
    put(message, 6, sum + checksumError);
    return message;
  }

  private static byte[] bytes(String address) {
    return InetAddress.ofLiteral(address).getAddress();
  }

  private static void u16(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }

  private static void put(byte[] into, int at, int value) {
    into[at] = (byte) (value >> 8);
    into[at + 1] = (byte) value;
  }

  /** RFC 1071. */
  private static int checksum(byte[] data) {
    int sum = 0;
    for (int i = 0; i < data.length; i += 2) {
      sum += ((data[i] & 0xff) << 8) | (i + 1 < data.length ? data[i + 1] & 0xff : 0);
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~sum & 0xffff;
  }
}
