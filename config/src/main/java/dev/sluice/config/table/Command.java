package dev.sluice.config.table;

import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.text.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command and whom it runs as, as written. */
public record Command(List<String> command, @Nullable ScriptUser user, Word word) {}
