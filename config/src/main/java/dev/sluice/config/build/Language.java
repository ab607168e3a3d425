package dev.sluice.config.build;

import dev.sluice.config.table.Block;

/** The tables of the whole language, for documentation and completion. */
public final class Language {
  private Language() {}

  /** The table of the outermost level; the others hang below it. */
  public static Block<?> root() {
    return RootTable.TABLE;
  }
}
