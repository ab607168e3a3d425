package dev.sluice.cli;

import dev.sluice.core.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice version}. */
final class VersionVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage().description("Says which sluice this is.");
  }

  @Override
  public int run(ParseResult line, Context context) {
    context.terminal().out().println("sluice " + Version.text());
    return ExitCode.OK;
  }
}
