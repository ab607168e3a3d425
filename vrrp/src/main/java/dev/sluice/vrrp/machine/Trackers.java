package dev.sluice.vrrp.machine;

import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.vrrp.machine.EffectivePriority.Source;
import java.util.List;

/**
 * keepalived's weight arithmetic (its manual, "track_script"): weight 0 makes a fault, a positive
 * weight is added while good, a negative one while bad; {@code reverse} swaps good and bad.
 */
public final class Trackers {
  private Trackers() {}

  /** What a tracker of this weight adds to the priority; weight 0 adds nothing. */
  public static int contribution(int weight, boolean reverse, boolean up) {
    boolean good = up != reverse;
    if (weight > 0) {
      return good ? weight : 0;
    }
    return good ? 0 : weight;
  }

  /** The events that tell an instance how a script stands. */
  public static List<MachineEvent> script(TrackedScript tracked, ScriptHealth.Status status) {
    String name = tracked.script();
    FaultReason pending = new FaultReason(FaultReason.Kind.SCRIPT_PENDING, name);
    FaultReason failed = new FaultReason(FaultReason.Kind.SCRIPT_FAILED, name);
    if (tracked.weight() == 0) {
      if (status == ScriptHealth.Status.UNKNOWN) {
        return List.of(new MachineEvent.FaultRaised(pending));
      }
      boolean bad = (status == ScriptHealth.Status.UP) == tracked.reverse();
      // The fault before the pending mark goes: else the instance would start in between.
      return bad
          ? List.of(new MachineEvent.FaultRaised(failed), new MachineEvent.FaultCleared(pending))
          : List.of(new MachineEvent.FaultCleared(failed), new MachineEvent.FaultCleared(pending));
    }
    int value =
        status == ScriptHealth.Status.UNKNOWN
            ? 0
            : contribution(tracked.weight(), tracked.reverse(), status == ScriptHealth.Status.UP);
    return List.of(new MachineEvent.TermSet(Source.SCRIPT, name, value));
  }

  /** The events after which an instance no longer knows of the script. */
  public static List<MachineEvent> forgetScript(String name) {
    return List.of(
        new MachineEvent.TermSet(Source.SCRIPT, name, 0),
        new MachineEvent.FaultCleared(new FaultReason(FaultReason.Kind.SCRIPT_PENDING, name)),
        new MachineEvent.FaultCleared(new FaultReason(FaultReason.Kind.SCRIPT_FAILED, name)));
  }

  /** The event that tells an instance how a tracked interface stands. */
  public static MachineEvent link(TrackedInterface tracked, boolean up) {
    if (tracked.weight() == 0) {
      FaultReason reason =
          new FaultReason(FaultReason.Kind.TRACKED_INTERFACE_DOWN, tracked.interfaceName());
      return up == tracked.reverse()
          ? new MachineEvent.FaultRaised(reason)
          : new MachineEvent.FaultCleared(reason);
    }
    return new MachineEvent.TermSet(
        Source.INTERFACE,
        tracked.interfaceName(),
        contribution(tracked.weight(), tracked.reverse(), up));
  }

  /** The events after which an instance no longer knows of the interface. */
  public static List<MachineEvent> forgetLink(String name) {
    return List.of(
        new MachineEvent.TermSet(Source.INTERFACE, name, 0),
        new MachineEvent.FaultCleared(
            new FaultReason(FaultReason.Kind.TRACKED_INTERFACE_DOWN, name)));
  }
}
