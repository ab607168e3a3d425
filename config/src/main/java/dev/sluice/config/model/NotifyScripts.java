package dev.sluice.config.model;

import org.jspecify.annotations.Nullable;

/** The {@code notify*} commands of an instance or a group; null where none is configured. */
public record NotifyScripts(
    @Nullable Script master,
    @Nullable Script backup,
    @Nullable Script fault,
    @Nullable Script stop,
    @Nullable Script deleted,
    @Nullable Script masterRxLowerPri,
    @Nullable Script any) {

  private static final NotifyScripts NONE =
      new NotifyScripts(null, null, null, null, null, null, null);

  /** No command at all. */
  public static NotifyScripts none() {
    return NONE;
  }
}
