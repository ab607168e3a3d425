package dev.sluice.cli;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The picocli side of a verb: the only place that parses and prints usage with it. */
final class VerbLine {
  private VerbLine() {}

  /** Parses the words after the verb's name, and runs it; {@code --help} prints its page. */
  static int run(String name, Verb verb, List<String> words, Verb.Context context) {
    CommandLine command = commandLine(name, verb);
    ParseResult line;
    try {
      line = command.parseArgs(words.toArray(String[]::new));
    } catch (ParameterException e) {
      throw CommandException.usage(
          name + ": " + sentence(e) + " ('sluice help " + name + "' explains)");
    }
    if (line.isUsageHelpRequested()) {
      context.terminal().out().print(command.getUsageMessage(Ansi.OFF));
      return dev.sluice.core.ExitCode.OK;
    }
    return verb.run(line, context);
  }

  /** The page of {@code sluice help VERB}. */
  static String usage(String name, Verb verb) {
    return commandLine(name, verb).getUsageMessage(Ansi.OFF);
  }

  private static CommandLine commandLine(String name, Verb verb) {
    CommandSpec spec = CommandSpec.create().name("sluice " + name);
    verb.declare(spec);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .type(boolean.class)
            .usageHelp(true)
            .description("this page")
            .build());
    // Main has taken it off the line already, wherever it stood; here it is for the page only.
    spec.addOption(
        OptionSpec.builder("--runtime-dir")
            .paramLabel("DIR")
            .type(String.class)
            .description("of the daemon meant; or SLUICE_RUNTIME_DIR (default: /run/sluice)")
            .build());
    spec.usageMessage().width(100).autoWidth(false).sortOptions(false).sortSynopsis(false);
    var command = new CommandLine(spec);
    command.setOverwrittenOptionsAllowed(true);
    command.setUnmatchedOptionsArePositionalParams(false);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    return command;
  }

  private static String sentence(ParameterException e) {
    String text =
        switch (e) {
          case UnmatchedArgumentException u when u.isUnknownOption() -> unknownOption(u);
          case UnmatchedArgumentException u -> "unexpected " + quoted(u.getUnmatched());
          default -> lowerFirst(e.getMessage());
        };
    return text.lines().findFirst().orElse("bad usage");
  }

  private static String unknownOption(UnmatchedArgumentException e) {
    String word = e.getUnmatched().getFirst();
    String option = word.indexOf('=') < 0 ? word : word.substring(0, word.indexOf('='));
    List<String> known =
        e.getCommandLine().getCommandSpec().options().stream()
            .filter(o -> !o.hidden())
            .flatMap(o -> Arrays.stream(o.names()))
            .filter(n -> n.startsWith("--"))
            .toList();
    return "there is no option '"
        + option
        + "'"
        + Nearest.to(option, known).map(m -> "; did you mean '" + m + "'?").orElse("");
  }

  private static String quoted(List<String> words) {
    return "'" + String.join("', '", words) + "'";
  }

  private static String lowerFirst(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return "bad usage";
    }
    return Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
