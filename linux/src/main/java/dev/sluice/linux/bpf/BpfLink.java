package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sluice.linux.Errno;
import dev.sluice.linux.UnsupportedKernelException;
import java.lang.foreign.MemorySegment;

/**
 * A program attached to a device. It stays attached as long as this descriptor or a pin of it
 * exists.
 */
public final class BpfLink implements AutoCloseable {
  private static final int ATTACH_XDP = 37;
  private static final int ATTACH_TCX_INGRESS = 46;
  private static final int LINK_TYPE_XDP = 6;
  private static final int LINK_TYPE_TCX = 11;

  private final int fd;

  private BpfLink(int fd) {
    this.fd = fd;
  }

  /** Where an XDP program sits. */
  public enum Mode {
    /** In the driver. */
    NATIVE(4),
    /** Behind the driver, on a socket buffer. */
    GENERIC(2);

    private final int flag;

    Mode(int flag) {
      this.flag = flag;
    }
  }

  /**
   * What the kernel says of it.
   *
   * @param ifindex 0: the device is gone
   */
  public record LinkInfo(Kind kind, int id, int programId, int ifindex) {}

  /** The kinds of link that we make. */
  public enum Kind {
    XDP,
    TCX,
    OTHER
  }

  /**
   * Attaches as XDP.
   *
   * @throws dev.sluice.linux.SyscallException EOPNOTSUPP: the driver has no native XDP; EBUSY,
   *     EEXIST: another program is there; ERANGE: the MTU is too large
   */
  public static BpfLink attachXdp(BpfProgram program, int ifindex, Mode mode) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, program.fd()).putInt(4, ifindex).putInt(8, ATTACH_XDP).putInt(12, mode.flag);
    return new BpfLink(call.bpf(Bpf.LINK_CREATE, "attach XDP to the device with index " + ifindex));
  }

  /**
   * Attaches to tcx ingress.
   *
   * @throws UnsupportedKernelException below Linux 6.6
   */
  public static BpfLink attachTcxIngress(BpfProgram program, int ifindex) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, program.fd()).putInt(4, ifindex).putInt(8, ATTACH_TCX_INGRESS);
    int result = call.bpf(Bpf.LINK_CREATE);
    if (result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP) {
      throw new UnsupportedKernelException("tcx", "6.6", "clsact does the same");
    }
    if (result < 0) {
      throw Bpf.failure(-result, "attach tcx to the device with index " + ifindex);
    }
    return new BpfLink(result);
  }

  /** Takes over a descriptor, as from a pin. */
  public static BpfLink adopt(int fd) {
    return new BpfLink(fd);
  }

  /** The descriptor; this object closes it. */
  public int fd() {
    return fd;
  }

  /** The kernel's description, now. */
  public LinkInfo info() {
    MemorySegment i = Bpf.info(fd, "read the description of a BPF link");
    Kind kind =
        switch (i.get(JAVA_INT, 0)) {
          case LINK_TYPE_XDP -> Kind.XDP;
          case LINK_TYPE_TCX -> Kind.TCX;
          default -> Kind.OTHER;
        };
    return new LinkInfo(kind, i.get(JAVA_INT, 4), i.get(JAVA_INT, 8), i.get(JAVA_INT, 16));
  }

  /** Exchanges the program; no packet meets neither. */
  public void update(BpfProgram program) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, fd).putInt(4, program.fd());
    call.bpf(Bpf.LINK_UPDATE, "exchange the program of a BPF link");
  }

  /** Takes the program off the device now, whoever else holds the link. */
  public void detach() {
    Bpf.Call call = Bpf.call();
    call.putInt(0, fd);
    call.bpf(Bpf.LINK_DETACH, "detach a BPF link");
  }

  /** Closes the descriptor; a pin keeps it attached. */
  @Override
  public void close() {
    Bpf.close(fd);
  }
}
