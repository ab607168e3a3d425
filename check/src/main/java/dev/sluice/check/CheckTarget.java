package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ScriptUser;
import org.jspecify.annotations.Nullable;

/**
 * A check that shall run.
 *
 * @param scriptUser whom a script runs as when it names nobody; null: the user we run as
 * @param supplementaryGroups whether scripts get all groups of their user
 */
public record CheckTarget(
    CheckId id, Checker checker, @Nullable ScriptUser scriptUser, boolean supplementaryGroups) {

  /** A check without a default user for scripts. */
  public CheckTarget(CheckId id, Checker checker) {
    this(id, checker, null, false);
  }
}
