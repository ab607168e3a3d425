package dev.sluice.cli;

import dev.sluice.core.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice help [VERB]}. */
final class HelpVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage().description("Lists the verbs, or explains one.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .paramLabel("VERB")
            .type(String.class)
            .description("the verb to explain")
            .build());
    spec.addOption(
        OptionSpec.builder("--completion")
            .type(boolean.class)
            .description("a bash script that completes verbs: source <(sluice help --completion)")
            .build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    if (line.hasMatchedOption("--completion")) {
      context.terminal().out().print(Completion.bash());
      return ExitCode.OK;
    }
    String name = line.matchedPositionalValue(0, "");
    if (name.isEmpty()) {
      context.terminal().out().print(HelpPage.text());
      return ExitCode.OK;
    }
    Verb verb = Verbs.create(name);
    if (verb == null) {
      throw Main.unknown(name);
    }
    context.terminal().out().print(VerbLine.usage(name, verb));
    return ExitCode.OK;
  }
}
