package dev.sluice.core.router;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.StaticObjects;
import dev.sluice.config.model.TrackFile;
import dev.sluice.config.model.TrackProcess;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.script.ScriptRunner;
import dev.sluice.core.script.TrackScripts;
import dev.sluice.core.track.Trackings;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.driver.VrrpDriver;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The VRRP driver and the scripts that move its priorities. The driver is started with the first
 * configuration that has an instance or static objects, so that a daemon without needs no raw
 * socket.
 *
 * <p>{@link #apply} and {@link #close} come from one thread at a time; the rest from any.
 */
public final class Routers implements AutoCloseable {
  private final TrackScripts trackScripts;
  private final Trackings trackings;
  private final Consumer<JournalEvent> journal;
  private final Map<String, String> causes = new ConcurrentHashMap<>();
  private volatile @Nullable VrrpDriver driver;

  /** Nothing runs until {@link #apply}. */
  public Routers(
      ScriptRunner runner, ScheduledExecutorService timers, Consumer<JournalEvent> journal) {
    this.journal = journal;
    this.trackScripts = new TrackScripts(runner, timers, this::scriptResult);
    this.trackings =
        new Trackings(
            new Seen(),
            text -> journal.accept(new JournalEvent.Vrrp(new VrrpEvent.Warning("", text))));
  }

  /** Passes on what was seen of files and processes. */
  private final class Seen implements Trackings.Sink {
    @Override
    public void file(String name, long value, String evidence) {
      VrrpDriver to = driver;
      if (to != null) {
        to.fileValue(name, value, evidence);
      }
    }

    @Override
    public void processes(String name, boolean up, String evidence) {
      VrrpDriver to = driver;
      if (to != null) {
        to.processes(name, up, evidence);
      }
    }
  }

  private void heard(VrrpEvent event) {
    if (event instanceof VrrpEvent.StateChanged changed) {
      causes.put(changed.instance(), changed.cause());
    }
    journal.accept(new JournalEvent.Vrrp(event));
  }

  /** Why an instance is in the state that it is in, in words; empty: it never changed. */
  public String cause(String instance) {
    return causes.getOrDefault(instance, "");
  }

  private void scriptResult(String script, boolean success, String evidence) {
    VrrpDriver to = driver;
    if (to != null) {
      to.scriptResult(script, success, evidence);
    }
  }

  /** Makes these the instances; what is unchanged keeps state, timers and addresses. */
  public void apply(Configuration configuration) {
    VrrpDriver to = driver;
    boolean reload = to != null;
    if (to == null) {
      if (configuration.vrrpInstances().isEmpty()
          && configuration.further().statics().equals(StaticObjects.none())) {
        return;
      }
      to = VrrpDriver.start(this::heard);
      driver = to;
    }
    VrrpDriver running = to;
    // First what is tracked, that no instance starts on half the knowledge.
    trackings.apply(
        tracked(configuration),
        trackedProcesses(configuration),
        configuration.global().settings().buffers().processMonitor());
    var applied =
        to.apply(
            new VrrpDesired(
                configuration.vrrpInstances(),
                configuration.syncGroups(),
                configuration.vrrpScripts(),
                configuration.global().startupDelay(),
                configuration.global(),
                configuration.further()));
    if (reload && configuration.global().settings().fifos().statesOnReload()) {
      var _ =
          applied.thenRun(() -> journal.accept(new JournalEvent.VrrpReloaded(running.snapshot())));
    }
    trackScripts.apply(configuration.vrrpScripts());
  }

  /** The files that an instance or a group tracks. */
  private static List<TrackFile> tracked(Configuration configuration) {
    var used = new HashSet<String>();
    for (VrrpInstance instance : configuration.vrrpInstances()) {
      instance.options().trackFiles().forEach(line -> used.add(line.name()));
    }
    for (VrrpSyncGroup group : configuration.syncGroups()) {
      group.options().trackFiles().forEach(line -> used.add(line.name()));
    }
    return configuration.further().trackFiles().stream()
        .filter(file -> used.contains(file.name()))
        .toList();
  }

  private static List<TrackProcess> trackedProcesses(Configuration configuration) {
    var used = new HashSet<String>();
    for (VrrpInstance instance : configuration.vrrpInstances()) {
      instance.options().trackProcesses().forEach(line -> used.add(line.name()));
    }
    for (VrrpSyncGroup group : configuration.syncGroups()) {
      group.options().trackProcesses().forEach(line -> used.add(line.name()));
    }
    return configuration.further().trackProcesses().stream()
        .filter(process -> used.contains(process.name()))
        .toList();
  }

  /** Everything at this moment. */
  public VrrpSnapshot snapshot() {
    VrrpDriver of = driver;
    return of == null ? VrrpSnapshot.empty() : of.snapshot();
  }

  /** Priority 0, addresses removed, thread ended. */
  @Override
  public void close() {
    trackScripts.apply(List.of());
    trackings.close();
    VrrpDriver of = driver;
    if (of != null) {
      of.close();
    }
  }
}
