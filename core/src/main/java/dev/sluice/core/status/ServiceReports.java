package dev.sluice.core.status;

import dev.sluice.check.CheckId;
import dev.sluice.check.CheckOutcome;
import dev.sluice.check.CheckSnapshot;
import dev.sluice.config.model.Checker;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.api.StatusReport;
import dev.sluice.core.service.Services;
import dev.sluice.linux.Addresses;
import dev.sluice.lvs.Plane;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.pool.PoolStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The services part of the status: pools, their checks, and the plane's counters in one list. */
final class ServiceReports {
  private final Times times;
  private final Map<CheckPlace, List<CheckSnapshot>> checks = new HashMap<>();
  private final Map<VirtualServer.Key, Plane.ServiceCounters> counters = new HashMap<>();

  private record CheckPlace(VirtualServer.Key service, RealKey real) {}

  private ServiceReports(Times times) {
    this.times = times;
  }

  /** Every service; to be asked on the core thread. */
  static List<StatusReport.Service> of(Services services, Times times) {
    var reports = new ServiceReports(times);
    for (CheckSnapshot check : services.checks()) {
      CheckId id = check.id();
      reports
          .checks
          .computeIfAbsent(
              new CheckPlace(id.service(), new RealKey(id.address(), id.port())),
              _ -> new ArrayList<>())
          .add(check);
    }
    Plane plane = services.plane();
    if (plane != null) {
      for (Plane.ServiceCounters c : plane.counters()) {
        reports.counters.put(c.key(), c);
      }
    }
    var result = new ArrayList<StatusReport.Service>();
    for (PoolStatus pool : services.status()) {
      for (VirtualServer.Key member : services.members(pool.key())) {
        result.add(reports.service(pool, member, services));
      }
    }
    for (ServiceTable.Service s : services.byHand()) {
      result.add(reports.byHand(s));
    }
    return result;
  }

  private StatusReport.Service byHand(ServiceTable.Service s) {
    Plane.ServiceCounters counted = counters.get(s.key());
    Plane.Counters sum = counted == null ? new Plane.Counters(0, 0, 0, 0, 0) : counted.counters();
    var reals = new ArrayList<StatusReport.Real>();
    boolean up = false;
    for (ServiceTable.Real r : s.reals()) {
      up |= r.weight() > 0;
      Plane.RealCounters own = own(r.key(), counted);
      Plane.Counters of = own == null ? new Plane.Counters(0, 0, 0, 0, 0) : own.counters();
      reals.add(
          new StatusReport.Real(
              Addresses.text(r.key().address()),
              r.key().port(),
              r.weight(),
              r.weight(),
              "unchecked",
              own == null ? 0 : own.active(),
              own == null ? 0 : own.inactive(),
              of.connections(),
              of.inPackets(),
              of.inBytes(),
              null));
    }
    return new StatusReport.Service(
        s.key().mark() == 0 ? Addresses.text(s.key().address()) : "fwmark " + s.key().mark(),
        s.key().port(),
        s.key().protocol().name().toLowerCase(Locale.ROOT),
        s.scheduler(),
        s.reals().isEmpty() ? "DR" : s.reals().getFirst().method().name(),
        up ? "up" : "down",
        1,
        null,
        false,
        sum.connections(),
        sum.inPackets(),
        sum.inBytes(),
        reals,
        true);
  }

  private static Plane.@Nullable RealCounters own(
      RealKey key, Plane.@Nullable ServiceCounters counted) {
    if (counted != null) {
      for (Plane.RealCounters c : counted.reals()) {
        if (c.key().equals(key)) {
          return c;
        }
      }
    }
    return null;
  }

  /** A pool's service, or one of them: an entry of a group. */
  private StatusReport.Service service(
      PoolStatus pool, VirtualServer.Key member, Services services) {
    VirtualServer config = services.config(pool.key());
    Plane.ServiceCounters counted = counters.get(member);
    Plane.Counters sum = counted == null ? new Plane.Counters(0, 0, 0, 0, 0) : counted.counters();
    var reals = new ArrayList<StatusReport.Real>();
    for (PoolStatus.Real real : pool.reals()) {
      RealKey place = services.place(pool.key(), member, real.key());
      reals.add(real(pool.key(), real, place, counted));
    }
    RealKey sorry = pool.sorry();
    return new StatusReport.Service(
        Addresses.text(member.address()),
        member.port(),
        member.protocol().name().toLowerCase(Locale.ROOT),
        config.scheduler(),
        config.method().name(),
        pool.state().word(),
        pool.quorum(),
        sorry == null ? null : sorry.toString(),
        pool.sorryActive(),
        sum.connections(),
        sum.inPackets(),
        sum.inBytes(),
        reals,
        false);
  }

  private StatusReport.Real real(
      VirtualServer.Key service,
      PoolStatus.Real real,
      RealKey place,
      Plane.@Nullable ServiceCounters counted) {
    Plane.RealCounters own = own(place, counted);
    Plane.Counters sum = own == null ? new Plane.Counters(0, 0, 0, 0, 0) : own.counters();
    return new StatusReport.Real(
        Addresses.text(place.address()),
        place.port(),
        real.weight(),
        real.configuredWeight(),
        real.state().word(),
        own == null ? 0 : own.active(),
        own == null ? 0 : own.inactive(),
        sum.connections(),
        sum.inPackets(),
        sum.inBytes(),
        check(checks.get(new CheckPlace(service, real.key()))),
        checks.getOrDefault(new CheckPlace(service, real.key()), List.of()).stream()
            .map(this::detail)
            .toList());
  }

  /** Of several checks the one that decides: one that is down, else the first. */
  private StatusReport.@Nullable Check check(@Nullable List<CheckSnapshot> of) {
    if (of == null || of.isEmpty()) {
      return null;
    }
    CheckSnapshot decisive = of.getFirst();
    for (CheckSnapshot c : of) {
      if (c.last().decided() && !c.last().up()) {
        decisive = c;
        break;
      }
    }
    var last = decisive.last();
    return new StatusReport.Check(
        type(last.checker()),
        last.up(),
        last.evidence(),
        Math.round(last.durationNanos() / 1e3) / 1e3,
        last.decided() ? times.iso(decisive.sinceNanos()) : null);
  }

  private StatusReport.CheckDetail detail(CheckSnapshot check) {
    var last = check.last();
    CheckOutcome outcome = last.outcome();
    boolean tried = outcome != null;
    var changes =
        check.history().changes().reversed().stream()
            .map(c -> new StatusReport.CheckChange(times.iso(c.atNanos()), c.up(), c.evidence()))
            .toList();
    return new StatusReport.CheckDetail(
        type(last.checker()),
        CheckTargets.text(last.checker()),
        last.phase().word(),
        outcome != null && outcome.passed(),
        last.evidence(),
        Math.round(last.durationNanos() / 1e3) / 1e3,
        tried ? times.iso(last.atNanos()) : null,
        last.decided() ? times.iso(check.sinceNanos()) : null,
        check.runs(),
        check.failed(),
        check.history().inARow(),
        Math.round(check.history().downNanos(System.nanoTime()) / 1e6) / 1e3,
        changes);
  }

  private static String type(Checker checker) {
    return switch (checker) {
      case Checker.Tcp _ -> "TCP_CHECK";
      case Checker.Http http -> http.tls() ? "SSL_GET" : "HTTP_GET";
      case Checker.Misc _ -> "MISC_CHECK";
      case Checker.Smtp _ -> "SMTP_CHECK";
      case Checker.Dns _ -> "DNS_CHECK";
      case Checker.Udp _ -> "UDP_CHECK";
      case Checker.Ping _ -> "PING_CHECK";
      case Checker.FileValue _ -> "FILE_CHECK";
      case Checker.Greeting greeting -> greeting.application().keyword();
    };
  }
}
