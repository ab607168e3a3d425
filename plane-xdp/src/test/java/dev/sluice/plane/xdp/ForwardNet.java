package dev.sluice.plane.xdp;

import dev.sluice.lab.Await;
import dev.sluice.lab.Command;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.linux.MacAddress;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.PacketSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The network in which the forwarding recordings were made: clients, a director, servers. The two
 * outer machines have no addresses, so that only this test speaks there; the director knows its
 * neighbours beforehand.
 */
final class ForwardNet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int BUFFER = 4096;

  private final Lab lab = Lab.open();
  private final Arena arena = Arena.ofShared();
  private final ExecutorService inside;
  final Host director;
  private final Side client;
  private final Side server;
  private int barriers;

  /** An outer machine: its only device, and the director's device at the other end. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Side(PacketSocket socket, int ifindex, byte[] header, MemorySegment buffer) {}

  ForwardNet() {
    director = lab.host("d");
    Host clients = lab.host("c");
    Host servers = lab.host("s");
    inside =
        Executors.newSingleThreadExecutor(task ->
            Thread.ofPlatform()
                .name("director")
                .daemon()
                .unstarted(() -> {
                  NetworkNamespace.enter(director.namespaceFile());
                  task.run();
                }));
    client = side(clients, "c0", "d0", "02:5c:00:00:0c:01", "02:5c:00:00:0d:01");
    server = side(servers, "s0", "d1", "02:5c:00:00:05:01", "02:5c:00:00:0d:02");
    configure();
  }

  private Side side(Host host, String device, String peer, String mac, String peerMac) {
    host.sysctl("net.ipv6.conf.all.disable_ipv6", "1");
    host.sysctl("net.ipv6.conf.default.disable_ipv6", "1");
    director.ip(
        "link",
        "add",
        peer,
        "address",
        peerMac,
        "type",
        "veth",
        "peer",
        "name",
        device,
        "address",
        mac,
        "netns",
        host.namespace());
    host.exec(command("ethtool"), "-K", device, "tx", "off", "gro", "on");
    director.exec(command("ethtool"), "-K", peer, "tx", "off", "gro", "on");
    host.ip("link", "set", device, "arp", "off", "up");
    director.ip("link", "set", peer, "up");
    byte[] header = new byte[12];
    System.arraycopy(MacAddress.parse(peerMac).bytes(), 0, header, 0, 6);
    System.arraycopy(MacAddress.parse(mac).bytes(), 0, header, 6, 6);
    int ifindex = host.ifindex(device);
    try {
      PacketSocket socket =
          NetworkNamespace.in(
              host.namespaceFile(), () -> PacketSocket.listen(ifindex, PacketSocket.ALL));
      return new Side(socket, ifindex, header, arena.allocate(BUFFER));
    } catch (Exception e) {
      throw new IllegalStateException("cannot listen on " + device, e);
    }
  }

  private static String command(String name) {
    return Command.find(name).map(Object::toString).orElse(name);
  }

  private void configure() {
    for (String setting :
        List.of(
            "net.ipv4.ip_forward=1",
            "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.icmp_ratelimit=0",
            "net.ipv6.icmp.ratelimit=0",
            "net.ipv4.icmp_msgs_per_sec=100000",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.d0.rp_filter=0",
            "net.ipv4.conf.d1.rp_filter=0")) {
      director.sysctl(
          setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
    }
    director.ip("addr", "add", "10.9.9.9/32", "dev", "lo");
    director.ip("addr", "add", "10.1.0.254/24", "dev", "d0");
    director.ip("addr", "add", "10.2.0.254/24", "dev", "d1");
    director.ip("addr", "add", "2001:db8:9::9/128", "dev", "lo", "nodad");
    director.ip("addr", "add", "2001:db8:1::254/64", "dev", "d0", "nodad");
    director.ip("addr", "add", "2001:db8:2::254/64", "dev", "d1", "nodad");
    neighbour("d0", "02:5c:00:00:0c:01", "10.1.0.1", "2001:db8:1::1");
    for (int i = 1; i <= 30; i++) {
      neighbour("d1", "02:5c:00:00:05:01", "10.2.0." + i, "2001:db8:2::" + i);
    }
    director.ip("route", "add", "198.51.100.0/24", "via", "10.1.0.1", "src", "10.1.0.254");
    director.ip("route", "add", "default", "via", "10.2.0.1");
    director.ip("-6", "route", "add", "2001:db8:c::/64", "via", "2001:db8:1::1");
    director.ip("-6", "route", "add", "default", "via", "2001:db8:2::1");
  }

  private void neighbour(String device, String mac, String... addresses) {
    for (String a : addresses) {
      director.ip("neigh", "replace", a, "lladdr", mac, "dev", device, "nud", "permanent");
    }
  }

  /** The largest packet towards the servers. */
  void serversMtu(int bytes) {
    director.ip("link", "set", "d1", "mtu", String.valueOf(bytes));
  }

  /** Runs something on the one thread that is in the director. */
  <T> T inDirector(Callable<T> task) {
    try {
      return inside.submit(task).get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What arrived at both ends of what was sent: IP packets, each in the order of its side. */
  static final class Heard {
    final List<byte[]> client = new ArrayList<>();
    final List<byte[]> server = new ArrayList<>();
  }

  void send(boolean byServer, byte[] ip) {
    Side from = byServer ? server : client;
    MemorySegment frame = from.buffer;
    MemorySegment.copy(from.header, 0, frame, ValueLayout.JAVA_BYTE, 0, 12);
    int type = (ip[0] & 0xff) >> 4 == 6 ? IPV6 : IPV4;
    frame.set(ValueLayout.JAVA_BYTE, 12, (byte) (type >> 8));
    frame.set(ValueLayout.JAVA_BYTE, 13, (byte) type);
    MemorySegment.copy(ip, 0, frame, ValueLayout.JAVA_BYTE, 14, ip.length);
    int sent = from.socket.send(from.ifindex, frame, 14 + ip.length);
    if (sent < 0) {
      throw new IllegalStateException("cannot send a frame: " + -sent);
    }
  }

  /**
   * Takes in what comes until datagrams that the director merely routes have passed in both
   * directions, behind everything that was sent before.
   */
  void settle(Heard heard) {
    barriers++;
    byte[] there = barrier("198.51.100.250", "10.2.0.30");
    byte[] back = barrier("10.2.0.30", "198.51.100.250");
    send(false, there);
    send(true, back);
    boolean[] passed = new boolean[2];
    Await.until(
        "frames routed by the director arrive",
        PATIENCE,
        () -> {
          passed[0] |= drain(server, heard.server);
          passed[1] |= drain(client, heard.client);
          return passed[0] && passed[1];
        });
  }

  /** Takes in what comes until so many packets came, or none did for long. */
  void await(Heard heard, int toClient, int toServer) {
    long end = System.nanoTime() + 2_000_000_000L;
    while ((heard.client.size() < toClient || heard.server.size() < toServer)
        && System.nanoTime() < end) {
      boolean _ = drain(server, heard.server);
      boolean _ = drain(client, heard.client);
      java.util.concurrent.locks.LockSupport.parkNanos(200_000);
    }
  }

  /** Whether the last barrier came, too. */
  private boolean drain(Side side, List<byte[]> into) {
    boolean passed = false;
    while (true) {
      int length = side.socket.receive(side.buffer);
      if (length < 14) {
        return passed;
      }
      byte[] frame = side.buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      int type = (frame[12] & 0xff) << 8 | (frame[13] & 0xff);
      byte[] ip = Arrays.copyOfRange(frame, 14, length);
      if (type == IPV4 && isBarrier(ip)) {
        passed |= ip[28] == (byte) barriers;
      } else if (type == IPV4 || (type == IPV6 && !isChatter(ip))) {
        into.add(trim(ip));
      }
    }
  }

  /** Neighbour and router discovery, listener reports. */
  private static boolean isChatter(byte[] ip) {
    if (ip[6] == 0) {
      return true;
    }
    int type = ip[40] & 0xff;
    return ip[6] == 58 && type >= 130 && type <= 143;
  }

  private static byte[] trim(byte[] ip) {
    int length =
        (ip[0] & 0xff) >> 4 == 6
            ? 40 + ((ip[4] & 0xff) << 8 | (ip[5] & 0xff))
            : (ip[2] & 0xff) << 8 | (ip[3] & 0xff);
    return length < ip.length ? Arrays.copyOf(ip, length) : ip;
  }

  private static boolean isBarrier(byte[] ip) {
    return ip.length >= 30 && ip[9] == 17 && ip[20] == 0x7a && ip[21] == 0x7a && ip[22] == 0x7a;
  }

  private byte[] barrier(String from, String to) {
    byte[] frame = Frame.udp().from(from, 0x7a7a).at(to, 0x7a7a).payload(2).bytes();
    byte[] ip = Arrays.copyOfRange(frame, 14, frame.length);
    ip[28] = (byte) barriers;
    return ip;
  }

  @Override
  public void close() {
    inside.shutdown();
    client.socket.close();
    server.socket.close();
    lab.close();
    arena.close();
  }
}
