package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules made by hand, as they are kept between two lives of a daemon.
 *
 * @param boot id of the machine's boot: the kernel would forget its rules with it
 * @param timeouts null: never set
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record IpvsRules(String boot, List<Rule> rules, IpvsChange.@Nullable Timeouts timeouts) {
  public IpvsRules {
    rules = List.copyOf(rules);
  }

  /** A service and its servers, the first added first. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Rule(IpvsService service, List<IpvsServer> servers) {
    public Rule {
      servers = List.copyOf(servers);
    }
  }
}
