package dev.sluice.cli.keepalived;

import dev.sluice.cli.CheckCommand;
import dev.sluice.cli.CommandException;
import dev.sluice.cli.HelpPage;
import dev.sluice.cli.RunSettings;
import dev.sluice.cli.Terminal;
import dev.sluice.cli.Version;
import dev.sluice.core.DaemonSignal;
import dev.sluice.core.ExitCode;
import dev.sluice.core.RunOptions;
import dev.sluice.core.RunOptions.LogTarget;
import dev.sluice.core.RuntimeDir;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;

/** A line of keepalived's options, obeyed. */
public final class KeepalivedCommand {
  private KeepalivedCommand() {}

  /** Obeys it; answers the exit code. */
  public static int run(List<String> words, Terminal terminal, RuntimeDir runtime) {
    KeepalivedOptions options;
    try {
      options = KeepalivedOptions.parse(words);
    } catch (GnuOptions.BadLineException e) {
      throw CommandException.usage(e.getMessage() + "; 'sluice help' lists verbs and options");
    }
    return switch (options.action()) {
      case HELP -> {
        terminal.out().print(HelpPage.text());
        yield ExitCode.OK;
      }
      case VERSION -> {
        terminal.out().println("sluice " + Version.text());
        // Monitors read from standard error which signals and dumps there are.
        terminal.err().println("Keepalived v2.4.3 is what its options and files are those of");
        terminal.err().println("Config options: --enable-vrrp --enable-lvs --enable-json");
        yield ExitCode.OK;
      }
      case SIGNAL_NUMBER -> signalNumber(String.valueOf(options.signalName()), terminal);
      case TEST -> test(options, terminal);
      case RUN -> runDaemon(options, terminal, runtime);
    };
  }

  private static int test(KeepalivedOptions options, Terminal terminal) {
    String file = options.configFile();
    if (file == null) {
      throw CommandException.usage(
          "-t needs -f FILE: sluice never reads keepalived's own file unasked");
    }
    String log = options.testLog();
    return log == null
        ? CheckCommand.text(RunSettings.path("-f", file), options.configId(), terminal.out())
        : CheckCommand.textInto(
            RunSettings.path("-f", file), options.configId(), RunSettings.path("-t", log));
  }

  private static int signalNumber(String name, Terminal terminal) {
    DaemonSignal signal =
        DaemonSignal.requested(name)
            .orElseThrow(() ->
                CommandException.failed(
                    "--signum "
                        + name
                        + ": expected "
                        + String.join(", ", DaemonSignal.requests())));
    terminal.out().println(signal.number());
    return ExitCode.OK;
  }

  private static int runDaemon(KeepalivedOptions options, Terminal terminal, RuntimeDir runtime) {
    options.without().forEach(terminal::complain);
    RunOptions run = runOptions(options, runtime);
    if (options.foreground()) {
      return RunSettings.runDaemon(run);
    }
    return Background.start(run, terminal);
  }

  /** The line as the daemon's options. */
  static RunOptions runOptions(KeepalivedOptions options, RuntimeDir runtime) {
    String pidFile = options.pidFile();
    Path pid = pidFile == null ? null : RunSettings.path("-p", pidFile);
    boolean console = options.foreground() && options.logConsole();
    return new RunOptions(
        RunSettings.configFile(options.configFile()),
        runtime,
        RunSettings.plane(options.plane()),
        RunSettings.xdpMode(options.xdpMode()),
        RunSettings.logLevel(
            options.logLevel(), options.logDetail() > 1 ? Level.DEBUG : Level.INFO),
        console ? LogTarget.STDERR : LogTarget.SYSLOG,
        options.vrrp(),
        options.checkers(),
        pid,
        options.keepPlane(),
        options.configId());
  }
}
