package dev.sluice.vrrp.driver;

import dev.sluice.config.model.HmacAuthentication;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.linux.Errno;
import dev.sluice.linux.PacketBuffer;
import dev.sluice.linux.RawIpSocket;
import dev.sluice.linux.SyscallException;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.codec.AddressBits;
import dev.sluice.vrrp.codec.AddressBook;
import dev.sluice.vrrp.codec.AdvertDecoder;
import dev.sluice.vrrp.codec.Expected;
import dev.sluice.vrrp.codec.HmacAssociation;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adverts in and out: the raw sockets, shared by the instances of one interface and kind. In the
 * steady state neither way allocates.
 */
final class AdvertPort {
  /** Packets read from one socket in one turn: a flood must not starve the timers. */
  private static final int PACKETS_PER_TURN = 256;

  /** Packets looked at before a master counts as dead: all that a socket's buffer holds. */
  private static final int PACKETS_BEFORE_TIMER = 4096;

  private final VrrpEngine engine;
  private final PacketBuffer in;
  private final MemorySegment out;
  private final AdvertDecoder decoder = new AdvertDecoder();
  private final AddressBook book = new AddressBook();
  private final List<AdvertSocket> sockets = new ArrayList<>();
  private final Map<VrrpCounter, Long> unmatched = new EnumMap<>(VrrpCounter.class);
  private Secrets secrets = Secrets.none();
  private boolean logUnknown;

  /** Virtual routers that are not ours and were told of, by interface and id. */
  private final Set<Long> unknown = new HashSet<>();

  AdvertPort(VrrpEngine engine, PacketBuffer in, MemorySegment out) {
    this.engine = engine;
    this.in = in;
    this.out = out;
  }

  /** Packets that no instance could be found for. */
  Map<VrrpCounter, Long> unmatched() {
    return unmatched;
  }

  /** {@code log_unknown_vrids}: tells of each once, until it is configured again. */
  void logUnknown(boolean yes) {
    logUnknown = yes;
    unknown.clear();
  }

  private void unknown(AdvertSocket socket) {
    unmatched.merge(VrrpCounter.UNKNOWN_VRID, 1L, Long::sum);
    int id = decoder.virtualRouterId();
    if (!logUnknown || !unknown.add((long) socket.key.ifindex() << 8 | id)) {
      return;
    }
    String device = socket.key.device();
    InetAddress sender = book.of(decoder.ipv4(), decoder.sourceHigh(), decoder.sourceLow());
    engine.listener.on(
        new VrrpEvent.Warning(
            "",
            sender.getHostAddress()
                + " speaks for virtual router "
                + id
                + (device == null ? "" : " on " + device)
                + ", which no instance here is"));
  }

  /** Takes the keys of {@code auth_hmac}; instances get theirs when they are attached next. */
  void secrets(Secrets given) {
    secrets = given;
  }

  /**
   * Gives an instance the socket it needs.
   *
   * @return why that failed; null: it has one
   */
  @Nullable String attach(Running instance, InetAddress local) {
    HmacAuthentication hmac = instance.config.options().hmac();
    if (hmac != null) {
      String fault = secrets.fault(hmac);
      if (fault != null) {
        return fault;
      }
      if (instance.wire.keys(secrets.keys(hmac))) {
        instance.derive();
      }
    }
    AdvertSocket.Key key = key(instance, local);
    AdvertSocket present = instance.socket;
    if (present != null && present.key.equals(key)) {
      return null;
    }
    detach(instance);
    AdvertSocket socket = null;
    for (AdvertSocket candidate : sockets) {
      if (candidate.key.equals(key)) {
        socket = candidate;
      }
    }
    if (socket == null) {
      try {
        AdvertSocket opened =
            AdvertSocket.open(key, instance.config.options().receiveBufferBytes());
        opened.watch(
            engine.loop,
            _ -> {
              engine.woke();
              drain(opened, PACKETS_PER_TURN);
              engine.rearm();
            });
        sockets.add(opened);
        socket = opened;
      } catch (SyscallException e) {
        return e.getMessage();
      }
    }
    instance.derive();
    socket.add(instance);
    instance.socket = socket;
    waits(instance);
    return null;
  }

  private static AdvertSocket.Key key(Running instance, InetAddress local) {
    boolean unicast = instance.config.unicast();
    String device =
        instance.advertDevice != null ? instance.advertDevice : instance.config.interfaceName();
    return new AdvertSocket.Key(
        RawIpSocket.Family.of(local),
        device == null ? 0 : instance.advertIfindex,
        device,
        unicast ? local : null,
        unicast ? null : instance.config.multicastGroup(),
        instance.wire.sealed());
  }

  /** Takes an instance's socket away; the last user closes it. */
  void detach(Running instance) {
    AdvertSocket socket = instance.socket;
    if (socket == null) {
      return;
    }
    instance.socket = null;
    socket.remove(instance);
    if (socket.users.isEmpty()) {
      sockets.remove(socket);
      socket.close();
    }
  }

  void close() {
    sockets.forEach(AdvertSocket::close);
    sockets.clear();
  }

  // --- sending ----------------------------------------------------------------------------------

  /** Sends an advert to the group, or a copy to each peer in configured order. */
  void send(Running instance, int priority) {
    AdvertSocket socket = instance.socket;
    List<Wire.Copy> copies = instance.wire.copies();
    if (socket == null || copies.isEmpty()) {
      return;
    }
    if (priority == 0) {
      instance.count(VrrpCounter.PRIORITY_ZERO_SENT);
    }
    int identification = instance.wire.nextIdentification();
    HmacAssociation signer = instance.wire.signer();
    MemorySegment trailer =
        signer == null
            ? null
            : copies
                .getFirst()
                .packet()
                .sign(signer, priority, HmacAssociation.clock(System.currentTimeMillis()));
    for (int i = 0; i < copies.size(); i++) {
      Wire.Copy copy = copies.get(i);
      int length = copy.packet().write(priority, identification, trailer, out);
      int sent = socket.socket.send(out, length, copy.target());
      if (sent == length) {
        instance.count(VrrpCounter.ADVERT_SENT);
      } else {
        notSent(instance, copy.to(), -sent);
      }
    }
  }

  private void notSent(Running instance, InetAddress to, int errno) {
    instance.count(VrrpCounter.SEND_FAILED);
    if (instance.told.add(VrrpCounter.SEND_FAILED)) {
      engine.listener.on(
          new VrrpEvent.Warning(
              instance.name(),
              "cannot send an advert to "
                  + to.getHostAddress()
                  + ": "
                  + Errno.name(errno)
                  + " ("
                  + Errno.text(errno)
                  + ")"));
    }
  }

  /** An instance begins to wait for a master. */
  void waits(Running instance) {
    AdvertSocket socket = instance.socket;
    if (socket != null) {
      instance.waitsFrom(socket.socket.dropped());
    }
  }

  /**
   * Whether an instance whose timer ends must doubt the silence: its socket dropped packets since
   * the timer began to run, that may have been its master's. Once in a silence, and not where the
   * master said that it leaves. To be asked when the socket has been read.
   */
  boolean doubts(Running instance, InstanceState state, long now) {
    AdvertSocket socket = instance.socket;
    return socket != null
        && state.phase() instanceof InstanceState.Phase.Backup backup
        && backup.silenceEndsNanos() <= now
        && !backup.released()
        && instance.doubts(socket.socket.dropped());
  }

  // --- receiving --------------------------------------------------------------------------------

  /** Reads all that waits in a socket, before silence is judged. */
  void drain(AdvertSocket socket) {
    drain(socket, PACKETS_BEFORE_TIMER);
  }

  private void drain(AdvertSocket socket, int most) {
    for (int i = 0; i < most && !socket.users.isEmpty(); i++) {
      int length = socket.socket.receive(in);
      if (length == -Errno.EINTR) {
        continue;
      }
      if (length < 0) {
        return;
      }
      packet(socket);
    }
  }

  private void packet(AdvertSocket socket) {
    boolean whole =
        in.ipv4()
            ? decoder.load4(in.data(), in.length())
            : decoder.load6(
                in.data(),
                in.length(),
                in.sourceHigh(),
                in.sourceLow(),
                in.destinationHigh(),
                in.destinationLow(),
                in.hopLimit());
    if (!whole) {
      unmatched.merge(VrrpCounter.TRUNCATED, 1L, Long::sum);
      return;
    }
    Running instance = instanceFor(socket);
    if (instance == null) {
      unknown(socket);
      return;
    }
    InstanceState state = engine.router.state(instance.name());
    Expected expected = instance.wire.expected();
    if (state.kind() == VrrpState.INIT || state.kind() == VrrpState.FAULT || expected == null) {
      instance.count(VrrpCounter.NOT_LISTENING);
      return;
    }
    InetAddress sender = book.of(decoder.ipv4(), decoder.sourceHigh(), decoder.sourceLow());
    boolean compare =
        !(instance.config.skipCheckAdvAddr()
            && state.phase() instanceof InstanceState.Phase.Backup backup
            && sender.equals(backup.master()));
    long clock = instance.wire.timed() ? HmacAssociation.clock(System.currentTimeMillis()) : 0;
    VrrpCounter fault = decoder.judge(expected, compare, clock);
    if (fault != null) {
      remark(instance, sender, fault, true);
    } else {
      accepted(instance, sender, state.phase());
    }
  }

  /** Unicast instances that share a virtual router id are told apart by the sender. */
  private @Nullable Running instanceFor(AdvertSocket socket) {
    int id = decoder.virtualRouterId();
    Running first = socket.user(id);
    if (first == null || !socket.shared(id)) {
      return first;
    }
    for (Running candidate : socket.users) {
      if (candidate.config.virtualRouterId() == id) {
        for (UnicastPeer peer : candidate.config.unicastPeers()) {
          if (AddressBits.high(peer.address()) == decoder.sourceHigh()
              && AddressBits.low(peer.address()) == decoder.sourceLow()) {
            return candidate;
          }
        }
      }
    }
    return first;
  }

  private void accepted(Running instance, InetAddress sender, InstanceState.Phase phase) {
    instance.count(VrrpCounter.ADVERT_RECEIVED);
    if (decoder.intervalDiffers()) {
      remark(instance, sender, VrrpCounter.INTERVAL_LEARNED, false);
    }
    if (decoder.addressesDiffer()) {
      remark(instance, sender, VrrpCounter.ADDRESS_LIST, false);
    }
    if (decoder.firstNotLinkLocal()) {
      remark(instance, sender, VrrpCounter.NOT_LINK_LOCAL, false);
    }
    int priority = decoder.priority();
    long interval = decoder.intervalCentis() * VrrpTimers.CENTISECOND;
    if (decoder.ipv4()
        && decoder.version() == 3
        && decoder.checksum() != instance.wire.checksum()) {
      instance.wire.adapt(decoder.checksum());
      instance.derive();
      engine.listener.on(
          new VrrpEvent.Warning(
              instance.name(),
              sender.getHostAddress()
                  + " computes checksums "
                  + decoder.checksum().words()
                  + "; we do so from now on"));
    }
    if (priority == 0) {
      instance.count(VrrpCounter.PRIORITY_ZERO_RECEIVED);
    }
    // In BACKUP silence is measured from the kernel's receipt, however late we read.
    MachineEvent advert = instance.wire.seen(priority, interval, sender);
    if (phase instanceof InstanceState.Phase.Backup backup) {
      long before = backup.downAtNanos();
      int dropped = in.dropped();
      engine.dispatch(instance.name(), advert, in.receivedNanos());
      if (backup.downAtNanos() != before) {
        instance.waitsFrom(dropped);
      }
    } else {
      engine.dispatch(instance.name(), advert);
    }
  }

  private void remark(Running instance, InetAddress sender, VrrpCounter what, boolean dropped) {
    instance.count(what);
    if (instance.told.add(what)) {
      engine.listener.on(
          new VrrpEvent.PacketRejected(
              instance.name(), what, dropped, sender, decoder.explain(what)));
    }
  }
}
