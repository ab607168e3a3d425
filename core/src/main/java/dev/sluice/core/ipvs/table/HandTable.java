package dev.sluice.core.ipvs.table;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsOutcome.Result;
import dev.sluice.core.api.IpvsRules.Rule;
import dev.sluice.core.api.IpvsServer;
import dev.sluice.core.api.IpvsService;
import dev.sluice.lvs.scheduler.SchedulerKind;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The services that were made by hand, with their servers, in the order they were made. An
 * immutable value; a change answers the next one, or the reason for none, as the kernel's IPVS
 * would (lvs.md d.5). A service of the configuration is none of these: it is changed there.
 */
public final class HandTable {
  private static final Set<String> OTHER_SCHEDULERS = Set.of("none", "lblc", "lblcr");
  private static final Set<String> ENGINES = Set.of("sip");

  private final Map<IpvsKey, Rule> rules;

  /** The table after a change, and what became of it; the same table when it was refused. */
  public record Step(HandTable table, IpvsOutcome outcome) {}

  private HandTable(Map<IpvsKey, Rule> rules) {
    this.rules = rules;
  }

  /** Without services. */
  public static HandTable empty() {
    return new HandTable(new LinkedHashMap<>());
  }

  /** These, of which a key's first counts. */
  public static HandTable of(List<Rule> rules) {
    var map = new LinkedHashMap<IpvsKey, Rule>();
    rules.forEach(r -> map.putIfAbsent(r.service().key(), r));
    return new HandTable(map);
  }

  /** Every service, the first made first. */
  public List<Rule> rules() {
    return List.copyOf(rules.values());
  }

  /** The service of this key. */
  public Optional<Rule> rule(IpvsKey key) {
    return Optional.ofNullable(rules.get(key));
  }

  /**
   * The table after a change.
   *
   * @param configured whether a service is the configuration's
   */
  public Step on(IpvsChange change, Predicate<IpvsKey> configured) {
    IpvsKey key = change.key();
    return switch (change.operation()) {
      case ADD_SERVICE -> addService(of(change.service()), configured);
      case EDIT_SERVICE -> editService(of(change.service()), configured);
      case DELETE_SERVICE -> deleteService(of(key), configured);
      case FLUSH -> done(new LinkedHashMap<>());
      case ADD_SERVER, EDIT_SERVER, DELETE_SERVER ->
          server(change.operation(), of(key), of(change.server()), configured);
      case ZERO ->
          rules.containsKey(of(key)) || configured.test(of(key))
              ? new Step(this, IpvsOutcome.DONE)
              : refused(Result.NO_SERVICE);
      case ZERO_ALL, SET_TIMEOUTS -> new Step(this, IpvsOutcome.DONE);
    };
  }

  private static <T> T of(@Nullable T part) {
    return Objects.requireNonNull(part, "the change lacks what it is about");
  }

  private Step addService(IpvsService service, Predicate<IpvsKey> configured) {
    if (configured.test(service.key())) {
      return new Step(
          this,
          new IpvsOutcome(Result.EXISTS, "the configuration has " + service.key() + " already"));
    }
    if (rules.containsKey(service.key())) {
      return refused(Result.EXISTS);
    }
    return unknownName(service)
        ? refused(Result.NO_SCHEDULER)
        : with(service.key(), new Rule(service, List.of()));
  }

  private Step editService(IpvsService service, Predicate<IpvsKey> configured) {
    if (configured.test(service.key())) {
      return ofConfiguration(service.key());
    }
    Rule before = rules.get(service.key());
    if (before == null) {
      return refused(Result.NO_SERVICE);
    }
    return unknownName(service)
        ? refused(Result.NO_SCHEDULER)
        : with(service.key(), new Rule(service, before.servers()));
  }

  private static boolean unknownName(IpvsService service) {
    String scheduler = service.scheduler();
    String engine = service.engine();
    return (SchedulerKind.named(scheduler).isEmpty() && !OTHER_SCHEDULERS.contains(scheduler))
        || (engine != null && !ENGINES.contains(engine));
  }

  private Step deleteService(IpvsKey key, Predicate<IpvsKey> configured) {
    if (configured.test(key)) {
      return ofConfiguration(key);
    }
    if (!rules.containsKey(key)) {
      return refused(Result.NO_SERVICE);
    }
    var next = new LinkedHashMap<>(rules);
    next.remove(key);
    return done(next);
  }

  private Step server(
      IpvsChange.Operation operation,
      IpvsKey key,
      IpvsServer server,
      Predicate<IpvsKey> configured) {
    if (configured.test(key)) {
      return ofConfiguration(key);
    }
    Rule rule = rules.get(key);
    if (rule == null) {
      return refused(Result.NO_SERVICE);
    }
    var servers = new ArrayList<>(rule.servers());
    int at = indexOf(servers, server);
    if (operation == IpvsChange.Operation.DELETE_SERVER) {
      if (at < 0) {
        return refused(Result.NO_SERVER);
      }
      servers.remove(at);
      return with(key, new Rule(rule.service(), servers));
    }
    Result fault = fault(server);
    if (fault != Result.DONE) {
      return refused(fault);
    }
    if (operation == IpvsChange.Operation.ADD_SERVER) {
      if (at >= 0) {
        return refused(Result.EXISTS);
      }
      servers.add(server);
    } else {
      if (at < 0) {
        return refused(Result.NO_SERVER);
      }
      servers.set(at, server);
    }
    return with(key, new Rule(rule.service(), servers));
  }

  private static int indexOf(List<IpvsServer> servers, IpvsServer server) {
    for (int i = 0; i < servers.size(); i++) {
      IpvsServer s = servers.get(i);
      if (s.address().equals(server.address()) && s.port() == server.port()) {
        return i;
      }
    }
    return -1;
  }

  private static Result fault(IpvsServer server) {
    if (server.weight() < 0 || server.lowerThreshold() > server.upperThreshold()) {
      return Result.OUT_OF_RANGE;
    }
    InetAddress address = InetAddress.ofLiteral(server.address());
    boolean unicast =
        !address.isMulticastAddress()
            && !address.isAnyLocalAddress()
            && !server.address().equals("255.255.255.255");
    return unicast ? Result.DONE : Result.INVALID;
  }

  private Step with(IpvsKey key, Rule rule) {
    var next = new LinkedHashMap<>(rules);
    next.put(key, rule);
    return done(next);
  }

  private static Step done(Map<IpvsKey, Rule> next) {
    return new Step(new HandTable(next), IpvsOutcome.DONE);
  }

  private Step refused(Result result) {
    return new Step(this, IpvsOutcome.of(result));
  }

  private Step ofConfiguration(IpvsKey key) {
    return new Step(
        this,
        IpvsOutcome.invalid(
            key + " belongs to the configuration: change it there and reload (SIGHUP)"));
  }
}
