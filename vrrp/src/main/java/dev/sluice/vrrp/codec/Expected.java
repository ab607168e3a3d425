package dev.sluice.vrrp.codec;

import dev.sluice.config.model.UnicastPeer;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an instance demands of an advert; made by its {@link Builder}. */
public final class Expected {
  final int version;
  final boolean ipv4;
  final int intervalCentis;
  final List<InetAddress> addresses;
  final AdvertAuthentication authentication;
  final @Nullable AhAssociation ah;
  final @Nullable HmacAssociation hmac;
  final ChecksumStyle checksum;
  final boolean adaptUnicastChecksum;
  final InetAddress group;
  final List<UnicastPeer> peers;
  final boolean checkUnicastSource;
  final boolean ownerIgnoresAdverts;
  final long localHigh;
  final long localLow;
  final long groupLow;

  /** Two longs an address, so that comparing makes no objects. */
  final long[] addressBits;

  final long[] peerBits;

  private Expected(Builder b, InetAddress local) {
    version = b.version;
    ipv4 = AddressBits.ipv4(local);
    intervalCentis = b.intervalCentis;
    addresses = b.addresses;
    authentication = b.authentication;
    ah = b.ah;
    hmac = b.hmac;
    checksum = b.checksum;
    adaptUnicastChecksum = b.adaptUnicastChecksum;
    group = b.group;
    peers = b.peers;
    checkUnicastSource = b.checkUnicastSource;
    ownerIgnoresAdverts = b.ownerIgnoresAdverts;
    localHigh = AddressBits.high(local);
    localLow = AddressBits.low(local);
    groupLow = AddressBits.low(group);
    addressBits = bits(addresses);
    peerBits = bits(peers.stream().map(UnicastPeer::address).toList());
  }

  private static long[] bits(List<InetAddress> list) {
    long[] bits = new long[2 * list.size()];
    for (int i = 0; i < list.size(); i++) {
      bits[2 * i] = AddressBits.high(list.get(i));
      bits[2 * i + 1] = AddressBits.low(list.get(i));
    }
    return bits;
  }

  /** Whether the instance talks to listed peers. */
  public boolean unicast() {
    return !peers.isEmpty();
  }

  /** The demands of an instance whose own address is {@code local}. */
  public static Builder of(InetAddress local) {
    return new Builder(local);
  }

  /** Collects the demands. */
  public static final class Builder {
    private final InetAddress local;
    private int version = 3;
    private int intervalCentis = 100;
    private List<InetAddress> addresses = List.of();
    private AdvertAuthentication authentication = new AdvertAuthentication.None();
    private @Nullable AhAssociation ah;
    private @Nullable HmacAssociation hmac;
    private ChecksumStyle checksum = ChecksumStyle.PSEUDO_HEADER;
    private boolean adaptUnicastChecksum;
    private InetAddress group;
    private List<UnicastPeer> peers = List.of();
    private boolean checkUnicastSource;
    private boolean ownerIgnoresAdverts;

    private Builder(InetAddress local) {
      this.local = local;
      group = InetAddress.ofLiteral(AddressBits.ipv4(local) ? "224.0.0.18" : "ff02::12");
    }

    /** Version 2 or 3. */
    public Builder version(int value) {
      version = value;
      return this;
    }

    /** Ours; version 2 drops another one, version 3 only remarks on it. */
    public Builder intervalCentis(int value) {
      intervalCentis = value;
      return this;
    }

    /** Ours, compared as a set of the same size. */
    public Builder addresses(List<InetAddress> value) {
      addresses = List.copyOf(value);
      return this;
    }

    /** Of version 2. */
    public Builder authentication(AdvertAuthentication value) {
      authentication = value;
      return this;
    }

    /** The key of {@link AdvertAuthentication.Ah}. */
    public Builder ah(@Nullable AhAssociation value) {
      ah = value;
      return this;
    }

    /** The trailer's keys; null: none is expected. */
    public Builder hmac(@Nullable HmacAssociation value) {
      hmac = value;
      return this;
    }

    /** The configured style of version 3. */
    public Builder checksum(ChecksumStyle value) {
      checksum = value;
      return this;
    }

    /**
     * A unicast packet that verifies only in keepalived 1.3.6's form is accepted; the caller then
     * answers in that form.
     */
    public Builder adaptUnicastChecksum(boolean value) {
      adaptUnicastChecksum = value;
      return this;
    }

    /** The multicast group adverts are sent to. */
    public Builder group(InetAddress value) {
      group = value;
      return this;
    }

    /** Whom we send to; empty: multicast. */
    public Builder peers(List<UnicastPeer> value) {
      peers = List.copyOf(value);
      return this;
    }

    /** The sender must be a peer. */
    public Builder checkUnicastSource(boolean value) {
      checkUnicastSource = value;
      return this;
    }

    /** We own the addresses and heed nobody. */
    public Builder ownerIgnoresAdverts(boolean value) {
      ownerIgnoresAdverts = value;
      return this;
    }

    /** The demands. */
    public Expected build() {
      return new Expected(this, local);
    }
  }
}
