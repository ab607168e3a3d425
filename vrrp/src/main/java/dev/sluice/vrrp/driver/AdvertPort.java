package dev.sluice.vrrp.driver;

import dev.sluice.config.model.UnicastPeer;
import dev.sluice.linux.Errno;
import dev.sluice.linux.SyscallException;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.codec.Advert;
import dev.sluice.vrrp.codec.AdvertDecoder;
import dev.sluice.vrrp.codec.AdvertEncoder;
import dev.sluice.vrrp.codec.Expected;
import dev.sluice.vrrp.codec.Ipv4;
import dev.sluice.vrrp.codec.Received;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.MachineEvent;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Adverts in and out: the raw sockets, shared by the instances of one interface and kind. */
final class AdvertPort {
  /** Packets read from one socket in one turn: a flood must not starve the timers. */
  private static final int PACKETS_PER_TURN = 256;

  private final VrrpEngine engine;
  private final MemorySegment in;
  private final MemorySegment out;
  private final List<AdvertSocket> sockets = new ArrayList<>();
  private final Map<VrrpCounter, Long> unmatched = new EnumMap<>(VrrpCounter.class);

  AdvertPort(VrrpEngine engine, MemorySegment in, MemorySegment out) {
    this.engine = engine;
    this.in = in;
    this.out = out;
  }

  /** Packets that no instance could be found for. */
  Map<VrrpCounter, Long> unmatched() {
    return unmatched;
  }

  /**
   * Gives an instance the socket it needs.
   *
   * @return why that failed; null: it has one
   */
  @Nullable String attach(Running instance, InetAddress local) {
    AdvertSocket.Key key =
        instance.config.unicast()
            ? new AdvertSocket.Key(
                instance.config.interfaceName() == null ? 0 : instance.ifindex,
                instance.config.interfaceName(),
                local,
                null)
            : new AdvertSocket.Key(
                instance.ifindex, instance.config.interfaceName(), null, instance.multicastGroup());
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
        AdvertSocket opened = AdvertSocket.open(key);
        opened.watch(
            engine.loop,
            _ -> {
              drain(opened);
              engine.rearm();
            });
        sockets.add(opened);
        socket = opened;
      } catch (SyscallException e) {
        return e.getMessage();
      }
    }
    socket.users.add(instance);
    instance.socket = socket;
    return null;
  }

  /** Takes an instance's socket away; the last user closes it. */
  void detach(Running instance) {
    AdvertSocket socket = instance.socket;
    if (socket == null) {
      return;
    }
    instance.socket = null;
    socket.users.remove(instance);
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
    InetAddress local = instance.local;
    if (socket == null || local == null) {
      return;
    }
    Advert advert = instance.advert(priority);
    if (priority == 0) {
      instance.count(VrrpCounter.PRIORITY_ZERO_SENT);
    }
    int identification = instance.nextIdentification();
    if (!instance.config.unicast()) {
      copy(instance, socket, advert, local, instance.multicastGroup(), 255, identification);
      return;
    }
    for (UnicastPeer peer : instance.config.unicastPeers()) {
      copy(
          instance,
          socket,
          advert,
          local,
          peer.address(),
          instance.config.unicastTtl(),
          identification);
    }
  }

  private void copy(
      Running instance,
      AdvertSocket socket,
      Advert advert,
      InetAddress from,
      InetAddress to,
      int ttl,
      int identification) {
    int length =
        AdvertEncoder.encode(
            advert,
            new AdvertEncoder.Envelope(
                from, to, ttl, identification, instance.checksum, instance.multicastGroup()),
            out);
    int sent = socket.socket.send(out, length, Ipv4.toInt(to));
    if (sent == length) {
      instance.count(VrrpCounter.ADVERT_SENT);
      return;
    }
    instance.count(VrrpCounter.SEND_FAILED);
    if (instance.told.add(VrrpCounter.SEND_FAILED)) {
      engine.listener.on(
          new VrrpEvent.Warning(
              instance.name(),
              "cannot send an advert to "
                  + to.getHostAddress()
                  + ": "
                  + Errno.name(-sent)
                  + " ("
                  + Errno.text(-sent)
                  + ")"));
    }
  }

  // --- receiving --------------------------------------------------------------------------------

  /** Reads what waits in a socket. */
  void drain(AdvertSocket socket) {
    for (int i = 0; i < PACKETS_PER_TURN && !socket.users.isEmpty(); i++) {
      int length = socket.socket.receive(in);
      if (length == -Errno.EINTR) {
        continue;
      }
      if (length < 0) {
        return;
      }
      packet(socket, Math.min(length, VrrpEngine.RECEIVE_BYTES));
    }
  }

  private void packet(AdvertSocket socket, int length) {
    Optional<AdvertDecoder.Header> header = AdvertDecoder.header(in, length);
    if (header.isEmpty()) {
      unmatched.merge(VrrpCounter.TRUNCATED, 1L, Long::sum);
      return;
    }
    Running instance = instanceFor(socket, header.get());
    if (instance == null) {
      unmatched.merge(VrrpCounter.UNKNOWN_VRID, 1L, Long::sum);
      return;
    }
    InstanceState state = engine.router.state(instance.name());
    Expected expected = instance.expected;
    if (state.kind() == VrrpState.INIT || state.kind() == VrrpState.FAULT || expected == null) {
      instance.count(VrrpCounter.NOT_LISTENING);
      return;
    }
    InetAddress sender = header.get().source();
    boolean compare =
        !(instance.config.skipCheckAdvAddr()
            && state.phase() instanceof InstanceState.Phase.Backup backup
            && sender.equals(backup.master()));
    switch (AdvertDecoder.decode(in, length, expected, compare)) {
      case Received.Rejected(Received.Remark why) -> remark(instance, sender, why, true);
      case Received.Accepted accepted -> accepted(instance, accepted);
    }
  }

  /** Unicast instances that share a virtual router id are told apart by the sender. */
  private static @Nullable Running instanceFor(AdvertSocket socket, AdvertDecoder.Header header) {
    Running found = null;
    for (Running candidate : socket.users) {
      if (candidate.config.virtualRouterId() == header.virtualRouterId()) {
        for (UnicastPeer peer : candidate.config.unicastPeers()) {
          if (peer.address().equals(header.source())) {
            return candidate;
          }
        }
        found = found == null ? candidate : found;
      }
    }
    return found;
  }

  private void accepted(Running instance, Received.Accepted accepted) {
    instance.count(VrrpCounter.ADVERT_RECEIVED);
    for (Received.Remark remark : accepted.remarks()) {
      remark(instance, accepted.source(), remark, false);
    }
    Advert advert = accepted.advert();
    if (advert.version() == 3 && accepted.checksum() != instance.checksum) {
      instance.checksum = accepted.checksum();
      instance.derive();
      engine.listener.on(
          new VrrpEvent.Warning(
              instance.name(),
              accepted.source().getHostAddress()
                  + " computes checksums "
                  + accepted.checksum().words()
                  + "; we do so from now on"));
    }
    if (advert.priority() == 0) {
      instance.count(VrrpCounter.PRIORITY_ZERO_RECEIVED);
    }
    engine.dispatch(
        instance.name(),
        new MachineEvent.AdvertSeen(
            advert.priority(),
            advert.intervalCentis() * VrrpTimers.CENTISECOND,
            accepted.source()));
  }

  private void remark(
      Running instance, InetAddress sender, Received.Remark remark, boolean dropped) {
    instance.count(remark.counter());
    if (instance.told.add(remark.counter())) {
      engine.listener.on(
          new VrrpEvent.PacketRejected(
              instance.name(), remark.counter(), dropped, sender, remark.text()));
    }
  }
}
