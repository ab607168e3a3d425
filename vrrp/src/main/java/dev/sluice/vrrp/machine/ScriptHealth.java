package dev.sluice.vrrp.machine;

/**
 * What a script's results amount to: {@code rise} successes in a row make it UP, {@code fall}
 * failures in a row make it DOWN. At start a single result decides.
 *
 * <pre>
 * UNKNOWN --success--> UP     UNKNOWN --failure--> DOWN
 * UP --fall failures--> DOWN  DOWN --rise successes--> UP   (init_fail: starts DOWN, one success)
 * </pre>
 *
 * @param against results in a row that speak against {@code status}
 * @param decided false until the first result that counts fully
 */
public record ScriptHealth(int rise, int fall, Status status, int against, boolean decided) {

  /** How a script stands. */
  public enum Status {
    UNKNOWN,
    UP,
    DOWN
  }

  /** Before the first result. */
  public static ScriptHealth initial(int rise, int fall, boolean initFail) {
    return new ScriptHealth(rise, fall, initFail ? Status.DOWN : Status.UNKNOWN, 0, false);
  }

  /** After one more result. */
  public ScriptHealth on(boolean success) {
    Status says = success ? Status.UP : Status.DOWN;
    if (!decided) {
      return new ScriptHealth(rise, fall, says, 0, true);
    }
    if (says == status) {
      return against == 0 ? this : new ScriptHealth(rise, fall, status, 0, true);
    }
    int next = against + 1;
    return next >= (success ? rise : fall)
        ? new ScriptHealth(rise, fall, says, 0, true)
        : new ScriptHealth(rise, fall, status, next, true);
  }

  /** The standing of another command until its first result, which decides. */
  public ScriptHealth undecided() {
    return new ScriptHealth(rise, fall, status, 0, false);
  }

  /** The same standing under other limits. */
  public ScriptHealth withLimits(int newRise, int newFall) {
    return new ScriptHealth(newRise, newFall, status, against, decided);
  }
}
