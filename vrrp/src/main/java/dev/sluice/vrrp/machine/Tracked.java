package dev.sluice.vrrp.machine;

import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedObject;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.vrrp.machine.EffectivePriority.Source;

/**
 * Something that an instance tracks.
 *
 * @param weight 0: when it is bad, the instance is in FAULT
 * @param reverse turns the weight's direction; without weight: good is the fault
 */
public record Tracked(Source source, String name, int weight, boolean reverse) {

  /** A line of {@code track_script}. */
  public static Tracked of(TrackedScript line) {
    return new Tracked(Source.SCRIPT, line.script(), line.weight(), line.reverse());
  }

  /** A line of {@code track_interface}. */
  public static Tracked of(TrackedInterface line) {
    return new Tracked(Source.INTERFACE, line.interfaceName(), line.weight(), line.reverse());
  }

  /** A line of {@code track_file}, {@code track_process} or {@code track_bfd}. */
  public static Tracked of(Source source, TrackedObject line) {
    return new Tracked(source, line.name(), line.weight(), line.reverse());
  }

  /** Whether it is about the same thing, whatever the weights. */
  public boolean sameThing(Tracked other) {
    return source == other.source && name.equals(other.name);
  }
}
