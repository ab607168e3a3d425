package dev.sluice.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * How many tries may be under way at once; further ones wait in line.
 *
 * @param inAll of every kind, those with a descriptor each
 * @param perTarget to one address and port: a server that hangs holds up its own checks only
 * @param scripts processes
 * @param handshakes tries over TLS: their buffers are the largest
 */
public record CheckLimits(int inAll, int perTarget, int scripts, int handshakes) {
  private static final int MOST = 32_768;
  private static final int LEAST = 8;

  public CheckLimits {
    if (inAll < 1 || perTarget < 1 || scripts < 1 || handshakes < 1) {
      throw new IllegalArgumentException("a limit below 1 would check nothing");
    }
  }

  /** What the descriptors of this process allow; an eighth of them, and 64, are left to others. */
  public static CheckLimits ofProcess() {
    long limit = descriptorLimit();
    return of(limit, openDescriptors());
  }

  static CheckLimits of(long descriptors, long open) {
    long free = descriptors - open - 64 - descriptors / 8;
    int inAll = Math.clamp(free, LEAST, MOST);
    return new CheckLimits(
        inAll, 16, Math.clamp(inAll / 4, 1, 256), Math.clamp(inAll / 2, 1, 1024));
  }

  /** The soft RLIMIT_NOFILE: {@code Max open files 1024 524288 files}. */
  private static long descriptorLimit() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.substring("Max open files".length()).strip().split("\\s+", -1)[0])
          .mapToLong(word -> word.equals("unlimited") ? Long.MAX_VALUE / 2 : Long.parseLong(word))
          .findFirst()
          .orElse(1024);
    } catch (IOException e) {
      return 1024;
    }
  }

  private static long openDescriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      return 64;
    }
  }
}
