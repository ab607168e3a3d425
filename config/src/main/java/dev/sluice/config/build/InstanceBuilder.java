package dev.sluice.config.build;

import dev.sluice.config.model.RouteSpec;
import dev.sluice.config.model.RuleSpec;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code vrrp_instance} while it is read; null where nothing was written. */
final class InstanceBuilder {
  enum AuthenticationType {
    PASS,
    AH
  }

  final String name;
  final At at;
  @Nullable Word interfaceName;
  @Nullable Integer virtualRouterId;
  @Nullable At virtualRouterIdAt;
  @Nullable Boolean stateMaster;
  @Nullable At stateAt;
  @Nullable Integer priority;
  boolean priorityWritten;
  boolean virtualRouterIdFaulty;
  @Nullable Duration advertInterval;
  @Nullable At advertIntervalAt;
  @Nullable Integer version;
  final List<VirtualAddress> addresses = new ArrayList<>();
  final List<VirtualAddress> excluded = new ArrayList<>();
  final Set<String> seenAddresses = new HashSet<>();
  boolean noVirtualAddress;
  @Nullable At nopreemptAt;
  boolean nopreempt;
  Duration preemptDelay = Duration.ZERO;
  @Nullable At preemptDelayAt;
  @Nullable Integer downTimerAdverts;
  final List<UnicastPeer> peers = new ArrayList<>();
  final List<Word> peerWords = new ArrayList<>();
  @Nullable At unicastAt;
  @Nullable InetAddress unicastSource;
  @Nullable InetAddress multicastSource;
  @Nullable InetAddress multicastGroup;
  @Nullable At multicastGroupAt;
  int unicastTtl = 255;
  boolean unicastFaultNoPeer;
  @Nullable Boolean checkUnicastSource;
  @Nullable Boolean checksumAsV2;
  boolean nativeIpv6;
  boolean trackPrimary = true;
  final Plan.Trackers trackers;
  @Nullable Boolean accept;
  final GarpBuilder garp = new GarpBuilder();
  @Nullable Boolean lowerPrioNoAdvert;
  @Nullable Boolean higherPrioSendAdvert;
  @Nullable Boolean skipCheckAdvAddr;
  @Nullable Boolean strict;
  @Nullable AuthenticationType authType;
  @Nullable String authPassword;
  @Nullable At authAt;
  final NotifyBuilder notify = new NotifyBuilder();
  @Nullable Boolean notifyPriorityChanges;
  @Nullable Boolean smtpAlert;
  final List<RouteSpec> routes = new ArrayList<>();
  final List<RuleSpec> rules = new ArrayList<>();
  VmacLine.@Nullable Value vmac;
  VmacLine.@Nullable Value ipvlan;
  boolean useVmacAddress;
  boolean transmitOnBase;
  @Nullable At transmitOnBaseAt;
  @Nullable String vrf;
  boolean promoteSecondaries;
  boolean trackSource;
  boolean neverOldChecksum;
  boolean oldChecksum;
  @Nullable Boolean fastRelease;
  boolean nopreemptStrict;
  @Nullable Boolean ownerIgnoreAdverts;
  @Nullable At ownerIgnoreAdvertsAt;
  int timerExpired;
  @Nullable At timerExpiredAt;
  @Nullable Integer garpExtra;
  @Nullable Integer vipLease;
  long receiveBuffer;
  boolean linkbeatPolling;
  @Nullable HmacBuilder hmac;
  @Nullable String syncDaemonInterface;
  @Nullable At hmacAt;

  InstanceBuilder(Plan plan, String name, At at) {
    this.trackers = new Plan.Trackers(plan, name);
    this.name = name;
    this.at = at;
  }

  /** Whether the group of a sync group or the instance itself decides, IPv6 or not. */
  boolean ipv6() {
    if (!addresses.isEmpty()) {
      return addresses.get(0).address() instanceof java.net.Inet6Address;
    }
    if (unicastSource != null) {
      return unicastSource instanceof java.net.Inet6Address;
    }
    if (!peers.isEmpty()) {
      return peers.get(0).address() instanceof java.net.Inet6Address;
    }
    return nativeIpv6;
  }
}
