package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ScriptUser;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What makes two checks the same one: equal definitions give equal results, so that they are tried
 * once, whoever asks; and a result outlives a reload exactly when its definition does.
 *
 * @param script what else matters for a script, which does not say whom it asks; null: no script
 */
record Definition(Checker checker, @Nullable OfScript script) {
  /** For whom and as whom a script runs. */
  record OfScript(InetSocketAddress server, @Nullable ScriptUser user, boolean groups) {}

  static Definition of(CheckTarget target) {
    if (target.checker() instanceof Checker.Misc) {
      var server = new InetSocketAddress(target.id().address(), target.id().port());
      var script = new OfScript(server, target.scriptUser(), target.supplementaryGroups());
      return new Definition(target.checker(), script);
    }
    return new Definition(target.checker(), null);
  }

  /** Where a check goes to, as far as limits are concerned; null: nowhere. */
  @Nullable InetSocketAddress target() {
    Checker.Connection to =
        switch (checker) {
          case Checker.Tcp tcp -> tcp.connection();
          case Checker.Http http -> http.connection();
          case Checker.Smtp smtp -> smtp.hosts().getFirst();
          case Checker.Dns dns -> dns.connection();
          case Checker.Udp udp -> udp.connection();
          case Checker.Ping ping -> ping.connection();
          case Checker.Greeting greeting -> greeting.connection();
          case Checker.Misc _, Checker.FileValue _ -> null;
        };
    return to == null ? null : new InetSocketAddress(to.address(), to.port());
  }
}
