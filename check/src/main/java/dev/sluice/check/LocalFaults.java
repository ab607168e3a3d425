package dev.sluice.check;

import dev.sluice.linux.Errno;

/** Want of descriptors, memory or ports here must not take servers out of service. */
final class LocalFaults {
  private static final int ENFILE = 23;
  private static final int EMFILE = 24;

  private LocalFaults() {}

  /** Whether an errno says that no descriptor is left. */
  static boolean noDescriptor(int errno) {
    return errno == EMFILE || errno == ENFILE;
  }

  /** Whether an errno says something about this machine and nothing about the server. */
  static boolean isOne(int errno, boolean connecting) {
    return switch (errno) {
      case ENFILE, EMFILE, Errno.ENOMEM, Errno.ENOBUFS -> true;
      case Errno.EADDRNOTAVAIL -> connecting;
      default -> false;
    };
  }
}
