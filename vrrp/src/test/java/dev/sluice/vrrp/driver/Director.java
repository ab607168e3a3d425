package dev.sluice.vrrp.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The driver in a process of its own, to be killed and stopped. */
final class Director implements AutoCloseable {
  private final Path file;
  private final Path log;
  private final Process process;

  Director(String namespace, String configuration) {
    try {
      file = Files.writeString(Files.createTempFile("slcv", ".conf"), configuration);
      log = Files.createTempFile("slcv", ".log");
      List<String> command =
          new ArrayList<>(List.of("ip", "netns", "exec", namespace, java(), "-Xmx64m"));
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath()));
      command.addAll(List.of(Director.class.getName(), file.toString()));
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classPath() {
    String surefire = System.getProperty("surefire.test.class.path");
    return surefire != null ? surefire : System.getProperty("java.class.path");
  }

  /** What it said. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A signal by name: "KILL", "STOP", "CONT". */
  void signal(String name) {
    // "ip netns exec" becomes the program that it runs: this is the JVM's number.
    String _ = TestNet.run(List.of("kill", "-" + name, String.valueOf(process.pid())));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process. */
  public static void main(String[] args) throws IOException, InterruptedException {
    String text = Files.readString(Path.of(args[0]));
    VrrpDriver driver = VrrpDriver.start(System.out::println);
    driver.apply(TestRouter.desired(text)).join();
    new CountDownLatch(1).await();
  }
}
