package dev.sluice.cli;

import dev.sluice.lab.Demo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice demo [nginx]}. */
final class DemoVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Builds a whole cluster on this machine out of network namespaces, with real daemons"
                + " and real packets:",
            "two directors share a VIP and balance over three web servers; a web server dies, the"
                + " master dies, both",
            "come back. Needs root; leaves nothing behind. Exit code 0 only if all of it happened.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .paramLabel("nginx")
            .type(String.class)
            .description("instead: two nginx proxies share a VIP, which follows a living nginx")
            .build());
    spec.addOption(
        OptionSpec.builder("--hold")
            .type(boolean.class)
            .description("build the network only, say how to enter it, and wait for Ctrl-C")
            .build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    List<String> words = new ArrayList<>();
    if (line.hasMatchedPositional(0)) {
      words.add(line.matchedPositionalValue(0, ""));
    }
    if (line.hasMatchedOption("--hold")) {
      words.add("--hold");
    }
    String launcher = System.getProperty("sluice.launcher");
    if (launcher == null) {
      throw CommandException.failed(
          "demo starts sluice several times over: call it by its launcher, ./sluice demo");
    }
    var terminal = context.terminal();
    return Demo.run(terminal.out(), terminal.err(), Path.of(launcher), words);
  }
}
