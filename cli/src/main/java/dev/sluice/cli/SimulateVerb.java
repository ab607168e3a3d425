package dev.sluice.cli;

import dev.sluice.cli.simulate.Simulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice simulate a.conf b.conf --kill a@5s}: a planned failure, before it is done. */
final class SimulateVerb implements Verb {
  private static final List<String> PLAN =
      List.of(
          "--kill",
          "--stop",
          "--start",
          "--freeze",
          "--partition",
          "--one-way",
          "--fault",
          "--priority");

  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Plays a failure with the real configurations of a group: who is MASTER when, how"
                + " long nobody is, where two are. Runs the daemon's own state machines on a"
                + " made-up network and a made-up clock: nothing on this machine is touched, and"
                + " the same line gives the same answer.",
            "",
            "A router is called like its file: a.conf is a. Instances of one virtual_router_id"
                + " and family belong together; where one router has several such, those of the"
                + " same interface. Scripts and processes that are tracked count as well. All"
                + " start at 0s unless --start says otherwise.")
        .footer(
            "",
            "A router's address decides between equal priorities. It is --address, else"
                + " unicast_src_ip or mcast_src_ip, else what the others list as unicast_peer,"
                + " else 192.0.2.1, 192.0.2.2, ... (fe80::1, ...) in the order of the files.",
            "",
            "Exit codes: 0 each instance has one master at the end, 1 failed, 2 bad usage, 3 one"
                + " has none or several.",
            "",
            "Example: sluice simulate a.conf b.conf --kill a@5s --partition a,b@10s..12s");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .arity("0..*")
            .paramLabel("FILE")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("the keepalived.conf of each router")
            .build());
    many(spec, "--kill", "ROUTER@TIME", "power cut: it says nothing (a@5s)");
    many(spec, "--stop", "ROUTER@TIME", "its daemon is stopped and says that it leaves");
    many(spec, "--start", "ROUTER@TIME", "it starts, or comes back");
    many(spec, "--freeze", "ROUTER@TIME..TIME", "its daemon stands still and then goes on");
    many(
        spec,
        "--partition",
        "ROUTERS@TIME..TIME",
        "a,b: none hears the other; a,b/c: neither side hears the other");
    many(spec, "--one-way", "A,B@TIME..TIME", "B does not hear A");
    many(spec, "--fault", "ROUTER:INTERFACE@TIME..TIME", "an interface fails");
    many(
        spec,
        "--priority",
        "ROUTER:INSTANCE:CHANGE@TIME",
        "a tracker adds this to the priority (a:VI_1:-20@4s)");
    many(spec, "--address", "ROUTER=ADDRESS", "the address a router sends from");
    one(spec, "--loss", "SHARE", "adverts that are lost (default: 0%%)");
    one(spec, "--delay", "TIME", "how long an advert travels (default: 1ms)");
    one(spec, "--until", "TIME", "end of the simulation (default: when all has settled)");
    one(spec, "--seed", "NUMBER", "another draw of what is lost (default: 1)");
    spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("as JSON").build());
  }

  private static void many(CommandSpec spec, String name, String label, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(description)
            .build());
  }

  private static void one(CommandSpec spec, String name, String label, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(String.class)
            .description(description)
            .build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    List<Path> files = new ArrayList<>();
    for (String word : line.matchedPositionalValue(0, List.<String>of())) {
      files.add(RunSettings.path("simulate", word));
    }
    List<Simulation.Item> items = new ArrayList<>();
    for (String option : PLAN) {
      for (String text : line.matchedOptionValue(option, List.<String>of())) {
        items.add(new Simulation.Item(option, text));
      }
    }
    return Simulation.run(
        new Simulation.Request(
            files,
            line.matchedOptionValue("--address", List.of()),
            items,
            line.matchedOptionValue("--loss", "0%"),
            line.matchedOptionValue("--delay", "1ms"),
            line.matchedOptionValue("--until", ""),
            seed(line.matchedOptionValue("--seed", "1")),
            line.hasMatchedOption("--json")),
        context.terminal().out());
  }

  private static long seed(String word) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw CommandException.usage("simulate: --seed '" + word + "' is no number");
    }
  }
}
