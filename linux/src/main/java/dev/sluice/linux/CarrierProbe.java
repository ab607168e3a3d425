package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Asks a device's driver for its carrier: some drivers never tell the kernel of a change, and so
 * netlink says nothing (netdevice(7), linux/ethtool.h, linux/mii.h). In the namespace of the thread
 * that opened it. One thread's.
 */
public final class CarrierProbe implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCETHTOOL = 0x8946;
  private static final long SIOCGMIIPHY = 0x8947;
  private static final long SIOCGMIIREG = 0x8948;
  private static final int ETHTOOL_GLINK = 0x0a;
  private static final short MII_STATUS = 1;
  private static final int MII_LINK = 0x4;

  /** {@code struct ifreq}: the name, then a union. */
  private static final int IFREQ = 40;

  private static final int UNION = 16;

  private static final MethodHandle IOCTL =
      Sys.bind(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment request = arena.allocate(IFREQ, 8);
  private final MemorySegment value = arena.allocate(8, 8);
  private final int fd;

  /** Whom to ask. */
  public enum Way {
    /** The driver, by ethtool's "link detected". */
    ETHTOOL,
    /** The transceiver's status register. */
    MII,
    /** The kernel's IFF_RUNNING. */
    IOCTL
  }

  private CarrierProbe() {
    fd = Sockets.open(AF_INET, Sockets.SOCK_DGRAM, 0, "open a socket to ask for carriers");
  }

  /** A probe of the calling thread's namespace. */
  public static CarrierProbe open() {
    return new CarrierProbe();
  }

  /** Whether the device has a carrier; empty: it does not exist, or cannot be asked this way. */
  public Optional<Boolean> carrier(String device, Way way) {
    byte[] name = device.getBytes(StandardCharsets.UTF_8);
    if (name.length >= UNION) {
      return Optional.empty();
    }
    request.fill((byte) 0);
    MemorySegment.copy(name, 0, request, JAVA_BYTE, 0, name.length);
    return switch (way) {
      case ETHTOOL -> ethtool();
      case MII -> mii();
      case IOCTL ->
          ask(SIOCGIFFLAGS)
              ? Optional.of((request.get(JAVA_SHORT, UNION) & Link.IFF_RUNNING) != 0)
              : Optional.empty();
    };
  }

  private Optional<Boolean> ethtool() {
    value.set(JAVA_INT, 0, ETHTOOL_GLINK);
    value.set(JAVA_INT, 4, 0);
    request.set(ADDRESS, UNION, value);
    return ask(SIOCETHTOOL) ? Optional.of(value.get(JAVA_INT, 4) != 0) : Optional.empty();
  }

  private Optional<Boolean> mii() {
    if (!ask(SIOCGMIIPHY)) {
      return Optional.empty();
    }
    // The bit stays 0 after a loss until it was read: the second answer is the present one.
    for (int i = 0; i < 2; i++) {
      request.set(JAVA_SHORT, UNION + 2, MII_STATUS);
      if (!ask(SIOCGMIIREG)) {
        return Optional.empty();
      }
    }
    return Optional.of((request.get(JAVA_SHORT, UNION + 6) & MII_LINK) != 0);
  }

  private boolean ask(long what) {
    try {
      int result = (int) IOCTL.invokeExact(Scratch.mine().errno.state(), fd, what, request);
      return result >= 0;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  @Override
  public void close() {
    Fd.close(fd);
    arena.close();
  }
}
