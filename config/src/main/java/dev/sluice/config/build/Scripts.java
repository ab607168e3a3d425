package dev.sluice.config.build;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.FileFacts;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.table.Types.Command;
import dev.sluice.config.text.Diagnostics;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Script security: which commands may run, and whether the configuration runs any without it. Files
 * that are not there are told as warnings; keepalived does not count them.
 */
final class Scripts {
  /** What a look at a command gave. */
  enum Finding {
    /** It can run. */
    RUNS,
    /** {@code </path}: nothing is run, a file is opened. */
    OPENS_FILE,
    /** It is not there. */
    ABSENT,
    /** It is there and nobody may execute it. */
    NOT_EXECUTABLE,
    /** Root would run what others may change. */
    UNSAFE
  }

  /** Stands for a user that does not exist. */
  static final ScriptUser NO_USER = new ScriptUser("", null);

  private final ConfigEnvironment environment;
  private final Diagnostics diagnostics;
  private final GlobalBuilder global;
  private boolean anyRuns;
  private boolean counting = true;

  Scripts(ConfigEnvironment environment, Diagnostics diagnostics, GlobalBuilder global) {
    this.environment = environment;
    this.diagnostics = diagnostics;
    this.global = global;
  }

  /** A command that an event starts; null where it must not run. */
  @Nullable Script notify(Command command) {
    Finding finding = inspect(command);
    switch (finding) {
      case ABSENT ->
          diagnostics.lint(
              command.word().at(),
              "script-absent",
              "there is no script " + command.command().get(0),
              "nothing is run",
              "create it, or mend the path");
      case NOT_EXECUTABLE ->
          diagnostics.lint(
              command.word().at(),
              "script-not-executable",
              command.command().get(0) + " is not executable",
              "nothing is run",
              "chmod +x " + command.command().get(0));
      case UNSAFE, RUNS, OPENS_FILE -> {}
    }
    return finding == Finding.UNSAFE ? null : new Script(command.command(), command.user());
  }

  /** The command of a {@code vrrp_script}; null: the script is disabled. */
  @Nullable Script track(Command command, @Nullable ScriptUser user, String name) {
    Finding finding = inspect(command, user);
    switch (finding) {
      case ABSENT ->
          diagnostics.error(
              command.word().at(),
              "script-absent",
              "there is no script " + command.command().get(0),
              "vrrp_script " + name + " counts as failed for ever",
              "create it, or mend the path");
      case NOT_EXECUTABLE ->
          diagnostics.lint(
              command.word().at(),
              "script-not-executable",
              command.command().get(0) + " is not executable",
              "vrrp_script " + name + " counts as failed for ever",
              "chmod +x " + command.command().get(0));
      case UNSAFE, RUNS, OPENS_FILE -> {}
    }
    return new Script(command.command(), user != null ? user : command.user());
  }

  /**
   * Whether what is looked at counts for script security. keepalived stops before it looks at
   * VRRP's scripts when an interface is missing.
   */
  void counting(boolean on) {
    counting = on;
  }

  /** A track script that nothing uses is looked at all the same. */
  void unused(Command command) {
    inspect(command);
  }

  /** At the end of a load: commands are there, and script security is off. */
  void judge() {
    if (anyRuns && !global.enableScriptSecurity) {
      diagnostics.add(
          dev.sluice.config.Diagnostic.Severity.WARNING,
          Diagnostics.Effect.SECURITY,
          "script-security",
          null,
          "scripts are configured, and script security is off",
          "they run, whoever may change them",
          "add enable_script_security and script_user to global_defs");
    }
  }

  private Finding inspect(Command command) {
    return inspect(command, null);
  }

  private Finding inspect(Command command, @Nullable ScriptUser owner) {
    String program = command.command().get(0);
    if (program.startsWith("<")) {
      return Finding.OPENS_FILE;
    }
    Path path = locate(program);
    if (path == null) {
      return Finding.ABSENT;
    }
    FileFacts facts = environment.file(path);
    if (!facts.exists() || !facts.regular()) {
      return Finding.ABSENT;
    }
    anyRuns |= counting;
    if (!facts.executable()) {
      return Finding.NOT_EXECUTABLE;
    }
    if (global.enableScriptSecurity && runsAsRoot(owner != null ? owner : command.user())) {
      String reason = unsafe(path);
      if (reason != null) {
        diagnostics.lint(
            command.word().at(),
            "unsafe-script",
            "root would run " + path + ", and " + reason,
            "the script is disabled",
            "let root own every part of the path and nobody else write to it, or name a script_user");
        return Finding.UNSAFE;
      }
    }
    return Finding.RUNS;
  }

  private boolean runsAsRoot(@Nullable ScriptUser own) {
    ScriptUser user = own != null ? own : global.scriptUser;
    if (user != null) {
      return user.user().equals("root");
    }
    return !environment.userExists("keepalived_script") && environment.currentUser().equals("root");
  }

  private @Nullable Path locate(String program) {
    try {
      if (program.indexOf('/') >= 0) {
        return Path.of(program);
      }
      for (Path directory : searchPath()) {
        Path candidate = directory.resolve(program);
        if (environment.file(candidate).regular()) {
          return candidate;
        }
      }
      return null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private List<Path> searchPath() {
    return environment.searchPath();
  }

  /** Why a path is not safe for root; null when it is. */
  private @Nullable String unsafe(Path path) {
    Path current = path.toAbsolutePath();
    boolean last = true;
    while (current != null) {
      FileFacts facts = environment.file(current);
      if (facts.exists() && (facts.writableByOthers() || !facts.ownerRoot())) {
        return current + " can be changed by others than root";
      }
      if (!last && !facts.exists()) {
        return null;
      }
      last = false;
      current = current.getParent();
    }
    return null;
  }
}
