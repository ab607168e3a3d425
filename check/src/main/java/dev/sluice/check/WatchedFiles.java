package dev.sluice.check;

import dev.sluice.linux.EventLoop;
import dev.sluice.linux.FileWatch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which checks look at which file, by inotify; opened when the first one does. The loop's. */
final class WatchedFiles implements AutoCloseable {
  private final EventLoop loop;
  private final Map<Path, Set<Runnable>> watchers = new HashMap<>();
  private @Nullable FileWatch watch;
  private EventLoop.@Nullable Watch ready;

  WatchedFiles(EventLoop loop) {
    this.loop = loop;
  }

  /** Runs {@code changed} in the loop whenever the file changes; {@link #remove} ends it. */
  void add(Path file, Runnable changed) {
    FileWatch w = watch;
    if (w == null) {
      FileWatch opened = FileWatch.open();
      ready = loop.watch(opened.fd(), EventLoop.READ, _ -> opened.drain(c -> tell(c.file())));
      watch = opened;
      w = opened;
    }
    if (watchers.computeIfAbsent(file, _ -> new LinkedHashSet<>()).add(changed)) {
      w.add(file);
    }
  }

  void remove(Path file, Runnable changed) {
    Set<Runnable> of = watchers.get(file);
    if (of != null && of.remove(changed) && of.isEmpty()) {
      watchers.remove(file);
      if (watch != null) {
        watch.remove(file);
      }
    }
  }

  private void tell(Path file) {
    List.copyOf(watchers.getOrDefault(file, Set.of())).forEach(Runnable::run);
  }

  @Override
  public void close() {
    if (ready != null) {
      ready.close();
    }
    if (watch != null) {
      watch.close();
    }
  }
}
