package dev.sluice.core.track;

import dev.sluice.config.model.TrackProcess;

/**
 * What the number of processes amounts to: up while {@code quorum <= count <= quorum_max}. A change
 * counts after a delay, {@code fork_delay} when the number rose and {@code terminate_delay} when it
 * fell, if it still holds then. The first look decides at once.
 *
 * <pre>
 * settled --the number says otherwise--> waiting --it says the same as before--> settled
 *                                        waiting --the delay is over--> settled, changed
 * </pre>
 *
 * @param up how it stands
 * @param dueNanos when a change will count; {@link #NONE}: nothing waits
 */
record Quorum(int count, boolean up, long dueNanos) {
  static final long NONE = Long.MAX_VALUE;

  /** After the first look. */
  static Quorum first(TrackProcess config, int count) {
    return new Quorum(count, holds(config, count), NONE);
  }

  /** After a look. */
  Quorum on(TrackProcess config, int now, long nowNanos) {
    boolean holds = holds(config, now);
    if (holds == up) {
      return new Quorum(now, up, NONE);
    }
    if (now == count && dueNanos != NONE) {
      return nowNanos >= dueNanos ? new Quorum(now, holds, NONE) : this;
    }
    long delay = (now > count ? config.forkDelay() : config.terminateDelay()).toNanos();
    if (delay == 0) {
      return new Quorum(now, holds, NONE);
    }
    // A wait that has begun is not begun again: else a busy program would never change.
    return dueNanos != NONE && nowNanos >= dueNanos
        ? new Quorum(now, holds, NONE)
        : new Quorum(now, up, dueNanos != NONE ? dueNanos : nowNanos + delay);
  }

  private static boolean holds(TrackProcess config, int count) {
    return count >= config.quorum() && count <= config.quorumMax();
  }

  /** For people. */
  String evidence(TrackProcess config) {
    return count
        + (count == 1 ? " runs, " : " run, ")
        + config.quorum()
        + (config.quorumMax() == Integer.MAX_VALUE ? " or more" : " to " + config.quorumMax())
        + " wanted";
  }
}
