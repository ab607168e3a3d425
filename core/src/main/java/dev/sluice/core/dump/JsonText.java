package dev.sluice.core.dump;

import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.NotifyScripts;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedObject;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code keepalived.json}: the instances as keepalived writes them, version 1 (an array) or 2 (an
 * object). Passwords are masked, as keepalived's since 2.4.
 */
final class JsonText {
  private final DumpInput input;
  private final StatsBaseline baseline;
  private final JsonWriter json;

  private JsonText(DumpInput input, StatsBaseline baseline, JsonWriter json) {
    this.input = input;
    this.baseline = baseline;
    this.json = json;
  }

  static String of(DumpInput input, StatsBaseline baseline) {
    var text = new StringWriter();
    try (JsonWriter writer =
        JsonStream.builder().serializeNulls(true).serializeEmpty(true).build().writer(text)) {
      var dump = new JsonText(input, baseline, writer);
      if (input.configuration().global().settings().files().jsonVersion() == 2) {
        writer.beginObject();
        writer.name("vrrp");
        dump.instances();
        writer.name("track_process");
        writer.beginArray();
        input
            .configuration()
            .further()
            .trackProcesses()
            .forEach(p -> {
              writer.beginObject();
              dump.field("name", p.name());
              dump.field("process", String.join(" ", p.command()));
              dump.field("min_processes", p.quorum());
              writer.endObject();
            });
        writer.endArray();
        writer.endObject();
      } else {
        dump.instances();
      }
    }
    return text.toString();
  }

  private void instances() {
    json.beginArray();
    for (VrrpSnapshot.Instance i : input.vrrp().instances()) {
      input
          .configured(i)
          .ifPresent(config -> {
            json.beginObject();
            json.name("data");
            data(i, config);
            json.name("stats");
            stats(i);
            json.endObject();
          });
    }
    json.endArray();
  }

  private void data(VrrpSnapshot.Instance i, VrrpInstance config) {
    json.beginObject();
    field("iname", i.name());
    field("dont_track_primary", config.trackPrimary() ? 0 : 1);
    field("skip_check_adv_addr", config.skipCheckAdvAddr() ? 1 : 0);
    field("strict_mode", config.strict() ? 1 : 0);
    field("vmac_ifname", Words.vmacName(config));
    field("ifp_ifname", Words.device(config));
    field("master_priority", i.state() == VrrpState.MASTER ? 0 : i.masterPriority());
    number("last_transition", new BigDecimal(Words.epoch(i.since())));
    garp(config.garp());
    field("lower_prio_no_advert", config.lowerPrioNoAdvert() ? 1 : 0);
    field("higher_prio_send_advert", config.higherPrioSendAdvert() ? 1 : 0);
    field("vrid", i.virtualRouterId());
    field("base_priority", i.basePriority());
    field("effective_priority", i.effectivePriority());
    field("vipset", i.state() == VrrpState.MASTER);
    field("promote_secondaries", config.options().promoteSecondaries());
    number("adver_int", seconds(i.advertInterval()));
    number("master_adver_int", seconds(i.masterInterval()));
    field("accept", config.accept() ? 1 : 0);
    field("nopreempt", !i.preempt());
    number("preempt_delay", seconds(config.preemptDelay()));
    field("state", number(i.state()));
    field("wantstate", number(i.state()));
    field("version", i.version());
    field("smtp_alert", config.options().smtpAlert());
    field("notify_deleted", config.notifyScripts().deleted() != null);
    scripts(config.notifyScripts());
    list("vips", InstanceText.addressLines(config, config.addresses(), i.addresses()));
    list("evips", InstanceText.addressLines(config, config.excludedAddresses(), i.excluded()));
    list("vroutes", config.options().routes().stream().map(Words::route).toList());
    list("vrules", config.options().rules().stream().map(Words::rule).toList());
    list(
        "track_ifp",
        config.trackInterfaces().stream().map(TrackedInterface::interfaceName).toList());
    list("track_script", trackedCommands(config));
    list(
        "track_process",
        config.options().trackProcesses().stream().map(TrackedObject::name).toList());
    authentication(config.authentication());
    json.endObject();
  }

  /** keepalived tells a tracked script by its command. */
  private List<String> trackedCommands(VrrpInstance config) {
    return config.trackScripts().stream()
        .map(t ->
            input.configuration().vrrpScripts().stream()
                .filter(s -> s.name().equals(t.script()))
                .findFirst()
                .map(s -> Words.command(s.script()))
                .orElse(t.script()))
        .toList();
  }

  private void garp(GarpSettings garp) {
    number("garp_delay", seconds(garp.delay()));
    number("garp_refresh", seconds(garp.refresh()));
    field("garp_rep", garp.repeat());
    field("garp_refresh_rep", garp.refreshRepeat());
    number("garp_lower_prio_delay", seconds(garp.lowerPrioDelay()));
    field("garp_lower_prio_rep", garp.lowerPrioRepeat());
  }

  private void scripts(NotifyScripts scripts) {
    script("script_backup", scripts.backup());
    script("script_master", scripts.master());
    script("script_fault", scripts.fault());
    script("script_stop", scripts.stop());
    script("script_deleted", scripts.deleted());
    script("script", scripts.any());
    script("script_master_rx_lower_pri", scripts.masterRxLowerPri());
  }

  private void script(String name, @Nullable Script script) {
    if (script != null) {
      field(name, Words.command(script));
    }
  }

  private void authentication(Authentication authentication) {
    int type =
        switch (authentication) {
          case Authentication.None _ -> 0;
          case Authentication.Pass _ -> 1;
          case Authentication.Ah _ -> 2;
        };
    field("auth_type", type);
    if (type != 0) {
      field("auth_data", "********");
    }
  }

  private void stats(VrrpSnapshot.Instance i) {
    json.beginObject();
    Map<VrrpCounter, Long> counters = baseline.since(i);
    for (VrrpCounter counter : VrrpCounter.values()) {
      if (counter.json() != null) {
        json.name(counter.json());
        json.value(counters.getOrDefault(counter, 0L));
      }
    }
    json.endObject();
  }

  private static int number(VrrpState state) {
    return switch (state) {
      case INIT -> 0;
      case BACKUP -> 1;
      case MASTER -> 2;
      case FAULT -> 3;
    };
  }

  /** Whole seconds without a point: exporters read integers. */
  private static BigDecimal seconds(Duration span) {
    var exact = BigDecimal.valueOf(span.toNanos(), 9).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  private void field(String name, String value) {
    json.name(name);
    json.value(value);
  }

  private void field(String name, int value) {
    json.name(name);
    json.value(value);
  }

  private void field(String name, boolean value) {
    json.name(name);
    json.value(value);
  }

  private void number(String name, BigDecimal value) {
    json.name(name);
    json.value(value);
  }

  private void list(String name, List<String> values) {
    if (!values.isEmpty()) {
      json.name(name);
      json.beginArray();
      values.forEach(json::value);
      json.endArray();
    }
  }
}
