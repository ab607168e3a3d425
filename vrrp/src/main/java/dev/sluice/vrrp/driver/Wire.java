package dev.sluice.vrrp.driver;

import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.HmacAuthentication;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.linux.PacketTarget;
import dev.sluice.vrrp.codec.Advert;
import dev.sluice.vrrp.codec.AdvertAuthentication;
import dev.sluice.vrrp.codec.AdvertEncoder;
import dev.sluice.vrrp.codec.AdvertPacket;
import dev.sluice.vrrp.codec.AhAssociation;
import dev.sluice.vrrp.codec.ChecksumStyle;
import dev.sluice.vrrp.codec.Expected;
import dev.sluice.vrrp.codec.HmacAssociation;
import dev.sluice.vrrp.codec.HmacKey;
import dev.sluice.vrrp.machine.MachineEvent;
import java.lang.foreign.Arena;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An instance's side of the wire: the packets it sends, made once and patched, what it demands of
 * others, and the keys and numbers of authentication. One thread's.
 */
final class Wire {
  /** A copy of the advert and to whom it goes. */
  record Copy(AdvertPacket packet, PacketTarget target, InetAddress to) {}

  private VrrpInstance config;

  /** Style of the adverts we send and demand; unicast may fall back to the old one. */
  private ChecksumStyle checksum;

  private @Nullable AhAssociation ah;
  private @Nullable HmacAssociation hmac;
  private List<HmacKey> keys = List.of();
  private @Nullable Expected expected;
  private List<Copy> copies = List.of();
  private int identification;
  private MachineEvent.@Nullable AdvertSeen lastSeen;

  Wire(VrrpInstance config) {
    this.config = config;
    checksum = style(config);
    ah = association(config);
  }

  private static ChecksumStyle style(VrrpInstance config) {
    if (config.version() == 2 || !config.checksumWithPseudoHeader()) {
      return ChecksumStyle.PLAIN;
    }
    return config.unicast() && config.options().oldUnicastChecksum()
        ? ChecksumStyle.PSEUDO_HEADER_OF_GROUP
        : ChecksumStyle.PSEUDO_HEADER;
  }

  private static @Nullable AhAssociation association(VrrpInstance config) {
    return config.version() == 2 && config.authentication() instanceof Authentication.Ah(var text)
        ? new AhAssociation(text)
        : null;
  }

  /** Takes another configuration; numbers go on unless their keys are others. */
  void reconfigure(VrrpInstance next) {
    if (style(config) != style(next) || config.unicast() != next.unicast()) {
      checksum = style(next);
    }
    if (!config.authentication().equals(next.authentication())) {
      ah = association(next);
    }
    if (!Objects.equals(config.options().hmac(), next.options().hmac())) {
      hmac = null;
    }
    config = next;
  }

  /** Takes the keys of {@code auth_hmac}; others than before start the numbers anew: true. */
  boolean keys(List<HmacKey> given) {
    if (given.equals(keys) && hmac != null) {
      return false;
    }
    keys = given;
    hmac = null;
    return true;
  }

  /** Rebuilds what depends on the configuration, the checksum style and our address. */
  void derive(@Nullable InetAddress local, int ifindex) {
    lastSeen = null;
    if (local == null) {
      expected = null;
      copies = List.of();
      return;
    }
    HmacAuthentication wanted = config.options().hmac();
    if (hmac == null && wanted != null && !keys.isEmpty()) {
      hmac =
          new HmacAssociation(
              keys,
              wanted.activeKey(),
              switch (wanted.mode()) {
                case ENFORCE -> HmacAssociation.Mode.ENFORCE;
                case PERMISSIVE -> HmacAssociation.Mode.PERMISSIVE;
                case RECEIVE_ONLY -> HmacAssociation.Mode.RECEIVE_ONLY;
              },
              wanted.antiReplayByTime(),
              wanted.timeWindow().toSeconds(),
              config.unicastPeers().size());
    }
    expected =
        Expected.of(local)
            .version(config.version())
            .intervalCentis(intervalCentis())
            .addresses(advertised())
            .authentication(authentication())
            .ah(ah)
            .hmac(hmac)
            .checksum(checksum)
            .adaptUnicastChecksum(!config.options().neverOldChecksum())
            .group(config.multicastGroup())
            .peers(config.unicastPeers())
            .checkUnicastSource(config.checkUnicastSource())
            .ownerIgnoresAdverts(config.priority() == 255 && config.options().ownerIgnoreAdverts())
            .build();
    copies = copies(local, ifindex);
  }

  private List<Copy> copies(InetAddress local, int ifindex) {
    Advert advert =
        new Advert(
            config.version(),
            config.virtualRouterId(),
            0,
            intervalCentis(),
            advertised(),
            authentication());
    List<Copy> made = new ArrayList<>();
    if (!config.unicast()) {
      made.add(copy(advert, local, config.multicastGroup(), ifindex, 255));
    }
    for (UnicastPeer peer : config.unicastPeers()) {
      made.add(copy(advert, local, peer.address(), ifindex, config.unicastTtl()));
    }
    return List.copyOf(made);
  }

  private Copy copy(Advert advert, InetAddress local, InetAddress to, int ifindex, int ttl) {
    AdvertEncoder.Envelope envelope =
        new AdvertEncoder.Envelope(local, to, ttl, 0, checksum, config.multicastGroup());
    boolean ipv4 = local instanceof Inet4Address;
    Arena arena = Arena.ofAuto();
    return new Copy(
        new AdvertPacket(advert, envelope, ah, signs()),
        ipv4
            ? new PacketTarget(arena, to, null, 0, -1)
            : new PacketTarget(arena, to, local, ifindex, ttl),
        to);
  }

  private boolean signs() {
    return hmac != null && hmac.mode().signs();
  }

  private int intervalCentis() {
    return (int) (config.advertInterval().toMillis() / 10);
  }

  private AdvertAuthentication authentication() {
    if (config.version() == 3) {
      return new AdvertAuthentication.None();
    }
    return switch (config.authentication()) {
      case Authentication.None() -> new AdvertAuthentication.None();
      case Authentication.Pass(var text) -> AdvertAuthentication.SimplePassword.of(text);
      case Authentication.Ah _ -> new AdvertAuthentication.Ah();
    };
  }

  /** RFC 9568 erratum 8300: of IPv6 the link-local addresses come first. */
  private List<InetAddress> advertised() {
    List<InetAddress> all = config.addresses().stream().map(VirtualAddress::address).toList();
    return Stream.concat(
            all.stream().filter(Wire::linkLocal6), all.stream().filter(a -> !linkLocal6(a)))
        .limit(Advert.MAX_ADDRESSES)
        .toList();
  }

  private static boolean linkLocal6(InetAddress address) {
    return !(address instanceof Inet4Address) && address.isLinkLocalAddress();
  }

  /** Whether an instance speaks IPv6. */
  static boolean ipv6(VrrpInstance config) {
    return config.options().ipv6() || !(config.multicastGroup() instanceof Inet4Address);
  }

  /** Whether the copies are sealed as IP protocol 51. */
  boolean sealed() {
    return ah != null;
  }

  /** What is demanded of others; null while we have no address. */
  @Nullable Expected expected() {
    return expected;
  }

  /** The copies, in configured order. */
  List<Copy> copies() {
    return copies;
  }

  /** Who signs our adverts; null: nobody. */
  @Nullable HmacAssociation signer() {
    return signs() ? hmac : null;
  }

  /** Whether packets are judged with a clock. */
  boolean timed() {
    return hmac != null;
  }

  /** Style of the adverts we send. */
  ChecksumStyle checksum() {
    return checksum;
  }

  /** From now on we send in a peer's style; {@link #derive} makes it so. */
  void adapt(ChecksumStyle style) {
    checksum = style;
  }

  /** 1, 2, 3, ... 65535, 1: as keepalived numbers its packets. */
  int nextIdentification() {
    identification = identification == 0xffff ? 1 : identification + 1;
    return identification;
  }

  /** The event of an advert; that of the one before when it says the same. */
  MachineEvent.AdvertSeen seen(int priority, long intervalNanos, InetAddress source) {
    MachineEvent.AdvertSeen seen = lastSeen;
    if (seen == null
        || seen.priority() != priority
        || seen.intervalNanos() != intervalNanos
        || !seen.source().equals(source)) {
      seen = new MachineEvent.AdvertSeen(priority, intervalNanos, source);
      lastSeen = seen;
    }
    return seen;
  }
}
