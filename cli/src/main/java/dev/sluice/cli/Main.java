package dev.sluice.cli;

import dev.sluice.cli.ipvsadm.IpvsadmCommand;
import dev.sluice.cli.keepalived.KeepalivedCommand;
import dev.sluice.core.ExitCode;
import dev.sluice.core.RuntimeDir;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.UnsupportedKernelException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entry point of {@code ./sluice}.
 *
 * <p>A line that starts with an option is keepalived's ({@code sluice -n -l -D -f FILE}); else the
 * first word is a verb. {@code --runtime-dir DIR} may stand anywhere and is taken off first.
 */
public final class Main {
  /**
   * The name the launcher was called by: {@code keepalived}, {@code ipvsadm}: the line is theirs.
   */
  private static final String CALLED_AS = "sluice.called";

  private static final String RUNTIME_DIR = "--runtime-dir";

  private Main() {}

  /** Ends the process with the verb's exit code. */
  public static void main(String[] args) {
    var terminal = Terminal.ofProcess();
    int code = run(List.of(args), terminal);
    terminal.out().flush();
    System.exit(code);
  }

  /** Runs one command line; never throws. */
  static int run(List<String> args, Terminal terminal) {
    try {
      return dispatch(args, terminal);
    } catch (CommandException e) {
      terminal.complain(String.valueOf(e.getMessage()));
      return e.exitCode();
    } catch (SyscallException | UnsupportedKernelException e) {
      terminal.complain(String.valueOf(e.getMessage()));
      return ExitCode.FAILED;
    } catch (RuntimeException | Error e) {
      return lastResort(e, terminal);
    }
  }

  private static int lastResort(Throwable e, Terminal terminal) {
    boolean debug = "1".equals(terminal.environment().get("SLUICE_DEBUG"));
    terminal.complain(
        "internal error: "
            + e
            + (debug
                ? ""
                : "; this is a defect of sluice: SLUICE_DEBUG=1 shows where it happened"));
    if (debug) {
      e.printStackTrace(terminal.err());
    }
    return ExitCode.FAILED;
  }

  private static int dispatch(List<String> args, Terminal terminal) {
    List<String> words = new ArrayList<>();
    String asked = takeRuntimeDir(args, words);
    Verb.Context context = context(asked, terminal);
    String called = System.getProperty(CALLED_AS, "");
    boolean ipvsadm = IpvsadmCommand.called(called);
    if (ipvsadm || (!words.isEmpty() && words.getFirst().equals("ipvsadm"))) {
      List<String> line = ipvsadm ? words : words.subList(1, words.size());
      return IpvsadmCommand.run(called, line, terminal, context.runtime());
    }
    boolean keepalived = called.equals("keepalived");
    if (keepalived || (!words.isEmpty() && words.getFirst().startsWith("-"))) {
      return KeepalivedCommand.run(words, terminal, context.runtime());
    }
    if (words.isEmpty()) {
      terminal.err().print(HelpPage.text());
      return ExitCode.USAGE;
    }
    String name = words.getFirst();
    Verb verb = Verbs.create(name);
    if (verb == null) {
      throw unknown(name);
    }
    return VerbLine.run(name, verb, words.subList(1, words.size()), context);
  }

  /** The complaint about a verb that does not exist. */
  static CommandException unknown(String name) {
    Optional<String> meant = Nearest.to(name, Verbs.names());
    return CommandException.usage(
        "there is no verb '"
            + name
            + "'"
            + meant.map(m -> "; did you mean '" + m + "'?").orElse("")
            + (meant.isPresent() ? " " : "; ")
            + "'sluice help' lists them");
  }

  private static Verb.Context context(@Nullable String asked, Terminal terminal) {
    String variable = terminal.environment().get(RuntimeDir.VARIABLE);
    try {
      return new Verb.Context(
          terminal,
          RuntimeDir.of(asked, terminal.environment()),
          asked != null || (variable != null && !variable.isEmpty()));
    } catch (InvalidPathException e) {
      throw CommandException.usage(RUNTIME_DIR + ": not a path: " + e.getMessage());
    }
  }

  /** Copies all words but {@code --runtime-dir DIR} and {@code --runtime-dir=DIR}. */
  private static @Nullable String takeRuntimeDir(List<String> args, List<String> others) {
    String asked = null;
    for (int i = 0; i < args.size(); i++) {
      String word = args.get(i);
      if (word.equals("--")) {
        others.addAll(args.subList(i, args.size()));
        break;
      }
      if (word.startsWith(RUNTIME_DIR + "=")) {
        asked = word.substring(RUNTIME_DIR.length() + 1);
      } else if (!word.equals(RUNTIME_DIR)) {
        others.add(word);
        continue;
      } else if (++i < args.size()) {
        asked = args.get(i);
      } else {
        asked = "";
      }
      if (asked.isEmpty()) {
        throw CommandException.usage(RUNTIME_DIR + " needs a directory");
      }
    }
    return asked;
  }
}
