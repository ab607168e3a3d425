package dev.sluice.config.build;

import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.RuleSpec.Action;
import dev.sluice.config.model.RuleSpec.Prefix;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.net.Inet6Address;
import org.jspecify.annotations.Nullable;

/** A line of virtual_rules or static_rules. */
final class RuleLine {
  private final Args args;
  private final Plan plan;
  private final boolean fixed;
  private int family;
  private boolean not;
  private @Nullable Prefix from;
  private @Nullable Prefix to;
  private @Nullable Integer tos;
  private @Nullable Long fwmark;
  private @Nullable Long fwmask;
  private @Nullable String inInterface;
  private @Nullable String outInterface;
  private boolean l3mdev;
  private @Nullable String uidRange;
  private @Nullable String ipProtocol;
  private @Nullable String sourcePorts;
  private @Nullable String destinationPorts;
  private @Nullable Long tunnelId;
  private int protocol = 18;
  private @Nullable Long preference;
  private @Nullable Action action;
  private @Nullable String realms;
  private @Nullable Long suppressLength;
  private @Nullable String suppressGroup;
  private boolean tracked = true;
  private @Nullable String trackGroup;
  private boolean unknownDevice;
  private boolean broken;

  private RuleLine(Plan plan, Args args, boolean fixed) {
    this.plan = plan;
    this.args = args;
    this.fixed = fixed;
  }

  /** A rule, and whether it names a device that does not exist. */
  record Parsed(@Nullable RuleSpec rule, boolean unknownDevice) {}

  static Parsed read(Plan plan, Args args, boolean fixed) {
    RuleLine line = new RuleLine(plan, args, fixed);
    RuleSpec rule = line.parse();
    return new Parsed(rule, line.unknownDevice);
  }

  private @Nullable RuleSpec parse() {
    Word word;
    while (!broken && (word = args.poll()) != null) {
      option(word);
    }
    args.rest();
    if (broken) {
      return null;
    }
    if (action == null && l3mdev) {
      action = new Action.Table(254);
    }
    if (action == null) {
      args.diagnostics()
          .error(
              args.line(), "no-action", "the rule has no action", "it is ignored", "table NUMBER");
      return null;
    }
    long number;
    if (preference == null) {
      number = plan.nextPreference--;
      args.diagnostics()
          .warning(
              args.line(),
              "no-preference",
              "the rule has no preference",
              number + " is used",
              "preference NUMBER, so that its place among the others is yours");
    } else {
      number = preference;
    }
    return new RuleSpec(
        family == 6 ? 6 : 4,
        not,
        from,
        to,
        tos,
        fwmark,
        fwmask,
        inInterface,
        outInterface,
        l3mdev,
        uidRange,
        ipProtocol,
        sourcePorts,
        destinationPorts,
        tunnelId,
        protocol,
        number,
        action,
        realms,
        suppressLength,
        suppressGroup,
        tracked,
        trackGroup);
  }

  private void option(Word word) {
    switch (word.text()) {
      case "inet" -> family = 4;
      case "inet6" -> family = 6;
      case "not" -> not = true;
      case "from" -> from = prefix();
      case "to" -> to = prefix();
      case "tos", "dsfield" -> {
        Word value = args.require("a TOS");
        tos = value == null ? null : RouteNames.tos(args, value);
      }
      case "fwmark" -> fwmark();
      case "iif", "dev" -> inInterface = device();
      case "oif" -> outInterface = device();
      case "uidrange" -> uidRange = text("a range of users");
      case "l3mdev" -> l3mdev = true;
      case "ipproto" -> ipProtocol = text("a protocol");
      case "sport" -> sourcePorts = text("a port or a range");
      case "dport" -> destinationPorts = text("a port or a range");
      case "tunnel-id" -> tunnelId = number(word, 0, 0xffffffffL);
      case "protocol" -> {
        Word value = args.require("a protocol");
        Integer found = value == null ? null : RouteNames.protocol(args, value);
        protocol = found == null ? protocol : found;
      }
      case "preference", "order", "priority" -> preference = number(word, 0, 0xffffffffL);
      case "table", "lookup" -> {
        Word value = args.require("a table");
        Integer table = value == null ? null : RouteNames.table(args, value);
        broken |= table == null;
        action = table == null ? null : new Action.Table(table);
      }
      case "goto" -> {
        Long target = number(word, 0, 0xffffffffL);
        action = target == null ? null : new Action.Goto(target);
      }
      case "nop", "blackhole", "unreachable", "prohibit" -> action = new Action.Plain(word.text());
      case "realms" -> realms = text("realms");
      case "suppress_prefixlength", "sup_pl" -> suppressLength = number(word, 0, 128);
      case "suppress_ifgroup", "sup_group" -> suppressGroup = text("a group");
      case "no_track" -> tracked = false;
      case "track_group" -> {
        Word group = args.require("a track_group");
        trackGroup = group == null ? null : TrackGroups.named(plan, args, group, fixed);
      }
      default -> {
        broken = true;
        args.diagnostics()
            .error(
                word.at(),
                "unknown-option",
                "unknown word '" + word.text() + "' in a rule",
                "the rule is ignored",
                "from, to, fwmark, iif, oif … table NUMBER preference NUMBER");
      }
    }
  }

  private @Nullable String text(String what) {
    Word word = args.require(what);
    return word == null ? null : word.text();
  }

  private @Nullable Long number(Word keyword, long least, long most) {
    Word word = args.require("a number");
    if (word == null) {
      return null;
    }
    Args named = new Args(args.context(), keyword.text(), "the rule is ignored", args.words(), 0);
    Long value = Types.integer(named, word, least, most);
    broken |= value == null;
    return value;
  }

  private void fwmark() {
    Word word = args.require("a mark");
    if (word == null) {
      return;
    }
    String[] parts = word.text().split("/", 2);
    fwmark = mark(parts[0]);
    fwmask = parts.length == 2 ? mark(parts[1]) : null;
    if (fwmark == null || (parts.length == 2 && fwmask == null)) {
      broken = true;
      args.diagnostics()
          .error(
              word.at(),
              "not-a-number",
              "'" + word.text() + "' is no mark",
              "the rule is ignored",
              "fwmark NUMBER[/MASK]");
    }
  }

  private static @Nullable Long mark(String text) {
    try {
      Long value = Long.decode(text);
      return value < 0 || value > 0xffffffffL ? null : value;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private @Nullable Prefix prefix() {
    Word word = args.require("an address");
    if (word == null
        || word.text().equals("all")
        || word.text().equals("any")
        || word.text().equals("default")) {
      return null;
    }
    Prefix prefix = RouteLine.prefix(args, word);
    if (prefix == null) {
      broken = true;
      args.diagnostics()
          .error(
              word.at(),
              "not-an-address",
              "'" + word.text() + "' is no IP address",
              "the rule is ignored",
              "");
      return null;
    }
    int found = prefix.address() instanceof Inet6Address ? 6 : 4;
    if (family != 0 && family != found) {
      broken = true;
      args.diagnostics()
          .error(
              word.at(),
              "address-family",
              word.text() + " is not of the family of the rule",
              "the rule is ignored",
              "");
    }
    family = found;
    return prefix;
  }

  private @Nullable String device() {
    Word word = args.require("an interface");
    if (word == null) {
      return null;
    }
    unknownDevice |= Interfaces.missing(args.context(), word);
    return word.text();
  }
}
