package dev.sluice.vrrp.driver;

import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.ScriptHealth;
import dev.sluice.vrrp.machine.Trackers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the scripts stand, and who must be told. */
final class Scripts {
  private final VrrpEngine engine;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private static final class Entry {
    VrrpScript config;
    ScriptHealth health;
    String evidence = "";
    @Nullable Instant since;

    Entry(VrrpScript config) {
      this.config = config;
      this.health = ScriptHealth.initial(config.rise(), config.fall(), config.initFail());
    }
  }

  Scripts(VrrpEngine engine) {
    this.engine = engine;
  }

  /** Takes the configured scripts; one that stays keeps its standing. */
  void configure(List<VrrpScript> scripts) {
    Map<String, Entry> before = new LinkedHashMap<>(entries);
    entries.clear();
    for (VrrpScript script : scripts) {
      Entry entry = before.get(script.name());
      if (entry == null) {
        entry = new Entry(script);
      } else if (!entry.config.equals(script)) {
        entry.config = script;
        entry.health = entry.health.withLimits(script.rise(), script.fall());
      }
      entries.put(script.name(), entry);
    }
  }

  /** How a script stands; one that nobody defined counts as not run yet. */
  ScriptHealth.Status status(String script) {
    Entry entry = entries.get(script);
    return entry == null ? ScriptHealth.Status.UNKNOWN : entry.health.status();
  }

  void result(String script, boolean success, String evidence) {
    Entry entry = entries.get(script);
    if (entry == null) {
      return;
    }
    ScriptHealth.Status before = entry.health.status();
    entry.health = entry.health.on(success);
    entry.evidence = evidence;
    ScriptHealth.Status after = entry.health.status();
    if (before == after) {
      return;
    }
    entry.since = Instant.now();
    engine.listener.on(
        new VrrpEvent.ScriptChanged(script, after == ScriptHealth.Status.UP, evidence));
    for (Running instance : List.copyOf(engine.instances.values())) {
      for (TrackedScript tracked : instance.scripts) {
        if (tracked.script().equals(script)) {
          tell(instance, tracked);
        }
      }
    }
  }

  /** Tells an instance how a script it tracks stands. */
  void tell(Running instance, TrackedScript tracked) {
    for (MachineEvent event : Trackers.script(tracked, status(tracked.script()))) {
      engine.dispatch(instance.name(), event);
    }
  }

  List<VrrpSnapshot.Script> snapshot() {
    List<VrrpSnapshot.Script> list = new ArrayList<>(entries.size());
    entries.forEach((name, entry) ->
        list.add(
            new VrrpSnapshot.Script(
                name, entry.health.status().name(), entry.evidence, entry.since)));
    return list;
  }
}
