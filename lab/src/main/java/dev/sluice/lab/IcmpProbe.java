package dev.sluice.lab;

import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.RawIpSocket;
import dev.sluice.linux.RealTime;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that pings an address every millisecond, from a network namespace, on a thread of its
 * own, and remembers which request was answered. Bounded: {@value #MOST} requests.
 */
public final class IcmpProbe implements AutoCloseable {
  public static final int MOST = 120_000;
  private static final long INTERVAL_NANOS = 1_000_000;
  private static final int ICMP = 1;

  /** Before the programs that it looks at. */
  private static final int PRIORITY = 85;

  private static final byte ECHO_REQUEST = 8;
  private static final int LENGTH = 16;
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** Several probes of one program must not take each other's answers. */
  private static final AtomicInteger IDENTIFIERS =
      new AtomicInteger((int) ProcessHandle.current().pid() * 31);

  private final long[] sentNanos = new long[MOST];
  private final boolean[] answered = new boolean[MOST];
  private final int id = IDENTIFIERS.incrementAndGet() & 0xffff;
  private final Thread thread;
  private volatile boolean stop;
  private volatile int sent;
  private volatile int newestAnswer = -1;

  /** Starts at once. */
  public IcmpProbe(Path namespace, Inet4Address target) {
    thread =
        Thread.ofPlatform()
            .name("icmp-probe")
            .daemon()
            .start(() -> {
              NetworkNamespace.enter(namespace);
              run(target);
            });
  }

  private void run(Inet4Address target) {
    RealTime.timerSlack(1);
    // Else it measures how long it waited for a processor itself; without the right it does so.
    boolean _ = RealTime.roundRobin(PRIORITY);
    try (Arena arena = Arena.ofConfined();
        RawIpSocket socket = RawIpSocket.open(ICMP)) {
      MemorySegment out = arena.allocate(LENGTH);
      MemorySegment in = arena.allocate(2048);
      long start = System.nanoTime();
      for (int i = 0; i < MOST && !stop; i++) {
        long due = start + i * INTERVAL_NANOS;
        while (System.nanoTime() < due) {
          receive(socket, in);
          LockSupport.parkNanos(Math.min(200_000, due - System.nanoTime()));
        }
        sentNanos[i] = System.nanoTime();
        request(out, i);
        socket.send(out, LENGTH, target);
        sent = i + 1;
        receive(socket, in);
      }
      // The last answers are on their way.
      long end = System.nanoTime() + 50_000_000L;
      while (System.nanoTime() < end) {
        receive(socket, in);
        LockSupport.parkNanos(200_000);
      }
    }
  }

  private void request(MemorySegment out, int number) {
    out.fill((byte) 0);
    out.set(ValueLayout.JAVA_BYTE, 0, ECHO_REQUEST);
    out.set(U16, 4, (short) id);
    out.set(U16, 6, (short) number);
    out.set(U32, 8, number);
    int sum = 0;
    for (int i = 0; i < LENGTH; i += 2) {
      sum += out.get(U16, i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    out.set(U16, 2, (short) ~sum);
  }

  private void receive(RawIpSocket socket, MemorySegment in) {
    for (int n = socket.receive(in); n > 0; n = socket.receive(in)) {
      int header = (in.get(ValueLayout.JAVA_BYTE, 0) & 0xf) * 4;
      if (n < header + LENGTH
          || in.get(ValueLayout.JAVA_BYTE, header) != 0
          || (in.get(U16, header + 4) & 0xffff) != id) {
        continue;
      }
      int number = in.get(U32, header + 8);
      if (number >= 0 && number < MOST) {
        answered[number] = true;
        newestAnswer = Math.max(newestAnswer, number);
      }
    }
  }

  /** Whether requests sent just now are answered. */
  public boolean answersNow() {
    return sent - newestAnswer < 20 && newestAnswer > 50;
  }

  /** Requests sent so far. */
  public int sent() {
    return sent;
  }

  @Override
  public void close() {
    stop = true;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The longest outage: by the clock of the sender, from the first request of a row of unanswered
   * ones to the first answered request after it; 0 where all were answered. What the sender did not
   * ask, because it stood still itself, is no outage. To be asked after {@link #close}.
   */
  public double longestGapMillis() {
    long longest = 0;
    int last = -1;
    for (int i = 0; i < sent; i++) {
      if (answered[i]) {
        if (last >= 0 && i - last > 1) {
          longest = Math.max(longest, sentNanos[i] - sentNanos[last + 1]);
        }
        last = i;
      }
    }
    return longest / 1e6;
  }
}
