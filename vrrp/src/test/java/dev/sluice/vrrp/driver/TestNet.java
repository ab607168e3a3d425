package dev.sluice.vrrp.driver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.linux.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A segment of namespaces for one test: a switch and hosts 10.77.0.N/24 on eth0 with the MAC
 * 02:00:00:00:00:N. Everything goes with {@link #close}.
 */
final class TestNet implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final String prefix =
      "slcv" + ProcessHandle.current().pid() + "x" + COUNT.incrementAndGet();
  private final List<String> namespaces = new ArrayList<>();
  private final String segment = prefix + "s";

  TestNet() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip")),
        "needs iproute2");
    add(segment);
    ip("-n", segment, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
    ip("-n", segment, "link", "set", "br0", "up");
  }

  private void add(String namespace) {
    ip("netns", "add", namespace);
    namespaces.add(namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
  }

  /** Adds host 10.77.0.N; answers its namespace. */
  String host(int n) {
    String namespace = prefix + "h" + n;
    add(namespace);
    ip(
        "-n",
        namespace,
        "link",
        "add",
        "eth0",
        "address",
        "02:00:00:00:00:%02x".formatted(n),
        "type",
        "veth",
        "peer",
        "name",
        "p" + n,
        "netns",
        segment);
    ip("-n", segment, "link", "set", "p" + n, "master", "br0", "up");
    ip("-n", namespace, "address", "add", "10.77.0." + n + "/24", "dev", "eth0");
    ip("-n", namespace, "link", "set", "eth0", "up");
    return namespace;
  }

  /** Cuts a host's cable or mends it. */
  void cable(int n, boolean whole) {
    ip("-n", segment, "link", "set", "p" + n, whole ? "up" : "down");
  }

  /** Whether a host has an address on eth0. */
  static boolean has(String namespace, String address) {
    return ip("-n", namespace, "address", "show").contains(" " + address + "/");
  }

  static <T> T in(String namespace, Callable<T> task) {
    try {
      return NetworkNamespace.in(NetworkNamespace.named(namespace), task);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static String ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Looks again and again until it is so; what it was instead is in the message. */
  static void await(String what, BooleanSupplier condition, Supplier<?> instead) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain for: " + what + "; there is " + instead.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Override
  public void close() {
    for (String namespace : namespaces.reversed()) {
      try {
        ip("netns", "delete", namespace);
      } catch (IllegalStateException e) {
        System.getLogger(TestNet.class.getName())
            .log(System.Logger.Level.WARNING, "cleaning up", e);
      }
    }
  }
}
