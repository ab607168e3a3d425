package dev.sluice.config.build;

import dev.sluice.config.build.InstanceBuilder.AuthenticationType;
import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.HmacAuthentication;
import dev.sluice.config.model.InstanceOptions;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VirtualMac;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.table.Context;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One instance after reading: inherits from global_defs, corrects what does not fit together, and
 * says so. Order and rules are those of keepalived's vrrp_complete_instance.
 */
final class InstanceCompletion {
  private static final int LARGEST_PACKET = 1500;

  private final Context context;
  private final Diagnostics diagnostics;
  private final GlobalBuilder global;
  private final Scripts scripts;
  private final TrackerCompletion trackers;

  InstanceCompletion(Plan plan, Context context, Scripts scripts, TrackerCompletion trackers) {
    this.context = context;
    this.diagnostics = context.diagnostics();
    this.global = plan.global;
    this.scripts = scripts;
    this.trackers = trackers;
  }

  @Nullable VrrpInstance complete(InstanceBuilder b) {
    if (b.virtualRouterId == null && b.virtualRouterIdFaulty) {
      diagnostics.silently(Diagnostics.Effect.REFUSED);
      return null;
    }
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
    TrackerCompletion.Rule rule = trackers.ruleFor(b.name, priority);
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
        trackers.interfaces(
            b.trackers, b.interfaceName == null ? null : b.interfaceName.text(), rule),
        trackers.scripts(b.trackers, rule),
        garp(b, strict),
        strict || (b.lowerPrioNoAdvert != null ? b.lowerPrioNoAdvert : global.lowerPrioNoAdvert),
        !strict
            && (b.higherPrioSendAdvert != null
                ? b.higherPrioSendAdvert
                : global.higherPrioSendAdvert),
        b.notify.build(scripts),
        b.notifyPriorityChanges != null
            ? b.notifyPriorityChanges
            : groupNotifies(b.name, global.notifyPriorityChanges),
        options(b, strict, ipv6, priority, nopreempt, rule));
  }

  private boolean groupNotifies(String instance, boolean fallback) {
    SyncGroupBuilder group = trackers.groupOf(instance);
    if (group == null || group.notifyPriorityChanges == null) {
      return fallback;
    }
    return group.notifyPriorityChanges;
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
      accept = false;
    }
    if (!accept && b.accept == null && InstanceTable.noAcceptIsNotBuilt()) {
      context.notYet(b.at, "'no_accept', which strict mode implies,");
    }
    return accept;
  }

  /** Of vrrp_rx_bufs_policy: MTU and ADVERT stay below what we take anyway. */
  private static long policyBytes(@Nullable String policy) {
    return policy != null && policy.matches("\\d{1,9}") ? Long.parseLong(policy) : 0;
  }

  private InstanceOptions options(
      InstanceBuilder b,
      boolean strict,
      boolean ipv6,
      int priority,
      boolean nopreempt,
      TrackerCompletion.Rule rule) {
    int late = b.timerExpired;
    if (late > 0 && !nopreempt) {
      corrected(
          b.timerExpiredAt,
          "timer-expired",
          "timer_expired_backup needs nopreempt",
          "it is cleared");
      late = 0;
    }
    InstanceOptions options =
        new InstanceOptions(
            b.routes,
            b.rules,
            trackers.files(b.trackers, rule),
            trackers.processes(b.trackers, rule),
            trackers.bfds(b.trackers, rule),
            vmac(b, strict),
            b.vrf,
            ipv6,
            b.promoteSecondaries,
            b.trackSource && (b.unicastSource != null || b.multicastSource != null),
            b.unicastFaultNoPeer,
            b.neverOldChecksum,
            ownerIgnoresAdverts(b, strict, priority),
            late,
            b.garpExtra != null ? b.garpExtra : global.garpExtraInterface,
            b.receiveBuffer > 0 ? b.receiveBuffer : policyBytes(global.rxPolicy),
            b.smtpAlert != null ? b.smtpAlert : global.vrrpAlerts(),
            b.linkbeatPolling,
            hmac(b, strict),
            b.vipLease != null ? b.vipLease : global.vipLease,
            b.oldChecksum,
            b.fastRelease,
            b.nopreemptStrict,
            b.syncDaemonInterface);
    return options.equals(InstanceOptions.none()) ? InstanceOptions.none() : options;
  }

  private boolean ownerIgnoresAdverts(InstanceBuilder b, boolean strict, int priority) {
    if (b.ownerIgnoreAdverts == null) {
      return priority == 255 && (strict || global.ownerIgnoreAdverts);
    }
    if (b.ownerIgnoreAdverts && priority != 255) {
      corrected(
          b.ownerIgnoreAdvertsAt,
          "owner-only",
          "owner_ignore_adverts is for priority 255",
          "it is cleared");
      return false;
    }
    return b.ownerIgnoreAdverts;
  }

  private @Nullable VirtualMac vmac(InstanceBuilder b, boolean strict) {
    VmacLine.Value value = b.vmac != null ? b.vmac : b.ipvlan;
    if (value == null) {
      return null;
    }
    boolean onBase = b.transmitOnBase;
    if (strict && onBase && b.vmac != null) {
      corrected(
          b.transmitOnBaseAt,
          "strict",
          "vmac_xmit_base does not go with strict mode",
          "it is cleared");
      onBase = false;
    }
    String mac = value.mac();
    if (strict && mac != null) {
      corrected(
          b.at,
          "strict",
          "a MAC address of one's own does not go with strict mode",
          "the group's is used");
      mac = null;
    }
    return new VirtualMac(
        value.name(),
        mac,
        value.group(),
        b.useVmacAddress,
        onBase,
        b.vmac == null,
        value.address(),
        value.mode());
  }

  private @Nullable HmacAuthentication hmac(InstanceBuilder b, boolean strict) {
    if (b.hmac == null) {
      return null;
    }
    if (b.authType != null) {
      corrected(
          b.authAt,
          "authentication",
          "auth_hmac and authentication exclude one another",
          "authentication is dropped");
    }
    if (!b.hmac.activeKeyKnown()) {
      corrected(
          b.hmacAt,
          "no-active-key",
          "active_key " + b.hmac.activeKey + " is not defined",
          "auth_hmac is dropped");
      return null;
    }
    return b.hmac.build(
        b.advertInterval == null ? Duration.ofSeconds(1) : b.advertInterval, strict);
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
}
