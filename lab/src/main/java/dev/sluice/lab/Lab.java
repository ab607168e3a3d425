package dev.sluice.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A network on this machine: hosts (network namespaces) on segments (bridges), and the processes
 * that run in them.
 *
 * <p>Everything it makes carries the prefix {@code slc<pid>} and is registered here; {@link #close}
 * ends the processes by the pid they were started with and removes the rest in reverse order. A
 * shutdown hook does the same when the JVM is interrupted, so that SIGINT and SIGTERM leave nothing
 * behind. Needs root.
 */
public final class Lab implements AutoCloseable {
  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final Duration TERM_DEADLINE = Duration.ofSeconds(5);
  private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);

  private final String prefix;
  private final Path directory;
  private final Thread hook;
  private final Deque<Made> made = new ArrayDeque<>();
  private final List<LabProcess> processes = new ArrayList<>();
  private final List<String> leftBehind = new ArrayList<>();
  private volatile boolean interrupted;
  private boolean closed;

  /** Something that must be undone, and how. */
  private record Made(String what, Runnable remove) {}

  private Lab(String prefix, Path directory) {
    this.prefix = prefix;
    this.directory = directory;
    this.hook =
        Thread.ofPlatform()
            .name("lab-" + prefix)
            .unstarted(() -> {
              interrupted = true;
              takeDown();
            });
  }

  /** An empty lab. */
  public static Lab open() {
    String prefix = "slc%d-%d".formatted(ProcessHandle.current().pid(), OPENED.incrementAndGet());
    Path directory;
    try {
      directory = Files.createTempDirectory(prefix + "-");
    } catch (IOException e) {
      throw new LabException("cannot make a temporary directory for the lab: " + e.getMessage());
    }
    Lab lab = new Lab(prefix, directory);
    lab.made.push(new Made("directory " + directory, () -> deleteTree(directory)));
    Runtime.getRuntime().addShutdownHook(lab.hook);
    return lab;
  }

  /** A new host; {@code name} must be unique in this lab. */
  public Host host(String name) {
    return new Host(this, name, namespace(name));
  }

  /** A new segment: what is joined to it shares one layer-2 network. */
  public Segment segment(String name) {
    return new Segment(name, namespace(name));
  }

  /** A folder of this lab, made when absent, removed with the lab. */
  public Path folder(String name) {
    Path folder = directory.resolve(name);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new LabException("cannot make %s: %s".formatted(folder, e.getMessage()));
    }
    return folder;
  }

  /** Whether the JVM is ending and this lab is being taken down by its hook. */
  public boolean interrupted() {
    return interrupted;
  }

  /** What {@link #close} could not remove, and why; empty before, and hopefully after. */
  public synchronized List<String> leftBehind() {
    return List.copyOf(leftBehind);
  }

  /** The prefix of everything this lab makes, as {@code slc1234-1}. */
  public String prefix() {
    return prefix;
  }

  /** Also runs {@code remove} when the lab is closed, before what was made earlier is removed. */
  public synchronized void onClose(String what, Runnable remove) {
    demandOpen();
    made.push(new Made(what, remove));
  }

  /**
   * The logs of all processes started so far, each cut to its last {@code lines} lines: what a
   * failed test shows.
   */
  public String logs(int lines) {
    List<LabProcess> all;
    synchronized (this) {
      all = List.copyOf(processes);
    }
    var text = new StringBuilder();
    for (LabProcess process : all) {
      List<String> log = process.log().lines().toList();
      text.append("---- ").append(process).append('\n');
      log.stream()
          .skip(Math.max(0, log.size() - lines))
          .forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  @Override
  public void close() {
    takeDown();
    if (!interrupted) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        // The JVM is ending: the hook finds nothing left to do.
      }
    }
  }

  /**
   * Starts a process under the lab's lock, so that none is started behind the back of {@link
   * #close}.
   */
  synchronized LabProcess start(
      String name, List<String> command, java.util.Map<String, String> environment) {
    demandOpen();
    int number = processes.size() + 1;
    Path log = folder("logs").resolve("%02d-%s.log".formatted(number, name));
    ProcessBuilder builder =
        Command.resolved(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(log.toFile());
    builder.environment().remove("SLUICE_RUNTIME_DIR");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TMPDIR", folder("tmp").toString());
    builder.environment().putAll(environment);
    try {
      var process = new LabProcess(name, command, builder.start(), log);
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new LabException(
          "cannot start %s: %s".formatted(String.join(" ", command), e.getMessage()));
    }
  }

  private synchronized String namespace(String name) {
    demandOpen();
    String namespace = prefix + "-" + name;
    Command.run(List.of("ip", "netns", "add", namespace)).orThrow();
    made.push(new Made("namespace " + namespace, () -> removeNamespace(namespace)));
    made.push(
        new Made(
            "pinned planes of " + namespace, () -> Pins.remove(Path.of("/run/netns", namespace))));
    return namespace;
  }

  private synchronized void takeDown() {
    if (closed) {
      return;
    }
    closed = true;
    for (LabProcess process : processes) {
      process.signalIfAlive("TERM");
    }
    long end = System.nanoTime() + TERM_DEADLINE.toNanos();
    for (LabProcess process : processes) {
      process.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
    for (LabProcess process : processes) {
      process.killIfAlive();
      process.awaitEnd(KILL_DEADLINE);
    }
    while (!made.isEmpty()) {
      Made last = made.pop();
      try {
        last.remove().run();
      } catch (RuntimeException e) {
        // Go on: one thing that cannot be removed must not keep the others.
        leftBehind.add(last.what() + ": " + e.getMessage());
      }
    }
  }

  private void demandOpen() {
    if (closed) {
      throw new LabException("the lab is being taken down");
    }
  }

  /**
   * Removes a namespace of ours, after ending what still runs in it: a worker whose parent was
   * killed would keep it alive.
   */
  private static void removeNamespace(String namespace) {
    Command.run(List.of("ip", "netns", "pids", namespace))
        .out()
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .forEach(line ->
            ProcessHandle.of(Long.parseLong(line)).ifPresent(ProcessHandle::destroyForcibly));

    Command.run(List.of("ip", "netns", "del", namespace)).orThrow();
  }

  private static void deleteTree(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new LabException("cannot delete %s: %s".formatted(root, e.getMessage()));
    }
  }
}
