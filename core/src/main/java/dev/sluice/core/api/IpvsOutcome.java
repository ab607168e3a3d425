package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * What became of a change.
 *
 * @param detail beside the class, why and the remedy; null: the class says all
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsOutcome(Result result, @Nullable String detail) {
  /** IPVS's answers, named by what happened rather than by error numbers. */
  public enum Result {
    DONE,
    /** EEXIST: service or server. */
    EXISTS,
    /** ESRCH. */
    NO_SERVICE,
    /** ENOENT of a server. */
    NO_SERVER,
    /** ENOENT of a name. */
    NO_SCHEDULER,
    /** ERANGE. */
    OUT_OF_RANGE,
    /** EINVAL. */
    INVALID
  }

  /** It is done. */
  public static final IpvsOutcome DONE = new IpvsOutcome(Result.DONE, null);

  /** It is not, for a reason that needs no words. */
  public static IpvsOutcome of(Result result) {
    return new IpvsOutcome(result, null);
  }

  /** It is not, and why. */
  public static IpvsOutcome invalid(String detail) {
    return new IpvsOutcome(Result.INVALID, detail);
  }

  /** Whether the change is in effect. */
  public boolean done() {
    return result == Result.DONE;
  }
}
