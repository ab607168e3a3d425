package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over the messages of one datagram, and within a message over its attributes. A message
 * or attribute that does not fit into what was received ends the walk.
 */
final class NetlinkReader {
  static final int HEADER = (int) Rtm.NLMSGHDR.byteSize();
  private static final int ATTRIBUTE = (int) Rtm.RTATTR.byteSize();
  private static final long TYPE = Rtm.NLMSGHDR.byteOffset(groupElement("nlmsg_type"));
  private static final long FLAGS = Rtm.NLMSGHDR.byteOffset(groupElement("nlmsg_flags"));
  private static final long SEQUENCE = Rtm.NLMSGHDR.byteOffset(groupElement("nlmsg_seq"));

  /** NLA_F_NESTED and NLA_F_NET_BYTEORDER lie above the type. */
  private static final int TYPE_MASK = 0x3fff;

  private MemorySegment data = MemorySegment.NULL;
  private int received;
  private int message;
  private int messageEnd;
  private int nextMessage;
  private int attribute;
  private int attributeEnd;
  private int nextAttribute;
  private int attributesEnd;

  /** Starts over with a datagram. */
  NetlinkReader over(MemorySegment datagram, int length) {
    data = datagram;
    received = length;
    nextMessage = 0;
    return this;
  }

  /** Moves to the next message. */
  boolean next() {
    if (nextMessage + HEADER > received) {
      return false;
    }
    int length = data.get(JAVA_INT_UNALIGNED, nextMessage);
    if (length < HEADER || length > received - nextMessage) {
      return false;
    }
    message = nextMessage;
    messageEnd = message + length;
    nextMessage = align(messageEnd);
    nextAttribute = messageEnd;
    attributesEnd = messageEnd;
    return true;
  }

  int type() {
    return data.get(JAVA_SHORT_UNALIGNED, message + TYPE) & 0xffff;
  }

  int flags() {
    return data.get(JAVA_SHORT_UNALIGNED, message + FLAGS) & 0xffff;
  }

  int sequence() {
    return data.get(JAVA_INT_UNALIGNED, message + SEQUENCE);
  }

  /** Bytes after the header. */
  int payload() {
    return messageEnd - message - HEADER;
  }

  /** A byte of the payload. */
  int u8(long offset) {
    return data.get(JAVA_BYTE, message + HEADER + offset) & 0xff;
  }

  int u16(long offset) {
    return data.get(JAVA_SHORT_UNALIGNED, message + HEADER + offset) & 0xffff;
  }

  int u32(long offset) {
    return data.get(JAVA_INT_UNALIGNED, message + HEADER + offset);
  }

  /** Starts the walk over the attributes after a fixed header of so many bytes. */
  void attributes(long fixedHeader) {
    nextAttribute = message + HEADER + align((int) fixedHeader);
    attributesEnd = messageEnd;
  }

  /** Moves to the next attribute. */
  boolean nextAttribute() {
    if (nextAttribute + ATTRIBUTE > attributesEnd) {
      return false;
    }
    int length = data.get(JAVA_SHORT_UNALIGNED, nextAttribute) & 0xffff;
    if (length < ATTRIBUTE || length > attributesEnd - nextAttribute) {
      return false;
    }
    attribute = nextAttribute;
    attributeEnd = attribute + length;
    nextAttribute = align(attributeEnd);
    return true;
  }

  int attributeType() {
    return data.get(JAVA_SHORT_UNALIGNED, attribute + 2L) & TYPE_MASK;
  }

  /** Bytes of the attribute's value. */
  int attributeLength() {
    return attributeEnd - attribute - ATTRIBUTE;
  }

  /** The first four bytes of the value; 0 when it is shorter. */
  int attributeU32() {
    return attributeU32(0);
  }

  int attributeU32(int offset) {
    return attributeLength() < offset + 4
        ? 0
        : data.get(JAVA_INT_UNALIGNED, attribute + ATTRIBUTE + (long) offset);
  }

  int attributeU8(int offset) {
    return attributeLength() <= offset
        ? 0
        : data.get(JAVA_BYTE, attribute + ATTRIBUTE + (long) offset) & 0xff;
  }

  byte[] attributeBytes() {
    return attributeBytes(0);
  }

  byte[] attributeBytes(int from) {
    byte[] value = new byte[Math.max(0, attributeLength() - from)];
    MemorySegment.copy(
        data, JAVA_BYTE, attribute + ATTRIBUTE + (long) from, value, 0, value.length);
    return value;
  }

  /** The value up to its NUL. */
  String attributeString() {
    byte[] value = attributeBytes();
    int length = 0;
    while (length < value.length && value[length] != 0) {
      length++;
    }
    return new String(value, 0, length, StandardCharsets.UTF_8);
  }

  /**
   * Walks the attributes inside the present one, after a fixed part of so many bytes; the walk goes
   * on after the present one when {@link #leave} is given what this answers.
   */
  long enter(int fixedPart) {
    long outside = (long) nextAttribute << 32 | attributesEnd;
    nextAttribute = attribute + ATTRIBUTE + fixedPart;
    attributesEnd = attributeEnd;
    return outside;
  }

  /** Where a walk stands. */
  record Place(int attribute, int attributeEnd, int nextAttribute, int attributesEnd) {}

  /** Where the walk stands now, for {@link #back}. */
  Place place() {
    return new Place(attribute, attributeEnd, nextAttribute, attributesEnd);
  }

  /** Walks the attributes in a part of the present one's value. */
  void enterPart(int from, int to) {
    int value = attribute + ATTRIBUTE;
    attributesEnd = Math.min(attributeEnd, value + to);
    nextAttribute = value + from;
  }

  void back(Place place) {
    attribute = place.attribute;
    attributeEnd = place.attributeEnd;
    nextAttribute = place.nextAttribute;
    attributesEnd = place.attributesEnd;
  }

  /** Ends the walk inside an attribute after so many bytes of its value. */
  void enterUpTo(int bytes) {
    attributesEnd = Math.min(attributesEnd, attribute + ATTRIBUTE + bytes);
  }

  void leave(long outside) {
    nextAttribute = (int) (outside >>> 32);
    attributesEnd = (int) outside;
  }

  private static int align(int length) {
    return (length + 3) & ~3;
  }
}
