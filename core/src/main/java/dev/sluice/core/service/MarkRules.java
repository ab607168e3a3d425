package dev.sluice.core.service;

import dev.sluice.config.model.MarkMatch;
import dev.sluice.lvs.ServiceTable.MarkRule;
import dev.sluice.lvs.ServiceTable.Ports;
import dev.sluice.lvs.ServiceTable.Prefix;
import org.jspecify.annotations.Nullable;

/** The configuration's {@code match} lines as a plane reads them. */
final class MarkRules {
  private MarkRules() {}

  static MarkRule of(long mark, int ipVersion, MarkMatch m) {
    return new MarkRule(
        mark,
        ipVersion,
        m.device(),
        prefix(m.source()),
        prefix(m.destination()),
        m.protocol(),
        new Ports(m.firstSourcePort(), m.lastSourcePort()),
        new Ports(m.firstPort(), m.lastPort()));
  }

  private static @Nullable Prefix prefix(MarkMatch.@Nullable Net net) {
    return net == null ? null : new Prefix(net.address(), net.bits());
  }
}
