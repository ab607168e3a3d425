package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.SyncGroupMachine.Trigger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * All instances of one daemon with their sync groups: passes an event to its instance and what
 * follows from it to the other members, until nothing follows. No clock and no socket; driver and
 * simulation both run it.
 */
public final class VrrpRouter {
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final Deadlines deadlines = new Deadlines();

  private static final MachineEvent.HeldUp HELD_UP = new MachineEvent.HeldUp();

  private final List<String> late = new ArrayList<>();

  /** What one call collects; the lists are used again. */
  private final List<Action> actions = new ArrayList<>();

  private final List<Effect> effects = new ArrayList<>();
  private final Queue<SyncGroupMachine.Directive> queue = new ArrayDeque<>();
  private boolean moved;

  /** A router without instances. */
  public VrrpRouter() {}

  private static final class Slot extends Deadlines.Entry {
    VrrpMachine machine;
    InstanceState state;
    @Nullable Group group;

    /** The advert of the steady state, which comes alone and again and again. */
    private Effect.@Nullable OfInstance steady;

    private List<Effect> steadyAlone = List.of();

    Slot(VrrpMachine machine, InstanceState state) {
      this.machine = machine;
      this.state = state;
    }

    @Override
    String name() {
      return machine.settings().name();
    }

    Effect effect(Action action) {
      Effect.OfInstance present = steady;
      if (present != null && present.action().equals(action)) {
        return present;
      }
      Effect.OfInstance made = new Effect.OfInstance(name(), action);
      if (action instanceof Action.SendAdvert) {
        steady = made;
        steadyAlone = List.of(made);
      }
      return made;
    }
  }

  private static final class Group {
    final String name;
    final List<String> members;
    VrrpState state = VrrpState.INIT;

    Group(String name, List<String> members) {
      this.name = name;
      this.members = members;
    }
  }

  /** Something to do or to tell, in this order. */
  public sealed interface Effect {
    /** An instance's. */
    record OfInstance(String instance, Action action) implements Effect {}

    /**
     * A group changed its state; comes after its members' actions, but before them when it starts
     * as BACKUP, as keepalived's lines do.
     */
    record OfGroup(String group, VrrpState from, VrrpState to) implements Effect {}
  }

  /** A group by name. */
  public record GroupSpec(String name, List<String> members) {
    public GroupSpec {
      members = List.copyOf(members);
    }
  }

  /** Adds an instance that starts at {@code startAtNanos}. */
  public void add(InstanceSettings settings, long startAtNanos) {
    if (slots.containsKey(settings.name())) {
      throw new IllegalArgumentException("instance " + settings.name() + " twice");
    }
    Slot slot = new Slot(new VrrpMachine(settings), InstanceState.initial(settings, startAtNanos));
    slots.put(settings.name(), slot);
    deadlines.set(slot, slot.state.phase().deadlineNanos());
  }

  /** Gives a running instance other settings. */
  public List<Effect> replace(InstanceSettings settings, long nowNanos) {
    Slot slot = slot(settings.name());
    InstanceSettings before = slot.machine.settings();
    if (before.equals(settings)) {
      return List.of();
    }
    slot.machine = new VrrpMachine(settings);
    return on(settings.name(), new MachineEvent.SettingsReplaced(before), nowNanos);
  }

  /** Takes an instance away; give it {@link MachineEvent.Stopped} first. */
  public void remove(String instance) {
    Slot slot = slots.remove(instance);
    if (slot != null) {
      deadlines.remove(slot);
    }
  }

  /**
   * The groups from now on; members that do not exist are left out. A group that stays keeps its
   * state.
   */
  public List<Effect> groups(Collection<GroupSpec> specs, long nowNanos) {
    Map<String, Group> before = new LinkedHashMap<>(groups);
    groups.clear();
    slots.values().forEach(slot -> slot.group = null);
    for (GroupSpec spec : specs) {
      List<String> members = spec.members().stream().filter(slots::containsKey).distinct().toList();
      if (members.isEmpty()) {
        continue;
      }
      Group group = new Group(spec.name(), members);
      Group old = before.get(spec.name());
      if (old != null) {
        group.state = old.state;
      }
      groups.put(spec.name(), group);
      members.forEach(member -> slot(member).group = group);
    }
    List<Effect> all = new ArrayList<>();
    for (Slot slot : List.copyOf(slots.values())) {
      String name = slot.machine.settings().name();
      Group group = slot.group;
      if (group == null) {
        for (FaultReason reason : List.copyOf(slot.state.faults())) {
          if (reason.kind() == FaultReason.Kind.SYNC_GROUP) {
            all.addAll(on(name, new MachineEvent.FaultCleared(reason), nowNanos));
          }
        }
      } else if (group.members.getFirst().equals(name)) {
        all.addAll(settle(group, new Trigger.FaultsMoved(name), nowNanos));
      }
    }
    return all;
  }

  /**
   * Passes an event on. In the steady state, where nothing or only an advert follows, it allocates
   * nothing.
   *
   * @param nowNanos of an advert in BACKUP the time of its receipt, else the present
   */
  public List<Effect> on(String instance, MachineEvent event, long nowNanos) {
    Slot slot = slot(instance);
    moved = false;
    step(slot, event, nowNanos, false);
    drain(nowNanos);
    if (moved) {
      groupState(slot.group);
    }
    return taken();
  }

  /** Passes on what the clock brings. */
  public List<Effect> tick(String instance, long nowNanos) {
    return on(instance, VrrpMachine.tick(), nowNanos);
  }

  private List<Effect> settle(Group group, Trigger trigger, long nowNanos) {
    queue.addAll(SyncGroupMachine.on(members(group), trigger));
    drain(nowNanos);
    groupState(group);
    return taken();
  }

  /** What has been collected, as a list of its own. */
  private List<Effect> taken() {
    if (effects.isEmpty()) {
      return List.of();
    }
    List<Effect> all =
        effects.size() == 1 && effects.getFirst() instanceof Effect.OfInstance(var name, _)
            ? alone(slot(name), effects.getFirst())
            : List.copyOf(effects);
    effects.clear();
    return all;
  }

  private static List<Effect> alone(Slot slot, Effect effect) {
    return effect.equals(slot.steady) ? slot.steadyAlone : List.of(effect);
  }

  private void drain(long nowNanos) {
    SyncGroupMachine.Directive next;
    while ((next = queue.poll()) != null) {
      step(slot(next.member()), next.event(), nowNanos, true);
    }
  }

  /** {@code directed}: the group gave the event, and has told the other members. */
  private void step(Slot slot, MachineEvent event, long nowNanos, boolean directed) {
    boolean faultBefore = slot.state.ownFault();
    VrrpState before = slot.state.kind();
    actions.clear();
    slot.state = slot.machine.on(slot.state, event, nowNanos, actions);
    moved |= before != slot.state.kind();
    deadlines.set(slot, slot.state.phase().deadlineNanos());
    Group group = slot.group;
    if (group != null && before == VrrpState.INIT) {
      begin(group, slot.state.kind());
    }
    for (int i = 0; i < actions.size(); i++) {
      Action action = actions.get(i);
      if (!(action instanceof Action.AskGroup || action instanceof Action.MasterReleased)) {
        effects.add(slot.effect(action));
      }
      Trigger trigger = group == null || directed ? null : trigger(slot.name(), action);
      if (group != null && trigger != null) {
        queue.addAll(SyncGroupMachine.on(members(group), trigger));
      }
    }
    if (group != null && faultBefore != slot.state.ownFault()) {
      queue.addAll(SyncGroupMachine.on(members(group), new Trigger.FaultsMoved(slot.name())));
    }
  }

  /** A group begins with the first of its members; in FAULT with all of them. */
  private void begin(Group group, VrrpState first) {
    if (group.state == VrrpState.INIT && first == VrrpState.BACKUP) {
      effects.add(new Effect.OfGroup(group.name, group.state, first));
      group.state = first;
    }
  }

  private static @Nullable Trigger trigger(String name, Action action) {
    return switch (action) {
      case Action.AskGroup _ -> new Trigger.MasterWanted(name);
      case Action.MasterReleased _ -> new Trigger.MasterReleased(name);
      case Action.LowerPrioritySeen _ -> new Trigger.LowerPriorityHeard(name);
      case Action.StateChanged(VrrpState from, VrrpState to, String _)
          when from == VrrpState.MASTER && to == VrrpState.BACKUP ->
          new Trigger.LeftMaster(name);
      case Action _ -> null;
    };
  }

  private void groupState(@Nullable Group group) {
    if (group == null) {
      return;
    }
    VrrpState next = SyncGroupMachine.state(members(group));
    // Members that start or stop pass through INIT; that is no news of the group.
    if (group.state != next && next != VrrpState.INIT) {
      effects.add(new Effect.OfGroup(group.name, group.state, next));
      group.state = next;
    }
  }

  private List<SyncGroupMachine.Member> members(Group group) {
    List<SyncGroupMachine.Member> members = new ArrayList<>(group.members.size());
    for (String name : group.members) {
      Slot slot = slots.get(name);
      if (slot != null) {
        members.add(
            new SyncGroupMachine.Member(
                name,
                slot.state.kind(),
                slot.state.wantsMaster(),
                slot.state.ownFault(),
                slot.state.faults().stream()
                    .anyMatch(r -> r.kind() == FaultReason.Kind.SYNC_GROUP)));
      }
    }
    return members;
  }

  /** An instance's state. */
  public InstanceState state(String instance) {
    return slot(instance).state;
  }

  /** Whether there is such an instance. */
  public boolean has(String instance) {
    return slots.containsKey(instance);
  }

  /** The instances' names in configured order. */
  public Collection<String> instances() {
    return Collections.unmodifiableCollection(slots.keySet());
  }

  /** A group's state; INIT when there is no such group. */
  public VrrpState groupState(String name) {
    Group group = groups.get(name);
    return group == null ? VrrpState.INIT : group.state;
  }

  /** When the next instance wants {@link #tick}. */
  public long deadlineNanos() {
    return deadlines.first();
  }

  /**
   * To be called before anything that waits is read: tells those that are late by a good part of
   * their master's interval that they were held up, see {@link MachineEvent.HeldUp}. Allocates
   * nothing where nobody is.
   */
  public List<Effect> woke(long nowNanos) {
    if (nowNanos - VrrpTimers.CENTISECOND / 4 <= deadlines.first()) {
      return List.of();
    }
    late.clear();
    deadlines.due(nowNanos, late);
    List<Effect> all = List.of();
    for (int i = 0; i < late.size(); i++) {
      String name = late.get(i);
      if (slot(name).state.phase() instanceof InstanceState.Phase.Backup backup
          && InBackup.heldUp(backup, nowNanos - backup.deadlineNanos())) {
        all = all.isEmpty() ? new ArrayList<>() : all;
        all.addAll(on(name, HELD_UP, nowNanos));
      }
    }
    return all;
  }

  /** Adds the names of the instances that want {@link #tick} now. */
  public void due(long nowNanos, List<String> to) {
    deadlines.due(nowNanos, to);
  }

  private Slot slot(String instance) {
    Slot slot = slots.get(instance);
    if (slot == null) {
      throw new IllegalArgumentException("no instance " + instance);
    }
    return slot;
  }
}
