package dev.sluice.vrrp.driver;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.FileFacts;
import dev.sluice.config.model.Configuration;
import dev.sluice.linux.PacketSocket;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices with virtual MACs, and the rules of nftables around them (V-80, V-81, V-82). */
@Tag("netns")
@Timeout(180)
@SuppressWarnings("try") // routers end in the middle of a test
class VmacTest {
  private static final String MAC = "00005e000133";

  /** Every interface exists: the namespaces' are not this process's. */
  private static final class Anywhere implements ConfigEnvironment {
    @Override
    public boolean interfaceExists(String name) {
      return true;
    }

    @Override
    public boolean userExists(String user) {
      return true;
    }

    @Override
    public boolean groupExists(String group) {
      return true;
    }

    @Override
    public String currentUser() {
      return "root";
    }

    @Override
    public Optional<String> environmentVariable(String name) {
      return Optional.empty();
    }

    @Override
    public String configId() {
      return "test";
    }

    @Override
    public FileFacts file(Path path) {
      return ConfigEnvironment.ofThisMachine().file(path);
    }

    @Override
    public List<Path> searchPath() {
      return List.of();
    }

    @Override
    public Optional<InetAddress> resolve(String hostName) {
      return Optional.empty();
    }

    @Override
    public Optional<Integer> routeName(String kind, String name) {
      return Optional.empty();
    }
  }

  private static VrrpDesired desired(String text) {
    Configuration configuration =
        ConfigLoader.parse("test.conf", text, new Anywhere()).configuration();
    return new VrrpDesired(
        configuration.vrrpInstances(),
        configuration.syncGroups(),
        configuration.vrrpScripts(),
        Duration.ZERO,
        configuration.global(),
        configuration.further());
  }

  private static String instance(int priority, String vip, String more) {
    return """
    vrrp_instance VI_1 {
        interface eth0
        virtual_router_id 51
        priority %d
        advert_int 0.2
        version 3
        %s
        virtual_ipaddress {
            %s
        }
    }
    """
        .formatted(priority, more, vip);
  }

  /** Listens on a host's eth0. */
  private static final class Ear implements AutoCloseable {
    private final PacketSocket socket;
    private final MemorySegment in = Arena.ofAuto().allocate(2048);
    private final List<String> frames = new ArrayList<>();

    Ear(String namespace) {
      socket =
          TestNet.in(
              namespace,
              () -> {
                try (RouteNetlink netlink = RouteNetlink.open()) {
                  return PacketSocket.listen(
                      netlink.link("eth0").orElseThrow().index(), PacketSocket.ALL);
                }
              });
    }

    /** All frames so far, in hex. */
    List<String> heard() {
      for (int n = socket.receive(in); n > 0; n = socket.receive(in)) {
        frames.add(HexFormat.of().formatHex(in.asSlice(0, n).toArray(JAVA_BYTE)));
      }
      return frames;
    }

    List<String> from(String mac) {
      return heard().stream().filter(f -> f.startsWith(mac, 12)).toList();
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  private static boolean advert(String frame) {
    return frame.startsWith("01005e000012") && frame.startsWith("70", 2 * 23);
  }

  private static String links(String namespace) {
    return TestNet.ip("-n", namespace, "-d", "address", "show");
  }

  private static String sysctl(String namespace, String name) {
    return TestNet.run(
            List.of("ip", "netns", "exec", namespace, "cat", "/proc/sys/net/ipv4/conf/" + name))
        .strip();
  }

  private static boolean pings(String namespace, String to) {
    try {
      return new ProcessBuilder("ip", "netns", "exec", namespace, "ping", "-c", "1", "-W", "1", to)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theDeviceComesIsSilentServesAndGoes() {
    try (TestNet net = new TestNet()) {
      String one = net.host(1);
      String two = net.host(2);
      String three = net.host(3);
      String before = sysctl(one, "eth0/arp_ignore") + sysctl(one, "all/rp_filter");
      try (Ear ear = new Ear(three);
          TestRouter a = new TestRouter(one);
          TestRouter b = new TestRouter(two)) {
        b.driver.apply(desired(instance(200, "10.77.0.100/24", "use_vmac"))).join();
        b.await(VrrpState.MASTER);
        TestNet.await(
            "adverts", () -> ear.from(MAC).stream().anyMatch(VmacTest::advert), ear::heard);
        assertThat(ear.heard())
            .as("adverts with another MAC")
            .noneMatch(f -> advert(f) && !f.startsWith(MAC, 12));
        assertThat(ear.from(MAC))
            .as("V-81: no reports with the virtual MAC")
            .noneMatch(f -> f.startsWith("02", 2 * 23) && f.startsWith("0800", 24));
        assertThat(links(two))
            .contains("vrrp.51@eth0")
            .contains("00:00:5e:00:01:33")
            .contains("macvlan mode private")
            .contains("inet 10.77.0.100/24 scope global vrrp.51");
        assertThat(sysctl(two, "vrrp.51/arp_ignore")).isEqualTo("1");
        assertThat(sysctl(two, "vrrp.51/accept_local")).isEqualTo("1");
        assertThat(sysctl(two, "vrrp.51/rp_filter")).isEqualTo("0");
        assertThat(sysctl(two, "eth0/arp_filter")).isEqualTo("1");
        assertThat(sysctl(two, "all/rp_filter")).isEqualTo("0");
        assertThat(pings(three, "10.77.0.100")).isTrue();

        // A backup hears adverts that carry the address of its own device, and keeps silent.
        try (Ear beside = new Ear(one)) {
          a.driver.apply(desired(instance(100, "10.77.0.100/24", "use_vmac"))).join();
          TestNet.await("the device", () -> links(one).contains("vrrp.51@"), () -> links(one));
          a.awaitEvent("the master is seen", e -> e instanceof VrrpEvent.MasterSeen);
          assertThat(a.state()).isEqualTo(VrrpState.BACKUP);
          assertThat(links(one)).doesNotContain("10.77.0.100");
          assertThat(beside.heard()).isNotEmpty();
        }
        b.close();
        a.await(VrrpState.MASTER);
        TestNet.await("the address", () -> links(one).contains("10.77.0.100"), () -> links(one));
        assertThat(pings(three, "10.77.0.100")).isTrue();
        assertThat(links(two)).doesNotContain("vrrp.51");
      }
      assertThat(links(one)).doesNotContain("vrrp.51");
      assertThat(sysctl(one, "eth0/arp_ignore") + sysctl(one, "all/rp_filter")).isEqualTo(before);
    }
  }

  @Test
  void whatOthersTakeAwayComesBack() {
    try (TestNet net = new TestNet()) {
      String one = net.host(1);
      try (TestRouter a = new TestRouter(one)) {
        a.driver.apply(desired(instance(200, "10.77.0.100/24", "use_vmac"))).join();
        a.await(VrrpState.MASTER);
        TestNet.await("the address", () -> links(one).contains("10.77.0.100"), () -> links(one));
        TestNet.ip("-n", one, "link", "delete", "vrrp.51");
        a.awaitEvent(
            "the device is back",
            e ->
                e instanceof VrrpEvent.Restored(var _, String what, long times)
                    && what.equals("macvlan vrrp.51 on eth0")
                    && times == 1);
        TestNet.await(
            "the address is back", () -> links(one).contains("10.77.0.100"), () -> links(one));
        TestNet.ip("-n", one, "link", "set", "vrrp.51", "down");
        a.awaitEvent(
            "the device is up again",
            e ->
                e instanceof VrrpEvent.Restored(var _, String what, long times)
                    && what.equals("macvlan vrrp.51 on eth0")
                    && times == 2);
        assertThat(a.events)
            .as("the instance does not flap")
            .filteredOn(e -> e instanceof VrrpEvent.StateChanged s && s.from() == VrrpState.MASTER)
            .isEmpty();
        assertThat(a.state()).isEqualTo(VrrpState.MASTER);
      }
    }
  }

  @Test
  void onTheBaseAndUnderAnotherName() {
    try (TestNet net = new TestNet()) {
      String one = net.host(1);
      String three = net.host(3);
      TestNet.ip("-n", one, "link", "add", "vrrp.51", "type", "bridge");
      try (Ear ear = new Ear(three);
          TestRouter a = new TestRouter(one)) {
        a.driver.apply(desired(instance(200, "10.77.0.100/24", "use_vmac\nvmac_xmit_base"))).join();
        a.await(VrrpState.MASTER);
        TestNet.await(
            "an advert and a gratuitous ARP",
            () ->
                ear.heard().stream().anyMatch(VmacTest::advert)
                    && ear.from(MAC).stream().anyMatch(f -> f.startsWith("0806", 24)),
            ear::heard);
        assertThat(ear.from(MAC)).as("adverts carry the physical MAC").noneMatch(VmacTest::advert);
        assertThat(links(one)).contains("scope global vrrp.51.1");
      }
      assertThat(links(one)).contains("vrrp.51:").doesNotContain("vrrp.51.1");
    }
  }

  @Test
  void ipv6() {
    try (TestNet net = new TestNet()) {
      String one = net.host(1);
      String three = net.host(3);
      for (String host : List.of(one, three)) {
        TestNet.await(
            "a link-local address",
            () -> links(host).contains("scope link") && !links(host).contains("tentative"),
            () -> links(host));
      }
      try (Ear ear = new Ear(three);
          TestRouter a = new TestRouter(one)) {
        a.driver.apply(desired(instance(200, "fe80::77:100/64", "use_vmac"))).join();
        a.await(VrrpState.MASTER);
        String mac = "00005e000233";
        TestNet.await(
            "adverts with the virtual MAC",
            () -> ear.from(mac).stream().anyMatch(f -> f.startsWith("333300000012")),
            ear::heard);
        assertThat(ear.from(mac))
            .as("no MLD reports with it")
            .noneMatch(f -> f.startsWith("333300000016"));
        TestNet.await(
            "the address",
            () -> links(one).contains("inet6 fe80::77:100/64 scope link"),
            () -> links(one));
        TestNet.await("a ping", () -> pings(three, "fe80::77:100%eth0"), () -> links(one));
      }
    }
  }

  /** V-82. */
  @Test
  void noAccept() {
    try (TestNet net = new TestNet()) {
      String one = net.host(1);
      String three = net.host(3);
      try (TestRouter a = new TestRouter(one)) {
        a.driver.apply(desired(instance(200, "10.77.0.100/24", "no_accept"))).join();
        a.await(VrrpState.MASTER);
        TestNet.await("the address", () -> links(one).contains("10.77.0.100"), () -> links(one));
        assertThat(pings(three, "10.77.0.1")).isTrue();
        assertThat(pings(three, "10.77.0.100")).isFalse();
        a.driver.apply(desired(instance(200, "10.77.0.100/24", "accept"))).join();
        assertThat(pings(three, "10.77.0.100")).isTrue();
        a.driver.apply(desired(instance(200, "10.77.0.100/24", "no_accept"))).join();
        assertThat(pings(three, "10.77.0.100")).isFalse();
      }
      TestNet.ip("-n", one, "address", "add", "10.77.0.100/24", "dev", "eth0");
      assertThat(pings(three, "10.77.0.100")).as("the table went with the daemon").isTrue();
    }
  }

  @Test
  @Tag("keepalived")
  void besideKeepalived() {
    Keepalived.assumePresent();
    try (TestNet net = new TestNet()) {
      String one = net.host(1);
      String two = net.host(2);
      String text = instance(100, "10.77.0.100/24", "use_vmac");
      try (Keepalived peer = new Keepalived(two, "global_defs {\n}\n" + text)) {
        TestNet.await("keepalived is master", () -> links(two).contains("10.77.0.100"), peer::log);
        try (TestRouter a = new TestRouter(one)) {
          a.driver.apply(desired(instance(200, "10.77.0.100/24", "use_vmac"))).join();
          a.awaitEvent("keepalived is seen", e -> e instanceof VrrpEvent.MasterSeen);
          a.await(VrrpState.MASTER);
          TestNet.await(
              "keepalived gives way", () -> !links(two).contains("10.77.0.100"), peer::log);
        }
        TestNet.await(
            "keepalived is master again", () -> links(two).contains("10.77.0.100"), peer::log);
      }
    }
  }
}
