package dev.sluice.cli.simulate;

import dev.sluice.cli.Table;
import dev.sluice.vrrp.simulation.ClusterSpec;
import dev.sluice.vrrp.simulation.ClusterSpec.Place;
import dev.sluice.vrrp.simulation.ClusterSpec.VirtualRouter;
import dev.sluice.vrrp.simulation.Timeline;
import dev.sluice.vrrp.simulation.Timeline.Line;
import dev.sluice.vrrp.simulation.Timeline.Period;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import java.io.StringWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The result in words, and as JSON. */
final class Report {
  private static final double MILLI = 1e6;

  private final ClusterSpec spec;
  private final Timeline timeline;

  Report(ClusterSpec spec, Timeline timeline) {
    this.spec = spec;
    this.timeline = timeline;
  }

  /** Whether each virtual router has exactly one master at the end. */
  boolean good() {
    for (int v = 0; v < timeline.virtualRouters().size(); v++) {
      if (timeline.mastersAtEnd(v).size() != 1) {
        return false;
      }
    }
    return true;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(routers()).append('\n').append(events()).append('\n').append(masters());
    if (timeline.warnings().isEmpty()) {
      text.append("\nno warnings\n");
    } else {
      text.append("\nwarnings\n");
      timeline.warnings().forEach(warning -> text.append("  ").append(warning).append('\n'));
    }
    return text.toString();
  }

  private String routers() {
    Table table = new Table("");
    for (ClusterSpec.Router router : spec.routers()) {
      for (ClusterSpec.Instance instance : router.instances()) {
        table.row(
            router.name(),
            instance.settings().name(),
            "vrid " + instance.virtualRouterId(),
            instance.device() == null ? "-" : instance.device(),
            instance.address().getHostAddress(),
            "priority "
                + instance.settings().priority()
                + (instance.settings().preempt() ? "" : ", nopreempt"));
      }
    }
    return table.text();
  }

  private String events() {
    Table table = new Table("");
    for (Line line : timeline.lines()) {
      switch (line) {
        case Line.Happened(long at, var happening) ->
            table.row(seconds(at), "*", happening.words(spec));
        case Line.Changed(long at, Place place, var from, var to, String cause) ->
            table.row(
                seconds(at),
                spec.instance(place).settings().name(),
                name(place.router()) + " " + from + " -> " + to + ": " + cause);
      }
    }
    return table.text();
  }

  private String masters() {
    Table table = new Table("  ");
    for (int v = 0; v < timeline.virtualRouters().size(); v++) {
      VirtualRouter one = timeline.virtualRouters().get(v);
      table.heading(one.name() + " (vrid " + one.virtualRouterId() + ", " + one.link() + ")");
      List<Period> periods = timeline.periods(v);
      for (int i = 0; i < periods.size(); i++) {
        Period period = periods.get(i);
        String span = seconds(period.fromNanos()) + " - " + seconds(period.untilNanos());
        if (period.masters().isEmpty()) {
          table.row(
              span, "nobody", (i == 0 ? "" : "outage ") + Timeline.millis(period.nanos()) + " ms");
        } else {
          table.row(span, String.join(" and ", names(period.masters())));
        }
      }
    }
    return table.text();
  }

  /** On a column of its own: right-aligned up to four digits. */
  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%8.3f s", nanos / 1e9);
  }

  private String name(int router) {
    return spec.routers().get(router).name();
  }

  private List<String> names(Collection<Integer> routers) {
    return routers.stream().map(this::name).toList();
  }

  String json() {
    var text = new StringWriter();
    try (JsonWriter json =
        JsonStream.builder().serializeNulls(true).serializeEmpty(true).build().writer(text)) {
      json.beginObject();
      json.name("routers");
      json.beginArray();
      spec.routers().forEach(router -> router(json, router));
      json.endArray();
      json.name("events");
      json.beginArray();
      timeline.lines().forEach(line -> event(json, line));
      json.endArray();
      json.name("instances");
      json.beginArray();
      for (int v = 0; v < timeline.virtualRouters().size(); v++) {
        virtual(json, v);
      }
      json.endArray();
      strings(json, "warnings", timeline.warnings());
      json.name("ok");
      json.value(good());
      json.endObject();
    }
    return text.toString();
  }

  private static void router(JsonWriter json, ClusterSpec.Router router) {
    json.beginObject();
    json.name("name");
    json.value(router.name());
    json.name("instances");
    json.beginArray();
    for (ClusterSpec.Instance instance : router.instances()) {
      json.beginObject();
      json.name("name");
      json.value(instance.settings().name());
      json.name("vrid");
      json.value(instance.virtualRouterId());
      json.name("interface");
      json.value(instance.device());
      json.name("address");
      json.value(instance.address().getHostAddress());
      json.name("priority");
      json.value(instance.settings().priority());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private void event(JsonWriter json, Line line) {
    json.beginObject();
    json.name("at_ms");
    json.value(line.atNanos() / MILLI);
    switch (line) {
      case Line.Happened(long _, var happening) -> {
        json.name("happened");
        json.value(happening.words(spec));
      }
      case Line.Changed(long _, Place place, var from, var to, String cause) -> {
        json.name("router");
        json.value(name(place.router()));
        json.name("instance");
        json.value(spec.instance(place).settings().name());
        json.name("from");
        json.value(from.name());
        json.name("to");
        json.value(to.name());
        json.name("cause");
        json.value(cause);
      }
    }
    json.endObject();
  }

  private void virtual(JsonWriter json, int v) {
    VirtualRouter one = timeline.virtualRouters().get(v);
    json.beginObject();
    json.name("name");
    json.value(one.name());
    json.name("vrid");
    json.value(one.virtualRouterId());
    json.name("family");
    json.value("ipv" + one.family());
    json.name("link");
    json.value(one.link());
    json.name("masters");
    json.beginArray();
    for (Period period : timeline.periods(v)) {
      json.beginObject();
      json.name("from_ms");
      json.value(period.fromNanos() / MILLI);
      json.name("until_ms");
      json.value(period.untilNanos() / MILLI);
      strings(json, "routers", names(period.masters()));
      json.endObject();
    }
    json.endArray();
    json.name("outage_ms");
    json.value(timeline.outages(v).stream().mapToLong(Period::nanos).sum() / MILLI);
    json.name("longest_outage_ms");
    json.value(timeline.outages(v).stream().mapToLong(Period::nanos).max().orElse(0) / MILLI);
    json.name("two_masters_ms");
    json.value(
        timeline.periods(v).stream()
                .filter(period -> period.masters().size() > 1)
                .mapToLong(Period::nanos)
                .sum()
            / MILLI);
    strings(json, "master", names(timeline.mastersAtEnd(v)));
    json.endObject();
  }

  private static void strings(JsonWriter json, String name, List<String> values) {
    json.name(name);
    json.beginArray();
    values.forEach(json::value);
    json.endArray();
  }
}
