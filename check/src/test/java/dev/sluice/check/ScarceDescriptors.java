package dev.sluice.check;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process with few descriptors left: {@link CheckEngineLimitTest} starts it. */
final class ScarceDescriptors {
  private ScarceDescriptors() {}

  public static void main(String[] args) throws Exception {
    for (Class<?> one :
        List.of(CheckEngine.class, dev.sluice.linux.EventLoop.class, ScarceDescriptors.class)) {
      load(one);
    }
    System.getLogger("test").log(System.Logger.Level.WARNING, "so that the logger is loaded");
    var recorder = new Recorder();
    try (var socket = new ServerSocket(0, 4096, Checks.LOOPBACK);
        var engine = CheckEngine.start(new CheckLimits(1000, 1000, 1, 1), recorder)) {
      // Once without want: what runs then is loaded.
      engine.apply(CheckEngineLimitTest.silent(socket.getLocalPort()));
      CheckEngineLimitTest.everyOneIsJudged(recorder);
      engine.apply(List.of());
      recorder.forget();
      lower(highest() + 30);
      engine.apply(CheckEngineLimitTest.silent(socket.getLocalPort()));
      CheckEngineLimitTest.everyOneIsJudged(recorder);
      System.out.println("wants: " + engine.load().wants());
      Runtime.getRuntime().halt(engine.load().wants() > 0 ? 0 : 3);
    }
  }

  /** All classes beside this one, which lie in a folder or in a JAR. */
  private static void load(Class<?> one) throws IOException, URISyntaxException {
    Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    String folder = one.getPackageName().replace('.', '/');
    if (Files.isDirectory(root)) {
      load(one, root.resolve(folder));
      return;
    }
    try (FileSystem jar = FileSystems.newFileSystem(root)) {
      load(one, jar.getPath(folder));
    }
  }

  private static void load(Class<?> one, Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (String file : files.map(f -> f.getFileName().toString()).toList()) {
        try {
          if (file.endsWith(".class")) {
            Class<?> _ = Class.forName(one.getPackageName() + "." + file.replace(".class", ""));
          }
        } catch (ClassNotFoundException | LinkageError e) {
          // The descriptor of a module, or a test whose library is not here.
        }
      }
    }
  }

  private static void lower(long limit) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder(
                "prlimit",
                "--pid",
                Long.toString(ProcessHandle.current().pid()),
                "--nofile=" + limit + ":")
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("prlimit ended with " + status);
    }
  }

  private static long highest() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.mapToLong(p -> Long.parseLong(p.getFileName().toString())).max().orElse(0);
    }
  }
}
