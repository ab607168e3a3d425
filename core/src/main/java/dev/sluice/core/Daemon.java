package dev.sluice.core;

import dev.sluice.core.api.Api;
import dev.sluice.core.api.Failure;
import dev.sluice.core.control.ControlServer;
import dev.sluice.core.dump.Dumps;
import dev.sluice.core.log.Logs;
import dev.sluice.linux.Capabilities;
import dev.sluice.linux.RealTime;
import dev.sluice.linux.SystemdNotify;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The daemon's life on the main thread: start everything, take signals one after the other, stop
 * everything.
 *
 * <pre>
 *   HUP         read the file again; a faulty one changes nothing
 *   TERM, INT   priority 0, addresses removed, services removed, gone
 *   USR1, USR2, RTMIN+2, RTMAX-1
 *               dumps: data, statistics, JSON, statistics and clear
 * </pre>
 */
public final class Daemon {
  private static final System.Logger LOG = System.getLogger(Daemon.class.getName());

  /** Before ordinary processes, behind nothing that an operator put in front. */
  private static final int NICE = -10;

  private final RunOptions options;
  private final Signals signals = new Signals();
  private final Dumps dumps;
  private final Optional<SystemdNotify> manager = SystemdNotify.fromEnvironment();

  private Daemon(RunOptions options) {
    this.options = options;
    this.dumps =
        new Dumps(
            System.getenv(),
            options.runtimeDir().asked() ? options.runtimeDir().directory() : null);
  }

  /**
   * Runs until SIGTERM or SIGINT.
   *
   * @return the process's exit code
   */
  public static int run(RunOptions options) {
    Logs.configure(options.logLevel(), options.logTarget());
    var daemon = new Daemon(options);
    try (Signals _ = daemon.signals) {
      return daemon.live();
    } catch (StartException e) {
      // The reason belongs on stderr even where the log goes to syslog.
      LOG.log(System.Logger.Level.ERROR, e.getMessage());
      if (options.logTarget() != RunOptions.LogTarget.STDERR) {
        System.err.println("sluice: " + e.getMessage());
      }
      return e.exitCode();
    } finally {
      Logs.flush();
    }
  }

  private int live() throws StartException {
    // Every thread, not only VRRP's: it waits for all of them at each safepoint.
    boolean _ = RealTime.nice(NICE);
    makeRuntimeDirectory();
    Path pidPath = options.pidFile() != null ? options.pidFile() : options.runtimeDir().pidFile();
    var holder = new EngineHolder();
    try (ControlServer _ = control(holder);
        PidFile _ = PidFile.write(pidPath);
        Engine engine = Engine.start(options)) {
      holder.engine = engine;
      manager.ifPresent(SystemdNotify::ready);
      serve(engine);
      manager.ifPresent(SystemdNotify::stopping);
    } catch (IOException e) {
      throw new StartException(ExitCode.FAILED, explain(e, pidPath));
    }
    return ExitCode.OK;
  }

  private static String explain(IOException e, Path pidPath) {
    if (e instanceof AccessDeniedException denied) {
      return "no permission to write "
          + denied.getFile()
          + ": run as root, or name another directory with --runtime-dir";
    }
    String text = e.getMessage();
    return text == null ? "cannot use " + pidPath + ": " + e : text;
  }

  private void makeRuntimeDirectory() throws StartException {
    Path directory = options.runtimeDir().directory();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StartException(
          ExitCode.FAILED,
          "cannot create the runtime directory "
              + directory
              + (Capabilities.all().isEmpty() ? " without root" : "")
              + ": run as root, or name another with --runtime-dir");
    }
  }

  private ControlServer control(EngineHolder holder) throws IOException {
    return ControlServer.open(
        options.runtimeDir(),
        request -> {
          Engine engine = holder.engine;
          if (engine == null) {
            return Api.toJson(new Failure("the daemon is still starting: ask again"));
          }
          return switch (request.verb()) {
            case "status" -> Api.toJson(engine.status());
            case "ipvs-table" -> Api.toJson(engine.ipvsTable(false));
            case "ipvs-templates" -> Api.toJson(engine.ipvsTable(true));
            case "ipvs-connections" -> Api.toJson(engine.ipvsConnections());
            case "ipvs-change" -> Api.toJson(engine.ipvsChange(request));
            default ->
                Api.toJson(
                    new Failure(
                        "the daemon knows no request '"
                            + request.verb()
                            + "': it knows 'status' and 'ipvs-table'"));
          };
        });
  }

  /** The engine as the control socket sees it: absent while the daemon starts. */
  private static final class EngineHolder {
    private volatile @org.jspecify.annotations.Nullable Engine engine;
  }

  private void serve(Engine engine) {
    while (true) {
      DaemonSignal signal;
      try {
        signal = signals.take();
      } catch (InterruptedException e) {
        return;
      }
      switch (signal) {
        case HUP -> {
          manager.ifPresent(SystemdNotify::reloading);
          engine.reload();
          manager.ifPresent(SystemdNotify::ready);
        }
        case TERM, INT -> {
          engine.stopping("SIG" + signal);
          return;
        }
        case USR1 -> dump(engine, Dumps.Kind.DATA);
        case USR2 -> dump(engine, Dumps.Kind.STATS);
        case STATS_CLEAR -> dump(engine, Dumps.Kind.STATS_CLEAR);
        case JSON -> dump(engine, Dumps.Kind.JSON);
      }
    }
  }

  /** A monitor that asks too often, or a full disk, must not end the daemon. */
  private void dump(Engine engine, Dumps.Kind kind) {
    try {
      dumps.write(kind, engine.dumpInput());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "no dump was written", e);
    }
  }
}
