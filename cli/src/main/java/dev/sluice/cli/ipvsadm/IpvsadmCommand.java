package dev.sluice.cli.ipvsadm;

import dev.sluice.cli.CommandException;
import dev.sluice.cli.Terminal;
import dev.sluice.core.ExitCode;
import dev.sluice.core.RuntimeDir;
import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsTable;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A line of ipvsadm's, obeyed: {@code sluice ipvsadm …}, or the launcher called as {@code ipvsadm},
 * {@code ipvsadm-save} or {@code ipvsadm-restore}.
 */
public final class IpvsadmCommand {
  /** The original's, whose options and listings these are. */
  private static final String VERSION =
      "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)";

  private final Table table;
  private final Terminal terminal;
  private final InputStream in;
  private final Names names;

  IpvsadmCommand(Table table, Terminal terminal, InputStream in, Names names) {
    this.table = table;
    this.terminal = terminal;
    this.in = in;
    this.names = names;
  }

  /** Whether the launcher's name is one of those that this class obeys. */
  public static boolean called(String name) {
    return name.equals("ipvsadm") || name.equals("ipvsadm-save") || name.equals("ipvsadm-restore");
  }

  /** Every long option with its dashes, for a shell to complete. */
  public static List<String> longOptions() {
    return Arrays.stream(Option.values()).map(o -> "--" + o.word()).toList();
  }

  /** The page that {@code -h} prints. */
  public static String help() {
    return Help.text();
  }

  /**
   * Obeys a line.
   *
   * @param name that the launcher was called by; any other: {@code sluice ipvsadm}
   * @return the exit code
   */
  public static int run(String name, List<String> words, Terminal terminal, RuntimeDir runtime) {
    var command =
        new IpvsadmCommand(new DaemonTable(runtime), terminal, System.in, new SystemNames());
    return switch (name) {
      case "ipvsadm-save" -> command.saveScript(words);
      case "ipvsadm-restore" -> command.restoreScript(words);
      default -> command.run(words);
    };
  }

  /** Obeys a line; answers the exit code. */
  int run(List<String> words) {
    try {
      return obey(Grammar.parse(words, names));
    } catch (UsageError e) {
      terminal.err().println(e.text());
      return e.exitCode();
    } catch (CommandException e) {
      terminal.err().println(e.getMessage());
      return e.exitCode();
    }
  }

  /** {@code ipvsadm-save [-n]}: the same as {@code -S}. */
  private int saveScript(List<String> words) {
    var line = new ArrayList<>(List.of("-S"));
    line.addAll(words);
    return run(line);
  }

  /** {@code ipvsadm-restore}: the table is emptied first, and lines may be comments. */
  private int restoreScript(List<String> words) {
    if (!words.isEmpty()) {
      terminal.err().println("ipvsadm-restore takes no arguments: rules come by standard input");
      return UsageError.USAGE;
    }
    int emptied = run(List.of("-C"));
    if (emptied != ExitCode.OK) {
      return emptied;
    }
    try {
      return restore(true);
    } catch (CommandException e) {
      terminal.err().println(e.getMessage());
      return e.exitCode();
    }
  }

  private int obey(Command command) {
    return switch (command) {
      case Command.Change(IpvsChange change) -> change(change);
      case Command.List list -> list(list);
      case Command.Save save -> {
        print(Saving.of(table.services(), save.full(), naming(save.numeric())));
        yield ExitCode.OK;
      }
      case Command.Restore() -> restore(false);
      case Command.StartDaemon _ ->
          refuse(
              "sluice: connections are not synchronised yet: no daemon was started; after a"
                  + " takeover sh, mh and maglev choose the same servers");
      case Command.StopDaemon _ -> refuse("No daemon is running");
      case Command.Help() -> {
        print(Help.text());
        yield ExitCode.OK;
      }
      case Command.Version() -> {
        print(VERSION + "\n");
        yield ExitCode.OK;
      }
    };
  }

  private void print(String text) {
    terminal.out().print(text);
  }

  private int refuse(String text) {
    terminal.err().println(text);
    return UsageError.REFUSED;
  }

  private Names naming(boolean numeric) {
    return numeric ? Names.NUMERIC : names;
  }

  private int change(IpvsChange change) {
    IpvsOutcome outcome = table.change(List.of(change)).getFirst();
    return outcome.done() ? ExitCode.OK : refuse(Complaints.text(change.operation(), outcome));
  }

  private int list(Command.List list) {
    switch (list.subject()) {
      case TABLE -> {
        IpvsTable all =
            list.columns() == Command.Columns.PERSISTENT
                ? table.servicesWithTemplates()
                : table.services();
        boolean known =
            list.only() == null
                || all.services().stream().anyMatch(s -> s.service().key().equals(list.only()));
        if (!known) {
          terminal.err().println(Complaints.NO_SERVICE);
          return ExitCode.FAILED;
        }
        print(Listing.of(all, list, naming(list.numeric())));
      }
      case CONNECTIONS ->
          print(
              ConnectionListing.of(
                  table.connections().connections(), list.engines(), naming(list.numeric())));
      case TIMEOUTS -> {
        IpvsChange.Timeouts t = table.services().timeouts();
        print(
            "Timeout (tcp tcpfin udp): %d %d %d\n"
                .formatted(t.tcpSeconds(), t.tcpFinSeconds(), t.udpSeconds()));
      }
      case DAEMONS -> {
        // None runs, and the original says so by saying nothing.
      }
    }
    return ExitCode.OK;
  }

  private int restore(boolean comments) {
    var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    return new Restore(table, names, terminal.err(), comments).run(reader);
  }
}
