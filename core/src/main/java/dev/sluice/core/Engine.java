package dev.sluice.core;

import dev.sluice.config.LoadResult;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.model.SelectedService;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.api.IpvsAnswer;
import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsTable;
import dev.sluice.core.api.Request;
import dev.sluice.core.api.StatusReport;
import dev.sluice.core.dump.DumpInput;
import dev.sluice.core.ipvs.HandStore;
import dev.sluice.core.ipvs.Ipvs;
import dev.sluice.core.journal.Journal;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.journal.LogReader;
import dev.sluice.core.notify.Notifier;
import dev.sluice.core.router.Routers;
import dev.sluice.core.script.DaemonScripts;
import dev.sluice.core.script.ScriptRunner;
import dev.sluice.core.script.ScriptUsers;
import dev.sluice.core.service.PlaneChoice;
import dev.sluice.core.service.PlaneMaking;
import dev.sluice.core.service.Services;
import dev.sluice.core.status.StatusReports;
import dev.sluice.linux.Errno;
import dev.sluice.linux.Processes;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.SyscallException;
import dev.sluice.lvs.Plane;
import dev.sluice.lvs.PlaneException;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Everything that runs, and the way from one configuration to the next. Owns the core thread, on
 * which pools, plane and reconciliation live; the protocols have threads of their own.
 */
final class Engine implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  /** How long a question may wait for the core thread; a change may take as long as it takes. */
  private static final long ANSWER_MILLIS = 5_000;

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final long CHANGE_MILLIS = 300_000;

  /** What is left of the two seconds of a stop when VRRP has let go of its addresses. */
  private static final long STOP_MILLIS = 1_500;

  /** What a stop leaves for the end of the process itself. */
  private static final long LAST_WORDS_MILLIS = 200;

  private final RunOptions options;
  private final HomeNamespace home;
  private final String startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  private final ScheduledThreadPoolExecutor core = executor("sluice-core");
  private final ScheduledThreadPoolExecutor timers = executor("sluice-scripts");
  private final ScriptRunner scripts = new ScriptRunner(timers);
  private final DaemonScripts daemonScripts = new DaemonScripts(scripts, this::append);
  private final Notifier notifier = new Notifier(scripts, timers, this::append);
  private final Journal journal = new Journal(List.of(new LogReader(), notifier));
  private final Services services;
  private PlaneMaking making = PlaneMaking.standard();
  private final Routers routers;
  private final Ipvs ipvs;
  private Configuration running = Configuration.empty();
  private long generation;

  private Engine(RunOptions options, HomeNamespace home) {
    this.options = options;
    this.home = home;
    this.services = new Services(core::execute, journal::append);
    this.routers = new Routers(scripts, timers, this::heard);
    this.ipvs = new Ipvs(services, HandStore.of(options.runtimeDir().state()), this::openPlane);
  }

  /** Services follow the addresses that they stand on. */
  private void heard(JournalEvent event) {
    journal.append(event);
    if (event instanceof JournalEvent.Vrrp(VrrpEvent.StateChanged changed)) {
      core.execute(() -> services.state(changed.instance(), changed.to() == VrrpState.MASTER));
    }
  }

  private void append(JournalEvent event) {
    journal.append(event);
  }

  private static ScheduledThreadPoolExecutor executor(String name) {
    var executor =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name(name).daemon().unstarted(task));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return executor;
  }

  /** Reads the configuration and makes it true; nothing is left behind when it cannot. */
  static Engine start(RunOptions options) throws StartException {
    PlaneChoice.check(options);
    // Before the first thread: each is in the namespace of the one that starts it.
    HomeNamespace home = HomeNamespace.enter(options);
    var engine = new Engine(options, home);
    boolean started = false;
    try {
      engine.journal.append(
          new JournalEvent.Started(Version.CURRENT, ProcessHandle.current().pid()));
      engine.first();
      var _ =
          engine.core.scheduleWithFixedDelay(
              guarded(
                  "housekeeping",
                  () -> {
                    engine.services.tick();
                    engine.ipvs.tick();
                  }),
              1,
              1,
              TimeUnit.SECONDS);
      started = true;
      return engine;
    } finally {
      if (!started) {
        engine.close();
      }
    }
  }

  private static Runnable guarded(String what, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, what + " failed", e);
      }
    };
  }

  private void first() throws StartException {
    LoadResult early = home.configuration();
    if (early != null) {
      making = PlaneMaking.of(early.configuration());
    }
    try {
      onCore(
          CHANGE_MILLIS,
          () -> {
            if (options.plane() == RunOptions.PlaneKind.XDP) {
              openPlane();
            }
            ipvs.start();
            if (options.configFile() == null) {
              services.settle();
            }
            return true;
          });
    } catch (PlaneException e) {
      throw new StartException(ExitCode.FAILED, String.valueOf(e.getMessage()));
    }
    Path file = options.configFile();
    LoadResult loaded = home.configuration();
    if (file == null || loaded == null) {
      return;
    }
    ConfigurationLog.write(loaded, file);
    if (!loaded.verdict().startable()) {
      throw new StartException(
          ExitCode.FAILED,
          file
              + " cannot be run: mend what is named above; 'sluice check "
              + file
              + "' says it again");
    }
    GlobalDefs global = loaded.configuration().global();
    scripts.defaults(
        ScriptUsers.standard(global), global.settings().scripts().supplementaryGroups());
    daemonScripts.startup(global.settings().scripts());
    try {
      onCore(
          CHANGE_MILLIS,
          () -> {
            apply(file, loaded);
            return true;
          });
    } catch (PlaneException e) {
      throw new StartException(ExitCode.FAILED, String.valueOf(e.getMessage()));
    } catch (SyscallException e) {
      throw new StartException(
          ExitCode.FAILED,
          e.getMessage()
              + (e.is(Errno.EPERM) || e.is(Errno.EACCES)
                  ? ": run as root, or with CAP_NET_ADMIN and CAP_NET_RAW"
                  : ""));
    }
  }

  /** Reads the file again. A faulty one changes nothing, and the journal says so. */
  void reload() {
    Path file = options.configFile();
    if (file == null) {
      LOG.log(System.Logger.Level.WARNING, "nothing to reload: started without a file");
      return;
    }
    LoadResult loaded = HomeNamespace.load(options, file);
    ConfigurationLog.write(loaded, file);
    String refusal = ReloadRule.refusal(loaded);
    if (refusal == null) {
      refusal = home.refusal(loaded.configuration());
    }
    if (refusal != null) {
      journal.append(new JournalEvent.ConfigurationRejected(file.toString(), refusal));
      return;
    }
    try {
      onCore(
          CHANGE_MILLIS,
          () -> {
            apply(file, loaded);
            return true;
          });
    } catch (PlaneException | SyscallException e) {
      journal.append(
          new JournalEvent.ConfigurationRejected(file.toString(), String.valueOf(e.getMessage())));
    }
  }

  /** The whole difference, on the core thread: plane and services first, then who owns the VIP. */
  private void apply(Path file, LoadResult loaded) {
    Configuration next = loaded.configuration();
    List<VirtualServer> virtualServers = new ArrayList<>(next.virtualServers());
    for (SelectedService s : next.further().selectedServices()) {
      if (s.selector() instanceof SelectedService.Selector.Mark) {
        virtualServers.add(s.service());
      }
    }
    virtualServers.addAll(services.groups(next));
    planeSettings(next);
    if (options.checkers() && services.plane() == null && !virtualServers.isEmpty()) {
      openPlane();
    }
    ScriptUser user = ScriptUsers.standard(next.global());
    boolean groups = next.global().settings().scripts().supplementaryGroups();
    scripts.defaults(user, groups);
    notifier.configuration(next, user);
    String name = next.global().settings().processes().name();
    if (name != null) {
      Processes.rename(name);
    }
    generation++;
    journal.append(
        new JournalEvent.ConfigurationAccepted(
            generation, file.toString(), loaded.diagnostics().size()));
    services.instances(options.vrrp() ? next.vrrpInstances() : List.of());
    services.settings(next.further().lvsSettings());
    if (options.checkers()) {
      services.rules(next);
      services.apply(virtualServers, user, groups);
      ipvs.configured();
    } else {
      services.settle();
    }
    if (options.vrrp()) {
      routers.apply(next);
    }
    running = next;
  }

  /** What counts when a plane is made, and cannot change while it runs. */
  private void planeSettings(Configuration next) {
    PlaneMaking wanted = PlaneMaking.of(next);
    if (services.plane() != null && !wanted.same(making)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "lvs_settings: ipvs_order, udp_is_inactive and connections take effect when the daemon"
              + " starts anew");
      return;
    }
    making = wanted;
  }

  /** Opens the plane that was asked for and puts it to use; null: none was. */
  private @Nullable Plane openPlane() {
    if (services.plane() == null) {
      services.plane(PlaneChoice.open(options, making));
    }
    return services.plane();
  }

  /** Services and counters as ipvsadm lists them. */
  IpvsTable ipvsTable(boolean templates) {
    return onCore(CHANGE_MILLIS, () -> ipvs.table(templates));
  }

  /** Connections as ipvsadm lists them. */
  IpvsTable ipvsConnections() {
    return onCore(CHANGE_MILLIS, ipvs::connections);
  }

  /** Changes that ipvsadm asks for. */
  IpvsAnswer ipvsChange(Request request) {
    List<IpvsChange> changes = request.changes();
    return onCore(CHANGE_MILLIS, () -> ipvs.change(changes == null ? List.of() : changes));
  }

  /** The whole daemon at this moment. */
  StatusReport status() {
    return onCore(
        ANSWER_MILLIS,
        () ->
            new StatusReports(services, routers)
                .report(
                    Version.CURRENT,
                    generation,
                    options.configFile() == null ? null : options.configFile().toString(),
                    startedAt,
                    planeNote()));
  }

  /** What a dump tells of at this moment. */
  DumpInput dumpInput() {
    return onCore(
        ANSWER_MILLIS,
        () -> {
          try (var netlink = RouteNetlink.open()) {
            return new DumpInput(
                running,
                routers.snapshot(),
                netlink.links(),
                netlink.addresses(),
                Files.readString(HOST_NAME).strip(),
                Instant.now(),
                ZoneId.systemDefault());
          }
        });
  }

  private @Nullable String planeNote() {
    if (!services.planeFault().isEmpty()) {
      return services.planeFault();
    }
    if (services.plane() == null) {
      return running.virtualServers().isEmpty()
          ? "no virtual server is configured"
          : "started with --plane none: checks run, nothing is forwarded";
    }
    return null;
  }

  private <T> T onCore(long patienceMillis, Callable<T> task) {
    try {
      return core.submit(task).get(patienceMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException r) {
        throw r;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the core thread did not answer in time", e);
    }
  }

  /** For the journal: why it ends. */
  void stopping(String signal) {
    journal.append(new JournalEvent.Stopping(signal));
  }

  /**
   * Addresses first, so that the other director takes over at once; then the services; then what
   * has to be told of it, as far as the time of a stop goes. A notify script that hangs ends with
   * the process. Only a {@code shutdown_script} has a time of its own.
   */
  @Override
  public void close() {
    routers.close();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
    try {
      onCore(
          left(end),
          () -> {
            services.stop(options.keepPlane());
            ipvs.stop(options.keepPlane());
            return true;
          });
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "services were not removed: " + e.getMessage());
    }
    journal.flush(left(end));
    notifier.await(left(end));
    notifier.close(left(end));
    daemonScripts.shutdown(running.global().settings().scripts());
    journal.close(LAST_WORDS_MILLIS);
    core.shutdownNow();
    timers.shutdownNow();
  }

  private static long left(long endNanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
  }
}
