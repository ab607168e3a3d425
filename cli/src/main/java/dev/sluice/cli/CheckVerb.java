package dev.sluice.cli;

import dev.sluice.config.KeywordDocs;
import dev.sluice.config.LoadResult;
import dev.sluice.core.ExitCode;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice check FILE}. */
final class CheckVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Reads a configuration as the daemon would, and says what is wrong, where, and what to"
                + " write instead.")
        .footer(
            "",
            "Exit codes are keepalived's: 0 no complaint, 2 a keyword lacks its parameter, 4 a file"
                + " or an interface",
            "is missing, 5 any other complaint, 6 scripts without script security, or no"
                + " configuration at all.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .required(false)
            .paramLabel("FILE")
            .type(String.class)
            .description("a keepalived.conf")
            .build());
    spec.addOption(
        OptionSpec.builder("--explain")
            .paramLabel("KEYWORD")
            .type(String.class)
            .description("what a keyword means, instead of reading a file")
            .build());
    spec.addOption(
        OptionSpec.builder("-i", "--config-id")
            .paramLabel("ID")
            .type(String.class)
            .description("what lines '@id ...' compare with (default: the short host name)")
            .build());
    flag(spec, "--strict", "sluice's own warnings count, too: status 5");
    flag(spec, "--json", "the complaints as JSON");
  }

  private static void flag(CommandSpec spec, String name, String description) {
    spec.addOption(OptionSpec.builder(name).type(boolean.class).description(description).build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    if (line.hasMatchedOption("--explain")) {
      return explain(line.matchedOptionValue("--explain", ""), context);
    }
    if (!line.hasMatchedPositional(0)) {
      throw CommandException.usage("check: which file? 'sluice help check' explains");
    }
    Path file = RunSettings.path("check", line.matchedPositionalValue(0, ""));
    LoadResult result = CheckCommand.load(file, line.matchedOptionValue("-i", (String) null));
    int status =
        line.hasMatchedOption("--strict")
            ? result.verdict().strictExitStatus(result.diagnostics())
            : result.verdict().exitStatus();
    var out = context.terminal().out();
    if (line.hasMatchedOption("--json")) {
      out.println(CheckCommand.json(file, result, status));
    } else {
      out.print(CheckCommand.diagnostics(result, CheckCommand.colorful(context.terminal())));
      context.terminal().err().println(CheckCommand.summary(file, result, status));
    }
    return status;
  }

  private static int explain(String keyword, Context context) {
    var entries = KeywordDocs.find(keyword);
    if (entries.isEmpty()) {
      String near = KeywordDocs.nearest(keyword).map(n -> "; did you mean '" + n + "'?").orElse("");
      throw CommandException.usage("there is no keyword '" + keyword + "'" + near);
    }
    String separator = "";
    for (var entry : entries) {
      context.terminal().out().print(separator + KeywordDocs.explain(entry));
      separator = System.lineSeparator();
    }
    return ExitCode.OK;
  }
}
