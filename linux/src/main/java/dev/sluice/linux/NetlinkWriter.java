package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Writes one netlink message at a time into a buffer that is used again: the header, then fields in
 * the order of the C struct, then attributes. Fields do not align themselves; attributes do.
 */
final class NetlinkWriter {
  private final MemorySegment buffer;
  private int length;

  /** Where the present message begins. */
  private int message;

  NetlinkWriter(MemorySegment buffer) {
    this.buffer = buffer;
  }

  /** Starts a message. */
  NetlinkWriter begin(int type, int flags, int sequence) {
    length = 0;
    return next(type, flags, sequence);
  }

  /** Starts a further message behind the one before. */
  NetlinkWriter next(int type, int flags, int sequence) {
    if (length > 0) {
      MemorySegment _ = finish();
    }
    message = length;
    return u32(0).u16(type).u16(flags).u32(sequence).u32(0);
  }

  NetlinkWriter u8(int value) {
    buffer.set(JAVA_BYTE, length, (byte) value);
    length += 1;
    return this;
  }

  NetlinkWriter u16(int value) {
    buffer.set(JAVA_SHORT_UNALIGNED, length, (short) value);
    length += 2;
    return this;
  }

  NetlinkWriter u32(int value) {
    buffer.set(JAVA_INT_UNALIGNED, length, value);
    length += 4;
    return this;
  }

  NetlinkWriter attribute(int type, byte[] value) {
    int start = nest(type);
    MemorySegment.copy(value, 0, buffer, JAVA_BYTE, length, value.length);
    length += value.length;
    return end(start);
  }

  NetlinkWriter attributeU8(int type, int value) {
    int start = nest(type);
    return u8(value).end(start);
  }

  NetlinkWriter attributeU32(int type, int value) {
    int start = nest(type);
    return u32(value).end(start);
  }

  /** A string with the NUL that the kernel expects. */
  NetlinkWriter attributeString(int type, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    int start = nest(type);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, length, bytes.length);
    length += bytes.length;
    return u8(0).end(start);
  }

  /** Bytes as they are. */
  NetlinkWriter bytes(byte[] value) {
    MemorySegment.copy(value, 0, buffer, JAVA_BYTE, length, value.length);
    length += value.length;
    return this;
  }

  /** Bytes written so far. */
  int length() {
    return length;
  }

  /** Starts a {@code struct rtnexthop}; {@link #end} it like an attribute. */
  int nextHop(int flags, int hops, int ifindex) {
    int start = length;
    NetlinkWriter _ = u16(0).u8(flags).u8(hops).u32(ifindex);
    return start;
  }

  /** Starts an attribute that what follows is inside of; answers what {@link #end} wants. */
  int nest(int type) {
    int start = length;
    NetlinkWriter _ = u16(0).u16(type);
    return start;
  }

  /** Ends the attribute that began there. */
  NetlinkWriter end(int start) {
    buffer.set(JAVA_SHORT_UNALIGNED, start, (short) (length - start));
    while ((length & 3) != 0) {
      NetlinkWriter _ = u8(0);
    }
    return this;
  }

  /** The finished message, with those before it. */
  MemorySegment finish() {
    buffer.set(JAVA_INT_UNALIGNED, message, length - message);
    return buffer.asSlice(0, length);
  }
}
