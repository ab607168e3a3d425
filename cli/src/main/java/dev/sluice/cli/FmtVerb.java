package dev.sluice.cli;

import dev.sluice.config.Formatter;
import dev.sluice.core.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice fmt FILE}: the configuration, laid out the one way. */
final class FmtVerb implements Verb {
  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Prints a configuration with one statement a line and the blocks indented; comments"
                + " stay, the meaning does not change, and formatting twice changes nothing.")
        .footer("", "Exit codes: 0 done, 1 failed, 3 with --check: the file is not formatted.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .required(true)
            .paramLabel("FILE")
            .type(String.class)
            .description("a keepalived.conf")
            .build());
    spec.addOption(
        OptionSpec.builder("-w", "--write")
            .type(boolean.class)
            .description("write the result into the file")
            .build());
    spec.addOption(
        OptionSpec.builder("--check")
            .type(boolean.class)
            .description("print nothing; only say whether the file is formatted")
            .build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    Path file = RunSettings.path("fmt", line.matchedPositionalValue(0, ""));
    // Bytes pass through as they are, whatever their encoding.
    String before = read(file);
    String after = Formatter.format(before);
    boolean formatted = after.equals(before);
    if (line.hasMatchedOption("--check")) {
      if (!formatted) {
        context.terminal().err().println(file + " is not formatted: 'sluice fmt -w' mends it");
      }
      return formatted ? ExitCode.OK : ExitCode.NO;
    }
    if (line.hasMatchedOption("--write")) {
      if (!formatted) {
        write(file, after);
      }
      return ExitCode.OK;
    }
    byte[] bytes = after.getBytes(StandardCharsets.ISO_8859_1);
    context.terminal().out().write(bytes, 0, bytes.length);
    context.terminal().out().flush();
    return ExitCode.OK;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw CommandException.failed(
          "cannot read "
              + file
              + (Files.exists(file)
                  ? ": check its permissions, and that it is a file"
                  : ": there is no such file"));
    }
  }

  /** By rename, so that a daemon that reloads meanwhile sees the old file or the new one. */
  private static void write(Path file, String text) {
    try {
      Path target = file.toRealPath();
      var permissions = Files.getPosixFilePermissions(target);
      Path draft =
          Files.createTempFile(
              target.getParent(),
              ".sluice-fmt",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, text, StandardCharsets.ISO_8859_1);
      Files.setPosixFilePermissions(draft, permissions);
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw CommandException.failed(
          "cannot write " + file + ": " + e.getMessage() + "; the file is as it was");
    }
  }
}
