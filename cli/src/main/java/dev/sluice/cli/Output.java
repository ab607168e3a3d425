package dev.sluice.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code -o table|wide|json} and its short form {@code --json}. */
enum Output {
  TABLE,
  WIDE,
  JSON;

  /** Declares both options. */
  static void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("-o", "--output")
            .type(String.class)
            .paramLabel("FORM")
            .description("table, wide or json (default: table)")
            .build());
    spec.addOption(
        OptionSpec.builder("--json")
            .type(boolean.class)
            .description("the same as -o json")
            .build());
  }

  /** What the line asks for. */
  static Output of(ParseResult line) {
    if (line.hasMatchedOption("--json")) {
      return JSON;
    }
    String word = line.matchedOptionValue("-o", "table");
    return switch (word) {
      case "table" -> TABLE;
      case "wide" -> WIDE;
      case "json" -> JSON;
      default -> throw CommandException.usage("-o '" + word + "': expected table, wide or json");
    };
  }
}
