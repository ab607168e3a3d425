package dev.sluice.core.status;

import dev.sluice.core.api.StatusReport;
import dev.sluice.core.router.Routers;
import dev.sluice.linux.Addresses;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpSnapshot;
import java.net.InetAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The VRRP part of the status. */
final class VrrpReports {
  private VrrpReports() {}

  static List<StatusReport.Vrrp> instances(Routers routers, VrrpSnapshot vrrp) {
    var result = new ArrayList<StatusReport.Vrrp>();
    for (VrrpSnapshot.Instance i : vrrp.instances()) {
      result.add(
          new StatusReport.Vrrp(
              i.name(),
              i.state().name(),
              i.virtualRouterId(),
              i.version(),
              i.interfaceName().isEmpty() ? null : i.interfaceName(),
              i.basePriority(),
              i.effectivePriority(),
              terms(i),
              i.addresses().stream().map(a -> Addresses.text(a.address())).toList(),
              text(i.master()),
              i.since().truncatedTo(ChronoUnit.MILLIS).toString(),
              routers.cause(i.name()),
              i.faults(),
              counters(i.counters()),
              text(i.source()),
              i.masterPriority(),
              i.preempt(),
              i.group(),
              millis(i.timer()),
              millis(i.election().preemptIn()),
              i.election().wantsMaster(),
              trackers(i),
              i.election().history().stream().map(VrrpReports::transition).toList(),
              i.election().decisions().stream().map(VrrpReports::decision).toList(),
              new StatusReport.Lease(i.lease().seconds(), i.lease().runs())));
    }
    return result;
  }

  private static StatusReport.Decision decision(VrrpSnapshot.Decision d) {
    return new StatusReport.Decision(
        d.at().truncatedTo(ChronoUnit.MILLIS).toString(),
        d.state().name(),
        d.text(),
        d.priority(),
        d.terms(),
        text(d.other()),
        d.otherPriority());
  }

  /** How punctual the thread is. */
  static StatusReport.VrrpLoop loop(VrrpSnapshot vrrp) {
    VrrpSnapshot.Lateness late = vrrp.lateness();
    return new StatusReport.VrrpLoop(
        vrrp.realTime(),
        late.count(),
        TimeUnit.NANOSECONDS.toMicros(late.medianNanos()),
        TimeUnit.NANOSECONDS.toMicros(late.p99Nanos()),
        TimeUnit.NANOSECONDS.toMicros(late.worstNanos()),
        counters(vrrp.unmatched()));
  }

  private static @Nullable String text(@Nullable InetAddress address) {
    return address == null ? null : Addresses.text(address);
  }

  private static @Nullable Long millis(@Nullable Duration span) {
    return span == null ? null : span.toMillis();
  }

  /** "base 100", "-20 script chk": the sum, a summand each. */
  private static List<String> terms(VrrpSnapshot.Instance i) {
    var terms = new ArrayList<>(List.of("base " + i.basePriority()));
    for (VrrpSnapshot.Tracker t : i.trackers()) {
      if (t.term() != 0) {
        terms.add((t.term() > 0 ? "+" : "") + t.term() + " " + t.kind() + " " + t.name());
      }
    }
    return terms;
  }

  private static List<StatusReport.Tracker> trackers(VrrpSnapshot.Instance i) {
    return i.trackers().stream()
        .map(t ->
            new StatusReport.Tracker(
                t.kind(), t.name(), t.weight(), t.standing(), t.evidence(), t.term()))
        .toList();
  }

  private static StatusReport.Transition transition(VrrpSnapshot.Transition t) {
    return new StatusReport.Transition(
        t.at().truncatedTo(ChronoUnit.MILLIS).toString(),
        t.from().name(),
        t.to().name(),
        t.cause(),
        t.priority(),
        t.terms());
  }

  private static Map<String, Long> counters(Map<VrrpCounter, Long> counters) {
    var result = new TreeMap<String, Long>();
    counters.forEach((counter, value) -> result.put(StatusReports.word(counter), value));
    return result;
  }

  static List<StatusReport.SyncGroup> groups(VrrpSnapshot vrrp) {
    return vrrp.groups().stream()
        .map(g -> new StatusReport.SyncGroup(g.name(), g.state().name(), g.members()))
        .toList();
  }

  static List<StatusReport.Script> scripts(VrrpSnapshot vrrp) {
    return vrrp.scripts().stream()
        .map(s ->
            new StatusReport.Script(
                s.name(),
                switch (s.status()) {
                  case "UP" -> "good";
                  case "DOWN" -> "bad";
                  default -> "unknown";
                },
                s.evidence()))
        .toList();
  }
}
