package dev.sluice.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process the lab started. It is signalled by the pid it was started with and never by name. */
public final class LabProcess {
  private static final Duration KILL_DEADLINE = Duration.ofSeconds(20);

  private final String name;
  private final List<String> command;
  private final Process process;
  private final Path log;

  LabProcess(String name, List<String> command, Process process, Path log) {
    this.name = name;
    this.command = command;
    this.process = process;
    this.log = log;
  }

  /** The pid. {@code nsenter} and the launcher both exec, so it is that of the program itself. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** What it wrote to its two outputs so far. */
  public String log() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(" + log + ": " + e.getMessage() + ")";
    }
  }

  /** What it wrote after the first {@code from} bytes, a character a byte. */
  String log(long from) {
    try (var file = Files.newByteChannel(log)) {
      var bytes = java.nio.ByteBuffer.allocate((int) Math.max(0, file.size() - from));
      file.position(from);
      while (bytes.hasRemaining() && file.read(bytes) >= 0) {
        // until all that was there is read
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new LabException("cannot read the log of %s: %s".formatted(this, e.getMessage()));
    }
  }

  /** The exit status; 128 + signal when a signal ended it. */
  public int exitStatus() {
    if (alive()) {
      throw new LabException(this + " still runs");
    }
    return process.exitValue();
  }

  /** Waits until the log holds {@code text}; fails at once when the process ends without it. */
  public void awaitLog(String text, Duration deadline) {
    Await.until(
        "\"" + text + "\" in the log of " + this,
        deadline,
        () -> {
          boolean ended = !alive();
          if (log().contains(text)) {
            return true;
          }
          if (ended) {
            throw new LabException(
                "%s ended with %d before it said \"%s\":%n%s"
                    .formatted(this, exitStatus(), text, log()));
          }
          return false;
        },
        this::log);
  }

  /** Sends a signal by name, as {@code HUP}. */
  public void signal(String signal) {
    if (!signalIfAlive(signal)) {
      throw new LabException("%s has ended already, cannot send SIG%s".formatted(this, signal));
    }
  }

  /**
   * SIGTERM, then waits for the end; SIGKILL and a {@link LabException} at the deadline. Returns
   * how long it took.
   */
  public Duration terminate(Duration deadline) {
    long start = System.nanoTime();
    signalIfAlive("TERM");
    if (!awaitEnd(deadline)) {
      killIfAlive();
      awaitEnd(KILL_DEADLINE);
      throw new LabException(
          "%s did not end within %d s of SIGTERM".formatted(this, deadline.toSeconds()));
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * SIGKILL to the process and all its descendants, and waits until they are gone. It is stopped
   * first, so that it cannot replace a child that dies before it (keepalived would, and its
   * children would resign properly on its death).
   */
  public void kill() {
    killIfAlive();
    if (!awaitEnd(KILL_DEADLINE)) {
      throw new LabException(this + " survived SIGKILL");
    }
  }

  boolean signalIfAlive(String signal) {
    return alive()
        && Command.run(
                    List.of(
                        "sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal, Long.toString(pid())))
                .status()
            == 0;
  }

  void killIfAlive() {
    if (!alive()) {
      return;
    }
    signalIfAlive("STOP");
    List<ProcessHandle> children = process.descendants().toList();
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    for (ProcessHandle child : children) {
      Await.until("process " + child.pid() + " to end", KILL_DEADLINE, () -> !running(child));
    }
  }

  /** Whether it ended within {@code deadline}. */
  boolean awaitEnd(Duration deadline) {
    try {
      return process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while waiting for " + this + " to end");
    }
  }

  /** An orphan that nobody reaps yet is as good as gone: it holds no socket any more. */
  private static boolean running(ProcessHandle child) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(child.pid()), "stat"));
      return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "%s (pid %d, %s%s)"
        .formatted(
            name,
            pid(),
            command.stream().skip(2).findFirst().orElse(command.getFirst()),
            alive() ? "" : ", ended with " + process.exitValue());
  }
}
