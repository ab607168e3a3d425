package dev.sluice.config.table;

import dev.sluice.config.Diagnostic.Severity;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.text.Diagnostics.Effect;
import dev.sluice.config.text.Word;
import dev.sluice.config.text.Words;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands, and the users they run as. */
final class Commands {
  private Commands() {}

  /** A command, optionally with the user and group it runs as. */
  record CommandType(boolean withUser) implements ValueType<Command> {
    @Override
    public String syntax() {
      return withUser ? "COMMAND [USER [GROUP]]" : "COMMAND";
    }

    @Override
    public boolean escaped() {
      return true;
    }

    @Override
    public @Nullable Command read(Args args) {
      Word word = args.require("a command");
      if (word == null) {
        return null;
      }
      List<String> command = Words.arguments(word, args.diagnostics());
      if (command.isEmpty()) {
        if (word.text().isBlank()) {
          args.invalid(word, "no-command", args.subject() + ": the command is empty", "");
        }
        return null;
      }
      ScriptUser user = null;
      if (withUser && args.hasNext()) {
        user = readUser(args, false);
        if (user == null) {
          return null;
        }
      }
      return new Command(command, user, word);
    }

    @Override
    public List<String> accepted() {
      return List.of("/bin/true", "\"/bin/echo a 'b c'\"");
    }
  }

  /** A user, optionally with a group. */
  record UserType() implements ValueType<ScriptUser> {
    @Override
    public String syntax() {
      return "USER [GROUP]";
    }

    @Override
    public @Nullable ScriptUser read(Args args) {
      if (!args.hasNext()) {
        args.missing("a user");
        return null;
      }
      return readUser(args, true);
    }

    @Override
    public List<String> accepted() {
      return List.of("root", "root root");
    }

    @Override
    public List<String> refused() {
      return List.of("no_such_user", "root no_such_group");
    }
  }

  private static @Nullable ScriptUser readUser(Args args, boolean counted) {
    Word user = args.poll();
    if (user == null) {
      return null;
    }
    Word group = args.poll();
    String name = user.text();
    String groupName = group == null ? null : group.text();
    if (group == null && name.indexOf(':') >= 0) {
      groupName = name.substring(name.indexOf(':') + 1);
      name = name.substring(0, name.indexOf(':'));
      if (name.isEmpty()) {
        name = args.context().environment().currentUser();
      }
    }
    if (!Types.isNumber(name) && !args.context().environment().userExists(name)) {
      absent(args, user, counted, "user", name, "create it: useradd -r " + name);
      return null;
    }
    if (groupName != null
        && !Types.isNumber(groupName)
        && !args.context().environment().groupExists(groupName)) {
      absent(args, group == null ? user : group, counted, "group", groupName, "");
      return null;
    }
    return new ScriptUser(name, groupName);
  }

  /** Behind a command, keepalived logs it and does not count it. */
  private static void absent(
      Args args, Word word, boolean counted, String kind, String name, String remedy) {
    args.diagnostics()
        .add(
            counted ? Severity.ERROR : Severity.WARNING,
            counted ? Effect.ERROR : Effect.NONE,
            "no-such-" + kind,
            word.at(),
            "there is no " + kind + " '" + name + "'",
            counted ? args.ignored() : "the command is never run",
            remedy);
  }
}
