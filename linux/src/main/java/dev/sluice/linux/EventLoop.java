package dev.sluice.linux;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for file descriptors, deadlines and messages: epoll(7), a heap of timers,
 * and a mailbox with an eventfd.
 *
 * <p><b>A turn</b>: it waits; reads the clock; tells every ready descriptor; runs the timers that
 * have expired; runs the tasks of the mailbox. So a packet that already waits in a socket is seen
 * before a timer that is late: a loop that was held up does not take its own delay for its
 * neighbour's death.
 *
 * <p><b>Threads</b>: the thread in {@link #run} owns the loop; only it touches timers and watches
 * (before {@code run}, the thread that opened the loop). {@link #execute} and {@link #stop} are for
 * everyone. An idle loop allocates nothing.
 *
 * <p><b>Faults</b>: whatever a handler, a timer or a task throws is logged and counted ({@link
 * #failures}); the loop goes on.
 */
public final class EventLoop implements AutoCloseable {
  /** Interest in, or readiness for, reading. */
  public static final int READ = Epoll.IN;

  /** Interest in, or readiness for, writing. */
  public static final int WRITE = Epoll.OUT;

  /** Readiness only: the descriptor has an error to tell. Comes with what was asked for. */
  public static final int ERROR = Epoll.ERR;

  /** Readiness only: the other side is gone. Comes with what was asked for. */
  public static final int HANGUP = Epoll.HUP;

  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
  private static final int BATCH = 256;

  /** Tasks run in one turn: a task that executes itself again must not starve the sockets. */
  private static final int TASKS_PER_TURN = 256;

  /** Told that a descriptor is ready, in the loop's thread. */
  @FunctionalInterface
  public interface FdHandler {
    /**
     * The descriptor is ready.
     *
     * @param events some of {@link #READ}, {@link #WRITE}, {@link #ERROR}, {@link #HANGUP}; with an
     *     error or a hang-up all that was asked for is set too, so that reading or writing tells
     */
    void ready(int events);
  }

  private final String name;
  private final Epoll epoll = new Epoll(BATCH);
  private final EventFd bell = new EventFd();
  private final TimerHeap timers = new TimerHeap();
  private final ConcurrentLinkedQueue<Runnable> mailbox = new ConcurrentLinkedQueue<>();

  /** True from before the mailbox is looked at to the end of the wait: a sender must ring then. */
  private final AtomicBoolean asleep = new AtomicBoolean();

  private @Nullable Watch[] watches = new Watch[16];

  /** No slot below it is free. */
  private int freeSlot;

  private int generations;
  private long now = System.nanoTime();
  private volatile @Nullable Thread owner;
  private volatile boolean stopped;
  private volatile long failures;
  private boolean closed;

  /** Null: it turns as often as there is something to do. */
  private @Nullable Pace pace;

  private EventLoop(String name) {
    this.name = name;
    Watch _ = watch(bell.fd(), READ, _ -> bell.silence());
  }

  /**
   * A loop that nobody runs yet.
   *
   * @param name for messages: "vrrp"
   */
  public static EventLoop open(String name) {
    return new EventLoop(name);
  }

  /**
   * Lets it turn no more than once an interval when it is kept busy, after a burst of turns without
   * rest. What arrives in the rest is taken together, which costs less than one by one; timers and
   * tasks are late by up to an interval then.
   */
  public void pace(int burst, long intervalNanos) {
    mine();
    pace = new Pace(burst, intervalNanos, System.nanoTime());
  }

  /** Turns until {@link #stop}; the calling thread owns the loop meanwhile. */
  public void run() {
    if (owner != null) {
      throw new IllegalStateException("loop " + name + " is run by " + owner);
    }
    owner = Thread.currentThread();
    try {
      while (!stopped) {
        turn();
      }
    } finally {
      owner = null;
    }
  }

  /** Makes {@link #run} return after the present turn, or at once when it has not begun. */
  public void stop() {
    stopped = true;
    wake();
  }

  /** Runs a task soon, in the loop's thread; tasks of one sender keep their order. */
  public void execute(Runnable task) {
    mailbox.add(task);
    wake();
  }

  private void wake() {
    if (asleep.compareAndSet(true, false)) {
      bell.ring();
    }
  }

  /**
   * CLOCK_MONOTONIC, the scale of {@link System#nanoTime}. In the loop's thread it is the time at
   * which the present turn began, elsewhere the time of the call.
   */
  public long nowNanos() {
    return Thread.currentThread() == owner ? now : System.nanoTime();
  }

  /** Whether the calling thread runs this loop. */
  public boolean inLoop() {
    return Thread.currentThread() == owner;
  }

  /** A timer that is not armed yet. */
  public Timer timer(Runnable onExpiry) {
    return new Timer(onExpiry);
  }

  /**
   * Watches a descriptor, level-triggered: the handler is told in every turn in which it is ready.
   *
   * @param interest {@link #READ}, {@link #WRITE}, both, or 0 for not yet
   */
  public Watch watch(int fd, int interest, FdHandler handler) {
    mine();
    int slot = freeSlot;
    while (slot < watches.length && watches[slot] != null) {
      slot++;
    }
    if (slot == watches.length) {
      watches = Arrays.copyOf(watches, slot * 2);
    }
    Watch watch = new Watch(fd, slot, generations++, handler);
    watch.interest(interest);
    watches[slot] = watch;
    freeSlot = slot + 1;
    return watch;
  }

  /** How many handlers, timers and tasks have thrown. */
  public long failures() {
    return failures;
  }

  private void turn() {
    int ready = epoll.await(sleepNanos());
    asleep.set(false);
    now = System.nanoTime();
    for (int i = 0; i < ready; i++) {
      tell(epoll.token(i), epoll.events(i));
    }
    expire();
    runTasks();
    if (pace != null) {
      rest(pace.restNanos(now));
    }
  }

  private static void rest(long nanos) {
    if (nanos > 0) {
      LockSupport.parkNanos(nanos);
    }
  }

  /** How long to wait: for ever is negative. */
  private long sleepNanos() {
    asleep.set(true);
    if (stopped || !mailbox.isEmpty()) {
      return 0;
    }
    TimerHeap.Entry next = timers.first();
    return next == null ? -1 : Math.max(0, next.dueNanos() - System.nanoTime());
  }

  private void tell(long token, int events) {
    Watch watch = watches[(int) token];
    // A handler earlier in this batch may have closed this watch, or put another in its slot.
    if (watch == null || watch.generation != (int) (token >>> 32) || watch.interest == 0) {
      return;
    }
    int trouble = events & (ERROR | HANGUP);
    int told = trouble != 0 ? watch.interest | trouble : events & watch.interest;
    if (told == 0) {
      return;
    }
    try {
      watch.handler.ready(told);
    } catch (Throwable t) {
      failed("handler of descriptor " + watch.fd, t);
    }
  }

  private void expire() {
    long mark = timers.mark();
    TimerHeap.Entry next = timers.first();
    // What a timer arms in this turn waits for the next one, however early its deadline.
    while (next instanceof Timer timer
        && timer.dueNanos() - now <= 0
        && !timers.armedSince(timer, mark)) {
      timers.cancel(timer);
      try {
        timer.onExpiry.run();
      } catch (Throwable t) {
        failed("timer", t);
      }
      next = timers.first();
    }
  }

  private void runTasks() {
    for (int i = 0; i < TASKS_PER_TURN; i++) {
      Runnable task = mailbox.poll();
      if (task == null) {
        return;
      }
      try {
        task.run();
      } catch (Throwable t) {
        failed("task", t);
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the owner writes
  private void failed(String what, Throwable t) {
    failures++;
    try {
      LOG.log(System.Logger.Level.ERROR, "loop " + name + ": a " + what + " failed", t);
    } catch (Throwable _) {
      // A log that fails, for want of a descriptor perhaps, must not end the loop.
    }
  }

  private void mine() {
    Thread running = owner;
    if (running != null && running != Thread.currentThread()) {
      throw new IllegalStateException(
          "loop " + name + " belongs to " + running + ": use execute() from elsewhere");
    }
  }

  /** Releases the descriptors of the loop; nobody may be running it. */
  @Override
  public void close() {
    mine();
    if (!closed) {
      closed = true;
      epoll.close();
      bell.close();
    }
  }

  /** Runs something at a time. Armed once, it expires once. */
  public final class Timer extends TimerHeap.Entry {
    private final Runnable onExpiry;

    private Timer(Runnable onExpiry) {
      this.onExpiry = onExpiry;
    }

    /** Arms it, or moves its deadline; a deadline in the past expires in the next turn. */
    public void at(long deadlineNanos) {
      mine();
      timers.arm(this, deadlineNanos);
    }

    /** Arms it so long after {@link #nowNanos}. */
    public void after(long nanos) {
      at(nowNanos() + nanos);
    }

    /** Disarms it; also one that has expired in this turn but has not run yet. */
    public void cancel() {
      mine();
      timers.cancel(this);
    }

    /** Whether it will expire. */
    public boolean armed() {
      return queued();
    }

    /** The deadline it was last armed with. */
    public long deadlineNanos() {
      return dueNanos();
    }
  }

  /** A watched descriptor. */
  public final class Watch implements AutoCloseable {
    private final int fd;
    private final int slot;
    private final int generation;
    private final FdHandler handler;
    private int interest;
    private boolean closed;

    private Watch(int fd, int slot, int generation, FdHandler handler) {
      this.fd = fd;
      this.slot = slot;
      this.generation = generation;
      this.handler = handler;
    }

    /** Changes what is waited for; 0 also stops the telling of errors and hang-ups. */
    public void interest(int wanted) {
      mine();
      if (wanted == interest || closed) {
        return;
      }
      long token = (long) generation << 32 | slot;
      if (wanted == 0) {
        epoll.remove(fd);
      } else if (interest == 0) {
        epoll.add(fd, wanted, token);
      } else {
        epoll.modify(fd, wanted, token);
      }
      interest = wanted;
    }

    /**
     * Forgets a descriptor that is closed right after: the kernel then forgets it by itself, which
     * saves a system call. Nobody else may have a duplicate of it.
     */
    public void closeWithDescriptor() {
      if (!closed) {
        interest = 0;
        closed = true;
        watches[slot] = null;
        freeSlot = Math.min(freeSlot, slot);
      }
    }

    /** Forgets the descriptor without closing it. Close the watch before the descriptor. */
    @Override
    public void close() {
      if (!closed) {
        interest(0);
        closed = true;
        watches[slot] = null;
        freeSlot = Math.min(freeSlot, slot);
      }
    }
  }
}
