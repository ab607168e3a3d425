package dev.sluice.cli;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.Diagnostic;
import dev.sluice.config.DiagnosticPrinter;
import dev.sluice.config.LoadResult;
import dev.sluice.config.SourcePosition;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.SyscallException;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Testing a configuration: {@code sluice check} and keepalived's {@code -t}. */
public final class CheckCommand {
  private CheckCommand() {}

  /** {@code -t}: the complaints, and silence when there is none; answers keepalived's status. */
  public static int text(Path file, @Nullable String configId, PrintStream out) {
    LoadResult result = load(file, configId);
    out.print(diagnostics(result, false));
    return result.verdict().exitStatus();
  }

  /** {@code -tLOG}: the complaints go to a file. */
  public static int textInto(Path file, @Nullable String configId, Path log) {
    LoadResult result = load(file, configId);
    try {
      Files.writeString(log, diagnostics(result, false));
    } catch (IOException e) {
      throw CommandException.failed(
          "cannot write " + log + " (" + e.getClass().getSimpleName() + "): name another file");
    }
    return result.verdict().exitStatus();
  }

  /** With {@code net_namespace}, its interfaces are looked for in there, where that is allowed. */
  static LoadResult load(Path file, @Nullable String configId) {
    LoadResult here = ConfigLoader.load(file, ConfigEnvironment.ofThisMachine(configId));
    String home = here.configuration().further().process().networkNamespace();
    if (home == null || !Files.exists(NetworkNamespace.named(home))) {
      return here;
    }
    try {
      return NetworkNamespace.in(
          NetworkNamespace.named(home),
          () -> ConfigLoader.load(file, ConfigEnvironment.ofThisMachine(configId)));
    } catch (SyscallException e) {
      return here;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("interrupted while reading " + file, e);
    }
  }

  /** Every complaint, as a compiler prints it. */
  static String diagnostics(LoadResult result, boolean color) {
    var printer = new DiagnosticPrinter(color);
    var text = new StringBuilder();
    result.diagnostics().forEach(d -> text.append(printer.format(d)));
    return text.toString();
  }

  /** One line that sums up. */
  static String summary(Path file, LoadResult result, int status) {
    List<Diagnostic> all = result.diagnostics();
    if (all.isEmpty()) {
      return file + ": ok";
    }
    var text = new StringBuilder(file + ": ");
    String separator = "";
    for (var severity : Diagnostic.Severity.values()) {
      long n = all.stream().filter(d -> d.severity() == severity).count();
      if (n > 0) {
        text.append(separator).append(n).append(' ').append(word(severity));
        separator = ", ";
      }
    }
    return text
        + (result.verdict().startable()
            ? "; the daemon starts with it"
            : "; the daemon does not start with it")
        + " (status "
        + status
        + ")";
  }

  private static String word(Diagnostic.Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  /** The result as one JSON object. */
  static String json(Path file, LoadResult result, int status) {
    var text = new StringWriter();
    try (JsonWriter json =
        JsonStream.builder().serializeNulls(true).serializeEmpty(true).build().writer(text)) {
      json.beginObject();
      json.name("file");
      json.value(file.toString());
      json.name("exit_status");
      json.value(status);
      json.name("startable");
      json.value(result.verdict().startable());
      json.name("diagnostics");
      json.beginArray();
      result.diagnostics().forEach(d -> write(d, json));
      json.endArray();
      json.endObject();
    }
    return text.toString();
  }

  private static void write(Diagnostic d, JsonWriter json) {
    json.beginObject();
    json.name("severity");
    json.value(word(d.severity()));
    json.name("code");
    json.value(d.code());
    SourcePosition at = d.position();
    if (at != null) {
      json.name("file");
      json.value(at.file());
      json.name("line");
      json.value(at.line());
      json.name("column");
      json.value(at.column());
      json.name("length");
      json.value(at.length());
    }
    json.name("message");
    json.value(d.message());
    json.name("consequence");
    json.value(d.consequence());
    json.name("remedy");
    json.value(d.remedy());
    json.name("notes");
    json.beginArray();
    d.notes().forEach(note -> write(note, json));
    json.endArray();
    json.endObject();
  }

  /** Another place that belongs to it: a definition, an include. */
  private static void write(Diagnostic.Note note, JsonWriter json) {
    json.beginObject();
    json.name("file");
    json.value(note.position().file());
    json.name("line");
    json.value(note.position().line());
    json.name("column");
    json.value(note.position().column());
    json.name("length");
    json.value(note.position().length());
    json.name("message");
    json.value(note.text());
    json.endObject();
  }

  /** A terminal that shows colours. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 answers null again where there is no terminal
  static boolean colorful(Terminal terminal) {
    var console = System.console();
    return console != null
        && console.isTerminal()
        && !terminal.environment().containsKey("NO_COLOR")
        && !"dumb".equals(terminal.environment().get("TERM"));
  }
}
