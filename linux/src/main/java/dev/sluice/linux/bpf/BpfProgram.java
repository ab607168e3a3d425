package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sluice.linux.Errno;
import java.lang.foreign.MemorySegment;

/** A loaded program, by a descriptor that this object owns. */
public final class BpfProgram implements AutoCloseable {
  private final int fd;
  private final ProgramInfo info;

  private BpfProgram(int fd, ProgramInfo info) {
    this.fd = fd;
    this.info = info;
  }

  /**
   * What the kernel says of it.
   *
   * @param type number in {@code enum bpf_prog_type}: 3 tc, 6 XDP
   * @param xlatedInstructions instructions after the verifier's rewriting
   * @param verifiedInstructions steps the verifier took; 0 before Linux 5.16
   * @param jitedBytes machine code; 0 without permission to see it
   */
  public record ProgramInfo(
      int type,
      int id,
      String name,
      int xlatedInstructions,
      int verifiedInstructions,
      int jitedBytes) {}

  /** Takes over a descriptor; closes it when it is not a program's. */
  public static BpfProgram adopt(int fd) {
    try {
      MemorySegment i = Bpf.info(fd, "read the description of a BPF program");
      return new BpfProgram(
          fd,
          new ProgramInfo(
              i.get(JAVA_INT, 0),
              i.get(JAVA_INT, 4),
              Bpf.fixedString(i, 64, 16),
              i.get(JAVA_INT, 20) / 8,
              i.get(JAVA_INT, 216),
              i.get(JAVA_INT, 16)));
    } catch (RuntimeException e) {
      Bpf.close(fd);
      throw e;
    }
  }

  /** The descriptor; this object closes it. */
  public int fd() {
    return fd;
  }

  /** The kernel's description. */
  public ProgramInfo info() {
    return info;
  }

  /**
   * An answer of the kernel's test-run.
   *
   * @param returned the program's return value
   * @param outBytes bytes of the packet after the last repetition, also when the room was smaller
   * @param nanos mean time of one repetition
   */
  public record TestRun(int returned, int outBytes, int nanos) {}

  /**
   * Runs the program on a packet without sending anything.
   *
   * @param in the frame, at least 14 bytes
   * @param out room for the frame afterwards; may be {@link MemorySegment#NULL}
   * @param context {@code struct xdp_md} or {@code struct __sk_buff}; {@link MemorySegment#NULL}:
   *     none
   * @param repeat the packet is not reset between repetitions
   */
  public TestRun testRun(MemorySegment in, MemorySegment out, MemorySegment context, int repeat) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, fd)
        .putInt(8, (int) in.byteSize())
        .putInt(12, (int) out.byteSize())
        .putAddress(16, in)
        .putAddress(24, out)
        .putInt(32, repeat)
        .putInt(40, (int) context.byteSize())
        .putAddress(48, context);
    int result;
    do {
      result = call.bpf(Bpf.PROG_TEST_RUN);
    } while (result == -Errno.EINTR);
    if (result < 0 && result != -Errno.ENOSPC) {
      throw Bpf.failure(-result, "test-run the BPF program " + info.name);
    }
    return new TestRun(call.getInt(4), call.getInt(12), call.getInt(36));
  }

  /** Closes the descriptor; a link or a pin keeps the program alive. */
  @Override
  public void close() {
    Bpf.close(fd);
  }
}
