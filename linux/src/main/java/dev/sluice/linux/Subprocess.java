package dev.sluice.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A running script: in a session and process group of its own, killed when this process dies,
 * optionally as another user, never through a shell.
 *
 * <p>It starts by way of setpriv(1) of util-linux, with no signal blocked or ignored and no
 * descriptor of ours. Standard input is /dev/null; standard output and error are read, and their
 * end is kept for messages. Every method may be called from any thread and returns at once.
 */
public final class Subprocess {
  /** Bytes of output that are kept. */
  public static final int OUTPUT_KEPT = 4096;

  static final int SIGKILL = 9;
  static final int SIGTERM = 15;

  private final Spec spec;
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private final byte[] tail = new byte[OUTPUT_KEPT];
  private int kept;
  private boolean cut;
  private volatile long pid;

  private Subprocess(Spec spec) {
    this.spec = spec;
  }

  /**
   * What to run.
   *
   * @param command program (a path, or a name to be found in PATH) and arguments
   * @param user who runs it, null for who we are; without CAP_SETUID everything runs as who we are
   * @param group null for the user's own group
   * @param environment all of the environment; a PATH is added when it has none
   * @param supplementaryGroups whether it gets all of the user's groups, or the one group only
   */
  public record Spec(
      List<String> command,
      @Nullable String user,
      @Nullable String group,
      Map<String, String> environment,
      boolean supplementaryGroups) {
    /** With the one group only. */
    public Spec(
        List<String> command,
        @Nullable String user,
        @Nullable String group,
        Map<String, String> environment) {
      this(command, user, group, environment, false);
    }

    public Spec {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
      if (command.isEmpty()) {
        throw new IllegalArgumentException("nothing to run");
      }
    }

    /** As ourselves, with an environment of nothing but PATH. */
    public static Spec of(String... command) {
      return new Spec(List.of(command), null, null, Map.of());
    }
  }

  /** How a process ended. */
  public sealed interface Exit {
    /** Whether it exited with status 0. */
    default boolean success() {
      return this instanceof Exited(int status) && status == 0;
    }

    /** For a log line: "exit status 3", "killed by signal 9". */
    String words();

    /**
     * By itself.
     *
     * @param status 0..255; 127: there is no such program, 126: it cannot be executed
     */
    record Exited(int status) implements Exit {
      @Override
      public String words() {
        return "exit status " + status;
      }
    }

    /** A signal ended it. */
    record Signalled(int signal) implements Exit {
      @Override
      public String words() {
        return "killed by signal " + signal;
      }
    }
  }

  /** Starts it. What cannot be started ends with 127 or 126, or {@link #exit} fails. */
  public static Subprocess start(Spec spec) {
    Subprocess process = new Subprocess(spec);
    Spawner.shared().start(process);
    return process;
  }

  /**
   * How it ended. Status 127: there is no such program, 126: it cannot be executed; {@link #output}
   * says why. Fails with an {@link IOException} when setpriv cannot be started, or the user does
   * not exist; its cause is a {@link SyscallException} when this machine has run out of something.
   * Dependent actions run in the thread that starts processes: keep them short.
   */
  public CompletableFuture<Exit> exit() {
    return exit;
  }

  /**
   * SIGTERM to its whole process group, unless it has ended. After this {@link #kill} still reaches
   * what is left of the group when the process itself has gone, for some seconds.
   */
  public void terminate() {
    Spawner.shared().signal(this, SIGTERM);
  }

  /** SIGKILL to its whole process group, unless it ended of its own accord. */
  public void kill() {
    Spawner.shared().signal(this, SIGKILL);
  }

  /** Its process number, and that of its group; 0 until it has started. */
  public long pid() {
    return pid;
  }

  /** The last {@link #OUTPUT_KEPT} bytes of what it has written so far; "…" stands for the rest. */
  public synchronized String output() {
    return (cut ? "…" : "") + new String(tail, 0, kept, StandardCharsets.UTF_8);
  }

  Spec spec() {
    return spec;
  }

  void started(long number) {
    pid = number;
  }

  synchronized void wrote(byte[] bytes) {
    if (bytes.length >= OUTPUT_KEPT) {
      cut |= kept > 0 || bytes.length > OUTPUT_KEPT;
      System.arraycopy(bytes, bytes.length - OUTPUT_KEPT, tail, 0, OUTPUT_KEPT);
      kept = OUTPUT_KEPT;
      return;
    }
    int overflow = kept + bytes.length - OUTPUT_KEPT;
    if (overflow > 0) {
      cut = true;
      System.arraycopy(tail, overflow, tail, 0, kept - overflow);
      kept -= overflow;
    }
    System.arraycopy(bytes, 0, tail, kept, bytes.length);
    kept += bytes.length;
  }
}
