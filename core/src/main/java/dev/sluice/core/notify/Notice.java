package dev.sluice.core.notify;

import dev.sluice.config.model.Script;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something to be told.
 *
 * @param pipes which pipes get the line
 * @param object what it is about; what concerns one object is told in order
 * @param line keepalived's, without the line end
 * @param calls in this order
 * @param alert null: no mail
 */
record Notice(Pipes pipes, String object, String line, List<Call> calls, @Nullable Alert alert) {
  Notice {
    calls = List.copyOf(calls);
  }

  /** Whose pipes; the common one gets both. */
  enum Pipes {
    VRRP,
    LVS
  }

  /** A script with the arguments that come after its own. */
  record Call(Script script, List<String> arguments) {
    Call {
      arguments = List.copyOf(arguments);
    }
  }
}
