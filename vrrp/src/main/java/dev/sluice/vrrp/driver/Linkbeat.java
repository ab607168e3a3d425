package dev.sluice.vrrp.driver;

import dev.sluice.linux.CarrierProbe;
import dev.sluice.linux.CarrierProbe.Way;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.SyscallException;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code linkbeat_use_polling}: asks drivers for their carriers once a second, on a thread of its
 * own, because a driver may take its time. The VRRP thread hears of changes.
 */
final class Linkbeat implements AutoCloseable {
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventLoop loop;
  private final VrrpListener listener;
  private final BiConsumer<String, Boolean> heard;
  private volatile Map<String, List<Way>> wanted = Map.of();
  private @Nullable Thread thread;
  private volatile boolean over;

  /** Tells {@code heard}, in the loop's thread, every device's first answer and every change. */
  Linkbeat(EventLoop loop, VrrpListener listener, BiConsumer<String, Boolean> heard) {
    this.loop = loop;
    this.listener = listener;
    this.heard = heard;
  }

  /** Polls exactly these devices, each by the first of its ways that works. */
  void configure(Map<String, List<Way>> devices) {
    wanted = Map.copyOf(new LinkedHashMap<>(devices));
    if (thread == null && !devices.isEmpty()) {
      thread = Thread.ofPlatform().name("sluice-linkbeat").daemon().start(this::run);
    }
  }

  private void run() {
    Map<String, Boolean> told = new HashMap<>();
    try (CarrierProbe probe = CarrierProbe.open()) {
      while (!over) {
        Map<String, List<Way>> now = wanted;
        told.keySet().retainAll(now.keySet());
        now.forEach((device, ways) -> look(probe, device, ways, told));
        LockSupport.parkNanos(PERIOD_NANOS);
      }
    } catch (SyscallException e) {
      listener.on(
          new VrrpEvent.Warning("", "carriers are not polled (linkbeat): " + e.getMessage()));
    }
  }

  private void look(CarrierProbe probe, String device, List<Way> ways, Map<String, Boolean> told) {
    for (Way way : ways) {
      Optional<Boolean> carrier = probe.carrier(device, way);
      if (carrier.isPresent()) {
        if (!carrier.get().equals(told.put(device, carrier.get()))) {
          loop.execute(() -> heard.accept(device, carrier.get()));
        }
        return;
      }
    }
  }

  @Override
  public void close() {
    over = true;
    LockSupport.unpark(thread);
  }
}
