package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLoopTest {
  private static final long MILLISECOND = 1_000_000;

  private final EventLoop loop = EventLoop.open("test");
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(64);
  private final Fd.Pipe pipe = Fd.Open.pipe();
  private final List<String> seen = new ArrayList<>();

  @AfterEach
  void close() {
    loop.close();
    Fd.close(pipe.reading());
    Fd.close(pipe.writing());
    arena.close();
  }

  private void write() {
    assertThat(Fd.write(pipe.writing(), buffer, 1)).isEqualTo(1);
  }

  private void read() {
    assertThat(Fd.read(pipe.reading(), buffer, 64)).isPositive();
  }

  @Test
  void aTurnTellsDescriptorsThenTimersThenTasks() {
    loop.execute(() -> {
      seen.add("task");
      loop.stop();
    });
    EventLoop.Timer late = loop.timer(() -> seen.add("timer"));
    late.at(loop.nowNanos() - 1000 * MILLISECOND);
    EventLoop.Watch _ =
        loop.watch(
            pipe.reading(),
            EventLoop.READ,
            _ -> {
              seen.add("packet");
              read();
            });
    write();
    loop.run();
    assertThat(seen).containsExactly("packet", "timer", "task");
  }

  @Test
  void aPacketThatWaitsCancelsTheTimerThatIsLate() {
    EventLoop.Timer down = loop.timer(() -> seen.add("master is down"));
    EventLoop.Watch _ =
        loop.watch(
            pipe.reading(),
            EventLoop.READ,
            _ -> {
              read();
              down.cancel();
              loop.stop();
            });
    down.at(loop.nowNanos() - MILLISECOND);
    write();
    loop.run();
    assertThat(seen).isEmpty();
    assertThat(down.armed()).isFalse();
  }

  @Test
  void timersExpireInOrderAndNotBeforeTheirTime() {
    long start = System.nanoTime();
    long[] at = new long[1];
    EventLoop.Timer last =
        loop.timer(() -> {
          at[0] = loop.nowNanos();
          loop.stop();
        });
    last.at(start + 30 * MILLISECOND);
    loop.timer(() -> seen.add("second")).at(start + 20 * MILLISECOND);
    loop.timer(() -> seen.add("first")).at(start + 10 * MILLISECOND);
    EventLoop.Timer never = loop.timer(() -> seen.add("never"));
    never.at(start + 15 * MILLISECOND);
    never.cancel();
    loop.run();
    assertThat(seen).containsExactly("first", "second");
    assertThat(at[0] - start).isGreaterThanOrEqualTo(30 * MILLISECOND);
  }

  @Test
  void anArmedTimerMoves() {
    long start = System.nanoTime();
    EventLoop.Timer moved = loop.timer(() -> seen.add("moved"));
    moved.at(start + 1000_000 * MILLISECOND);
    moved.at(start + MILLISECOND);
    assertThat(moved.deadlineNanos()).isEqualTo(start + MILLISECOND);
    loop.timer(loop::stop).at(start + 5 * MILLISECOND);
    loop.run();
    assertThat(seen).containsExactly("moved");
  }

  @Test
  void aTimerThatRearmsItselfInThePastStarvesNobody() {
    AtomicInteger turns = new AtomicInteger();
    EventLoop.Timer[] again = new EventLoop.Timer[1];
    again[0] =
        loop.timer(() -> {
          if (turns.incrementAndGet() < 1000) {
            again[0].at(0);
          }
        });
    again[0].at(0);
    loop.execute(loop::stop);
    loop.run();
    assertThat(turns.get()).isEqualTo(1);
  }

  @Test
  void whatThrowsIsCountedAndTheLoopGoesOn() {
    loop.timer(
            () -> {
              throw new IllegalStateException("expected by this test");
            })
        .at(loop.nowNanos());
    loop.execute(() -> {
      throw new AssertionError("expected by this test");
    });
    loop.execute(loop::stop);
    loop.run();
    assertThat(loop.failures()).isEqualTo(2);
  }

  @Test
  void tasksOfOtherThreadsWakeALoopThatSleeps() throws Exception {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    Thread owner = Thread.ofPlatform().start(loop::run);
    try {
      for (int i = 0; i < 10_000; i++) {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      }
      loop.execute(() -> ran.complete(Thread.currentThread()));
      assertThat(ran.get(30, TimeUnit.SECONDS)).isSameAs(owner);
    } finally {
      loop.stop();
      owner.join();
    }
  }

  @Test
  void tasksKeepTheirOrder() throws Exception {
    List<Integer> order = new ArrayList<>();
    Thread owner = Thread.ofPlatform().start(loop::run);
    for (int i = 0; i < 2000; i++) {
      int number = i;
      loop.execute(() -> order.add(number));
    }
    loop.execute(loop::stop);
    owner.join();
    assertThat(order).hasSize(2000).isSorted();
  }

  @Test
  void anotherThreadMayNotTouchTimersOfARunningLoop() throws Exception {
    EventLoop.Timer timer = loop.timer(() -> {});
    CountDownLatch running = new CountDownLatch(1);
    loop.execute(running::countDown);
    Thread owner = Thread.ofPlatform().start(loop::run);
    try {
      assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> timer.at(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("execute()");
    } finally {
      loop.stop();
      owner.join();
    }
  }

  @Test
  void aWatchClosedInTheSameTurnIsNotTold() {
    Fd.Pipe other = Fd.Open.pipe();
    EventLoop.Watch[] watches = new EventLoop.Watch[2];
    AtomicInteger told = new AtomicInteger();
    EventLoop.FdHandler closeBoth =
        _ -> {
          told.incrementAndGet();
          watches[0].close();
          watches[1].close();
        };
    watches[0] = loop.watch(pipe.reading(), EventLoop.READ, closeBoth);
    watches[1] = loop.watch(other.reading(), EventLoop.READ, closeBoth);
    write();
    assertThat(Fd.write(other.writing(), buffer, 1)).isEqualTo(1);
    loop.execute(loop::stop);
    loop.run();
    Fd.close(other.reading());
    Fd.close(other.writing());
    assertThat(told.get()).isEqualTo(1);
  }

  @Test
  void noInterestMeansNoWordAlsoOfAHangUp() {
    EventLoop.Watch watch =
        loop.watch(
            pipe.reading(),
            0,
            _ -> {
              seen.add("told");
              loop.stop();
            });
    Fd.close(pipe.writing());
    loop.timer(
            () -> {
              assertThat(seen).isEmpty();
              watch.interest(EventLoop.READ);
            })
        .after(MILLISECOND);
    loop.run();
    assertThat(seen).containsExactly("told");
    assertThat(loop.failures()).isZero();
    Fd.Pipe _ = Fd.Open.pipe(); // takes the closed number again, for close()
  }

  @Test
  void aHangUpComesWithWhatWasAskedFor() {
    int[] events = new int[1];
    EventLoop.Watch _ =
        loop.watch(
            pipe.reading(),
            EventLoop.READ,
            e -> {
              events[0] = e;
              loop.stop();
            });
    Fd.close(pipe.writing());
    loop.run();
    assertThat(events[0]).isEqualTo(EventLoop.READ | EventLoop.HANGUP);
    Fd.Pipe _ = Fd.Open.pipe();
  }

  @Test
  void moreWatchesThanOneBatchAreAllTold() {
    List<Fd.Pipe> pipes = new ArrayList<>();
    AtomicInteger told = new AtomicInteger();
    for (int i = 0; i < 400; i++) {
      Fd.Pipe one = Fd.Open.pipe();
      pipes.add(one);
      assertThat(Fd.write(one.writing(), buffer, 1)).isEqualTo(1);
      EventLoop.Watch _ =
          loop.watch(
              one.reading(),
              EventLoop.READ,
              _ -> {
                assertThat(Fd.read(one.reading(), buffer, 64)).isEqualTo(1);
                if (told.incrementAndGet() == 400) {
                  loop.stop();
                }
              });
    }
    loop.run();
    assertThat(told.get()).isEqualTo(400);
    assertThat(loop.failures()).isZero();
    pipes.forEach(p -> {
      Fd.close(p.reading());
      Fd.close(p.writing());
    });
  }

  @Test
  void stopBeforeRunReturnsAtOnce() {
    loop.stop();
    loop.run();
    assertThat(seen).isEmpty();
  }

  /** Once the compiler is done with it: so windows of turns are measured until one is clean. */
  @Test
  void aQuietTurnAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    int window = 2000;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
    int[] turns = new int[1];
    long[] before = new long[1];
    long[] perWindow = new long[1];
    EventLoop.Timer[] tick = new EventLoop.Timer[1];
    tick[0] =
        loop.timer(() -> {
          if (turns[0]++ % window == 0) {
            long allocated = threads.getThreadAllocatedBytes(id);
            perWindow[0] = allocated - before[0];
            before[0] = allocated;
            if (perWindow[0] < window || loop.nowNanos() > deadline) {
              loop.stop();
            }
          }
          tick[0].at(loop.nowNanos() + 1000);
        });
    EventLoop.Watch _ =
        loop.watch(pipe.reading(), EventLoop.READ, _ -> Fd.read(pipe.reading(), buffer, 64));
    tick[0].at(loop.nowNanos());
    loop.run();
    assertThat(perWindow[0] / window).as("bytes per turn").isZero();
  }

  @Test
  void aPacedLoopTakesAStormInFewTurns() {
    loop.pace(4, 2 * MILLISECOND);
    long begin = System.nanoTime();
    var turns = new AtomicInteger();
    // It is ready in every turn, as nobody reads it.
    EventLoop.Watch _ =
        loop.watch(
            pipe.reading(),
            EventLoop.READ,
            _ -> {
              if (turns.incrementAndGet() == 54) {
                loop.stop();
              }
            });
    write();
    loop.run();
    assertThat(System.nanoTime() - begin).isGreaterThan(49 * 2 * MILLISECOND);
  }
}
