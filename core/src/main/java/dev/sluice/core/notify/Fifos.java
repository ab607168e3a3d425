package dev.sluice.core.notify;

import dev.sluice.config.model.GlobalSettings;
import dev.sluice.config.model.GlobalSettings.Fifo;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.script.ScriptRunner;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The configured pipes: {@code notify_fifo}, {@code vrrp_notify_fifo}, {@code lvs_notify_fifo}. */
final class Fifos implements AutoCloseable {
  private final ScriptRunner runner;
  private final ScheduledExecutorService timers;
  private final Consumer<JournalEvent> journal;
  private final Map<Which, PipeWriter> open = new EnumMap<>(Which.class);

  private enum Which {
    ALL,
    VRRP,
    LVS
  }

  Fifos(ScriptRunner runner, ScheduledExecutorService timers, Consumer<JournalEvent> journal) {
    this.runner = runner;
    this.timers = timers;
    this.journal = journal;
  }

  /** These are the pipes from now on; one that is as before is not touched. */
  synchronized void apply(GlobalSettings.Fifos desired, @Nullable ScriptUser standard) {
    one(Which.ALL, desired.all(), standard);
    one(Which.VRRP, desired.vrrp(), standard);
    one(Which.LVS, desired.lvs(), standard);
  }

  private void one(Which which, Fifo desired, @Nullable ScriptUser standard) {
    PipeWriter before = open.get(which);
    if (before != null && before.config().equals(desired)) {
      return;
    }
    if (before != null) {
      open.remove(which);
      before.close();
    }
    if (desired.path() == null) {
      return;
    }
    try {
      open.put(which, PipeWriter.open(desired, standard, runner, timers, journal));
    } catch (IOException e) {
      journal.accept(
          new JournalEvent.NotifyFailed(
              "the pipe " + desired.path() + " cannot be used: " + e.getMessage()));
    }
  }

  /** Writes a line to the pipes that want it. */
  synchronized void write(Notice.Pipes pipes, String line) {
    tell(Which.ALL, line);
    tell(
        switch (pipes) {
          case VRRP -> Which.VRRP;
          case LVS -> Which.LVS;
        },
        line);
  }

  private void tell(Which which, String line) {
    PipeWriter writer = open.get(which);
    if (writer != null) {
      writer.write(line);
    }
  }

  @Override
  public synchronized void close() {
    open.values().forEach(PipeWriter::close);
    open.clear();
  }
}
