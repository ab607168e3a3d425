package dev.sluice.cli;

import dev.sluice.cli.doctor.Doctor;
import dev.sluice.cli.doctor.Finding;
import dev.sluice.cli.doctor.Finding.Level;
import dev.sluice.cli.doctor.Prober;
import dev.sluice.core.ExitCode;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice doctor}. */
final class DoctorVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Looks at this machine as a director: kernel, devices, sysctls, permissions, rivals."
                + " Each line is ok, warn or",
            "fail, with the command that mends it. Changes nothing. Exit code 3 when something"
                + " fails.");
    spec.addOption(
        OptionSpec.builder("-f", "--use-file")
            .type(String.class)
            .paramLabel("FILE")
            .description("judge by this configuration: its interfaces, VIPs, router ids, scripts")
            .build());
    spec.addOption(
        OptionSpec.builder("--json")
            .type(boolean.class)
            .description("the findings as JSON")
            .build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    String file = line.matchedOptionValue("-f", (String) null);
    List<Finding> findings = Doctor.examine(Prober.probe(RunSettings.configFile(file)));
    context
        .terminal()
        .out()
        .print(line.hasMatchedOption("--json") ? json(findings) + "\n" : text(findings));
    return Doctor.failed(findings) ? ExitCode.NO : ExitCode.OK;
  }

  /** A line each; below what needs mending, the command. */
  static String text(List<Finding> findings) {
    var table = new Table("");
    for (Finding f : findings) {
      table.row(word(f.level()), f.subject(), f.fact());
      if (!f.remedy().isEmpty()) {
        table.row("      -> " + f.remedy());
      }
    }
    return table.text();
  }

  static String json(List<Finding> findings) {
    var text = new StringWriter();
    var stream = JsonStream.builder().serializeNulls(true).serializeEmpty(true).build();
    try (JsonWriter json = stream.writer(text)) {
      json.beginObject();
      json.name("failed");
      json.value(Doctor.failed(findings));
      json.name("findings");
      json.beginArray();
      for (Finding f : findings) {
        json.beginObject();
        json.name("level");
        json.value(word(f.level()));
        json.name("subject");
        json.value(f.subject());
        json.name("fact");
        json.value(f.fact());
        json.name("remedy");
        json.value(f.remedy());
        json.endObject();
      }
      json.endArray();
      json.endObject();
    }
    return text.toString();
  }

  private static String word(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
