package dev.sluice.cli.keepalived;

import dev.sluice.cli.CommandException;
import dev.sluice.cli.OwnCommandLine;
import dev.sluice.cli.Terminal;
import dev.sluice.core.ExitCode;
import dev.sluice.core.RunOptions;
import dev.sluice.core.RunOptions.LogTarget;
import dev.sluice.core.RuntimeDir;
import dev.sluice.core.api.Api;
import dev.sluice.core.control.ControlClient;
import dev.sluice.core.control.ControlClient.NoDaemonException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * keepalived's way of starting: the command ends when the daemon runs. The JVM cannot fork, so it
 * starts itself again, detached from the terminal by setsid(1), with {@code -n}, and waits until
 * that one answers on its control socket, or ended.
 */
final class Background {
  private static final long PATIENCE_SECONDS = 60;
  private static final long GLANCE_MILLIS = 50;

  private Background() {}

  /** Starts the daemon; answers when it runs, or says why it does not. */
  static int start(RunOptions options, Terminal terminal) {
    RuntimeDir runtime = options.runtimeDir();
    Path complaints = runtime.directory().resolve("start.log");
    Process daemon;
    try {
      Files.createDirectories(runtime.directory());
      List<String> command = new ArrayList<>(List.of("setsid"));
      command.addAll(OwnCommandLine.withoutArguments());
      command.addAll(arguments(options));
      daemon =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(new File("/dev/null"))
              .redirectError(complaints.toFile())
              .start();
    } catch (IOException e) {
      throw CommandException.failed(
          "cannot start in the background ("
              + e.getMessage()
              + "); -n starts it in the foreground, --runtime-dir names a writable directory");
    }
    return await(daemon, runtime, complaints, terminal);
  }

  private static int await(Process daemon, RuntimeDir runtime, Path complaints, Terminal terminal) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < deadline) {
      if (answers(daemon.pid(), runtime)) {
        return ExitCode.OK;
      }
      if (ended(daemon)) {
        terminal.err().print(text(complaints));
        throw new CommandException(
            daemon.exitValue() == 0 ? ExitCode.FAILED : daemon.exitValue(),
            "the daemon did not start (status "
                + daemon.exitValue()
                + "); its reasons stand above, or in the system's log");
      }
    }
    throw CommandException.failed(
        "the daemon (process "
            + daemon.pid()
            + ") does not answer on "
            + runtime.controlSocket()
            + " after "
            + PATIENCE_SECONDS
            + " s; it is left running: look at the system's log");
  }

  private static boolean answers(long pid, RuntimeDir runtime) {
    try {
      return Files.exists(runtime.controlSocket())
          && Api.statusFrom(ControlClient.request(runtime, "status")).pid() == pid;
    } catch (NoDaemonException | RuntimeException e) {
      return false;
    }
  }

  /** Waits a moment for the end; most starts take a few of them. */
  private static boolean ended(Process daemon) {
    try {
      daemon.onExit().get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return !daemon.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted; the daemon (process " + daemon.pid() + ") runs");
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  /** The line that makes a child with these options, in the foreground, logging to syslog. */
  static List<String> arguments(RunOptions options) {
    List<String> words = new ArrayList<>(List.of("-n"));
    if (options.logTarget() == LogTarget.STDERR) {
      words.add("-l");
    }
    add(words, "--use-file", options.configFile());
    add(words, "--pid", options.pidFile());
    add(words, "--plane", options.plane());
    add(words, "--xdp-mode", options.xdpMode());
    add(words, "--log-level", options.logLevel());
    if (!options.checkers()) {
      words.add("--vrrp");
    }
    if (!options.vrrp()) {
      words.add("--check");
    }
    add(words, "--config-id", options.configId());
    if (options.keepPlane()) {
      words.add("--keep-plane");
    }
    RuntimeDir runtime = options.runtimeDir();
    // Asked for, so the state lies in it; the default's state lies elsewhere.
    if (runtime.asked()) {
      add(words, "--runtime-dir", runtime.directory());
    }
    return words;
  }

  private static void add(
      List<String> words, String option, @org.jspecify.annotations.Nullable Object value) {
    if (value != null) {
      String text = value instanceof Enum<?> e ? e.name().toLowerCase(Locale.ROOT) : value + "";
      words.add(option);
      words.add(text);
    }
  }
}
