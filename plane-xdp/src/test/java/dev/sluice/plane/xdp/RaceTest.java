package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.linux.Sys;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.lvs.Plane.RealCounters;
import dev.sluice.lvs.ServiceTable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two processors open the same connections in the same moment, while user space sweeps. */
@Tag("xdp")
class RaceTest {
  private static final int FLOWS = 4000;
  private static final int XDP_DROP = 1;
  private static final MethodHandle SET_AFFINITY =
      Sys.bind("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

  @Test
  void aConnectionIsOpenedOnceAndCountedOnce() {
    Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "needs two processors");
    // Large tables: an evicted entry would look like a lost one.
    try (Rig rig = Rig.open(Rig.options().withTables(1 << 17, 1 << 16))) {
      ServiceTable.Service dns = Rig.table(Rig.DNS, "rr", Rig.reals(1, 1, 1)).services().getFirst();
      ServiceTable.Service web = Rig.table(Rig.WEB, "rr", Rig.reals(1, 1, 1)).services().getFirst();
      rig.apply(new ServiceTable(List.of(web, dns)));
      AtomicInteger turn = new AtomicInteger();
      List<CompletableFuture<Void>> both = new ArrayList<>();
      for (int cpu = 0; cpu < 2; cpu++) {
        int mine = cpu;
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform()
            .start(() -> {
              try {
                pin(mine);
                run(rig, turn);
                done.complete(null);
              } catch (Throwable t) {
                done.completeExceptionally(t);
              }
            });
        both.add(done);
      }
      while (!both.stream().allMatch(CompletableFuture::isDone)) {
        rig.plane.tick();
        rig.resolve();
      }
      both.forEach(CompletableFuture::join);

      assertThat(rig.verdict(Verdict.FORWARDED)).isEqualTo(FLOWS * 2L * 3);
      assertThat(rig.plane.connections(Integer.MAX_VALUE)).hasSize(2 * FLOWS);
      assertThat(rig.plane.connections(Integer.MAX_VALUE)).doesNotHaveDuplicates();
      long distinct =
          rig.plane.connections(Integer.MAX_VALUE).stream()
              .map(c -> c.service() + " " + c.client() + " " + c.clientPort())
              .distinct()
              .count();
      assertThat(distinct).isEqualTo(2L * FLOWS);
      assertThat(rig.plane.events().get(Event.PROMOTED)).isEqualTo(FLOWS);
      for (var service : rig.plane.counters()) {
        assertThat(service.counters().connections()).isEqualTo(FLOWS);
        int entries = 0;
        for (RealCounters r : service.reals()) {
          entries += r.active() + r.inactive();
          assertThat(r.counters().connections()).isEqualTo(r.active() + r.inactive());
        }
        assertThat(entries).isEqualTo(FLOWS);
      }
    }
  }

  /** SYN, ACK and a datagram of each flow, each in step with the other processor. */
  private static void run(Rig rig, AtomicInteger turn) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(512);
      int step = 0;
      for (int flow = 0; flow < FLOWS; flow++) {
        List<Frame> frames =
            List.of(
                Frame.tcp().from(0x0a000000 + flow, 1024),
                Frame.tcp().from(0x0a000000 + flow, 1024).flags(Frame.ACK),
                Frame.udp().from(0x0a000000 + flow, 1024).at("192.0.2.10", 53));
        for (Frame frame : frames) {
          MemorySegment in = MemorySegment.ofArray(frame.bytes());
          MemorySegment packet = arena.allocate(in.byteSize()).copyFrom(in);
          int _ = turn.incrementAndGet();
          step += 2;
          while (turn.get() < step) {
            Thread.onSpinWait();
          }
          BpfProgram.TestRun run;
          do { // dropped as contended when the other thread was taken off its processor: clients
            // retry
            run = rig.xdp.testRun(packet, out, MemorySegment.NULL, 1);
          } while (run.returned() == XDP_DROP);
        }
      }
    }
  }

  private static void pin(int cpu) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      Sys.CallState state = Sys.CallState.in(arena);
      MemorySegment mask = arena.allocate(128, 8);
      mask.set(JAVA_LONG, 0, 1L << cpu);
      int result = (int) SET_AFFINITY.invokeExact(state.state(), 0, 128L, mask);
      Assumptions.assumeTrue(result == 0, "cannot pin a thread");
    }
  }
}
