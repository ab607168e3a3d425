package dev.sluice.vrrp.driver;

import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.codec.Advert;
import dev.sluice.vrrp.codec.AdvertAuthentication;
import dev.sluice.vrrp.codec.ChecksumStyle;
import dev.sluice.vrrp.codec.Expected;
import dev.sluice.vrrp.machine.Tracked;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the driver keeps of a running instance beside the machine's state; one thread's. */
final class Running {
  /** keepalived and RFC 3768 5.2.9: what fits into the count. */
  private static final int MOST = Advert.MAX_ADDRESSES;

  VrrpInstance config;
  @Nullable String group;
  List<Tracked> trackers;

  /** Style of the adverts we send and demand; unicast may fall back to the old one. */
  ChecksumStyle checksum;

  @Nullable InetAddress local;
  int ifindex;
  @Nullable AdvertSocket socket;
  @Nullable Expected expected;
  private @Nullable Advert advert;

  final List<HeldAddress> addresses = new ArrayList<>();
  private final Map<VrrpCounter, LongCell> counters = new EnumMap<>(VrrpCounter.class);

  /** What was told of in this state period already. */
  final Set<VrrpCounter> told = EnumSet.noneOf(VrrpCounter.class);

  Instant since = Instant.now();
  private int identification;

  /** A number that counts up without allocating. */
  private static final class LongCell {
    long value;
  }

  /** A configured address and whether we have put it in place. */
  static final class HeldAddress {
    final VirtualAddress config;
    final boolean excluded;

    /** Where it was added; 0: not in place. */
    int ifindex;

    HeldAddress(VirtualAddress config, boolean excluded) {
      this.config = config;
      this.excluded = excluded;
    }

    boolean present() {
      return ifindex != 0;
    }
  }

  Running(VrrpInstance config, @Nullable String group, List<Tracked> trackers) {
    this.config = config;
    this.group = group;
    this.trackers = trackers;
    this.checksum = style(config);
    config.addresses().forEach(a -> addresses.add(new HeldAddress(a, false)));
    config.excludedAddresses().forEach(a -> addresses.add(new HeldAddress(a, true)));
  }

  private static ChecksumStyle style(VrrpInstance config) {
    return config.version() == 3 && config.checksumWithPseudoHeader()
        ? ChecksumStyle.PSEUDO_HEADER
        : ChecksumStyle.PLAIN;
  }

  String name() {
    return config.name();
  }

  void count(VrrpCounter counter) {
    counters.computeIfAbsent(counter, _ -> new LongCell()).value++;
  }

  Map<VrrpCounter, Long> countersCopy() {
    Map<VrrpCounter, Long> copy = new EnumMap<>(VrrpCounter.class);
    for (VrrpCounter counter : VrrpCounter.values()) {
      LongCell cell = counters.get(counter);
      copy.put(counter, cell == null ? 0L : cell.value);
    }
    return copy;
  }

  /** Takes another configuration; addresses are the caller's business. */
  void reconfigure(VrrpInstance next) {
    if (style(config) != style(next) || config.unicast() != next.unicast()) {
      checksum = style(next);
    }
    config = next;
    advert = null;
    derive();
  }

  /** The interface's device for an address line. */
  @Nullable String device(VirtualAddress address) {
    return address.device() != null ? address.device() : config.interfaceName();
  }

  int intervalCentis() {
    return (int) (config.advertInterval().toMillis() / 10);
  }

  InetAddress multicastGroup() {
    return config.multicastGroup();
  }

  private AdvertAuthentication authentication() {
    return config.version() == 2 && config.authentication() instanceof Authentication.Pass(var text)
        ? AdvertAuthentication.SimplePassword.of(text)
        : new AdvertAuthentication.None();
  }

  private List<InetAddress> advertised() {
    return config.addresses().stream().map(VirtualAddress::address).limit(MOST).toList();
  }

  /** Rebuilds what depends on the configuration, the checksum style and our address. */
  void derive() {
    if (local == null) {
      expected = null;
      return;
    }
    expected =
        new Expected(
            config.virtualRouterId(),
            config.version(),
            intervalCentis(),
            advertised(),
            authentication(),
            checksum,
            true,
            multicastGroup(),
            config.unicastPeers(),
            config.checkUnicastSource(),
            config.priority() == 255 && config.strict(),
            Objects.requireNonNull(local));
  }

  /** The advert to send, with this priority. */
  Advert advert(int priority) {
    Advert made = advert;
    if (made == null || made.priority() != priority) {
      made =
          new Advert(
              config.version(),
              config.virtualRouterId(),
              priority,
              intervalCentis(),
              advertised(),
              authentication());
      advert = made;
    }
    return made;
  }

  /** 1, 2, 3, ... 65535, 1: as keepalived numbers its packets. */
  int nextIdentification() {
    identification = identification == 0xffff ? 1 : identification + 1;
    return identification;
  }
}
