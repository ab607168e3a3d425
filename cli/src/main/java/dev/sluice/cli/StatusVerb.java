package dev.sluice.cli;

import dev.sluice.core.ExitCode;
import dev.sluice.core.api.Api;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice status}. */
final class StatusVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description("Asks the running daemon what it does now, and shows it on one screen.");
    Output.declare(spec);
  }

  @Override
  public int run(ParseResult line, Context context) {
    Output output = Output.of(line);
    String answer = DaemonQuestion.ask(context.runtime(), "status");
    if (output == Output.JSON) {
      context.terminal().out().println(answer);
    } else {
      boolean wide = output == Output.WIDE;
      var text = new StatusText(Api.statusFrom(answer), Instant.now(), wide);
      context.terminal().out().print(text.all());
    }
    return ExitCode.OK;
  }
}
