package dev.sluice.config.build;

import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.table.Command;
import dev.sluice.config.text.At;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code vrrp_script} while it is read. */
final class ScriptBuilder {
  final String name;
  final At at;
  @Nullable Command command;
  Duration interval = Duration.ofSeconds(1);
  @Nullable Duration timeout;
  int weight;
  boolean reverse;
  int rise = 1;
  int fall = 1;
  @Nullable ScriptUser user;
  boolean initFail;
  boolean used;
  boolean userFaulty;

  ScriptBuilder(String name, At at) {
    this.name = name;
    this.at = at;
  }
}
