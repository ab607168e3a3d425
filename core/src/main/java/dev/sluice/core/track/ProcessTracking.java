package dev.sluice.core.track;

import dev.sluice.config.model.GlobalSettings.Buffer;
import dev.sluice.config.model.TrackProcess;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.ProcessEvent;
import dev.sluice.linux.ProcessEvents;
import dev.sluice.linux.Processes;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.UnsupportedKernelException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code vrrp_track_process}es, by the kernel's process events. Where there are none (a
 * container) all processes are looked at every second. One thread's.
 */
final class ProcessTracking implements AutoCloseable {
  private static final long POLL_NANOS = 1_000_000_000L;

  private final EventLoop loop;
  private final Trackings.Sink sink;
  private final @Nullable ProcessEvents events;
  private final EventLoop.@Nullable Watch ready;
  private final EventLoop.Timer timer;
  private final ProcessTable table = new ProcessTable();
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private static final class Entry {
    TrackProcess config;
    Quorum quorum;

    Entry(TrackProcess config, Quorum quorum) {
      this.config = config;
      this.quorum = quorum;
    }
  }

  ProcessTracking(EventLoop loop, Trackings.Sink sink, Consumer<String> warn) {
    this.loop = loop;
    this.sink = sink;
    this.timer = loop.timer(this::onTimer);
    this.events = open(warn);
    this.ready = events == null ? null : loop.watch(events.fd(), EventLoop.READ, _ -> onEvents());
  }

  private static @Nullable ProcessEvents open(Consumer<String> warn) {
    try {
      return ProcessEvents.open();
    } catch (UnsupportedKernelException | SyscallException e) {
      warn.accept(
          "track_process: "
              + e.getMessage()
              + "; all processes are looked at every second instead");
      return null;
    }
  }

  /** {@code process_monitor_rcv_bufs}. */
  void receiveBuffer(Buffer buffer) {
    if (events != null) {
      events.receiveBuffer(buffer.bytes(), buffer.forced());
    }
  }

  /** Tracks exactly these; how every one stands is told before it returns. */
  void apply(List<TrackProcess> desired) {
    table.reset(desired, desired.isEmpty() ? List.of() : Processes.all());
    Map<String, Entry> before = new LinkedHashMap<>(entries);
    entries.clear();
    for (TrackProcess config : desired) {
      Entry entry = before.get(config.name());
      int count = table.count(config.name());
      if (entry == null || !entry.config.command().equals(config.command())) {
        entry = new Entry(config, Quorum.first(config, count));
      } else {
        entry.config = config;
        entry.quorum = entry.quorum.on(config, count, loop.nowNanos());
      }
      entries.put(config.name(), entry);
      tell(entry);
    }
    arm();
  }

  private void onEvents() {
    if (events == null || entries.isEmpty()) {
      return;
    }
    events.drain(event -> {
      switch (event) {
        case ProcessEvent.Forked(int parent, int pid) -> table.forked(parent, pid);
        case ProcessEvent.Executed(int pid) -> look(pid);
        case ProcessEvent.Renamed(int pid, String _) -> look(pid);
        case ProcessEvent.Exited(int pid, int _) -> table.gone(pid);
        case ProcessEvent.Overrun _ -> lookAtAll();
      }
      // Each by itself: a program that was started anew was gone in between.
      judge();
    });
    arm();
  }

  private void look(int pid) {
    Processes.of(pid).ifPresentOrElse(table::seen, () -> table.gone(pid));
  }

  private void lookAtAll() {
    List<TrackProcess> all = new ArrayList<>();
    entries.values().forEach(entry -> all.add(entry.config));
    table.reset(all, Processes.all());
  }

  private void onTimer() {
    if (events == null) {
      lookAtAll();
    }
    judge();
    arm();
  }

  private void judge() {
    long now = loop.nowNanos();
    for (Entry entry : entries.values()) {
      Quorum before = entry.quorum;
      entry.quorum = before.on(entry.config, table.count(entry.config.name()), now);
      if (before.up() != entry.quorum.up() || before.count() != entry.quorum.count()) {
        tell(entry);
      }
    }
  }

  private void tell(Entry entry) {
    sink.processes(entry.config.name(), entry.quorum.up(), entry.quorum.evidence(entry.config));
  }

  private void arm() {
    long due = Quorum.NONE;
    for (Entry entry : entries.values()) {
      due = Math.min(due, entry.quorum.dueNanos());
    }
    if (events == null && !entries.isEmpty()) {
      due = Math.min(due, loop.nowNanos() + POLL_NANOS);
    }
    if (due == Quorum.NONE) {
      timer.cancel();
    } else {
      timer.at(due);
    }
  }

  @Override
  public void close() {
    timer.cancel();
    if (ready != null) {
      ready.close();
    }
    if (events != null) {
      events.close();
    }
  }
}
