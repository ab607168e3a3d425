package dev.sluice.cli.ipvsadm;

import java.util.ArrayList;
import java.util.List;

/** The tables of the recordings. */
final class Tables {
  private Tables() {}

  /** The static one, made by its own saved rules. */
  static Table recorded() {
    var table = new MemoryTable();
    make(table, Recordings.read("27-save-n.txt").output());
    // Not saved by the original.
    Run edited =
        Run.of(
            table,
            List.of("-e -t 192.0.2.10:80 -r 10.0.0.2:8080 -m -w 0 -x 1000 -y 500".split(" ", -1)));
    if (edited.exitCode() != 0) {
      throw new AssertionError(edited.err());
    }
    return table;
  }

  static void make(Table table, String rules) {
    // Nor can it read the large mark that it wrote.
    Run run = Run.of(table, List.of("-R"), rules.replace("-f -1 ", "-f 4294967295 "));
    if (run.exitCode() != 0) {
      throw new AssertionError(run.err());
    }
  }

  /** The services in the order in which this listing shows them. */
  static Table inOrder(Table table, String listing) {
    var services = new ArrayList<>(table.services().services());
    var shown = listing.lines().toList();
    services.sort(
        java.util.Comparator.comparingInt(s -> {
          String name =
              Listing.of(
                      new dev.sluice.core.api.IpvsTable(
                          0, table.services().timeouts(), List.of(s), List.of()),
                      new Command.List(
                          Command.Subject.TABLE,
                          s.service().key(),
                          Command.Columns.PLAIN,
                          false,
                          true,
                          false,
                          false),
                      Names.NUMERIC)
                  .lines()
                  .toList()
                  .get(2);
          return shown.indexOf(name);
        }));
    return new FixedTable(
        new dev.sluice.core.api.IpvsTable(4096, table.services().timeouts(), services, List.of()));
  }
}
