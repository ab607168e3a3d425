package dev.sluice.cli;

import dev.sluice.core.ExitCode;
import dev.sluice.core.api.Api;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice get instances|groups|scripts|services…}; {@code vrrp} is instances and groups. */
final class GetVerb implements Verb {
  static final List<String> OBJECTS =
      List.of(
          "instances",
          "groups",
          "scripts",
          "trackers",
          "vips",
          "services",
          "reals",
          "checks",
          "vrrp");

  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description("Asks the running daemon and lists objects of one kind, or of several.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .arity("1..*")
            .required(true)
            .paramLabel("OBJECT")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(String.join(", ", OBJECTS))
            .build());
    Output.declare(spec);
  }

  @Override
  public int run(ParseResult line, Context context) {
    List<String> objects = line.matchedPositionalValue(0, List.of());
    for (String object : objects) {
      if (!OBJECTS.contains(object)) {
        throw CommandException.usage(
            "get: there is no kind '"
                + object
                + "'; expected "
                + String.join(", ", OBJECTS)
                + Nearest.to(object, OBJECTS).map(m -> "; did you mean '" + m + "'?").orElse(""));
      }
    }
    Output output = Output.of(line);
    String answer = DaemonQuestion.ask(context.runtime(), "status");
    var out = context.terminal().out();
    if (output == Output.JSON) {
      out.println(StatusJson.select(answer, objects));
      return ExitCode.OK;
    }
    var text = new StatusText(Api.statusFrom(answer), Instant.now(), output == Output.WIDE);
    for (String object : objects) {
      if (objects.size() > 1) {
        out.println(object);
      }
      String lines =
          switch (object) {
            case "services" -> text.serviceLines();
            case "reals" -> text.reals();
            case "vrrp" -> text.vrrp();
            case "instances" -> text.instances();
            case "groups" -> text.groups();
            case "scripts" -> text.scripts();
            case "trackers" -> text.trackers();
            case "vips" -> text.vips();
            default -> text.checks();
          };
      out.print(lines.isEmpty() ? "  none\n" : lines);
    }
    return ExitCode.OK;
  }
}
