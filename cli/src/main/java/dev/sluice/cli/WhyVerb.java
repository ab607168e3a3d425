package dev.sluice.cli;

import dev.sluice.core.ExitCode;
import dev.sluice.core.api.Api;
import dev.sluice.core.api.StatusReport;
import dev.sluice.core.api.StatusReport.Vrrp;
import dev.sluice.core.api.Why;
import dev.sluice.core.api.WhyReal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice why instance|vip NAME}: the chain of terms that decided. */
final class WhyVerb implements Verb {
  private static final List<String> KINDS = List.of("instance", "vip", "real");

  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Asks the running daemon who is master of an instance, or of a virtual address, and"
                + " why: every term of the decision, the one that decided marked with '>'.",
            "For a real server: whether it takes traffic, what each check saw, and its history.");
    positional(spec, "0", "KIND", "instance or vip");
    positional(spec, "1", "NAME", "the instance's name, or the address");
    Output.declare(spec);
  }

  private static void positional(CommandSpec spec, String index, String label, String text) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(index)
            .arity("1")
            .required(true)
            .paramLabel(label)
            .type(String.class)
            .description(text)
            .build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    String kind = line.matchedPositionalValue(0, "");
    String name = line.matchedPositionalValue(1, "");
    if (!KINDS.contains(kind)) {
      throw CommandException.usage(
          "why: there is no kind '" + kind + "'; expected " + String.join(" or ", KINDS));
    }
    Output output = Output.of(line);
    StatusReport report = Api.statusFrom(DaemonQuestion.ask(context.runtime(), "status"));
    if (kind.equals("real")) {
      WhyReal real = WhyReal.of(report, name);
      String text = WhyRealText.of(real, WhyReal.known(report), name, Instant.now()).text();
      context.terminal().out().print(output == Output.JSON ? Api.toJson(real) + "\n" : text);
      return ExitCode.OK;
    }
    Why why = Why.of(report, find(report, kind, name));
    var out = context.terminal().out();
    if (output == Output.JSON) {
      out.println(Api.toJson(why));
    } else {
      out.print(new WhyText(why, Instant.now()).text());
    }
    return ExitCode.OK;
  }

  /** The instance of this name, or that has this address. */
  static Vrrp find(StatusReport report, String kind, String name) {
    boolean byName = kind.equals("instance");
    for (Vrrp v : report.vrrp()) {
      if (byName ? v.name().equals(name) : v.vips().contains(name.replaceFirst("/.*", ""))) {
        return v;
      }
    }
    List<String> known =
        report.vrrp().stream()
            .flatMap(v -> byName ? List.of(v.name()).stream() : v.vips().stream())
            .toList();
    Optional<String> meant = Nearest.to(name, known);
    throw CommandException.failed(
        "the daemon has no "
            + (byName ? "instance" : "virtual address")
            + " '"
            + name
            + "'"
            + meant.map(m -> "; did you mean '" + m + "'?").orElse("")
            + (known.isEmpty() ? "; it has none at all" : "; it has " + String.join(", ", known)));
  }
}
