package dev.sluice.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Kernel settings, by the names of sysctl(8). What lies under {@code net.} is that of the calling
 * thread's network namespace.
 *
 * <p>A name's parts are separated by dots: {@code net.ipv4.conf.eth0.arp_ignore}; a slash inside a
 * part stands for a dot: {@code net.ipv4.conf.eth0/100.arp_ignore}. When the first separator is a
 * slash, slashes separate and dots are dots: {@code net/ipv4/conf/eth0.100/arp_ignore}.
 */
public final class Sysctl {
  private static final Path ROOT = Path.of("/proc/sys");

  private Sysctl() {}

  /** The value without its line end; empty when the kernel has no such setting. */
  public static Optional<String> read(String name) {
    // In one read: what comes after the first one is lost for settings of several numbers.
    ByteBuffer value = ByteBuffer.allocate(4096);
    try (var file = Files.newByteChannel(path(name))) {
      int _ = file.read(value);
      return Optional.of(StandardCharsets.UTF_8.decode(value.flip()).toString().strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(e, "open", "read sysctl " + name);
    }
  }

  /** Sets it. */
  public static void write(String name, String value) {
    try {
      Path _ =
          Files.writeString(path(name), value, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failed(e, "write", "set sysctl " + name + " to " + value);
    }
  }

  /** The name of an interface's setting, whatever its name contains. */
  public static String of(String family, String device, String setting) {
    return "net/" + family + "/conf/" + device + "/" + setting;
  }

  /** The file of a setting. */
  static Path path(String name) {
    int dot = name.indexOf('.');
    int slash = name.indexOf('/');
    boolean dotted = dot >= 0 && (slash < 0 || dot < slash);
    String relative = dotted ? swap(name) : name;
    Path path = ROOT.resolve(relative).normalize();
    if (relative.startsWith("/") || !path.startsWith(ROOT) || path.equals(ROOT)) {
      throw new IllegalArgumentException("not the name of a sysctl: " + name);
    }
    return path;
  }

  private static String swap(String name) {
    return name.replace('.', '\0').replace('/', '.').replace('\0', '/');
  }

  private static SyscallException failed(IOException e, String call, String attempt) {
    int errno =
        switch (e) {
          case NoSuchFileException _ -> Errno.ENOENT;
          case AccessDeniedException _ -> Errno.EACCES;
          default -> Errno.EINVAL; // what /proc/sys answers to a value that it does not like
        };
    String reason = e.getMessage();
    SyscallException failure =
        new SyscallException(call, errno, attempt, reason == null ? "" : reason);
    SyscallException _ = (SyscallException) failure.initCause(e);
    return failure;
  }
}
