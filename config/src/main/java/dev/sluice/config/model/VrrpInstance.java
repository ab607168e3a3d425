package dev.sluice.config.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code vrrp_instance}.
 *
 * @param interfaceName null only for unicast with a source address
 * @param startAsMaster {@code state MASTER}: a hint for the first seconds
 * @param advertInterval whole seconds with version 2, steps of 10 ms with version 3
 * @param unicastPeers empty: multicast
 * @param unicastSource null: the interface's first address
 * @param multicastSource null: the interface's first address
 * @param trackPrimary false with {@code dont_track_primary}
 */
public record VrrpInstance(
    String name,
    @Nullable String interfaceName,
    int virtualRouterId,
    int version,
    boolean startAsMaster,
    int priority,
    Duration advertInterval,
    List<VirtualAddress> addresses,
    List<VirtualAddress> excludedAddresses,
    boolean preempt,
    Duration preemptDelay,
    int downTimerAdverts,
    Authentication authentication,
    InetAddress multicastGroup,
    @Nullable InetAddress multicastSource,
    List<UnicastPeer> unicastPeers,
    @Nullable InetAddress unicastSource,
    int unicastTtl,
    boolean checkUnicastSource,
    boolean skipCheckAdvAddr,
    boolean checksumWithPseudoHeader,
    boolean accept,
    boolean strict,
    boolean trackPrimary,
    List<TrackedInterface> trackInterfaces,
    List<TrackedScript> trackScripts,
    GarpSettings garp,
    boolean lowerPrioNoAdvert,
    boolean higherPrioSendAdvert,
    NotifyScripts notifyScripts,
    boolean notifyPriorityChanges,
    InstanceOptions options) {

  public VrrpInstance {
    addresses = List.copyOf(addresses);
    excludedAddresses = List.copyOf(excludedAddresses);
    unicastPeers = List.copyOf(unicastPeers);
    trackInterfaces = List.copyOf(trackInterfaces);
    trackScripts = List.copyOf(trackScripts);
  }

  /** An instance with nothing further written about it. */
  public VrrpInstance(
      String name,
      @Nullable String interfaceName,
      int virtualRouterId,
      int version,
      boolean startAsMaster,
      int priority,
      Duration advertInterval,
      List<VirtualAddress> addresses,
      List<VirtualAddress> excludedAddresses,
      boolean preempt,
      Duration preemptDelay,
      int downTimerAdverts,
      Authentication authentication,
      InetAddress multicastGroup,
      @Nullable InetAddress multicastSource,
      List<UnicastPeer> unicastPeers,
      @Nullable InetAddress unicastSource,
      int unicastTtl,
      boolean checkUnicastSource,
      boolean skipCheckAdvAddr,
      boolean checksumWithPseudoHeader,
      boolean accept,
      boolean strict,
      boolean trackPrimary,
      List<TrackedInterface> trackInterfaces,
      List<TrackedScript> trackScripts,
      GarpSettings garp,
      boolean lowerPrioNoAdvert,
      boolean higherPrioSendAdvert,
      NotifyScripts notifyScripts,
      boolean notifyPriorityChanges) {
    this(
        name,
        interfaceName,
        virtualRouterId,
        version,
        startAsMaster,
        priority,
        advertInterval,
        addresses,
        excludedAddresses,
        preempt,
        preemptDelay,
        downTimerAdverts,
        authentication,
        multicastGroup,
        multicastSource,
        unicastPeers,
        unicastSource,
        unicastTtl,
        checkUnicastSource,
        skipCheckAdvAddr,
        checksumWithPseudoHeader,
        accept,
        strict,
        trackPrimary,
        trackInterfaces,
        trackScripts,
        garp,
        lowerPrioNoAdvert,
        higherPrioSendAdvert,
        notifyScripts,
        notifyPriorityChanges,
        InstanceOptions.none());
  }

  /** Whether adverts go to listed peers rather than to the group. */
  public boolean unicast() {
    return !unicastPeers.isEmpty();
  }
}
