package dev.sluice.core.script;

import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.linux.Accounts;
import org.jspecify.annotations.Nullable;

/** Whom scripts run as that say nothing of it. */
public final class ScriptUsers {
  /** keepalived's name for a user that exists for this only. */
  private static final String STANDARD = "keepalived_script";

  private ScriptUsers() {}

  /**
   * {@code script_user}, else {@code keepalived_script} where the machine has it; null: who we are.
   * Asks the machine's name service.
   */
  public static @Nullable ScriptUser standard(GlobalDefs global) {
    if (global.scriptUser() != null) {
      return global.scriptUser();
    }
    return Accounts.user(STANDARD).isPresent() ? new ScriptUser(STANDARD, null) : null;
  }
}
