package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;

/**
 * Where {@link RawIpSocket#receive(PacketBuffer)} puts a packet and what the kernel knows of it.
 * Used again for every packet: what it tells is valid until the next one. Used from one thread at a
 * time; only {@link #source()} and {@link #destination()} allocate.
 *
 * <p>Addresses come as two halves, network order in a long: of IPv6 the upper and lower 64 bits, of
 * IPv4 0 and the 32 bits.
 */
public final class PacketBuffer {
  private static final ValueLayout.OfInt NET_INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
  private static final ValueLayout.OfLong NET_LONG = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

  static final int IPV6_PKTINFO = 50;
  static final int IPV6_HOPLIMIT = 52;
  static final int IPV6_TCLASS = 67;
  static final int IP_PKTINFO = 8;

  private static final long STAMP = Message.kind(Sockets.SOL_SOCKET, Sockets.SO_TIMESTAMPNS);
  private static final long DROPS = Message.kind(Sockets.SOL_SOCKET, Sockets.SO_RXQ_OVFL);
  private static final long INFO4 = Message.kind(RawIpSocket.SOL_IP, IP_PKTINFO);
  private static final long INFO6 = Message.kind(RawIpSocket.SOL_IPV6, IPV6_PKTINFO);
  private static final long HOPS6 = Message.kind(RawIpSocket.SOL_IPV6, IPV6_HOPLIMIT);
  private static final long CLASS6 = Message.kind(RawIpSocket.SOL_IPV6, IPV6_TCLASS);
  private static final int CONTROL_BYTES = 256;

  private final Message message;
  private final MemorySegment data;
  private final int capacity;

  private boolean ipv4;
  private int length;
  private int hopLimit;
  private int trafficClass;
  private int ifindex;
  private int dropped;
  private long receivedNanos;
  private long sourceHigh;
  private long sourceLow;
  private long destinationHigh;
  private long destinationLow;

  /**
   * A buffer that lives as long as the arena.
   *
   * @param bytes of the largest packet; longer ones are cut
   */
  public PacketBuffer(Arena arena, int bytes) {
    message = new Message(arena, CONTROL_BYTES);
    data = arena.allocate(bytes, 8);
    capacity = bytes;
    message.data(data, bytes);
  }

  /** The packet from its first byte: of IPv4 the IP header, of IPv6 what follows the headers. */
  public MemorySegment data() {
    return data;
  }

  /** Bytes of {@link #data} that are valid. */
  public int length() {
    return length;
  }

  /** Whether the packet was longer than the buffer. */
  public boolean truncated() {
    return (message.flags() & Sockets.MSG_TRUNC) != 0;
  }

  /** Whether it came by IPv4. */
  public boolean ipv4() {
    return ipv4;
  }

  /** TTL or hop limit, 0 to 255; -1 when not told. */
  public int hopLimit() {
    return hopLimit;
  }

  /** The TOS or traffic class byte; -1 when not told. */
  public int trafficClass() {
    return trafficClass;
  }

  /** The interface it came in by (a VMAC's own number when it came to the VMAC); 0: not told. */
  public int ifindex() {
    return ifindex;
  }

  /**
   * When the kernel received it, on the scale of {@link System#nanoTime}. The kernel stamps by
   * CLOCK_REALTIME (SO_TIMESTAMPNS); the age at the moment of reading is taken from that clock and
   * subtracted from the monotonic one. A clock that was set in between cannot make the packet
   * younger than the reading, nor older than the last time at which the socket was found empty.
   */
  public long receivedNanos() {
    return receivedNanos;
  }

  /**
   * {@link RawIpSocket#dropped()} when this packet was queued (SO_RXQ_OVFL): what was lost before
   * it.
   */
  public int dropped() {
    return dropped;
  }

  public long sourceHigh() {
    return sourceHigh;
  }

  public long sourceLow() {
    return sourceLow;
  }

  public long destinationHigh() {
    return destinationHigh;
  }

  public long destinationLow() {
    return destinationLow;
  }

  /** The sender; an object each call. */
  public InetAddress source() {
    return address(sourceHigh, sourceLow);
  }

  /** To whom it was sent: a group, or an address of ours; an object each call. */
  public InetAddress destination() {
    return address(destinationHigh, destinationLow);
  }

  private InetAddress address(long high, long low) {
    return ipv4 ? Addresses.ofBits((int) low) : Addresses.ofHalves(high, low);
  }

  /** One packet, or {@code -errno}. */
  int receive(int fd, boolean v4, long notBeforeNanos) {
    message.nameLength((int) message.name.byteSize());
    message.controlLength(CONTROL_BYTES);
    int n = Sockets.receiveMessage(fd, message.header, Sockets.MSG_DONTWAIT);
    if (n < 0) {
      return n;
    }
    ipv4 = v4;
    length = Math.min(n, capacity);
    hopLimit = -1;
    trafficClass = -1;
    ifindex = 0;
    dropped = 0;
    destinationHigh = 0;
    destinationLow = 0;
    long now = System.nanoTime();
    receivedNanos = now;
    if (v4) {
      sourceHigh = 0;
      sourceLow = message.name.get(NET_INT, 4) & 0xffff_ffffL;
      if (length >= 20) {
        trafficClass = data.get(JAVA_BYTE, 1) & 0xff;
        hopLimit = data.get(JAVA_BYTE, 8) & 0xff;
        destinationLow = data.get(NET_INT, 16) & 0xffff_ffffL;
      }
    } else {
      sourceHigh = message.name.get(NET_LONG, 8);
      sourceLow = message.name.get(NET_LONG, 16);
    }
    long at = 0;
    for (long size = message.controlLengthAt(at); size > 0; size = message.controlLengthAt(at)) {
      control(at + Message.CONTROL_HEADER, message.kindAt(at), now, notBeforeNanos);
      at = Message.align(at + size);
    }
    return length;
  }

  private void control(long at, long kind, long now, long notBeforeNanos) {
    MemorySegment in = message.control;
    if (kind == STAMP) {
      long stamp = in.get(JAVA_LONG, at) * 1_000_000_000L + in.get(JAVA_LONG, at + 8);
      long age = Math.clamp(Clock.realTimeNanos() - stamp, 0, Math.max(0, now - notBeforeNanos));
      receivedNanos = now - age;
    } else if (kind == DROPS) {
      dropped = in.get(JAVA_INT_UNALIGNED, at);
    } else if (kind == INFO4) {
      ifindex = in.get(JAVA_INT_UNALIGNED, at);
    } else if (kind == INFO6) {
      destinationHigh = in.get(NET_LONG, at);
      destinationLow = in.get(NET_LONG, at + 8);
      ifindex = in.get(JAVA_INT_UNALIGNED, at + 16);
    } else if (kind == HOPS6) {
      hopLimit = in.get(JAVA_INT_UNALIGNED, at) & 0xff;
    } else if (kind == CLASS6) {
      trafficClass = in.get(JAVA_INT_UNALIGNED, at) & 0xff;
    }
  }
}
