package dev.sluice.cli;

import dev.sluice.cli.realserver.KernelMachine;
import dev.sluice.cli.realserver.Persistence;
import dev.sluice.cli.realserver.RealServerSetup;
import dev.sluice.core.ExitCode;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice realserver add|remove VIP…}. */
final class RealServerVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Lets this machine serve a VIP behind a director (direct routing or tunnel): the VIP"
                + " stands on lo as a host",
            "address, and the machine neither answers nor announces it by ARP. Needs no daemon."
                + " 'remove' undoes it.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .required(true)
            .paramLabel("add|remove")
            .type(String.class)
            .description("what to do")
            .build());
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("1..*")
            .arity("1..*")
            .required(true)
            .paramLabel("VIP")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("IPv4 or IPv6 addresses")
            .build());
    flag(spec, "--tunnel", "also take tunnelled packets (lb_kind TUN): tunl0, ip6tnl0");
    flag(spec, "--persist", "also at every boot: a systemd unit, else a hook of ifupdown");
    spec.addOption(
        OptionSpec.builder("--root")
            .paramLabel("DIR")
            .type(String.class)
            .description("write the files of --persist below DIR (for images and tests)")
            .build());
  }

  private static void flag(CommandSpec spec, String name, String description) {
    spec.addOption(OptionSpec.builder(name).type(boolean.class).description(description).build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    String action = line.matchedPositionalValue(0, "");
    if (!action.equals("add") && !action.equals("remove")) {
      throw CommandException.usage("realserver: expected 'add' or 'remove', not '" + action + "'");
    }
    List<InetAddress> vips = vips(line.matchedPositionalValue(1, List.of()));
    boolean tunnel = line.hasMatchedOption("--tunnel");
    try (var machine = new KernelMachine()) {
      var setup =
          new RealServerSetup(
              machine, context.runtime().state(), text -> context.terminal().out().println(text));
      if (action.equals("add")) {
        setup.add(vips, tunnel);
      } else {
        setup.remove(vips);
      }
    }
    if (line.hasMatchedOption("--persist")) {
      Path root = Path.of(line.matchedOptionValue("--root", "/"));
      var persistence =
          new Persistence(
              root,
              sluice(context),
              System.getProperty("java.home"),
              text -> context.terminal().out().println(text));
      if (action.equals("add")) {
        persistence.install(vips, tunnel);
      } else {
        persistence.uninstall(vips);
      }
    }
    return ExitCode.OK;
  }

  /** The addresses, each once; a full-length prefix may be written. */
  static List<InetAddress> vips(List<String> words) {
    Set<InetAddress> vips = new LinkedHashSet<>();
    for (String word : words) {
      int slash = word.indexOf('/');
      String literal = slash < 0 ? word : word.substring(0, slash);
      InetAddress vip;
      try {
        vip = InetAddress.ofLiteral(literal);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage("realserver: '" + word + "' is not an IPv4 or IPv6 address");
      }
      int full = vip.getAddress().length * 8;
      if (slash >= 0 && !word.substring(slash + 1).equals(String.valueOf(full))) {
        throw CommandException.usage(
            "realserver: '"
                + word
                + "': a hidden VIP is a single address, /"
                + full
                + "; leave the length out");
      }
      if (vip.isAnyLocalAddress() || vip.isMulticastAddress() || vip.isLoopbackAddress()) {
        throw CommandException.usage(
            "realserver: '" + word + "' is not an address that clients can ask for");
      }
      if (literal.indexOf('%') >= 0 || vip.isLinkLocalAddress()) {
        throw CommandException.usage(
            "realserver: '" + word + "' is link-local; a VIP needs an address that is routed");
      }
      vips.add(vip);
    }
    return List.copyOf(vips);
  }

  /** What a boot script calls to get here again. */
  private static List<String> sluice(Context context) {
    List<String> words = new ArrayList<>();
    String launcher = System.getProperty("sluice.launcher");
    if (launcher != null) {
      words.add(launcher);
    } else {
      words.addAll(OwnCommandLine.withoutArguments());
    }
    if (context.runtimeAsked()) {
      words.addAll(List.of("--runtime-dir", context.runtime().directory().toString()));
    }
    return words;
  }
}
