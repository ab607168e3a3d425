package dev.sluice.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What a scenario needs from the machine; without it the test is skipped with the reason. */
public final class Needs {
  private Needs() {}

  public static void root() {
    boolean root = ProcessHandle.current().info().user().filter("root"::equals).isPresent();
    Assumptions.assumeTrue(root, "needs root: sudo ./dev test");
    tool("ip", "iproute2");
    tool("nsenter", "util-linux");
  }

  public static Director.Program keepalived() {
    tool("keepalived", "keepalived");
    return Director.Program.keepalived();
  }

  static void nginx() {
    tool("nginx", "nginx-light");
  }

  public static void tool(String program, String debianPackage) {
    Assumptions.assumeTrue(
        Command.find(program).isPresent(),
        () -> "needs %s: apt-get install %s".formatted(program, debianPackage));
  }

  /** The built launcher of this checkout. */
  public static Director.Program sluice() {
    return new Director.Program.Sluice(launcher());
  }

  public static Path launcher() {
    Path launcher = repository().resolve("sluice");
    Assumptions.assumeTrue(Files.isExecutable(launcher), () -> "needs the launcher " + launcher);
    Assumptions.assumeTrue(
        built(repository()),
        "needs an up-to-date build behind the launcher: run ./dev build first");
    return launcher;
  }

  /**
   * Whether the launcher would start at once: it must not begin a build in the midst of the build
   * that runs tests.
   */
  private static boolean built(Path root) {
    Path stamp = root.resolve(".build/stamp");
    if (!Files.exists(stamp)) {
      return false;
    }
    try (Stream<String> sources = Files.lines(stamp)) {
      FileTime built = Files.getLastModifiedTime(stamp);
      for (String source : sources.toList()) {
        Path path = root.resolve(source);
        if (!Files.exists(path) || Files.getLastModifiedTime(path).compareTo(built) > 0) {
          return false;
        }
      }
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static Path repository() {
    String root = System.getProperty("sluice.root");
    if (root != null) {
      return Path.of(root).toAbsolutePath().normalize();
    }
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
    }
    Assumptions.assumeTrue(folder != null, "needs to run inside the repository");
    return folder == null ? Path.of("") : folder;
  }
}
