package dev.sluice.cli.ipvsadm;

import static dev.sluice.cli.ipvsadm.Option.CONNECTION;
import static dev.sluice.cli.ipvsadm.Option.DAEMON;
import static dev.sluice.cli.ipvsadm.Option.EXACT;
import static dev.sluice.cli.ipvsadm.Option.FULL;
import static dev.sluice.cli.ipvsadm.Option.NO_SORT;
import static dev.sluice.cli.ipvsadm.Option.NUMERIC;
import static dev.sluice.cli.ipvsadm.Option.PERSISTENT_CONN;
import static dev.sluice.cli.ipvsadm.Option.RATE;
import static dev.sluice.cli.ipvsadm.Option.SORT;
import static dev.sluice.cli.ipvsadm.Option.STATS;
import static dev.sluice.cli.ipvsadm.Option.THRESHOLDS;
import static dev.sluice.cli.ipvsadm.Option.TIMEOUT;
import static dev.sluice.cli.ipvsadm.Option.TUNNEL_INFO;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsChange.Operation;
import dev.sluice.core.api.IpvsKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From words to a {@link Command}, with the complaints and exit codes of ipvsadm 1.31 (lvs.md f.1).
 * The command comes first; the options follow in any order, except that {@code -6} stands after
 * {@code -f}, and {@code -M} and {@code -r} after the service.
 */
final class Grammar {
  /** What a line without a command gets. */
  static final String HINT = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";

  private static final Set<Option> PARTS_OF_LIST =
      EnumSet.of(
          CONNECTION,
          TIMEOUT,
          DAEMON,
          NUMERIC,
          STATS,
          RATE,
          THRESHOLDS,
          PERSISTENT_CONN,
          TUNNEL_INFO,
          NO_SORT,
          SORT,
          EXACT);

  private final Option command;
  private final Values values;
  private final List<String> operands;

  private Grammar(Option command, Values values, List<String> operands) {
    this.command = command;
    this.values = values;
    this.operands = operands;
  }

  /**
   * Reads a line.
   *
   * @param line without the program's name
   */
  static Command parse(List<String> line, Names names) throws UsageError {
    if (line.isEmpty()) {
      return new Command.List(
          Command.Subject.TABLE, null, Command.Columns.PLAIN, false, false, true, false);
    }
    var words = new Words(line);
    Option command = words.next();
    if (command == null || !command.command()) {
      throw UsageError.refused(HINT);
    }
    String argument = words.optionalValue();
    var values = new Values(names);
    for (Option o = words.next(); o != null; o = words.next()) {
      if (o.command()) {
        throw UsageError.usage("invalid option `" + o.shortest() + "'");
      }
      values.take(o, words);
    }
    var operands = new ArrayList<String>();
    if (argument != null) {
      operands.add(argument);
    }
    operands.addAll(words.leftOver());
    return new Grammar(command, values, operands).command();
  }

  private Command command() throws UsageError {
    int wanted = command.argument() == Option.Argument.NONE ? 0 : command == Option.SET ? 3 : 1;
    if (operands.size() > wanted) {
      throw UsageError.usage("unexpected argument " + operands.get(wanted));
    }
    return switch (command) {
      case ADD_SERVICE -> service(Operation.ADD_SERVICE);
      case EDIT_SERVICE -> service(Operation.EDIT_SERVICE);
      case DELETE_SERVICE -> {
        expect(EnumSet.noneOf(Option.class));
        yield change(IpvsChange.ofKey(Operation.DELETE_SERVICE, need()));
      }
      case CLEAR -> {
        expect(EnumSet.noneOf(Option.class));
        refuseService();
        yield change(IpvsChange.ofAll(Operation.FLUSH));
      }
      case RESTORE -> {
        expect(EnumSet.noneOf(Option.class));
        refuseService();
        yield new Command.Restore();
      }
      case SAVE -> {
        expect(EnumSet.of(NUMERIC, FULL));
        refuseService();
        yield new Command.Save(values.has(NUMERIC), values.has(FULL));
      }
      case ADD_SERVER -> server(Operation.ADD_SERVER);
      case EDIT_SERVER -> server(Operation.EDIT_SERVER);
      case DELETE_SERVER -> {
        expect(EnumSet.noneOf(Option.class));
        IpvsKey key = need();
        yield change(
            IpvsChange.ofServer(Operation.DELETE_SERVER, key, values.server(key, called())));
      }
      case LIST -> list();
      case ZERO -> {
        expect(EnumSet.noneOf(Option.class));
        IpvsKey key = values.key();
        yield change(
            key == null
                ? IpvsChange.ofAll(Operation.ZERO_ALL)
                : IpvsChange.ofKey(Operation.ZERO, key));
      }
      case SET -> set();
      case START_DAEMON -> startDaemon();
      case STOP_DAEMON -> {
        expect(EnumSet.of(Option.SYNC_ID));
        refuseService();
        yield new Command.StopDaemon(master());
      }
      case HELP -> new Command.Help();
      case VERSION -> new Command.Version();
      default -> throw UsageError.refused(HINT);
    };
  }

  private String called() {
    return command.called();
  }

  private static Command change(IpvsChange change) {
    return new Command.Change(change);
  }

  private Command service(Operation operation) throws UsageError {
    IpvsKey key = need();
    expect(
        EnumSet.of(
            Option.IPV6,
            Option.SCHEDULER,
            Option.ENGINE,
            Option.PERSISTENT,
            Option.NETMASK,
            Option.ONE_PACKET,
            Option.SCHEDULER_FLAGS));
    return change(IpvsChange.ofService(operation, values.service(key)));
  }

  private Command server(Operation operation) throws UsageError {
    IpvsKey key = need();
    values.needServer(called());
    expect(
        EnumSet.of(
            Option.GATEWAYING,
            Option.TUNNELING,
            Option.MASQUERADING,
            Option.WEIGHT,
            Option.UPPER_THRESHOLD,
            Option.LOWER_THRESHOLD,
            Option.TUNNEL_TYPE,
            Option.TUNNEL_PORT,
            Option.TUNNEL_NO_CHECKSUM,
            Option.TUNNEL_CHECKSUM,
            Option.TUNNEL_REMOTE_CHECKSUM));
    return change(IpvsChange.ofServer(operation, key, values.server(key, called())));
  }

  private Command list() throws UsageError {
    expect(PARTS_OF_LIST);
    boolean connections = values.has(CONNECTION);
    boolean timeouts = values.has(TIMEOUT);
    boolean daemons = values.has(DAEMON);
    var exclusive = new ArrayList<String>();
    if (values.key() != null) {
      exclusive.add("service-address");
    }
    for (Option o : List.of(CONNECTION, TIMEOUT, DAEMON)) {
      if (values.has(o)) {
        exclusive.add(o.called());
      }
    }
    if (exclusive.size() > 1) {
      throw UsageError.usage(
          "The option '"
              + exclusive.get(1)
              + "' conflicts with the '"
              + exclusive.get(0)
              + "' option in the 'list' command");
    }
    boolean counters = values.has(STATS) || values.has(RATE) || values.has(THRESHOLDS);
    if (counters && (connections || timeouts || daemons)) {
      throw UsageError.usage("options conflicts in the list command");
    }
    return new Command.List(
        connections
            ? Command.Subject.CONNECTIONS
            : timeouts
                ? Command.Subject.TIMEOUTS
                : daemons ? Command.Subject.DAEMONS : Command.Subject.TABLE,
        values.key(),
        columns(),
        values.has(PERSISTENT_CONN),
        values.has(NUMERIC),
        !values.has(NO_SORT),
        values.has(EXACT));
  }

  private Command.Columns columns() {
    if (values.has(STATS)) {
      return Command.Columns.STATISTICS;
    } else if (values.has(RATE)) {
      return Command.Columns.RATES;
    } else if (values.has(THRESHOLDS)) {
      return Command.Columns.THRESHOLDS;
    } else if (values.has(PERSISTENT_CONN)) {
      return Command.Columns.PERSISTENT;
    }
    return values.has(TUNNEL_INFO) ? Command.Columns.TUNNELS : Command.Columns.PLAIN;
  }

  private Command set() throws UsageError {
    expect(EnumSet.noneOf(Option.class));
    refuseService();
    if (operands.size() < 3) {
      throw UsageError.usage("--set option requires 3 timeout values");
    }
    long[] seconds = new long[3];
    for (int i = 0; i < 3; i++) {
      OptionalInt n = Place.number(operands.get(i), 0, Values.MOST_SECONDS);
      if (n.isEmpty()) {
        throw UsageError.usage("invalid timeout value `" + operands.get(i) + "' specified");
      }
      seconds[i] = n.getAsInt();
    }
    return change(
        IpvsChange.ofTimeouts(new IpvsChange.Timeouts(seconds[0], seconds[1], seconds[2])));
  }

  private Command startDaemon() throws UsageError {
    boolean master = master();
    expect(
        EnumSet.of(
            Option.MCAST_INTERFACE,
            Option.SYNC_ID,
            Option.SYNC_MAXLEN,
            Option.MCAST_GROUP,
            Option.MCAST_PORT,
            Option.MCAST_TTL));
    refuseService();
    int id = within(Option.SYNC_ID, 0, 255, "illegal syncid specified");
    int _ = within(Option.SYNC_MAXLEN, 1, 65535 - 28, "illegal sync-maxlen specified");
    int _ = within(Option.MCAST_PORT, 1, 65535, "illegal mcast-port specified");
    int _ = within(Option.MCAST_TTL, 1, 255, "illegal mcast-ttl specified");
    checkGroup(values.text(Option.MCAST_GROUP));
    String device = values.text(Option.MCAST_INTERFACE);
    return new Command.StartDaemon(master, device == null ? "eth0" : device, id);
  }

  private int within(Option option, int least, int most, String complaint) throws UsageError {
    String text = values.text(option);
    OptionalInt n = text == null ? OptionalInt.of(0) : Place.number(text, least, most);
    if (n.isEmpty()) {
      throw UsageError.usage(complaint);
    }
    return n.getAsInt();
  }

  private static void checkGroup(@Nullable String group) throws UsageError {
    if (group == null) {
      return;
    }
    String family = group.indexOf(':') < 0 ? "IPv4" : "IPv6";
    boolean good;
    try {
      good = InetAddress.ofLiteral(group).isMulticastAddress();
    } catch (IllegalArgumentException e) {
      good = false;
    }
    if (!good) {
      throw UsageError.usage("invalid " + family + " mcast-group `" + group + "'");
    }
  }

  private boolean master() throws UsageError {
    return switch (operands.getFirst()) {
      case "master" -> true;
      case "backup" -> false;
      default -> throw UsageError.usage("illegal " + called() + " parameter specified");
    };
  }

  /** The service, which this command cannot do without. */
  private IpvsKey need() throws UsageError {
    IpvsKey key = values.key();
    if (key == null) {
      throw UsageError.usage(
          "You need to supply the 'service-address' option for the '" + called() + "' command");
    }
    return key;
  }

  private void refuseService() throws UsageError {
    if (values.key() != null) {
      throw illegal("service-address");
    }
  }

  /** Refuses every other option; services and servers are looked at apart. */
  private void expect(Set<Option> parts) throws UsageError {
    for (Option o : values.given()) {
      boolean server = o == Option.REAL_SERVER && takesServer();
      if (!parts.contains(o) && !server && o != Option.IPV6) {
        throw illegal(o.called());
      }
    }
  }

  private boolean takesServer() {
    return command == Option.ADD_SERVER
        || command == Option.EDIT_SERVER
        || command == Option.DELETE_SERVER;
  }

  private UsageError illegal(String option) {
    return UsageError.usage("Illegal '" + option + "' option with the '" + called() + "' command");
  }
}
