package dev.sluice.config.build;

import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import java.time.Duration;

/** {@code vrrp_script}. */
final class ScriptTable {
  static final Block<ScriptBuilder> TABLE = Block.named("vrrp_script");

  static {
    TABLE
        .row("script", Types.commandOnly(), (b, v) -> b.command = v)
        .absentIsError()
        .meaning(
            "The command; exit status 0 is success. </path only tests that a file can be opened.");
    TABLE
        .row(
            "interval",
            Types.seconds(),
            (b, v) -> b.interval = v.isZero() ? Duration.ofSeconds(1) : v)
        .standard("1")
        .meaning("Seconds between two runs.");
    TABLE
        .row("timeout", Types.seconds(), (b, v) -> b.timeout = v)
        .standard("the interval")
        .meaning("Seconds after which a run is ended and counts as failed.");
    TABLE
        .row(
            "weight",
            Types.weight(253),
            (b, v) -> {
              b.weight = v.value();
              b.reverse = v.reverse();
            })
        .standard("0")
        .meaning(
            "Added to the priority on success (positive) or on failure (negative); 0: failure is a FAULT.");
    TABLE
        .row("rise", Types.integer(1, Integer.MAX_VALUE), (b, v) -> b.rise = v.intValue())
        .standard("1")
        .meaning("Successes in a row until it counts as up.");
    TABLE
        .row("fall", Types.integer(1, Integer.MAX_VALUE), (b, v) -> b.fall = v.intValue())
        .standard("1")
        .meaning("Failures in a row until it counts as down.");
    TABLE
        .row(
            "user",
            Types.orElse(Types.user(), Scripts.NO_USER),
            (b, v) -> {
              b.user = v;
              b.userFaulty = v.equals(Scripts.NO_USER);
            })
        .standard("script_user")
        .meaning("Whom the command runs as.");
    TABLE
        .flag("init_fail", b -> b.initFail = true)
        .meaning("Counts as failed until its first success.");
  }

  private ScriptTable() {}
}
