package dev.sluice.vrrp.machine;

import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.vrrp.machine.EffectivePriority.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * keepalived's weight arithmetic, as pure functions: what is tracked and how it stands give a term
 * of the priority or a fault.
 *
 * <pre>
 *              good      bad       reverse good   reverse bad
 * no weight    -         fault     fault          -
 * +w           +w        0         -w             0
 * -w           0         -w        0              +w
 * file         value * weight; -254 or less is a fault; without weight any number but 0 is one
 * </pre>
 *
 * Measured with keepalived 2.2.7 ({@code reverse} negates, it does not swap: {@code weight 9
 * reverse} on 100 gives 91 while good and 100 while bad).
 */
public final class Trackers {
  /** What one tracker adds at most; a file's product of its negative is a fault. */
  public static final int MOST = 254;

  private Trackers() {}

  /**
   * What a tracker does to its instance.
   *
   * @param term added to the priority
   * @param fault null: none
   */
  public record Verdict(int term, @Nullable FaultReason fault) {
    private static final Verdict NOTHING = new Verdict(0, null);
  }

  /** What a tracker with a weight adds to the priority; weight 0 adds nothing. */
  public static int contribution(int weight, boolean reverse, boolean up) {
    boolean counts = up ? weight > 0 : weight < 0;
    if (!counts) {
      return 0;
    }
    return reverse ? -weight : weight;
  }

  /** What follows from how it stands. */
  public static Verdict judge(Tracked tracked, Reading reading) {
    return switch (reading) {
      case Reading.Unknown _ -> Verdict.NOTHING;
      case Reading.Pending _ ->
          tracked.weight() == 0 ? fault(FaultReason.Kind.SCRIPT_PENDING, tracked) : Verdict.NOTHING;
      case Reading.Up _ -> standing(tracked, true);
      case Reading.Down _ -> standing(tracked, false);
      case Reading.Amount(long value) -> number(tracked, value);
    };
  }

  private static Verdict standing(Tracked tracked, boolean up) {
    if (tracked.weight() != 0) {
      return new Verdict(contribution(tracked.weight(), tracked.reverse(), up), null);
    }
    return up == tracked.reverse() ? fault(badKind(tracked.source()), tracked) : Verdict.NOTHING;
  }

  private static Verdict number(Tracked tracked, long value) {
    if (tracked.weight() == 0) {
      return (value != 0) != tracked.reverse()
          ? fault(badKind(tracked.source()), tracked)
          : Verdict.NOTHING;
    }
    // Before the product, that it cannot overflow; beyond 254 every number says the same.
    long bounded = Math.clamp(value, -MOST, MOST);
    long product = bounded * tracked.weight() * (tracked.reverse() ? -1 : 1);
    return product <= -MOST
        ? fault(badKind(tracked.source()), tracked)
        : new Verdict((int) Math.min(product, MOST), null);
  }

  private static Verdict fault(FaultReason.Kind kind, Tracked tracked) {
    return new Verdict(0, new FaultReason(kind, tracked.name()));
  }

  private static FaultReason.Kind badKind(Source source) {
    return switch (source) {
      case SCRIPT -> FaultReason.Kind.SCRIPT_FAILED;
      case INTERFACE -> FaultReason.Kind.TRACKED_INTERFACE_DOWN;
      case FILE -> FaultReason.Kind.TRACKED_FILE;
      case PROCESS -> FaultReason.Kind.TRACKED_PROCESS;
      case BFD -> FaultReason.Kind.TRACKED_BFD;
    };
  }

  /** The events that bring an instance from what it believes to how the tracker stands. */
  public static List<MachineEvent> tell(Tracked tracked, Reading reading, InstanceState state) {
    return difference(tracked.source(), tracked.name(), judge(tracked, reading), state);
  }

  /** The events after which an instance no longer knows of the tracker. */
  public static List<MachineEvent> forget(Tracked tracked, InstanceState state) {
    return difference(tracked.source(), tracked.name(), Verdict.NOTHING, state);
  }

  private static List<MachineEvent> difference(
      Source source, String name, Verdict verdict, InstanceState state) {
    List<MachineEvent> events = new ArrayList<>(2);
    FaultReason fault = verdict.fault();
    // The new fault before the old reason goes: else the instance would start in between.
    if (fault != null && !state.faults().contains(fault)) {
      events.add(new MachineEvent.FaultRaised(fault));
    }
    if (state.priority().term(source, name) != verdict.term()) {
      events.add(new MachineEvent.TermSet(source, name, verdict.term()));
    }
    Consumer<FaultReason> clear =
        reason -> {
          if (!reason.equals(fault) && state.faults().contains(reason)) {
            events.add(new MachineEvent.FaultCleared(reason));
          }
        };
    clear.accept(new FaultReason(badKind(source), name));
    if (source == Source.SCRIPT) {
      clear.accept(new FaultReason(FaultReason.Kind.SCRIPT_PENDING, name));
    }
    return events;
  }

  /**
   * All that an instance tracks: its own lines, then its group's; the first line of each counts.
   */
  public static List<Tracked> of(VrrpInstance instance, @Nullable VrrpSyncGroup group) {
    List<Tracked> all = new ArrayList<>();
    Consumer<Tracked> own =
        tracked -> {
          // Members move together: their own weights count only if the group says so.
          if (group == null || group.trackingWeight() || tracked.weight() == 0) {
            addOnce(all, tracked);
          }
        };
    instance.trackScripts().forEach(line -> own.accept(Tracked.of(line)));
    instance.trackInterfaces().forEach(line -> own.accept(Tracked.of(line)));
    instance.options().trackFiles().forEach(line -> own.accept(Tracked.of(Source.FILE, line)));
    instance
        .options()
        .trackProcesses()
        .forEach(line -> own.accept(Tracked.of(Source.PROCESS, line)));
    instance.options().trackBfds().forEach(line -> own.accept(Tracked.of(Source.BFD, line)));
    if (group != null) {
      Consumer<Tracked> groups = tracked -> addOnce(all, tracked);
      group.trackScripts().forEach(line -> groups.accept(Tracked.of(line)));
      group.trackInterfaces().forEach(line -> groups.accept(Tracked.of(line)));
      group.options().trackFiles().forEach(line -> groups.accept(Tracked.of(Source.FILE, line)));
      group
          .options()
          .trackProcesses()
          .forEach(line -> groups.accept(Tracked.of(Source.PROCESS, line)));
      group.options().trackBfds().forEach(line -> groups.accept(Tracked.of(Source.BFD, line)));
    }
    return List.copyOf(all);
  }

  private static void addOnce(List<Tracked> all, Tracked tracked) {
    if (all.stream().noneMatch(tracked::sameThing)) {
      all.add(tracked);
    }
  }
}
