package dev.sluice.config.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command: program and arguments, never a shell line.
 *
 * @param user null: {@link GlobalDefs#scriptUser()}
 */
public record Script(List<String> command, @Nullable ScriptUser user) {
  public Script {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("a script needs a program");
    }
  }
}
