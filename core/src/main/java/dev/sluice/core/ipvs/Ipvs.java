package dev.sluice.core.ipvs;

import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.api.IpvsAnswer;
import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsRules;
import dev.sluice.core.api.IpvsService;
import dev.sluice.core.api.IpvsTable;
import dev.sluice.core.ipvs.table.HandTable;
import dev.sluice.core.service.Services;
import dev.sluice.linux.Addresses;
import dev.sluice.lvs.Plane;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What ipvsadm sees of the daemon: the services of the configuration, and beside them those made by
 * hand, which it changes. Everything happens on the core thread.
 */
public final class Ipvs {
  private static final System.Logger LOG = System.getLogger(Ipvs.class.getName());

  /** So many connections are listed at most. */
  private static final int MOST_CONNECTIONS = 200_000;

  private final Services services;
  private final HandStore store;
  private final PlaneOpener opener;
  private final Estimators estimators = new Estimators();
  private HandTable byHand = HandTable.empty();
  private IpvsChange.@Nullable Timeouts timeouts;
  private Set<IpvsKey> shadowed = Set.of();
  private @Nullable Plane told;

  /** Makes a plane where none runs yet. */
  @FunctionalInterface
  public interface PlaneOpener {
    /**
     * The plane, in use from now on; null: the operator wants none.
     *
     * @throws PlaneException when this machine cannot carry it
     */
    @Nullable Plane open();
  }

  /** Nothing by hand until {@link #start}. */
  public Ipvs(Services services, HandStore store, PlaneOpener opener) {
    this.services = services;
    this.store = store;
    this.opener = opener;
  }

  /**
   * Takes up what a predecessor that was killed had. The plane hears of it with the first
   * configuration, or by {@link Services#settle} where there is none: in between the pinned plane
   * would lose the one or the other.
   */
  public void start() {
    IpvsRules kept = store.load();
    if (kept == null) {
      return;
    }
    byHand = HandTable.of(kept.rules());
    timeouts = kept.timeouts();
    LOG.log(
        System.Logger.Level.INFO,
        "{0} services made by hand are taken up again",
        byHand.rules().size());
    try {
      if (services.plane() == null) {
        opener.open();
      }
      services.byHand(Words.services(byHand));
    } catch (PlaneException e) {
      LOG.log(System.Logger.Level.ERROR, "services made by hand: {0}", e.getMessage());
    }
    tellTimeouts();
  }

  /** A configuration has taken effect: its services win over those of the same key made by hand. */
  public void configured() {
    var now = new HashSet<IpvsKey>();
    for (IpvsRules.Rule rule : byHand.rules()) {
      IpvsKey key = rule.service().key();
      if (configured(key)) {
        now.add(key);
        if (!shadowed.contains(key)) {
          LOG.log(
              System.Logger.Level.WARNING,
              "{0} was made by hand and is now in the configuration, which wins; what was made by"
                  + " hand comes back when the configuration drops it",
              key);
        }
      }
    }
    shadowed = now;
    tellTimeouts();
  }

  private boolean configured(IpvsKey key) {
    return services.configured(Words.key(key));
  }

  /** Makes changes in this order; each has an outcome of its own. */
  public IpvsAnswer change(List<IpvsChange> changes) {
    var outcomes = new ArrayList<IpvsOutcome>();
    HandTable before = byHand;
    for (IpvsChange change : changes) {
      outcomes.add(change(change));
    }
    if (byHand != before) {
      services.byHand(Words.services(byHand));
      String fault = services.settle();
      if (!fault.isEmpty() && outcomes.getLast().done()) {
        outcomes.set(
            outcomes.size() - 1,
            IpvsOutcome.invalid("the table has it, and the plane does not yet: " + fault));
      }
    }
    store.save(byHand, timeouts);
    return new IpvsAnswer(outcomes);
  }

  private IpvsOutcome change(IpvsChange change) {
    HandTable.Step step;
    try {
      step = byHand.on(change, this::configured);
    } catch (IllegalArgumentException | NullPointerException e) {
      return IpvsOutcome.invalid("not a change that makes sense: " + e.getMessage());
    }
    if (!step.outcome().done()) {
      return step.outcome();
    }
    IpvsOutcome carried = carried(change, step.table());
    if (!carried.done()) {
      return carried;
    }
    byHand = step.table();
    effects(change);
    return IpvsOutcome.DONE;
  }

  /** Whether the plane can do what the service would be. */
  private IpvsOutcome carried(IpvsChange change, HandTable next) {
    IpvsKey key = change.key();
    IpvsRules.Rule rule = key == null ? null : next.rule(key).orElse(null);
    if (rule == null || rule.service().scheduler().equals("none")) {
      return IpvsOutcome.DONE;
    }
    Plane plane = services.plane();
    try {
      plane = plane == null ? opener.open() : plane;
      if (plane == null) {
        return IpvsOutcome.invalid(
            "the daemon runs with --plane none: it forwards nothing; start it with --plane xdp");
      }
      var table = new ServiceTable(List.of(Words.service(rule)));
      for (Plane.Unsupported u : plane.unsupported(table)) {
        return IpvsOutcome.invalid(u.reason() + "; the plane takes " + u.remedy());
      }
    } catch (PlaneException e) {
      return IpvsOutcome.invalid(String.valueOf(e.getMessage()));
    }
    return IpvsOutcome.DONE;
  }

  private void effects(IpvsChange change) {
    Plane plane = services.plane();
    switch (change.operation()) {
      case ZERO, ZERO_ALL -> {
        if (plane != null) {
          VirtualServer.Key only = change.key() == null ? null : Words.key(change.key());
          estimators.zero(plane.counters(), k -> only == null || k.equals(only));
        }
      }
      case SET_TIMEOUTS -> {
        IpvsChange.Timeouts next = change.timeouts();
        if (next != null) {
          timeouts = next.over(shownTimeouts());
          told = null;
          tellTimeouts();
        }
      }
      case ADD_SERVICE,
          EDIT_SERVICE,
          DELETE_SERVICE,
          FLUSH,
          ADD_SERVER,
          EDIT_SERVER,
          DELETE_SERVER -> {
        // The table says it all.
      }
    }
  }

  /** A plane that came later hears of what was set before. */
  private void tellTimeouts() {
    Plane plane = services.plane();
    IpvsChange.Timeouts set = timeouts;
    if (plane != null && set != null && !plane.equals(told)) {
      told = plane;
      plane.timeouts(Words.timeouts(set));
    }
  }

  private IpvsChange.Timeouts shownTimeouts() {
    Plane plane = services.plane();
    if (timeouts != null) {
      return timeouts;
    }
    return plane == null ? IpvsChange.Timeouts.DEFAULT : Words.timeouts(plane.timeouts());
  }

  /** Housekeeping, once a second. */
  public void tick() {
    Plane plane = services.plane();
    if (plane != null) {
      estimators.tick(plane);
    }
  }

  /**
   * Every service.
   *
   * @param templates count those that lead to each server: the whole connection table is read
   */
  public IpvsTable table(boolean templates) {
    Plane plane = services.plane();
    var counted = new HashMap<VirtualServer.Key, Plane.ServiceCounters>();
    if (plane != null) {
      plane.counters().forEach(c -> counted.put(c.key(), c));
    }
    Map<String, Long> persistent = templates ? templates(plane) : Map.of();
    var listed = new ArrayList<IpvsTable.Service>();
    for (ServiceTable.Service s : services.table().services()) {
      IpvsRules.Rule rule =
          services.configured(s.key()) ? null : byHand.rule(Words.key(s.key())).orElse(null);
      listed.add(listed(s, rule, counted.get(s.key()), persistent));
    }
    for (IpvsRules.Rule rule : byHand.rules()) {
      if (rule.service().scheduler().equals("none") && !configured(rule.service().key())) {
        listed.add(listed(Words.service(rule), rule, null, persistent));
      }
    }
    return new IpvsTable(services.connectionTableSize(), shownTimeouts(), listed, List.of());
  }

  private IpvsTable.Service listed(
      ServiceTable.Service s,
      IpvsRules.@Nullable Rule rule,
      Plane.@Nullable ServiceCounters counted,
      Map<String, Long> persistent) {
    var reals = new HashMap<RealKey, Plane.RealCounters>();
    if (counted != null) {
      counted.reals().forEach(r -> reals.put(r.key(), r));
    }
    var servers = new ArrayList<IpvsTable.Server>();
    for (ServiceTable.Real r : s.reals()) {
      Plane.RealCounters c = reals.get(r.key());
      servers.add(
          new IpvsTable.Server(
              Words.server(r),
              c == null ? 0 : c.active(),
              c == null ? 0 : c.inactive(),
              persistent.getOrDefault(s.key() + " " + r.key(), 0L),
              c == null
                  ? IpvsTable.Statistics.ZERO
                  : estimators.real(s.key(), r.key(), c.counters())));
    }
    IpvsService service = rule == null ? Words.service(s) : rule.service();
    return new IpvsTable.Service(
        service,
        rule != null,
        counted == null
            ? IpvsTable.Statistics.ZERO
            : estimators.service(s.key(), counted.counters()),
        servers);
  }

  /** Entries without a client's port are templates. */
  private static Map<String, Long> templates(@Nullable Plane plane) {
    var found = new HashMap<String, Long>();
    if (plane != null) {
      for (Plane.Connection c : plane.connections(Integer.MAX_VALUE)) {
        if (c.clientPort() == 0) {
          found.merge(c.service() + " " + c.real(), 1L, Long::sum);
        }
      }
    }
    return found;
  }

  /** The connections, without services. */
  public IpvsTable connections() {
    Plane plane = services.plane();
    var entries = new ArrayList<IpvsTable.Connection>();
    if (plane != null) {
      for (Plane.Connection c : plane.connections(MOST_CONNECTIONS)) {
        VirtualServer.Key key = c.service();
        entries.add(
            new IpvsTable.Connection(
                key.mark() != 0 ? "IP" : key.protocol().name(),
                c.expiresInSeconds(),
                c.state(),
                Addresses.text(c.client()),
                c.clientPort(),
                Addresses.text(key.address()),
                key.port(),
                Addresses.text(c.real().address()),
                c.real().port(),
                null,
                null));
      }
    }
    return new IpvsTable(services.connectionTableSize(), shownTimeouts(), List.of(), entries);
  }

  /**
   * The daemon ends in good order.
   *
   * @param keepPlane its rules go on in the kernel, and the next daemon takes them up
   */
  public void stop(boolean keepPlane) {
    if (!keepPlane) {
      store.clear();
    }
  }
}
