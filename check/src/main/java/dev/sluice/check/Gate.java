package dev.sluice.check;

import dev.sluice.linux.EventLoop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Lets tries begin, so many at once as {@link CheckLimits} allow; the others wait in line, first
 * come first served. A guest waits for its target (and its kind) without holding up the line.
 *
 * <p>When the process has no descriptor left although the limits allowed one, the gate takes what
 * is under way as the limit for {@link #RECOVERY_NANOS}, so that checks wait and do not fail.
 *
 * <p>The loop's thread only.
 */
final class Gate {
  private static final long RECOVERY_NANOS = 1_000_000_000L;
  private static final System.Logger LOG = System.getLogger(Gate.class.getName());

  /** Who wants in. */
  interface Guest {
    /** Begin: the gate counts the guest until {@link Gate#leave}. */
    void admitted();

    /** Whether it still wants to, while it waits. */
    boolean waiting();

    /** Where it goes to. */
    Target target();

    /** What it is one of; null: of nothing that is limited. */
    @Nullable Target kind();
  }

  /** Something that only so many may use at once. */
  static final class Target {
    private final int most;
    private int inside;
    private @Nullable ArrayDeque<Guest> line;

    Target(int most) {
      this.most = most;
    }

    private boolean full() {
      return inside >= most;
    }
  }

  private final CheckLimits limits;
  private final Target everything;
  final Target scripts;
  final Target handshakes;
  private final EventLoop.Timer recovery;

  /** What is allowed for now; below the limit when descriptors have run out. */
  private int allowed;

  private @Nullable String want;
  private boolean warned;
  private boolean opening;
  private int peak;
  private int queued;
  private long exhausted;

  Gate(EventLoop loop, CheckLimits limits) {
    this.limits = limits;
    allowed = limits.inAll();
    everything = new Target(limits.inAll());
    scripts = new Target(limits.scripts());
    handshakes = new Target(limits.handshakes());
    recovery = loop.timer(this::recover);
  }

  private void queue(Target at, Guest guest, boolean first) {
    ArrayDeque<Guest> line = at.line;
    if (line == null) {
      line = new ArrayDeque<>(4);
      at.line = line;
    }
    if (first) {
      line.addFirst(guest);
    } else {
      line.addLast(guest);
    }
    queued++;
  }

  private @Nullable Guest next(Target at) {
    ArrayDeque<Guest> line = at.line;
    Guest first = null;
    while (line != null && first == null) {
      Guest head = line.poll();
      if (head == null) {
        at.line = null;
        return null;
      }
      queued--;
      first = head.waiting() ? head : null;
    }
    if (line != null && line.isEmpty()) {
      at.line = null;
    }
    return first;
  }

  /** A target that as many may use at once as the limits say. */
  Target target() {
    return new Target(limits.perTarget());
  }

  /** Begins the guest now, or when there is room. */
  void enter(Guest guest) {
    if (everything.line != null) {
      queue(everything, guest, false);
      open();
    } else {
      admitOrQueue(guest);
    }
  }

  private void admitOrQueue(Guest guest) {
    Target kind = guest.kind();
    if (guest.target().full()) {
      queue(guest.target(), guest, false);
    } else if (kind != null && kind.full()) {
      queue(kind, guest, false);
    } else if (everything.inside >= allowed) {
      queue(everything, guest, false);
    } else {
      everything.inside++;
      guest.target().inside++;
      if (kind != null) {
        kind.inside++;
      }
      peak = Math.max(peak, everything.inside);
      guest.admitted();
    }
  }

  /** The guest's try has ended; who waited for its place comes next. */
  void leave(Guest guest) {
    Target kind = guest.kind();
    everything.inside--;
    guest.target().inside--;
    recall(guest.target());
    if (kind != null) {
      kind.inside--;
      recall(kind);
    }
    open();
  }

  /** The guest no longer wants in, while it was waiting; what it was called for is for the next. */
  void gone(Guest guest) {
    recall(guest.target());
    Target kind = guest.kind();
    if (kind != null) {
      recall(kind);
    }
    open();
  }

  /** Who waited for this goes to the end of the common line. */
  private void recall(Target target) {
    if (target.line != null && !target.full()) {
      Guest next = next(target);
      if (next != null) {
        queue(everything, next, false);
      }
    }
  }

  /** Lets in who may; a guest that ends at once comes back here, and the outermost call goes on. */
  private void open() {
    if (opening) {
      return;
    }
    opening = true;
    try {
      while (everything.line != null && everything.inside < allowed) {
        Guest next = next(everything);
        if (next != null) {
          admitOrQueue(next);
        }
      }
    } finally {
      opening = false;
    }
  }

  /** The guest found no descriptor: it left, and waits first in line. */
  void exhausted(Guest guest, String why) {
    exhausted++;
    want = why; // told later: a log may need a descriptor, too
    // Before leaving, or the next in line would run into the same want.
    allowed = Math.clamp(everything.inside - 1L, 1, limits.inAll());
    boolean alone = everything.inside <= 1;
    everything.inside--;
    guest.target().inside--;
    Target kind = guest.kind();
    if (kind != null) {
      kind.inside--;
    }
    queue(everything, guest, true);
    if (alone) {
      allowed = 0; // nobody's end will open the gate: only time does
    }
    if (!recovery.armed()) {
      recovery.after(alone ? RECOVERY_NANOS / 10 : RECOVERY_NANOS);
    }
  }

  private void recover() {
    allowed = limits.inAll();
    open();
    if (want != null && !warned) {
      warned = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "checks waited for each other: {0}; raise the limit of open files (LimitNOFILE= of the"
              + " unit)",
          want);
    }
  }

  int inside() {
    return everything.inside;
  }

  /** How many wait, for whatever. */
  int queued() {
    return queued;
  }

  int peak() {
    return peak;
  }

  long wants() {
    return exhausted;
  }
}
