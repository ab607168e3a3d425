package dev.sluice.cli;

import dev.sluice.cli.ipvsadm.IpvsadmCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice help ipvsadm}; the line itself has a grammar of its own and never comes here. */
final class IpvsadmVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Lists and changes the services that the running daemon forwards, with ipvsadm's own"
                + " options",
            "and output. The launcher does the same under the name ipvsadm (a symbolic link).",
            "'sluice ipvsadm -h' prints the options.");
  }

  @Override
  public int run(ParseResult line, Context context) {
    context.terminal().out().print(IpvsadmCommand.help());
    return dev.sluice.core.ExitCode.OK;
  }
}
