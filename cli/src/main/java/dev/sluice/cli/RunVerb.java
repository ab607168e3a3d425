package dev.sluice.cli;

import dev.sluice.core.RunOptions;
import dev.sluice.core.RunOptions.LogTarget;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice run}: the daemon, in the foreground. */
final class RunVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Runs the daemon in the foreground and logs to standard error. SIGHUP reloads the"
                + " configuration,",
            "SIGTERM stops. Without a file it starts empty.")
        .footer(
            "",
            "A faulty configuration stops a start only where keepalived would not start either,"
                + " and a reload never.");
    text(spec, "the configuration: an unmodified keepalived.conf", "FILE", "-f", "--use-file");
    text(spec, "xdp or none (default: xdp when there are virtual servers)", "KIND", "--plane");
    text(
        spec,
        "auto, native, generic or tc (default: auto, which chooses per interface)",
        "MODE",
        "--xdp-mode");
    text(spec, "error, warning, info or debug (default: info)", "LEVEL", "--log-level");
    flag(spec, "forwarding stays in the kernel when the daemon stops", "--keep-plane");
    text(spec, "pid file (default: sluice.pid in the runtime directory)", "FILE", "-p", "--pid");
    text(
        spec,
        "what lines '@id ...' of the configuration compare with (default: the short host name)",
        "ID",
        "-i",
        "--config-id");
    flag(spec, "VRRP only", "-P", "--vrrp");
    flag(spec, "virtual servers and health checks only", "-C", "--check");
    flag(spec, "details in the log; twice: --log-level debug", "-D", "--log-detail");
    // keepalived's -n and -l say what run does anyway.
    spec.addOption(hidden("-n", "--dont-fork"));
    spec.addOption(hidden("-l", "--log-console"));
  }

  private static void text(CommandSpec spec, String description, String label, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(String.class)
            .paramLabel(label)
            .description(description)
            .build());
  }

  private static void flag(CommandSpec spec, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(boolean[].class)
            .arity("0")
            .description(description)
            .build());
  }

  private static OptionSpec hidden(String... names) {
    return OptionSpec.builder(names).type(boolean[].class).arity("0").hidden(true).build();
  }

  @Override
  public int run(ParseResult line, Context context) {
    return RunSettings.runDaemon(options(line, context));
  }

  /** The line as the daemon's options. */
  static RunOptions options(ParseResult line, Context context) {
    boolean onlyVrrp = line.hasMatchedOption("-P");
    boolean onlyCheckers = line.hasMatchedOption("-C");
    boolean both = onlyVrrp == onlyCheckers;
    boolean[] details = line.matchedOptionValue("-D", new boolean[0]);
    String pidFile = line.matchedOptionValue("-p", (String) null);
    Path pid = pidFile == null ? null : RunSettings.path("-p", pidFile);
    return new RunOptions(
        RunSettings.configFile(line.matchedOptionValue("-f", (String) null)),
        context.runtime(),
        RunSettings.plane(line.matchedOptionValue("--plane", (String) null)),
        RunSettings.xdpMode(line.matchedOptionValue("--xdp-mode", (String) null)),
        RunSettings.logLevel(
            line.matchedOptionValue("--log-level", (String) null),
            details.length > 1 ? Level.DEBUG : Level.INFO),
        LogTarget.STDERR,
        both || onlyVrrp,
        both || onlyCheckers,
        pid,
        line.hasMatchedOption("--keep-plane"),
        line.matchedOptionValue("-i", (String) null));
  }
}
