package dev.sluice.cli.ipvsadm;

import dev.sluice.core.ExitCode;
import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code ipvsadm -R}: a command per line; the program's name before it may be left out. The first
 * line that is none ends it, with what stood before in effect; a line that is refused does not
 * (lvs.md f.3).
 */
final class Restore {
  /** So many changes go to the daemon at once, where the lines are there already. */
  private static final int BATCH = 100;

  private final Table table;
  private final Names names;
  private final PrintStream err;
  private final boolean comments;
  private final List<IpvsChange> batch = new ArrayList<>();
  private int code = ExitCode.OK;

  /**
   * @param comments lines that begin with {@code #} are left out
   */
  Restore(Table table, Names names, PrintStream err, boolean comments) {
    this.table = table;
    this.names = names;
    this.err = err;
    this.comments = comments;
  }

  /** Reads to the end; answers the exit code. */
  int run(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (comments && line.startsWith("#")) {
          continue;
        }
        List<String> words =
            Arrays.stream(line.split("[ \\t]+", -1)).filter(w -> !w.isEmpty()).toList();
        if (!words.isEmpty() && words.getFirst().equals("ipvsadm")) {
          words = words.subList(1, words.size());
        }
        if (words.isEmpty()) {
          continue;
        }
        take(words);
        if (batch.size() >= BATCH || !in.ready()) {
          send();
        }
      }
      send();
      return code;
    } catch (UsageError e) {
      send();
      err.println(e.text());
      return e.exitCode();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the rules to restore", e);
    }
  }

  private void take(List<String> words) throws UsageError {
    switch (Grammar.parse(words, names)) {
      case Command.Change(IpvsChange change) -> batch.add(change);
      case Command.List _,
          Command.Save _,
          Command.Restore _,
          Command.StartDaemon _,
          Command.StopDaemon _,
          Command.Help _,
          Command.Version _ ->
          throw UsageError.usage("not a rule to restore: " + String.join(" ", words));
    }
  }

  private void send() {
    if (batch.isEmpty()) {
      return;
    }
    List<IpvsOutcome> outcomes = table.change(batch);
    for (int i = 0; i < outcomes.size(); i++) {
      if (!outcomes.get(i).done()) {
        err.println(Complaints.text(batch.get(i).operation(), outcomes.get(i)));
        code = UsageError.REFUSED;
      }
    }
    batch.clear();
  }
}
