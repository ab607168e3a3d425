package dev.sluice.cli.keepalived;

import dev.sluice.cli.keepalived.GnuOptions.Argument;
import dev.sluice.cli.keepalived.GnuOptions.BadLineException;
import dev.sluice.cli.keepalived.GnuOptions.Given;
import dev.sluice.cli.keepalived.GnuOptions.Option;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a keepalived command line asks for (options of keepalived 2.4, plus sluice's own long ones).
 *
 * @param configFile as written; null: none
 * @param vrrp whether VRRP runs: not with {@code -C} alone
 * @param checkers whether health checks and virtual servers run: not with {@code -P} alone
 * @param foreground {@code -n}
 * @param logConsole {@code -l}
 * @param logDetail how often {@code -D} stood there
 * @param pidFile as written; null: the runtime directory's
 * @param keepPlane {@code -I} or {@code --keep-plane}
 * @param configId {@code -i}; null: the short host name
 * @param testLog file of {@code -t}; null: standard output
 * @param signalName of {@code --signum}
 * @param without effect here: one sentence for each option that was accepted and changes nothing
 */
public record KeepalivedOptions(
    Action action,
    @Nullable String configFile,
    boolean vrrp,
    boolean checkers,
    boolean foreground,
    boolean logConsole,
    int logDetail,
    @Nullable String pidFile,
    boolean keepPlane,
    @Nullable String configId,
    @Nullable String testLog,
    @Nullable String signalName,
    @Nullable String plane,
    @Nullable String xdpMode,
    @Nullable String logLevel,
    List<String> without) {

  public KeepalivedOptions {
    without = List.copyOf(without);
  }

  /** What the line is about. */
  public enum Action {
    RUN,
    TEST,
    HELP,
    VERSION,
    SIGNAL_NUMBER
  }

  private static final GnuOptions PARSER =
      new GnuOptions(
          List.of(
              required('f', "use-file"),
              flag('P', "vrrp"),
              flag('C', "check"),
              flag('B', "no_bfd"),
              flag('\0', "all"),
              flag('n', "dont-fork"),
              flag('l', "log-console"),
              flag('D', "log-detail"),
              required('S', "log-facility"),
              flag('G', "no-syslog"),
              required('u', "umask"),
              flag('d', "dump-conf"),
              flag('X', "release-vips"),
              flag('V', "dont-release-vrrp"),
              flag('I', "dont-release-ipvs"),
              flag('R', "dont-respawn"),
              required('p', "pid"),
              required('r', "vrrp_pid"),
              required('c', "checkers_pid"),
              required('b', "bfd_pid"),
              flag('T', "genhash"),
              flag('a', "address-monitoring"),
              required('s', "namespace"),
              required('i', "config-id"),
              flag('e', "all-config"),
              flag('x', "snmp"),
              required('A', "snmp-agent-socket"),
              optional('t', "config-test"),
              flag('m', "core-dump"),
              optional('M', "core-dump-pattern"),
              optional('\0', "perf"),
              optional('\0', "debug"),
              flag('\0', "no-mem-check"),
              required('\0', "signum"),
              required('\0', "config-fd"),
              flag('\0', "ignore-sigint"),
              flag('v', "version"),
              flag('h', "help"),
              required('\0', "plane"),
              required('\0', "xdp-mode"),
              required('\0', "log-level"),
              flag('\0', "keep-plane")));

  private static Option flag(char letter, String name) {
    return new Option(letter, name, Argument.NONE);
  }

  private static Option required(char letter, String name) {
    return new Option(letter, name, Argument.REQUIRED);
  }

  private static Option optional(char letter, String name) {
    return new Option(letter, name, Argument.OPTIONAL);
  }

  /** Takes a line apart; the exception's message is for the user. */
  public static KeepalivedOptions parse(List<String> words) throws BadLineException {
    GnuOptions.Line line = PARSER.parse(words);
    if (!line.operands().isEmpty()) {
      throw new BadLineException("unexpected '" + String.join("', '", line.operands()) + "'");
    }
    var builder = new Builder();
    for (Given given : line.options()) {
      builder.take(given);
    }
    return builder.build();
  }

  /** Collects; later options win, as with keepalived. */
  private static final class Builder {
    private Action action = Action.RUN;
    private @Nullable String configFile;
    private boolean onlyVrrp;
    private boolean onlyCheckers;
    private boolean foreground;
    private boolean logConsole;
    private int logDetail;
    private @Nullable String pidFile;
    private boolean keepPlane;
    private @Nullable String configId;
    private @Nullable String testLog;
    private @Nullable String signalName;
    private @Nullable String plane;
    private @Nullable String xdpMode;
    private @Nullable String logLevel;
    private final Set<String> without = new LinkedHashSet<>();

    void take(Given given) throws BadLineException {
      String name = given.option().name();
      @Nullable String value = given.value();
      switch (name) {
        case "use-file" -> configFile = value;
        case "vrrp" -> onlyVrrp = true;
        case "check" -> onlyCheckers = true;
        case "all" -> onlyVrrp = onlyCheckers = true;
        case "dont-fork" -> foreground = true;
        case "log-console" -> logConsole = true;
        case "log-detail" -> logDetail++;
        case "pid" -> pidFile = value;
        case "dont-release-ipvs", "keep-plane" -> keepPlane = true;
        case "config-test" -> {
          action = stronger(Action.TEST);
          testLog = value;
        }
        case "signum" -> {
          action = stronger(Action.SIGNAL_NUMBER);
          signalName = value;
        }
        case "version" -> action = stronger(Action.VERSION);
        case "help" -> action = stronger(Action.HELP);
        case "plane" -> plane = value;
        case "xdp-mode" -> xdpMode = value;
        case "log-level" -> logLevel = value;
        case "namespace" ->
            throw new BadLineException(
                "--namespace is not built yet; start sluice inside it: 'ip netns exec "
                    + value
                    + " sluice ...' with a --runtime-dir of its own");
        case "config-id" -> configId = value;
        case "config-fd" ->
            throw new BadLineException("--config-fd is keepalived's own affair; name a FILE");
        case "genhash" ->
            throw new BadLineException("--genhash is not built yet; use 'curl -s URL | md5sum'");
        default -> without.add(noEffect(given.option()));
      }
    }

    /** Help and version win over whatever else stands there. */
    private Action stronger(Action asked) {
      return action == Action.HELP || action == Action.VERSION ? action : asked;
    }

    private static String noEffect(Option option) {
      String why =
          switch (option.name()) {
            case "no_bfd", "bfd_pid" -> "BFD is not built yet";
            case "vrrp_pid", "checkers_pid" -> "one process does all, its pid file is that of -p";
            case "dont-respawn" -> "there are no child processes to start again";
            case "snmp", "snmp-agent-socket" -> "SNMP is not built yet";
            case "core-dump", "core-dump-pattern", "no-mem-check", "perf", "debug" ->
                "it is about keepalived's C code";
            default -> "not built yet";
          };
      String letter = option.letter() == 0 ? "" : "-" + option.letter() + ", ";
      return letter + "--" + option.name() + " changes nothing: " + why;
    }

    KeepalivedOptions build() {
      boolean both = onlyVrrp == onlyCheckers;
      return new KeepalivedOptions(
          action,
          configFile,
          both || onlyVrrp,
          both || onlyCheckers,
          foreground,
          logConsole,
          logDetail,
          pidFile,
          keepPlane,
          configId,
          testLog,
          signalName,
          plane,
          xdpMode,
          logLevel,
          new ArrayList<>(without));
    }
  }
}
