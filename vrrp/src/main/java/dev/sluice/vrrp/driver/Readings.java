package dev.sluice.vrrp.driver;

import dev.sluice.config.model.VrrpScript;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.machine.EffectivePriority.Source;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.Reading;
import dev.sluice.vrrp.machine.ScriptHealth;
import dev.sluice.vrrp.machine.Tracked;
import dev.sluice.vrrp.machine.Trackers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How everything that is tracked stands, and who must be told. One thread's. */
final class Readings {
  private static final String NO_BFD = "BFD sessions are not run yet: it changes nothing";

  private final VrrpEngine engine;
  private final Map<String, Script> scripts = new LinkedHashMap<>();

  /** Of files, processes and BFD sessions; an interface is asked of the kernel's table. */
  private final Map<Key, Told> told = new LinkedHashMap<>();

  private record Key(Source source, String name) {}

  private record Told(Reading reading, String evidence) {}

  private static final class Script {
    VrrpScript config;
    ScriptHealth health;
    String evidence = "";
    @Nullable Instant since;

    Script(VrrpScript config) {
      this.config = config;
      this.health = ScriptHealth.initial(config.rise(), config.fall(), config.initFail());
    }
  }

  Readings(VrrpEngine engine) {
    this.engine = engine;
  }

  /**
   * Takes the configured scripts, and forgets what nobody tracks any more. A script that stays
   * keeps its standing; if its command or user is another one, until the first result of that.
   */
  void configure(List<VrrpScript> configured, List<Tracked> tracked) {
    Map<String, Script> before = new LinkedHashMap<>(scripts);
    scripts.clear();
    for (VrrpScript config : configured) {
      Script script = before.get(config.name());
      if (script == null) {
        script = new Script(config);
      } else if (!script.config.equals(config)) {
        script.health = script.health.withLimits(config.rise(), config.fall());
        if (!script.config.script().equals(config.script())) {
          script.health = script.health.undecided();
        }
        script.config = config;
      }
      scripts.put(config.name(), script);
    }
    Set<Key> wanted = new HashSet<>();
    tracked.forEach(t -> wanted.add(new Key(t.source(), t.name())));
    told.keySet().retainAll(wanted);
  }

  void scriptResult(String name, boolean success, String evidence) {
    Script script = scripts.get(name);
    if (script == null) {
      return;
    }
    ScriptHealth.Status before = script.health.status();
    script.health = script.health.on(success);
    script.evidence = evidence;
    ScriptHealth.Status after = script.health.status();
    if (before == after) {
      return;
    }
    script.since = Instant.now();
    engine.listener.on(
        new VrrpEvent.ScriptChanged(name, after == ScriptHealth.Status.UP, evidence));
    tellAll(Source.SCRIPT, name);
  }

  /** Takes how a file, the processes or a BFD session stand. */
  void set(Source source, String name, Reading reading, String evidence) {
    Told before = told.put(new Key(source, name), new Told(reading, evidence));
    if (before == null || !before.reading().equals(reading)) {
      tellAll(source, name);
    }
  }

  /** How it stands. */
  Reading of(Tracked tracked) {
    return switch (tracked.source()) {
      case SCRIPT -> {
        Script script = scripts.get(tracked.name());
        // One that nobody defined counts as not run yet.
        yield script == null
            ? new Reading.Pending()
            : switch (script.health.status()) {
              case UNKNOWN -> new Reading.Pending();
              case UP -> new Reading.Up();
              case DOWN -> new Reading.Down();
            };
      }
      case INTERFACE -> Reading.of(engine.interfaces.running(tracked.name()));
      case FILE, PROCESS, BFD -> {
        Told known = told.get(new Key(tracked.source(), tracked.name()));
        yield known == null ? new Reading.Unknown() : known.reading();
      }
    };
  }

  private String evidence(Tracked tracked) {
    return switch (tracked.source()) {
      case SCRIPT -> {
        Script script = scripts.get(tracked.name());
        yield script == null ? "" : script.evidence;
      }
      case INTERFACE -> "";
      case FILE, PROCESS, BFD -> {
        Told known = told.get(new Key(tracked.source(), tracked.name()));
        yield known != null ? known.evidence() : tracked.source() == Source.BFD ? NO_BFD : "";
      }
    };
  }

  private void tellAll(Source source, String name) {
    for (Running instance : List.copyOf(engine.instances.values())) {
      for (Tracked tracked : instance.trackers) {
        if (tracked.source() == source && tracked.name().equals(name)) {
          tell(instance, tracked);
        }
      }
    }
  }

  /** Tells an instance how everything stands that it tracks. */
  void tell(Running instance) {
    instance.trackers.forEach(tracked -> tell(instance, tracked));
  }

  /** Tells an instance how its trackers of one kind stand. */
  void tell(Running instance, Source source) {
    for (Tracked tracked : instance.trackers) {
      if (tracked.source() == source) {
        tell(instance, tracked);
      }
    }
  }

  private void tell(Running instance, Tracked tracked) {
    if (engine.router.has(instance.name())) {
      dispatch(instance, Trackers.tell(tracked, of(tracked), engine.router.state(instance.name())));
    }
  }

  /** The instance no longer tracks this. */
  void forget(Running instance, Tracked tracked) {
    dispatch(instance, Trackers.forget(tracked, engine.router.state(instance.name())));
  }

  private void dispatch(Running instance, List<MachineEvent> events) {
    events.forEach(event -> engine.dispatch(instance.name(), event));
  }

  List<VrrpSnapshot.Script> scripts() {
    List<VrrpSnapshot.Script> list = new ArrayList<>(scripts.size());
    scripts.forEach((name, script) ->
        list.add(
            new VrrpSnapshot.Script(
                name, script.health.status().name(), script.evidence, script.since)));
    return list;
  }

  List<VrrpSnapshot.Tracker> trackers(Running instance) {
    List<VrrpSnapshot.Tracker> list = new ArrayList<>(instance.trackers.size());
    for (Tracked tracked : instance.trackers) {
      Reading reading = of(tracked);
      Trackers.Verdict verdict = Trackers.judge(tracked, reading);
      list.add(
          new VrrpSnapshot.Tracker(
              tracked.source().name().toLowerCase(Locale.ROOT),
              tracked.name(),
              tracked.weight(),
              tracked.reverse(),
              reading.words(),
              evidence(tracked),
              verdict.term(),
              verdict.fault() != null));
    }
    return list;
  }
}
