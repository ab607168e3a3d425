package dev.sluice.cli.ipvsadm;

import dev.sluice.core.api.IpvsChange.Operation;
import dev.sluice.core.api.IpvsOutcome;

/** What a refusal is in ipvsadm's words; the same answer has other words for other operations. */
final class Complaints {
  /** Of a listing or a change that names a service nobody has. */
  static final String NO_SERVICE = "No such service";

  private static final String INVALID =
      "Invalid operation.  Possibly wrong module version, address not unicast, ...";

  private Complaints() {}

  /** One line for standard error, and a second one where the daemon gave its reason. */
  static String text(Operation operation, IpvsOutcome outcome) {
    String words = words(operation, outcome);
    return outcome.detail() == null ? words : words + "\nsluice: " + outcome.detail();
  }

  private static String words(Operation operation, IpvsOutcome outcome) {
    boolean server =
        switch (operation) {
          case ADD_SERVER, EDIT_SERVER, DELETE_SERVER -> true;
          case ADD_SERVICE, EDIT_SERVICE, DELETE_SERVICE, FLUSH, ZERO, ZERO_ALL, SET_TIMEOUTS ->
              false;
        };
    return switch (outcome.result()) {
      case DONE -> "";
      case EXISTS -> server ? "Destination already exists" : "Service already exists";
      case NO_SERVICE -> server ? "Service not defined" : NO_SERVICE;
      case NO_SERVER -> "No such destination";
      case NO_SCHEDULER -> "Scheduler or persistence engine not found";
      case OUT_OF_RANGE -> "Numerical result out of range";
      case INVALID -> INVALID;
    };
  }
}
