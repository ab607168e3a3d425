package dev.sluice.config.build;

import dev.sluice.config.build.InstanceBuilder.AuthenticationType;
import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Types.Weight;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What keepalived does after reading: inherits from global_defs, corrects what does not fit
 * together, and says so. Order and rules are those of its vrrp_complete_instance.
 */
final class VrrpCompletion {
  private static final int LARGEST_PACKET = 1500;

  private final Plan plan;
  private final Diagnostics diagnostics;
  private final GlobalBuilder global;
  private final Scripts scripts;

  VrrpCompletion(Plan plan, Context context, Scripts scripts) {
    this.plan = plan;
    this.diagnostics = context.diagnostics();
    this.global = plan.global;
    this.scripts = scripts;
  }

  List<VrrpScript> scripts() {
    List<VrrpScript> result = new ArrayList<>();
    for (ScriptBuilder b : plan.scripts.values()) {
      if (b.command == null) {
        continue;
      }
      if (!b.used) {
        diagnostics.lint(
            b.at,
            "unused-script",
            "nothing tracks vrrp_script " + b.name,
            "it is never run",
            "name it in a track_script block, or remove it");
        continue;
      }
      Script script = scripts.track(b.command, b.user, b.name);
      if (script == null) {
        continue;
      }
      result.add(
          new VrrpScript(
              b.name,
              script,
              b.interval,
              b.timeout == null || b.timeout.isZero() ? b.interval : b.timeout,
              b.weight,
              b.reverse,
              b.rise,
              b.fall,
              b.initFail));
    }
    return result;
  }

  List<VrrpInstance> instances() {
    List<VrrpInstance> result = new ArrayList<>();
    Map<String, InstanceBuilder> identities = new HashMap<>();
    for (InstanceBuilder b : plan.instances.values()) {
      VrrpInstance instance = instance(b);
      if (instance != null && identityFree(b, instance, identities)) {
        result.add(instance);
      }
    }
    return result;
  }

  private boolean identityFree(
      InstanceBuilder b, VrrpInstance instance, Map<String, InstanceBuilder> identities) {
    String family = instance.multicastGroup() instanceof Inet4Address ? "4" : "6";
    String key =
        instance.virtualRouterId()
            + "/"
            + family
            + "/"
            + instance.interfaceName()
            + (instance.unicast() ? "/" + instance.unicastSource() : "");
    InstanceBuilder other = identities.putIfAbsent(key, b);
    if (other == null) {
      return true;
    }
    diagnostics.refused(
        b.virtualRouterIdAt,
        "duplicate-vrid",
        "virtual_router_id "
            + instance.virtualRouterId()
            + " is used by "
            + other.name
            + " on the same interface",
        "keepalived does not start",
        "every group of a segment needs an id of its own");
    return false;
  }

  private @Nullable VrrpInstance instance(InstanceBuilder b) {
    if (b.virtualRouterId == null) {
      diagnostics.refused(
          b.at,
          "no-vrid",
          "instance " + b.name + " has no valid virtual_router_id",
          "keepalived does not start",
          "virtual_router_id 1..255, the same on all routers of the group");
      return null;
    }
    boolean strict = b.strict != null ? b.strict : global.strict;
    boolean ipv6 = b.ipv6();
    int version = version(b, strict, ipv6);
    if (!sane(b, strict, ipv6, version)) {
      return null;
    }
    int priority = b.priority != null ? b.priority : Boolean.TRUE.equals(b.stateMaster) ? 255 : 100;
    boolean master = startsAsMaster(b, strict, priority);
    Authentication authentication = authentication(b, strict, ipv6, version);
    if (authentication instanceof Authentication.Ah && master && priority != 255) {
      diagnostics.error(
          b.stateAt,
          "ah-master",
          "state MASTER does not go with auth_type AH: the sequence number must be heard first",
          "BACKUP is used",
          "write state BACKUP");
      master = false;
    }
    List<UnicastPeer> peers = peers(b, ipv6);
    List<VirtualAddress> addresses = new ArrayList<>(b.addresses);
    List<VirtualAddress> excluded = new ArrayList<>(b.excluded);
    fit(b, addresses, excluded, ipv6, version, authentication);
    boolean nopreempt = nopreempt(b, master, priority);
    Duration delay = preemptDelay(b, master, nopreempt, strict);
    int adverts = b.downTimerAdverts != null ? b.downTimerAdverts : global.downTimerAdverts;
    if (strict && adverts != 3) {
      corrected(
          b.at,
          "strict",
          "down_timer_adverts " + adverts + " does not go with strict mode",
          "3 is used");
      adverts = 3;
    }
    return new VrrpInstance(
        b.name,
        b.interfaceName == null ? null : b.interfaceName.text(),
        b.virtualRouterId,
        version,
        master,
        priority,
        interval(b, version),
        addresses,
        excluded,
        !nopreempt,
        delay,
        adverts,
        authentication,
        group(b, ipv6, !peers.isEmpty()),
        b.multicastSource,
        peers,
        b.unicastSource,
        b.unicastTtl,
        b.checkUnicastSource != null ? b.checkUnicastSource : global.checkUnicastSource,
        b.skipCheckAdvAddr != null ? b.skipCheckAdvAddr : global.skipCheckAdvAddr,
        !(b.checksumAsV2 != null ? b.checksumAsV2 : global.checksumAsV2),
        accept(b, strict, priority, version),
        strict,
        b.trackPrimary,
        interfaces(b.trackers, b.interfaceName == null ? null : b.interfaceName.text(), b.name),
        scripts(b.trackers),
        garp(b, strict),
        strict || (b.lowerPrioNoAdvert != null ? b.lowerPrioNoAdvert : global.lowerPrioNoAdvert),
        !strict
            && (b.higherPrioSendAdvert != null
                ? b.higherPrioSendAdvert
                : global.higherPrioSendAdvert),
        b.notify.build(scripts),
        b.notifyPriorityChanges != null
            ? b.notifyPriorityChanges
            : groupNotifies(b.name, global.notifyPriorityChanges));
  }

  private boolean groupNotifies(String instance, boolean fallback) {
    for (SyncGroupBuilder group : plan.syncGroups) {
      for (Word member : group.members) {
        if (member.text().equals(instance) && group.notifyPriorityChanges != null) {
          return group.notifyPriorityChanges;
        }
      }
    }
    return fallback;
  }

  private void corrected(@Nullable At at, String code, String message, String consequence) {
    diagnostics.error(at, code, message, consequence, "");
  }

  private int version(InstanceBuilder b, boolean strict, boolean ipv6) {
    if (b.version == null) {
      return ipv6 ? 3 : global.version;
    }
    if (ipv6 && b.version == 2 && strict) {
      corrected(b.at, "strict", "IPv6 needs version 3 in strict mode", "3 is used");
      return 3;
    }
    return b.version;
  }

  /** What keepalived refuses to run. */
  private boolean sane(InstanceBuilder b, boolean strict, boolean ipv6, int version) {
    if (b.interfaceName == null && b.unicastSource == null) {
      diagnostics.refused(
          b.at,
          "no-interface",
          "instance " + b.name + " has no interface",
          "keepalived does not start",
          b.peers.isEmpty() ? "interface NAME" : "interface NAME, or unicast_src_ip ADDRESS");
      return false;
    }
    if (b.interfaceName == null && b.peers.isEmpty()) {
      diagnostics.refused(
          b.at,
          "no-interface",
          "instance " + b.name + " has no interface, and multicast needs one",
          "keepalived does not start",
          "interface NAME");
      return false;
    }
    if (b.interfaceName == null
        && ipv6
        && b.unicastSource != null
        && b.unicastSource.isLinkLocalAddress()) {
      diagnostics.refused(
          b.at,
          "no-interface",
          "a link-local source address needs an interface",
          "keepalived does not start",
          "interface NAME");
      return false;
    }
    if (strict && !b.peers.isEmpty() && b.interfaceName != null) {
      diagnostics.refused(
          b.unicastAt,
          "strict",
          "strict mode has no unicast",
          "keepalived does not start",
          "remove vrrp_strict, or write strict_mode off in the instance");
      return false;
    }
    if (b.unicastAt != null && b.peers.isEmpty() && !b.unicastFaultNoPeer) {
      diagnostics.warning(
          b.unicastAt,
          "unicast-without-peer",
          "a unicast keyword, and no unicast_peer",
          "multicast is used",
          "add unicast_peer { ADDRESS … }");
    }
    if (b.addresses.isEmpty() && !b.noVirtualAddress) {
      boolean needed = version == 3 || strict;
      diagnostics.add(
          needed
              ? dev.sluice.config.Diagnostic.Severity.FATAL
              : dev.sluice.config.Diagnostic.Severity.WARNING,
          needed ? Diagnostics.Effect.REFUSED : Diagnostics.Effect.ERROR,
          "no-address",
          b.at,
          "instance " + b.name + " has no virtual_ipaddress",
          needed ? "keepalived does not start" : "it runs without",
          "virtual_ipaddress { ADDRESS/LENGTH }");
      return !needed;
    }
    return true;
  }

  private boolean startsAsMaster(InstanceBuilder b, boolean strict, int priority) {
    if (b.stateMaster == null) {
      return priority == 255;
    }
    if (strict && b.stateMaster != (priority == 255)) {
      diagnostics.error(
          b.stateAt,
          "strict",
          "in strict mode, state MASTER and priority 255 go together",
          (priority == 255 ? "MASTER" : "BACKUP") + " is used",
          "");
      return priority == 255;
    }
    return b.stateMaster;
  }

  private Authentication authentication(
      InstanceBuilder b, boolean strict, boolean ipv6, int version) {
    if (b.authType == null) {
      return new Authentication.None();
    }
    String reason = null;
    if (strict) {
      reason = "strict mode has no authentication";
    } else if (version == 3) {
      reason = "version 3 has no authentication";
    } else if (b.authPassword == null || b.authPassword.isEmpty()) {
      reason = "authentication needs auth_pass";
    } else if (ipv6 && b.authType == AuthenticationType.AH) {
      reason = "AH authentication is for IPv4 only";
    }
    if (reason != null || b.authPassword == null) {
      diagnostics.error(
          b.authAt,
          "authentication",
          reason == null ? "" : reason,
          "authentication is ignored",
          version == 3 ? "remove the block, or use version 2 on all routers" : "");
      return new Authentication.None();
    }
    return switch (b.authType) {
      case PASS -> new Authentication.Pass(b.authPassword);
      case AH -> new Authentication.Ah(b.authPassword);
    };
  }

  private List<UnicastPeer> peers(InstanceBuilder b, boolean ipv6) {
    List<UnicastPeer> peers = new ArrayList<>();
    Set<InetAddress> seen = new HashSet<>();
    for (int i = 0; i < b.peers.size(); i++) {
      UnicastPeer peer = b.peers.get(i);
      Word word = b.peerWords.get(i);
      if (peer.address() instanceof Inet4Address == ipv6) {
        diagnostics.error(
            word.at(),
            "address-family",
            "peer " + word.text() + " is not of the family of the instance",
            "it is skipped",
            "");
      } else if (!seen.add(peer.address())) {
        diagnostics.error(
            word.at(),
            "duplicate",
            "peer " + word.text() + " is given a second time",
            "it is ignored",
            "");
      } else {
        peers.add(peer);
      }
    }
    return peers;
  }

  private void fit(
      InstanceBuilder b,
      List<VirtualAddress> addresses,
      List<VirtualAddress> excluded,
      boolean ipv6,
      int version,
      Authentication authentication) {
    int header = 14 + 8 + (ipv6 ? 40 : 20 + (version == 2 ? 8 : 0));
    if (authentication instanceof Authentication.Ah) {
      header += 24;
    }
    int most = Math.min(255, (LARGEST_PACKET - header) / (ipv6 ? 16 : 4));
    if (addresses.size() <= most) {
      return;
    }
    diagnostics.error(
        b.at,
        "too-many-addresses",
        addresses.size() + " addresses do not fit into an advert, which holds " + most,
        "the rest is held and not advertised",
        "move the rest to virtual_ipaddress_excluded on all routers");
    excluded.addAll(addresses.subList(most, addresses.size()));
    addresses.subList(most, addresses.size()).clear();
  }

  private boolean nopreempt(InstanceBuilder b, boolean master, int priority) {
    if (b.nopreempt && priority == 255) {
      diagnostics.error(
          b.nopreemptAt,
          "nopreempt-owner",
          "nopreempt does not go with priority 255",
          "nopreempt is cleared",
          "");
      return false;
    }
    if (b.nopreempt && master) {
      diagnostics.error(
          b.nopreemptAt,
          "nopreempt-master",
          "nopreempt does not work with state MASTER",
          "nopreempt is cleared",
          "write state BACKUP on all routers: the one with the highest priority wins the first election");
      return false;
    }
    return b.nopreempt;
  }

  private Duration preemptDelay(
      InstanceBuilder b, boolean master, boolean nopreempt, boolean strict) {
    if (b.preemptDelay.isZero()) {
      return b.preemptDelay;
    }
    String reason =
        master ? "state MASTER" : strict ? "strict mode" : nopreempt ? "nopreempt" : null;
    if (reason == null) {
      return b.preemptDelay;
    }
    corrected(
        b.preemptDelayAt,
        "preempt-delay",
        "preempt_delay does not go with " + reason,
        "it is cleared");
    return Duration.ZERO;
  }

  private boolean accept(InstanceBuilder b, boolean strict, int priority, int version) {
    boolean accept = b.accept != null ? b.accept : priority == 255 || !strict;
    if (accept && priority != 255 && strict && version == 2) {
      corrected(
          b.at, "strict", "accept does not go with version 2 in strict mode", "it is cleared");
      return false;
    }
    return accept;
  }

  private Duration interval(InstanceBuilder b, int version) {
    Duration interval = b.advertInterval == null ? Duration.ofSeconds(1) : b.advertInterval;
    long unit = version == 2 ? 1_000_000_000L : 10_000_000L;
    long most = version == 2 ? 255_000_000_000L : 40_950_000_000L;
    long nanos = interval.toNanos();
    if (nanos > most) {
      diagnostics.error(
          b.advertIntervalAt,
          "advert-interval",
          "version 3 can announce 40.95 s at most",
          "40.95 is used",
          "advert_int 0.01..40.95");
      return Duration.ofNanos(most);
    }
    if (nanos % unit == 0) {
      return interval;
    }
    long rounded = Math.min(most, Math.max(unit, (nanos + unit / 2) / unit * unit));
    Duration used = Duration.ofNanos(rounded);
    diagnostics.error(
        b.advertIntervalAt,
        "advert-interval",
        version == 2
            ? "version 2 carries whole seconds only"
            : "version 3 carries steps of 0.01 s only",
        java.math.BigDecimal.valueOf(rounded, 9).stripTrailingZeros().toPlainString() + " is used",
        version == 2 ? "use version 3 for less than a second" : "");
    return used;
  }

  private InetAddress group(InstanceBuilder b, boolean ipv6, boolean unicast) {
    InetAddress standard = ipv6 ? global.group6 : global.group4;
    if (b.multicastGroup == null) {
      return standard;
    }
    if (unicast) {
      corrected(
          b.multicastGroupAt,
          "unicast",
          "mcast_dst_ip has no meaning with unicast",
          "it is ignored");
      return standard;
    }
    if (b.multicastGroup instanceof Inet4Address == ipv6) {
      corrected(
          b.multicastGroupAt,
          "address-family",
          "mcast_dst_ip is not of the family of the instance",
          "it is ignored");
      return standard;
    }
    return b.multicastGroup;
  }

  private GarpSettings garp(InstanceBuilder b, boolean strict) {
    GarpSettings settings = b.garp.resolve(global.garp());
    if (!strict) {
      return settings;
    }
    return new GarpSettings(
        settings.delay(),
        settings.repeat(),
        settings.refresh(),
        settings.refreshRepeat(),
        Duration.ZERO,
        0,
        settings.interval());
  }

  private List<TrackedInterface> interfaces(
      Plan.Trackers trackers, @Nullable String own, String owner) {
    List<TrackedInterface> result = new ArrayList<>();
    for (Plan.Tracked tracked : trackers.interfaces) {
      if (tracked.name().equals(own)) {
        diagnostics.error(
            tracked.at(),
            "tracks-itself",
            owner + " tracks its own interface " + own,
            "ignored: that is always watched",
            "remove the line");
        continue;
      }
      Weight weight = tracked.weight();
      result.add(
          new TrackedInterface(
              tracked.name(),
              weight == null ? 0 : weight.value(),
              weight != null && weight.reverse()));
    }
    return result;
  }

  private List<TrackedScript> scripts(Plan.Trackers trackers) {
    List<TrackedScript> result = new ArrayList<>();
    for (Plan.Tracked tracked : trackers.scripts) {
      ScriptBuilder script = plan.scripts.get(tracked.name());
      if (script == null) {
        continue;
      }
      Weight weight = tracked.weight();
      result.add(
          new TrackedScript(
              tracked.name(),
              weight == null ? script.weight : weight.value(),
              weight == null ? script.reverse : weight.reverse()));
    }
    return result;
  }

  List<VrrpSyncGroup> groups(Set<String> running) {
    List<VrrpSyncGroup> result = new ArrayList<>();
    Map<String, String> taken = new HashMap<>();
    for (SyncGroupBuilder b : plan.syncGroups) {
      List<String> members = members(b, running, taken);
      if (members.isEmpty()) {
        diagnostics.error(
            b.at,
            "empty-group",
            "sync group " + b.name + " has no members",
            "it is left out",
            "group { INSTANCE … }");
        continue;
      }
      if (members.size() == 1) {
        diagnostics.warning(
            b.at,
            "lonely-group",
            "sync group " + b.name + " has one member only",
            "it is kept",
            "a group is for instances that move together");
      }
      result.add(
          new VrrpSyncGroup(
              b.name,
              members,
              interfaces(b.trackers, null, b.name),
              scripts(b.trackers),
              b.trackingWeight,
              b.notify.build(scripts),
              b.notifyPriorityChanges != null
                  ? b.notifyPriorityChanges
                  : global.notifyPriorityChanges));
    }
    return result;
  }

  private List<String> members(SyncGroupBuilder b, Set<String> running, Map<String, String> taken) {
    List<String> members = new ArrayList<>();
    for (Word word : b.members) {
      if (!plan.instances.containsKey(word.text())) {
        diagnostics.error(
            word.at(),
            "unknown-member",
            "there is no vrrp_instance '" + word.text() + "'",
            "ignored",
            dev.sluice.config.table.Nearest.of(word.text(), plan.instances.keySet())
                .map(near -> "did you mean '" + near + "'?")
                .orElse(""));
        continue;
      }
      String other = taken.putIfAbsent(word.text(), b.name);
      if (other != null) {
        diagnostics.error(
            word.at(),
            "duplicate-member",
            word.text() + " is already a member of " + other,
            "ignored",
            "an instance belongs to one group");
        continue;
      }
      if (running.contains(word.text())) {
        members.add(word.text());
      }
    }
    return members;
  }

  /** Interfaces that do not exist stop keepalived unless they may come later. */
  void judgeInterfaces() {
    if (global.dynamicInterfaces) {
      return;
    }
    for (InstanceBuilder b : plan.instances.values()) {
      if (b.unknownInterface) {
        diagnostics.refused(
            null,
            "no-such-interface",
            "an interface that instance " + b.name + " names does not exist",
            "keepalived does not start",
            "create it first, or add dynamic_interfaces to global_defs");
        return;
      }
    }
  }
}
