package dev.sluice.config.build;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.FileFacts;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.table.Command;
import dev.sluice.config.text.Diagnostics;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    UNSAFE,
    /** There is no user to run it as. */
    NO_USER;

    /** Whether there is anything to run, and nothing against it. */
    boolean usable() {
      return switch (this) {
        case RUNS, OPENS_FILE -> true;
        case ABSENT, NOT_EXECUTABLE, UNSAFE, NO_USER -> false;
      };
    }
  }

  /** A finding, and for an unsafe script the file and what is wrong with it. */
  private record Look(Finding finding, @Nullable Path path, String reason) {
    static Look of(Finding finding) {
      return new Look(finding, null, "");
    }
  }

  private static final String DEFAULT_USER = "keepalived_script";

  /** As the kernel: more of them are a loop. */
  private static final int MOST_LINKS = 40;

  /** Stands for a user that does not exist. */
  static final ScriptUser NO_USER = new ScriptUser("", null);

  private final ConfigEnvironment environment;
  private final Diagnostics diagnostics;
  private final GlobalBuilder global;
  private final Map<ScriptBuilder, Look> looks = new HashMap<>();
  private boolean anyRuns;
  private boolean noUserTold;
  private boolean counting = true;

  Scripts(ConfigEnvironment environment, Diagnostics diagnostics, GlobalBuilder global) {
    this.environment = environment;
    this.diagnostics = diagnostics;
    this.global = global;
  }

  /** A command that an event starts. Null: it cannot run, which is said. */
  @Nullable Script notify(Command command) {
    return notify(command, "nothing is run");
  }

  /**
   * A command that an event starts. Null: it cannot run, which is said.
   *
   * @param consequence what follows when it is not there
   */
  @Nullable Script notify(Command command, String consequence) {
    Finding finding = judge(command, look(command, null));
    switch (finding) {
      case ABSENT ->
          diagnostics.lint(
              command.word().at(),
              "script-absent",
              "there is no script " + command.command().get(0),
              consequence,
              "create it, or mend the path");
      case NOT_EXECUTABLE ->
          diagnostics.lint(
              command.word().at(),
              "script-not-executable",
              command.command().get(0) + " is not executable",
              consequence,
              "chmod +x " + command.command().get(0));
      case UNSAFE, NO_USER, RUNS, OPENS_FILE -> {}
    }
    return finding.usable() ? new Script(command.command(), command.user()) : null;
  }

  /**
   * Whether a {@code vrrp_script} cannot run. Says nothing: {@link #track} does. The files are
   * looked at once a load, so that both give the same answer.
   */
  boolean disabled(ScriptBuilder script) {
    return script.command != null && !look(script, script.command).finding().usable();
  }

  /**
   * The command of a {@code vrrp_script}. Null: it is disabled, which is said; it never runs, and
   * whoever tracks it goes on as if the line were not there.
   */
  @Nullable Script track(ScriptBuilder script, Command command) {
    Finding finding = judge(command, look(script, command));
    String consequence = "vrrp_script " + script.name + " is disabled, and nothing tracks it";
    switch (finding) {
      case ABSENT ->
          diagnostics.error(
              command.word().at(),
              "script-absent",
              "there is no script " + command.command().get(0),
              consequence,
              "create it, or mend the path");
      case NOT_EXECUTABLE ->
          diagnostics.lint(
              command.word().at(),
              "script-not-executable",
              command.command().get(0) + " is not executable",
              consequence,
              "chmod +x " + command.command().get(0));
      case UNSAFE, NO_USER, RUNS, OPENS_FILE -> {}
    }
    return finding.usable()
        ? new Script(command.command(), script.user != null ? script.user : command.user())
        : null;
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
    judge(command, look(command, null));
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

  /** Counts what was found for script security, and tells an unsafe script. */
  private Finding judge(Command command, Look look) {
    switch (look.finding()) {
      case ABSENT, OPENS_FILE -> {}
      case NOT_EXECUTABLE, RUNS -> anyRuns |= counting;
      case NO_USER -> noUser(command);
      case UNSAFE -> {
        anyRuns |= counting;
        diagnostics.lint(
            command.word().at(),
            "unsafe-script",
            "root would run " + look.path() + ", and " + look.reason(),
            "the script is disabled",
            "let root own every part of the path and nobody else write to it, or name a script_user");
      }
    }
    return look.finding();
  }

  /** One message for all scripts: the defect is that the user is missing. */
  private void noUser(Command command) {
    if (noUserTold || global.scriptUserFaulty) {
      return; // A script_user that does not exist has been reported.
    }
    noUserTold = true;
    diagnostics.error(
        command.word().at(),
        "no-script-user",
        "script security is on, and there is no user to run scripts as: neither script_user nor a"
            + " user "
            + DEFAULT_USER,
        "this and every other script without a user of its own is removed",
        "add script_user to global_defs, or create the user: useradd -r " + DEFAULT_USER);
  }

  private Look look(ScriptBuilder script, Command command) {
    return looks.computeIfAbsent(script, s -> look(command, s.user));
  }

  private Look look(Command command, @Nullable ScriptUser owner) {
    ScriptUser own = owner != null ? owner : command.user();
    if (own == null && nobodyRunsIt()) {
      return Look.of(Finding.NO_USER);
    }
    String program = command.command().get(0);
    if (program.startsWith("<")) {
      return Look.of(Finding.OPENS_FILE);
    }
    Path path = locate(program);
    if (path == null) {
      return Look.of(Finding.ABSENT);
    }
    FileFacts facts = environment.file(path);
    if (!facts.exists() || !facts.regular()) {
      return Look.of(Finding.ABSENT);
    }
    if (!facts.executable()) {
      return Look.of(Finding.NOT_EXECUTABLE);
    }
    if (global.enableScriptSecurity && runsAsRoot(own)) {
      String reason = unsafe(path);
      if (reason != null) {
        return new Look(Finding.UNSAFE, path, reason);
      }
    }
    return Look.of(Finding.RUNS);
  }

  /** Script security never falls back to root, nor does a script_user that does not exist. */
  private boolean nobodyRunsIt() {
    return global.scriptUserFaulty
        || (global.enableScriptSecurity
            && global.scriptUser == null
            && !environment.userExists(DEFAULT_USER));
  }

  private boolean runsAsRoot(@Nullable ScriptUser own) {
    ScriptUser user = own != null ? own : global.scriptUser;
    if (user != null) {
      return user.user().equals("root");
    }
    return !environment.userExists(DEFAULT_USER) && environment.currentUser().equals("root");
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

  /**
   * Why a path is not safe for root; null when it is. A link is followed, and the path behind it is
   * held to the same rule: so /bin/x is fine where /bin leads to usr/bin, and a link into a folder
   * of somebody else's is not.
   */
  private @Nullable String unsafe(Path path) {
    Path current = path.toAbsolutePath();
    for (int links = 0; links <= MOST_LINKS; links++) {
      String reason = changeable(current);
      if (reason != null) {
        return reason;
      }
      Path behind = null;
      for (Path part = current; part != null && behind == null; part = part.getParent()) {
        ConfigEnvironment.Link link = environment.link(part).orElse(null);
        if (link != null && !link.ownerRoot()) {
          return part + " is a link that somebody else than root has made";
        }
        Path folder = part.getParent();
        if (link != null && folder != null) {
          behind = folder.resolve(link.target()).resolve(part.relativize(current)).normalize();
        }
      }
      if (behind == null) {
        return null;
      }
      current = behind;
    }
    return path + " leads through more than " + MOST_LINKS + " symbolic links";
  }

  private @Nullable String changeable(Path path) {
    for (Path part = path; part != null; part = part.getParent()) {
      FileFacts facts = environment.file(part);
      if (facts.exists() && (facts.writableByOthers() || !facts.ownerRoot())) {
        return part + " can be changed by others than root";
      }
    }
    return null;
  }
}
