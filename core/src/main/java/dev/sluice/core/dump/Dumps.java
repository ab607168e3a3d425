package dev.sluice.core.dump;

import dev.sluice.config.model.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes keepalived's dump files when a signal asks for them. Used by one thread. */
public final class Dumps {
  private static final System.Logger LOG = System.getLogger(Dumps.class.getName());

  private final DumpFiles files;
  private final StatsBaseline baseline = new StatsBaseline();

  /** What can be dumped. */
  public enum Kind {
    /** {@code keepalived.data}, and {@code keepalived_parent.data} beside it. */
    DATA,
    /** {@code keepalived.stats}. */
    STATS,
    /** The same, and every counter starts from zero. */
    STATS_CLEAR,
    /** {@code keepalived.json}. */
    JSON
  }

  /**
   * Into the temporary directory of this environment.
   *
   * @param own a directory that gets a copy; null: none
   */
  public Dumps(Map<String, String> environment, @Nullable Path own) {
    String temporary = environment.getOrDefault("TMPDIR", "");
    this.files = new DumpFiles(Path.of(temporary.isEmpty() ? "/tmp" : temporary), own);
  }

  /** Writes it; a file that cannot be written is told to the log. */
  public void write(Kind kind, DumpInput input) {
    String text =
        switch (kind) {
          case DATA -> data(input);
          case STATS, STATS_CLEAR -> StatsText.of(input.vrrp(), baseline);
          case JSON -> JsonText.of(input, baseline);
        };
    if (kind == Kind.STATS_CLEAR) {
      baseline.clear(input.vrrp());
    }
    String name =
        switch (kind) {
          case DATA -> "keepalived.data";
          case STATS, STATS_CLEAR -> "keepalived.stats";
          case JSON -> "keepalived.json";
        };
    put(name, text, input.configuration());
    if (kind == Kind.DATA) {
      put("keepalived_parent.data", parent(input), input.configuration());
    }
  }

  private void put(String name, String text, Configuration configuration) {
    for (Path file :
        files.of(
            name, configuration.further().process(), configuration.global().settings().files())) {
      try {
        DumpFiles.write(file, text);
        LOG.log(System.Logger.Level.INFO, "dump written to {0}", file);
      } catch (IOException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the dump was not written to {0} ({1}): make its directory writable, or set TMPDIR",
            file,
            e.getClass().getSimpleName());
      }
    }
  }

  /** What keepalived's parent process dumps: what it knows of all. */
  static String parent(DumpInput input) {
    var out = new Lines();
    GlobalText.write(input, true, out);
    return out.text();
  }

  static String data(DumpInput input) {
    var out = new Lines();
    GlobalText.write(input, false, out);
    MachineText.statics(input, out);
    InstanceText.write(input, out);
    TrackerText.write(input, out);
    MachineText.interfaces(input, out);
    return out.text();
  }
}
