package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.codec.AddressBook;
import dev.sluice.vrrp.codec.AdvertDecoder;
import dev.sluice.vrrp.codec.AdvertEncoder;
import dev.sluice.vrrp.codec.Expected;
import dev.sluice.vrrp.driver.TestRouter.Conf;
import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.VrrpMachine;
import dev.sluice.vrrp.machine.VrrpRouter;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** An advert in the steady state allocates nothing, sent or received: codec and machine. */
class AllocationTest {
  private static final InetAddress OURS = InetAddress.ofLiteral("10.77.0.1");
  private static final InetAddress THEIRS = InetAddress.ofLiteral("10.77.0.2");
  private static final int RUNS = 20_000;
  private static final int WARM_UP = 10;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final VrrpRouter router = new VrrpRouter();
  private long now;

  private static Wire wire(VrrpInstance config, InetAddress local) {
    Wire wire = new Wire(config);
    wire.derive(local, 1);
    return wire;
  }

  private void start(VrrpInstance config) {
    router.add(InstanceSettings.of(config, false), now);
    router.on(config.name(), new MachineEvent.LocalAddressIs(OURS), now);
    router.tick(config.name(), now);
  }

  /** Bytes per run of the best of some rounds: compiling on the way allocates, too. */
  private double bytesPerRun(LongConsumer task) {
    double least = Double.MAX_VALUE;
    for (int round = 0; round < WARM_UP; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        task.accept(i);
      }
      least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / (double) RUNS);
    }
    return least;
  }

  @Test
  void anAdvertHeardInBackup() {
    VrrpInstance config = Conf.of(100).build();
    start(config);
    Wire ours = wire(config, OURS);
    Expected expected = Objects.requireNonNull(ours.expected());
    MemorySegment packet = MemorySegment.ofArray(new byte[AdvertEncoder.MAX_PACKET]);
    Wire theirs = wire(Conf.of(150).build(), THEIRS);
    int length = theirs.copies().getFirst().packet().write(150, 1, null, packet);
    AdvertDecoder decoder = new AdvertDecoder();
    AddressBook book = new AddressBook();
    double bytes =
        bytesPerRun(_ -> {
          now += 200_000_000L;
          assertTrue(decoder.load4(packet, length));
          assertTrue(decoder.judge(expected, true, 0) == null);
          InetAddress sender = book.of(decoder.ipv4(), decoder.sourceHigh(), decoder.sourceLow());
          router.on(
              "VI_1",
              ours.seen(
                  decoder.priority(), decoder.intervalCentis() * VrrpTimers.CENTISECOND, sender),
              now);
        });
    assertThat(router.state("VI_1").kind()).isEqualTo(VrrpState.BACKUP);
    assertThat(bytes).as("bytes allocated per advert received").isLessThan(0.5);
  }

  @Test
  void anAdvertSentAsMaster() {
    VrrpInstance config = Conf.of(100).build();
    start(config);
    Wire ours = wire(config, OURS);
    MemorySegment packet = MemorySegment.ofArray(new byte[AdvertEncoder.MAX_PACKET]);
    List<Wire.Copy> copies = ours.copies();
    double bytes =
        bytesPerRun(_ -> {
          now = router.deadlineNanos();
          List<VrrpRouter.Effect> effects = router.on("VI_1", VrrpMachine.tick(), now);
          if (effects.size() == 1) {
            int length = copies.get(0).packet().write(100, ours.nextIdentification(), null, packet);
            assertTrue(length == 32);
          }
        });
    assertThat(router.state("VI_1").kind()).isEqualTo(VrrpState.MASTER);
    assertThat(bytes).as("bytes allocated per advert sent").isLessThan(0.5);
  }

  /** AssertJ's own objects would be counted. */
  private static void assertTrue(boolean claim) {
    if (!claim) {
      throw new AssertionError();
    }
  }
}
