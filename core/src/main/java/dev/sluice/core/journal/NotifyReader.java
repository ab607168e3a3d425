package dev.sluice.core.journal;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.NotifyScripts;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.core.script.ScriptRunner;
import dev.sluice.lvs.pool.PoolEvent;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the notify commands. Those of one object (an instance, a group, a service) run one after the
 * other in the order of its events; objects do not wait for each other, and nobody waits for a
 * command. One that does not end within a minute is ended.
 */
public final class NotifyReader implements Journal.Reader {
  private static final System.Logger LOG = System.getLogger(NotifyReader.class.getName());
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ScriptRunner runner;
  private final Map<String, CompletableFuture<?>> last = new ConcurrentHashMap<>();
  private volatile Configuration configuration = Configuration.empty();

  /** Runs nothing until there is a configuration. */
  public NotifyReader(ScriptRunner runner) {
    this.runner = runner;
  }

  /** Whose commands run from now on. */
  public void configuration(Configuration next) {
    configuration = next;
  }

  @Override
  public void read(JournalEvent event) {
    switch (event) {
      case JournalEvent.Vrrp(VrrpEvent vrrp) -> vrrp(vrrp);
      case JournalEvent.Pool(PoolEvent pool) -> {
        Script script = pool.script();
        if (script != null) {
          run(pool.service().toString(), script, List.of());
        }
      }
      case JournalEvent.Started _,
          JournalEvent.ConfigurationAccepted _,
          JournalEvent.ConfigurationRejected _,
          JournalEvent.PlaneChanged _,
          JournalEvent.PlaneFailed _,
          JournalEvent.Stopping _ -> {}
    }
  }

  private void vrrp(VrrpEvent event) {
    switch (event) {
      case VrrpEvent.StateChanged e ->
          state("INSTANCE", e.instance(), instanceScripts(e.instance()), e.to(), e.priority());
      case VrrpEvent.GroupStateChanged e ->
          state("GROUP", e.group(), groupScripts(e.group()), e.to(), 0);
      case VrrpEvent.InstanceStopped e ->
          stopped("INSTANCE", e.instance(), instanceScripts(e.instance()), e.priority());
      case VrrpEvent.GroupStopped e -> stopped("GROUP", e.group(), groupScripts(e.group()), 0);
      case VrrpEvent.PriorityChanged e -> priority(e);
      case VrrpEvent.LowerPrioritySeen e -> {
        NotifyScripts scripts = instanceScripts(e.instance());
        announce(
            "INSTANCE",
            e.instance(),
            scripts.masterRxLowerPri(),
            scripts.any(),
            "MASTER_RX_LOWER_PRI",
            e.ours());
      }
      case VrrpEvent.PacketRejected _,
          VrrpEvent.MasterSeen _,
          VrrpEvent.AddressAdded _,
          VrrpEvent.AddressRemoved _,
          VrrpEvent.AddressFailed _,
          VrrpEvent.ObjectChanged _,
          VrrpEvent.ObjectFailed _,
          VrrpEvent.Restored _,
          VrrpEvent.ScriptChanged _,
          VrrpEvent.Warning _ -> {}
    }
  }

  private void state(
      String kind, String name, NotifyScripts scripts, VrrpState state, int priority) {
    Script own =
        switch (state) {
          case MASTER -> scripts.master();
          case BACKUP -> scripts.backup();
          case FAULT -> scripts.fault();
          case INIT -> null;
        };
    if (state != VrrpState.INIT) {
      announce(kind, name, own, scripts.any(), state.name(), priority);
    }
  }

  private void stopped(String kind, String name, NotifyScripts scripts, int priority) {
    announce(kind, name, scripts.stop(), scripts.any(), "STOP", priority);
  }

  private void priority(VrrpEvent.PriorityChanged event) {
    Script any = instanceScripts(event.instance()).any();
    if (any == null || !tellsPriority(event.instance())) {
      return;
    }
    switch (event.state()) {
      case MASTER, BACKUP ->
          announce(
              "INSTANCE", event.instance(), null, any, event.state() + "_PRIORITY", event.to());
      case INIT, FAULT -> {}
    }
  }

  private boolean tellsPriority(String name) {
    for (VrrpInstance i : configuration.vrrpInstances()) {
      if (i.name().equals(name)) {
        return i.notifyPriorityChanges();
      }
    }
    return false;
  }

  private NotifyScripts instanceScripts(String name) {
    for (VrrpInstance i : configuration.vrrpInstances()) {
      if (i.name().equals(name)) {
        return i.notifyScripts();
      }
    }
    return NotifyScripts.none();
  }

  private NotifyScripts groupScripts(String name) {
    for (VrrpSyncGroup g : configuration.syncGroups()) {
      if (g.name().equals(name)) {
        return g.notifyScripts();
      }
    }
    return NotifyScripts.none();
  }

  private void announce(
      String kind,
      String name,
      @Nullable Script own,
      @Nullable Script any,
      String state,
      int priority) {
    String object = kind + " " + name;
    if (own != null) {
      run(object, own, List.of());
    }
    if (any != null) {
      run(object, any, List.of(kind, name, state, Integer.toString(priority)));
    }
  }

  private void run(String object, Script script, List<String> more) {
    last.compute(
        object,
        (_, before) ->
            (before == null ? CompletableFuture.completedFuture(null) : before)
                .handle((_, _) -> 0)
                .thenCompose(_ -> runner.run(script, more, LIMIT))
                .whenComplete((outcome, failure) -> tell(object, script, outcome, failure)));
  }

  private static void tell(
      String object,
      Script script,
      ScriptRunner.@Nullable Outcome outcome,
      @Nullable Throwable failure) {
    String command = String.join(" ", script.command());
    if (outcome == null) {
      LOG.log(System.Logger.Level.ERROR, object + ": " + command + ": " + failure);
    } else if (outcome.success()) {
      LOG.log(System.Logger.Level.DEBUG, object + ": " + command + ": " + outcome.evidence());
    } else {
      LOG.log(System.Logger.Level.WARNING, object + ": " + command + ": " + outcome.evidence());
    }
  }

  /** Waits for the commands under way, at most this long. */
  public void await(long timeoutMillis) {
    try {
      CompletableFuture.allOf(last.values().toArray(CompletableFuture[]::new))
          .get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      LOG.log(System.Logger.Level.DEBUG, "notify commands still run: {0}", e);
    }
  }
}
