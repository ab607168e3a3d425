package dev.sluice.core.track;

import dev.sluice.config.model.FileNumber;
import dev.sluice.config.model.TrackFile;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.FileWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The {@code track_file}s, live by inotify. Where inotify cannot tell (another machine writes on
 * NFS; FUSE, proc and sysfs tell nothing) the file is read every second. One thread's.
 */
final class FileTracking implements AutoCloseable {
  private static final long POLL_NANOS = 1_000_000_000L;
  private static final Set<String> SILENT =
      Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "proc", "sysfs", "cgroup", "cgroup2");

  private final EventLoop loop;
  private final Trackings.Sink sink;
  private final Consumer<String> warn;
  private final FileWatch watch = FileWatch.open();
  private final EventLoop.Watch ready;
  private final EventLoop.Timer poll;
  private final Map<String, Entry> entries = new HashMap<>();

  private static final class Entry {
    final TrackFile config;
    final Path path;
    final boolean polled;
    FileNumber number = new FileNumber(0, "");

    Entry(TrackFile config, Path path, boolean polled) {
      this.config = config;
      this.path = path;
      this.polled = polled;
    }
  }

  FileTracking(EventLoop loop, Trackings.Sink sink, Consumer<String> warn) {
    this.loop = loop;
    this.sink = sink;
    this.warn = warn;
    this.ready = loop.watch(watch.fd(), EventLoop.READ, _ -> watch.drain(this::changed));
    this.poll = loop.timer(this::poll);
  }

  /** Tracks exactly these; every one's number is told before it returns. */
  void apply(List<TrackFile> desired) {
    Map<String, Entry> before = new HashMap<>(entries);
    entries.clear();
    for (TrackFile config : desired) {
      Entry old = before.get(config.name());
      Entry entry;
      if (old != null && old.config.file().equals(config.file())) {
        entry = new Entry(config, old.path, old.polled);
      } else {
        Path path = Path.of(config.file()).toAbsolutePath().normalize();
        begin(config, path);
        entry = new Entry(config, path, silent(path));
      }
      entries.put(config.name(), entry);
    }
    Set<Path> wanted = new HashSet<>();
    entries.values().forEach(entry -> wanted.add(entry.path));
    before.values().stream()
        .map(entry -> entry.path)
        .filter(path -> !wanted.contains(path))
        .forEach(watch::remove);
    for (Entry entry : entries.values()) {
      watch.add(entry.path);
      entry.number = FileNumber.read(entry.path);
      tell(entry);
    }
    poll.cancel();
    armPoll();
  }

  /** {@code init_file}. */
  private void begin(TrackFile config, Path path) {
    if (config.initialValue() == null || (Files.exists(path) && !config.overwrite())) {
      return;
    }
    try {
      Path _ = Files.writeString(path, config.initialValue() + "\n");
    } catch (IOException e) {
      warn.accept("track_file " + config.name() + ": " + path + " cannot be written: " + e);
    }
  }

  private boolean silent(Path path) {
    Path folder = path.getParent();
    while (folder != null && !Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    try {
      String type = folder == null ? "" : Files.getFileStore(folder).type();
      return SILENT.contains(type) || type.startsWith("fuse");
    } catch (IOException e) {
      return true;
    }
  }

  private void changed(FileWatch.Change change) {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.path.equals(change.file())) {
        look(entry);
      }
    }
  }

  private void poll() {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.polled) {
        look(entry);
      }
    }
    armPoll();
  }

  private void armPoll() {
    if (entries.values().stream().anyMatch(entry -> entry.polled)) {
      poll.at(loop.nowNanos() + POLL_NANOS);
    }
  }

  private void look(Entry entry) {
    FileNumber now = FileNumber.read(entry.path);
    if (!now.equals(entry.number)) {
      entry.number = now;
      tell(entry);
    }
  }

  private void tell(Entry entry) {
    sink.file(entry.config.name(), entry.number.value(), entry.number.evidence());
  }

  @Override
  public void close() {
    poll.cancel();
    ready.close();
    watch.close();
  }
}
