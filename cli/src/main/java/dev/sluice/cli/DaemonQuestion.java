package dev.sluice.cli;

import dev.sluice.core.RuntimeDir;
import dev.sluice.core.api.Api;
import dev.sluice.core.control.ControlClient;
import dev.sluice.core.control.ControlClient.NoDaemonException;

/** A question to the running daemon. */
final class DaemonQuestion {
  private DaemonQuestion() {}

  /** Its answer, one line of JSON; no daemon, or one that refuses, ends the verb. */
  static String ask(RuntimeDir runtime, String verb) {
    String answer;
    try {
      answer = ControlClient.request(runtime, verb);
    } catch (NoDaemonException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()));
    }
    if (answer.startsWith("{\"error\":")) {
      throw CommandException.failed("the daemon answers: " + Api.failureFrom(answer).error());
    }
    return answer;
  }
}
