package dev.sluice.config.build;

import dev.sluice.config.model.NotifyScripts;
import dev.sluice.config.model.Script;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Command;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code notify*} commands of an instance or a group; the first of each kind counts. */
final class NotifyBuilder {
  enum Kind {
    MASTER,
    BACKUP,
    FAULT,
    STOP,
    DELETED,
    MASTER_RX_LOWER_PRI,
    ANY
  }

  private final Map<Kind, Command> commands = new EnumMap<>(Kind.class);

  void set(Kind kind, Command command, Args args) {
    if (commands.putIfAbsent(kind, command) != null) {
      args.diagnostics()
          .error(
              args.at(),
              "duplicate",
              "'" + args.subject() + "' is given a second time",
              "the first one counts",
              "call both from one script");
    }
  }

  NotifyScripts build(Scripts scripts) {
    if (commands.isEmpty()) {
      return NotifyScripts.none();
    }
    return new NotifyScripts(
        script(Kind.MASTER, scripts),
        script(Kind.BACKUP, scripts),
        script(Kind.FAULT, scripts),
        script(Kind.STOP, scripts),
        script(Kind.DELETED, scripts),
        script(Kind.MASTER_RX_LOWER_PRI, scripts),
        script(Kind.ANY, scripts));
  }

  private @Nullable Script script(Kind kind, Scripts scripts) {
    Command command = commands.get(kind);
    return command == null ? null : scripts.notify(command);
  }
}
