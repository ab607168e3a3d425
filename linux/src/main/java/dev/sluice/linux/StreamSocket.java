package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A non-blocking TCP connection, for a loop that makes thousands of them.
 *
 * <p>Every failure is an answer, not an exception: {@link #connect} starts; when the descriptor
 * becomes writable, {@link #connectError} is 0 or the errno (also when the start itself failed, as
 * such a descriptor is writable at once). Only running out of descriptors throws.
 */
public final class StreamSocket implements AutoCloseable {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;

  private final int fd;
  private final int startError;
  private final String startedWith;
  private boolean closed;

  private StreamSocket(int fd, int startError, String startedWith) {
    this.fd = fd;
    this.startError = startError;
    this.startedWith = startedWith;
  }

  /**
   * How to connect.
   *
   * @param bindAddress our own address, null for the kernel's choice
   * @param bindPort our own port, 0 for the kernel's choice
   * @param bindDevice the only interface to use, null for any
   * @param mark the firewall mark of our packets, 0 for none; needs CAP_NET_ADMIN
   */
  public record Options(
      @Nullable InetAddress bindAddress, int bindPort, @Nullable String bindDevice, int mark) {
    /** Everything by the kernel's choice. */
    public static final Options NONE = new Options(null, 0, null, 0);
  }

  /**
   * Starts to connect; TCP_NODELAY is on.
   *
   * @throws SyscallException when there is no descriptor left
   */
  public static StreamSocket connect(InetAddress address, int port, Options options) {
    return connect(address, port, options, true);
  }

  /**
   * Starts to connect.
   *
   * @param noDelay TCP_NODELAY; one request and one answer do without
   * @throws SyscallException when there is no descriptor left
   */
  public static StreamSocket connect(
      InetAddress address, int port, Options options, boolean noDelay) {
    int fd =
        Sockets.open(
            Addresses.family(address),
            Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK,
            0,
            "open a TCP socket");
    int result = noDelay ? Sockets.intOption(fd, IPPROTO_TCP, TCP_NODELAY, 1) : 0;
    if (result < 0) {
      return new StreamSocket(fd, -result, "setsockopt(TCP_NODELAY)");
    }
    Outgoing.Started started = Outgoing.connect(fd, address, port, options);
    return new StreamSocket(fd, started.errno(), started.step());
  }

  /** For {@link EventLoop#watch}. */
  public int fd() {
    return fd;
  }

  /** The errno of a start that failed; 0: connected, or on the way. */
  public int startError() {
    return startError;
  }

  /** 0 when connected, else the errno. The kernel tells its errno once: keep the answer. */
  public int connectError() {
    return startError != 0
        ? startError
        : Math.abs(Sockets.intOption(fd, Sockets.SOL_SOCKET, Sockets.SO_ERROR));
  }

  /** The call that a failure at the start came from: "bind"; else "connect". */
  public String failedCall() {
    return startedWith;
  }

  /** How many bytes came, 0 at the end, or {@code -errno}; {@code -EAGAIN} when none wait. */
  public int read(MemorySegment into) {
    return Sockets.receive(fd, into, 0);
  }

  /** Reads into a part of a segment, as above. */
  public int read(MemorySegment into, long offset, long length) {
    return Sockets.receive(fd, into.asSlice(offset, length), 0);
  }

  /** How many bytes went, or {@code -errno}; {@code -EAGAIN} when the send buffer is full. */
  public int write(MemorySegment from, long offset, long length) {
    return Sockets.send(fd, from.asSlice(offset, length), length);
  }

  /** Closes with a RST: no TIME_WAIT here, no half-closed connection there. */
  public void reset() {
    if (!closed) {
      MemorySegment linger = Scratch.mine().option;
      linger.set(JAVA_INT, 0, 1);
      linger.set(JAVA_INT, 4, 0);
      int _ = Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_LINGER, 8);
      close();
    }
  }

  /** Closes with a FIN. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
    }
  }
}
