package dev.sluice.core.dump;

import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.NotifyScripts;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.TrackedObject;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VirtualMac;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.Addresses;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code < VRRP Topology >}: every instance, its state first. */
final class InstanceText {
  private final DumpInput input;
  private final Lines out;

  private InstanceText(DumpInput input, Lines out) {
    this.input = input;
    this.out = out;
  }

  static void write(DumpInput input, Lines out) {
    out.section("VRRP Topology");
    var text = new InstanceText(input, out);
    for (VrrpSnapshot.Instance i : input.vrrp().instances()) {
      input.configured(i).ifPresent(config -> text.instance(i, config));
    }
  }

  private void instance(VrrpSnapshot.Instance i, VrrpInstance config) {
    out.head("VRRP Instance = " + i.name());
    out.property("VRRP Version", i.version());
    if (config.options().ipv6()) {
      out.property("Using Native IPv6");
    }
    if (i.group() != null) {
      out.property("Sync group", i.group());
    }
    state(i, config);
    times(i, config);
    where(i, config);
    garp(config.garp());
    election(i, config);
    authentication(i, config);
    addresses(i, config);
    unicast(config);
    out.list("Virtual Routes", config.options().routes().stream().map(Words::route).toList());
    out.list("Virtual Rules", config.options().rules().stream().map(Words::rule).toList());
    trackers(config);
    out.property("Using smtp notification", Words.yes(config.options().smtpAlert()));
    NotifyScripts scripts = config.notifyScripts();
    out.property("Notify deleted", scripts.deleted() == null ? "Fault" : "Deleted");
    transitions(out, scripts, input);
    out.property("Notify priority changes", config.notifyPriorityChanges());
  }

  private void state(VrrpSnapshot.Instance i, VrrpInstance config) {
    out.property("State", i.state());
    InetAddress master = i.master();
    if (i.state() == VrrpState.BACKUP) {
      out.property("Master router", master == null ? "0.0.0.0" : Addresses.text(master));
      out.property("Master priority", i.masterPriority());
      if (i.version() == 3) {
        double seconds = i.masterInterval().toNanos() / 1e9;
        out.property("Master advert int = " + String.format(Locale.ROOT, "%.2f sec", seconds));
      }
    }
    out.property(config.unicast() ? "Flags:" : "Flags: none");
    if (config.unicast()) {
      out.item("Using unicast");
    }
    out.property("Wantstate", i.state());
    out.property("Number of config faults", 0);
    boolean pending = i.state() == VrrpState.INIT;
    out.property("Number of interface and track script faults", pending ? 0 : i.faults().size());
    out.property("Number of track scripts init", pending ? i.faults().size() : 0);
  }

  private void times(VrrpSnapshot.Instance i, VrrpInstance config) {
    out.property("Last transition", Words.moment(i.since(), input.zone()));
    Duration timer = i.timer();
    out.property(
        "Read timeout",
        timer == null ? "DISABLED" : Words.moment(input.now().plus(timer), input.zone()));
    out.property("Master down timer", masterDownMicros(i, config) + " usecs");
  }

  private static long masterDownMicros(VrrpSnapshot.Instance i, VrrpInstance config) {
    return VrrpTimers.masterDownNanos(
            i.version(),
            i.effectivePriority(),
            i.masterInterval().toNanos(),
            config.downTimerAdverts())
        / 1000;
  }

  private void where(VrrpSnapshot.Instance i, VrrpInstance config) {
    VirtualMac vmac = config.options().vmac();
    String device = Words.device(config);
    if (vmac != null) {
      boolean up = input.links().stream().anyMatch(l -> l.name().equals(device) && l.up());
      out.property(
          "Use "
              + (vmac.ipvlan() ? "IPVLAN" : "VMAC")
              + ", i/f name "
              + device
              + ", is_up = "
              + up
              + ", xmit_base = "
              + vmac.transmitOnBase());
    }
    if (!device.isEmpty()) {
      out.property(
          "Interface",
          vmac == null
              ? device
              : device + (vmac.ipvlan() ? ", ipvlan on " : ", vmac on ") + config.interfaceName());
    }
    if (config.strict()) {
      out.property("Enforcing strict VRRP compliance");
    }
    if (!config.trackPrimary()) {
      out.property("VRRP interface tracking disabled");
    }
    if (config.skipCheckAdvAddr()) {
      out.property("Skip checking advert IP addresses");
    }
    if (i.source() != null) {
      out.property(
          "Using src_ip",
          Addresses.text(i.source()) + (fixedSource(config) ? " (from configuration)" : ""));
    }
    if (!config.unicast()) {
      out.property("Multicast address " + Addresses.text(config.multicastGroup()));
    }
  }

  private static boolean fixedSource(VrrpInstance config) {
    return (config.unicast() ? config.unicastSource() : config.multicastSource()) != null;
  }

  private void garp(GarpSettings garp) {
    out.property("Gratuitous ARP delay", garp.delay().toSeconds());
    out.property("Gratuitous ARP repeat", garp.repeat());
    out.property("Gratuitous ARP refresh", garp.refresh().toSeconds());
    out.property("Gratuitous ARP refresh repeat", garp.refreshRepeat());
    out.property("Gratuitous ARP lower priority delay", garp.lowerPrioDelay().toSeconds());
    out.property("Gratuitous ARP lower priority repeat", garp.lowerPrioRepeat());
  }

  private void election(VrrpSnapshot.Instance i, VrrpInstance config) {
    out.property("Down timer adverts", config.downTimerAdverts());
    out.property("Send advert after receive lower priority advert", !config.lowerPrioNoAdvert());
    out.property("Send advert after receive higher priority advert", config.higherPrioSendAdvert());
    out.property("Virtual Router ID", i.virtualRouterId());
    out.property("Priority", i.basePriority());
    out.property("Effective priority", i.effectivePriority());
    out.property("Total priority", i.effectivePriority());
    out.property("Advert interval", interval(i.version(), i.advertInterval()));
    if (i.version() == 3 && !i.masterInterval().equals(i.advertInterval())) {
      out.property("Master advert interval", interval(3, i.masterInterval()));
    }
    out.property("Accept", Words.enabled(config.accept()));
    out.property("Preempt", Words.enabled(i.preempt()));
    if (config.preemptDelay().isPositive()) {
      out.property("Preempt delay", seconds(config.preemptDelay()) + " secs");
    }
    out.property("Promote_secondaries", Words.enabled(config.options().promoteSecondaries()));
  }

  private static String interval(int version, Duration interval) {
    return version == 2 ? interval.toSeconds() + " sec" : interval.toMillis() + " milli-sec";
  }

  private static String seconds(Duration span) {
    return span.toNanosPart() == 0 ? Long.toString(span.toSeconds()) : Words.seconds(span);
  }

  private void authentication(VrrpSnapshot.Instance i, VrrpInstance config) {
    if (i.version() != 2) {
      return;
    }
    switch (config.authentication()) {
      case Authentication.None _ -> out.property("Authentication type", "none");
      case Authentication.Pass _ -> {
        out.property("Authentication type", "SIMPLE_PASSWORD");
        // Masked, as keepalived does since 2.4.
        out.property("Password", "********");
      }
      case Authentication.Ah _ -> out.property("Authentication type", "IPSEC_AH");
    }
  }

  private void addresses(VrrpSnapshot.Instance i, VrrpInstance config) {
    List<String> own = addressLines(config, config.addresses(), i.addresses());
    if (!own.isEmpty()) {
      out.property("Virtual IP (" + own.size() + "):");
      own.forEach(out::item);
    }
    out.list("Virtual IP Excluded", addressLines(config, config.excludedAddresses(), i.excluded()));
  }

  /** Each address as configured, and whether it is in place. */
  static List<String> addressLines(
      VrrpInstance config, List<VirtualAddress> configured, List<VrrpSnapshot.Address> running) {
    List<String> lines = new ArrayList<>();
    for (VirtualAddress a : configured) {
      boolean present =
          running.stream()
              .anyMatch(r ->
                  r.present()
                      && r.address().equals(a.address())
                      && r.prefixLength() == a.prefixLength());
      lines.add(Words.address(a, Words.addressDevice(config, a), present));
    }
    return lines;
  }

  private void unicast(VrrpInstance config) {
    if (!config.unicast()) {
      return;
    }
    out.property("Unicast TTL", config.unicastTtl());
    out.property("Check unicast src : " + Words.yes(config.checkUnicastSource()));
    out.list("Unicast Peer", config.unicastPeers().stream().map(InstanceText::peer).toList());
    out.property("Unicast checksum compatibility", "no");
  }

  private static String peer(UnicastPeer p) {
    return Addresses.text(p.address()) + " min_ttl " + p.minTtl() + " max_ttl " + p.maxTtl();
  }

  private void trackers(VrrpInstance config) {
    out.list(
        "Tracked interfaces",
        config.trackInterfaces().stream()
            .map(t -> t.interfaceName() + weight(" weight ", t.weight(), t.reverse()))
            .toList());
    out.list(
        "Tracked scripts",
        config.trackScripts().stream()
            .map(t -> t.script() + weight(" weight ", t.weight(), t.reverse()))
            .toList());
    out.list("Tracked files", objects(config.options().trackFiles()));
    out.list("Tracked processes", objects(config.options().trackProcesses()));
    out.list("Tracked BFDs", objects(config.options().trackBfds()));
  }

  private static List<String> objects(List<TrackedObject> tracked) {
    return tracked.stream()
        .map(t -> t.name() + weight(", weight ", t.weight(), t.reverse()))
        .toList();
  }

  static String weight(String before, int weight, boolean reverse) {
    return before + weight + (reverse ? " reverse" : "");
  }

  /** The {@code notify*} commands of an instance or a group. */
  static void transitions(Lines out, NotifyScripts scripts, DumpInput input) {
    transition(out, "Backup", scripts.backup(), input);
    transition(out, "Master", scripts.master(), input);
    transition(out, "Fault", scripts.fault(), input);
    transition(out, "Stop", scripts.stop(), input);
    transition(out, "Deleted", scripts.deleted(), input);
    transition(out, "Master rx lower pri", scripts.masterRxLowerPri(), input);
    transition(out, "Generic", scripts.any(), input);
  }

  private static void transition(
      Lines out, String which, @Nullable Script script, DumpInput input) {
    if (script != null) {
      out.property(
          which + " state transition script",
          Words.command(script)
              + ", uid:gid "
              + Words.owner(script.user(), input.configuration().global().scriptUser()));
    }
  }
}
