package dev.sluice.config.build;

import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;

/** {@code real_server}. */
final class RealServerTable {
  static final Block<RealServerBuilder> TABLE = Block.named("real_server");

  private RealServerTable() {}

  static {
    TABLE
        .row("weight", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.weight = v.intValue())
        .standard("1")
        .meaning("Its share; 0: no new connections.");
    TABLE
        .rowAt(
            "lvs_method",
            new LbKind(),
            (b, v, a) -> {
              b.method = v.method();
              b.tunnel = v.tunnel();
              LbKind.announce(a.context(), a.line(), v.method());
            })
        .standard("lb_kind")
        .meaning("How packets reach it.");
    TABLE
        .row("inhibit_on_failure", Types.optionalBool(), (b, v) -> b.inhibitOnFailure = v)
        .standard("the virtual server's")
        .meaning("Weight 0 instead of removal while it is down.");
    TABLE
        .row("uthreshold", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.upperThreshold = v)
        .standard("0")
        .meaning("Connections above which it gets no new ones; 0: no limit.");
    TABLE
        .row("lthreshold", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.lowerThreshold = v)
        .standard("0")
        .meaning("Connections below which it gets new ones again.");
    TABLE
        .row("notify_up", Types.command(), (b, v) -> b.notifyUp = v)
        .meaning("Run when it comes up.");
    TABLE
        .row("notify_down", Types.command(), (b, v) -> b.notifyDown = v)
        .meaning("Run when it goes down.");
    TABLE
        .row("alpha", Types.optionalBool(), (b, v) -> b.alpha = v)
        .standard("the virtual server's")
        .meaning("Down until its first success.");
    TABLE
        .row("retry", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.retry = v.intValue())
        .standard("the virtual server's")
        .meaning("Further tries after a failure.");
    TABLE
        .row("delay_before_retry", Types.seconds(), (b, v) -> b.delayBeforeRetry = v)
        .standard("the virtual server's")
        .meaning("Seconds between tries.");
    TABLE
        .row("warmup", Types.seconds(), (b, v) -> b.warmup = v)
        .standard("the virtual server's")
        .meaning("The first check starts at a random moment within it.");
    TABLE
        .row("connect_timeout", Types.secondsFrom("0.000001"), (b, v) -> b.connectTimeout = v)
        .standard("the virtual server's")
        .meaning("Seconds a check waits for its connection.");
    TABLE
        .row("delay_loop", Types.secondsFrom("0.000001"), (b, v) -> b.delayLoop = v)
        .standard("the virtual server's")
        .meaning("Seconds between two rounds of checks.");
    TABLE
        .row("virtualhost", Types.text("NAME"), (b, v) -> b.virtualHost = v)
        .standard("the virtual server's")
        .absentIsError()
        .meaning("Host header of HTTP checks.");
    TABLE
        .row("smtp_alert", Types.optionalBool(), (b, v) -> b.smtpAlert = v)
        .meaning("Mail when it changes.");
    TABLE
        .row("snmp_name", Types.text("NAME"), (b, v) -> b.snmpName = v)
        .notYet()
        .meaning("Name for SNMP.");
    CheckerTables.rows(TABLE);
  }
}
