package dev.sluice.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two network namespaces joined by a veth pair: "left" 10.77.0.1/24 in the one, "right"
 * 10.77.0.2/24 in the other. Their names are of this process alone; closing takes both away.
 */
final class TwoNamespaces implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name = "slc" + ProcessHandle.current().pid() + "x" + COUNT.incrementAndGet();
  final String left = name + "l";
  final String right = name + "r";

  private TwoNamespaces() {}

  static TwoNamespaces make() throws Exception {
    assumeTrue(Capabilities.has(Capability.SYS_ADMIN), "network namespaces need root");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")), "needs iproute2");
    TwoNamespaces made = new TwoNamespaces();
    try {
      ip("netns", "add", made.left);
      ip("netns", "add", made.right);
      ip(
          "-n",
          made.left,
          "link",
          "add",
          "left",
          "type",
          "veth",
          "peer",
          "name",
          "right",
          "netns",
          made.right);
      made.begin(made.left, "left", "10.77.0.1/24");
      made.begin(made.right, "right", "10.77.0.2/24");
    } catch (Exception e) {
      made.close();
      throw e;
    }
    return made;
  }

  private void begin(String namespace, String device, String address) throws Exception {
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "link", "set", device, "up");
    ip("-n", namespace, "address", "add", address, "dev", device);
  }

  /** Runs something in the left one, on a thread of its own. */
  <T> T inLeft(Callable<T> task) throws Exception {
    return NetworkNamespace.in(NetworkNamespace.named(left), task);
  }

  <T> T inRight(Callable<T> task) throws Exception {
    return NetworkNamespace.in(NetworkNamespace.named(right), task);
  }

  /** Runs ip(8), and answers what it wrote. */
  static String ip(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("/usr/sbin/ip"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }

  @Override
  public void close() throws IOException {
    for (String namespace : List.of(left, right)) {
      if (Files.exists(NetworkNamespace.named(namespace))) {
        ip("netns", "delete", namespace);
      }
    }
  }
}
