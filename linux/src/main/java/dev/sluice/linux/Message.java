package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * A {@code struct msghdr} of 64-bit machines with its one {@code iovec}, room for an address and
 * for control messages: laid out once, used for every call.
 */
final class Message {
  static final StructLayout MSGHDR =
      structLayout(
              ADDRESS.withName("msg_name"),
              JAVA_INT.withName("msg_namelen"),
              paddingLayout(4),
              ADDRESS.withName("msg_iov"),
              JAVA_LONG.withName("msg_iovlen"),
              ADDRESS.withName("msg_control"),
              JAVA_LONG.withName("msg_controllen"),
              JAVA_INT.withName("msg_flags"),
              paddingLayout(4))
          .withName("msghdr");

  static final StructLayout IOVEC =
      structLayout(ADDRESS.withName("iov_base"), JAVA_LONG.withName("iov_len")).withName("iovec");

  static final StructLayout CMSGHDR =
      structLayout(
              JAVA_LONG.withName("cmsg_len"),
              JAVA_INT.withName("cmsg_level"),
              JAVA_INT.withName("cmsg_type"))
          .withName("cmsghdr");

  private static final long NAME = MSGHDR.byteOffset(groupElement("msg_name"));
  private static final long NAME_LENGTH = MSGHDR.byteOffset(groupElement("msg_namelen"));
  private static final long IOV = MSGHDR.byteOffset(groupElement("msg_iov"));
  private static final long IOV_LENGTH = MSGHDR.byteOffset(groupElement("msg_iovlen"));
  private static final long CONTROL = MSGHDR.byteOffset(groupElement("msg_control"));
  private static final long CONTROL_LENGTH = MSGHDR.byteOffset(groupElement("msg_controllen"));
  private static final long FLAGS = MSGHDR.byteOffset(groupElement("msg_flags"));
  private static final long LEVEL = CMSGHDR.byteOffset(groupElement("cmsg_level"));
  private static final long TYPE = CMSGHDR.byteOffset(groupElement("cmsg_type"));

  /** Bytes of a control message before its data. */
  static final int CONTROL_HEADER = (int) CMSGHDR.byteSize();

  final MemorySegment header;
  final MemorySegment name;
  final MemorySegment control;
  private final MemorySegment iov;

  Message(Arena arena, int controlBytes) {
    header = arena.allocate(MSGHDR);
    iov = arena.allocate(IOVEC);
    name = arena.allocate(128, 8);
    control = arena.allocate(controlBytes, 8);
    header.set(ADDRESS, NAME, name);
    header.set(ADDRESS, IOV, iov);
    header.set(JAVA_LONG, IOV_LENGTH, 1);
    header.set(ADDRESS, CONTROL, control);
  }

  /** What is sent, or where to receive. */
  void data(MemorySegment data, long length) {
    iov.set(ADDRESS, 0, data);
    iov.set(JAVA_LONG, 8, length);
  }

  void nameLength(int bytes) {
    header.set(JAVA_INT, NAME_LENGTH, bytes);
  }

  void controlLength(long bytes) {
    header.set(JAVA_LONG, CONTROL_LENGTH, bytes);
  }

  /** Bytes of control messages that came. */
  long controlLength() {
    return header.get(JAVA_LONG, CONTROL_LENGTH);
  }

  /** MSG_… that the kernel set. */
  int flags() {
    return header.get(JAVA_INT, FLAGS);
  }

  /** Length of the control message at an offset, with its header; 0 for none. */
  long controlLengthAt(long offset) {
    if (offset + CONTROL_HEADER > controlLength()) {
      return 0;
    }
    long length = control.get(JAVA_LONG, offset);
    return length < CONTROL_HEADER || length > controlLength() - offset ? 0 : length;
  }

  /** The level and type of the control message at an offset, as {@link #kind} packs them. */
  long kindAt(long offset) {
    return kind(control.get(JAVA_INT, offset + LEVEL), control.get(JAVA_INT, offset + TYPE));
  }

  static long kind(int level, int type) {
    return (long) level << 32 | type;
  }

  /** Where the next control message begins. */
  static long align(long offset) {
    return (offset + 7) & ~7L;
  }

  /** Writes a control message's header; answers the offset of its data. */
  long beginControl(long offset, int level, int type, int dataBytes) {
    control.set(JAVA_LONG, offset, CONTROL_HEADER + (long) dataBytes);
    control.set(JAVA_INT, offset + LEVEL, level);
    control.set(JAVA_INT, offset + TYPE, type);
    return offset + CONTROL_HEADER;
  }
}
