package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

@Tag("netns")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinkNetlinkTest {
  private static final MacAddress VIRTUAL = MacAddress.parse("00:00:5e:00:01:33");

  private TwoNamespaces pair;

  @BeforeAll
  void make() throws Exception {
    pair = TwoNamespaces.make();
  }

  @AfterAll
  void remove() throws Exception {
    if (pair != null) {
      pair.close();
    }
  }

  @Test
  void aMacvlan() throws Exception {
    Void _ =
        pair.inLeft(() -> {
          try (LinkNetlink links = LinkNetlink.open();
              RouteNetlink netlink = RouteNetlink.open()) {
            int lower = netlink.link("left").orElseThrow().index();
            Link made =
                links.createMacvlan("vrrp.51", lower, VIRTUAL, LinkNetlink.MacvlanMode.PRIVATE, 7);
            assertThat(made.kind()).isEqualTo("macvlan");
            assertThat(made.mac()).isEqualTo(VIRTUAL);
            assertThat(made.lowerIndex()).isEqualTo(lower);
            assertThat(made.up()).isFalse();
            links.disableAddressGeneration(made.index());
            netlink.setUp(made.index(), true);
            assertThat(netlink.link("vrrp.51").orElseThrow().up()).isTrue();
            assertThat(TwoNamespaces.ip("-n", pair.left, "-d", "link", "show", "vrrp.51"))
                .contains("macvlan mode private")
                .contains("addrgenmode none")
                .contains("group 7");
            assertThat(netlink.addresses()).noneMatch(a -> a.ifindex() == made.index());
            assertThatThrownBy(() ->
                    links.createMacvlan(
                        "vrrp.51", lower, VIRTUAL, LinkNetlink.MacvlanMode.PRIVATE, 0))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("make macvlan vrrp.51 on interface number " + lower)
                .hasMessageContaining("EEXIST");
            MacAddress other = MacAddress.parse("00:00:5e:00:01:34");
            links.setMac(made.index(), other);
            assertThat(netlink.link("vrrp.51").orElseThrow().mac()).isEqualTo(other);
            assertThat(links.delete(made.index())).isTrue();
            assertThat(links.delete(made.index())).isFalse();
          }
          return null;
        });
  }

  @Test
  void anIpvlan() throws Exception {
    Void _ =
        pair.inLeft(() -> {
          try (LinkNetlink links = LinkNetlink.open();
              RouteNetlink netlink = RouteNetlink.open()) {
            int lower = netlink.link("left").orElseThrow().index();
            Link made = links.createIpvlan("ipv.51", lower, LinkNetlink.IpvlanMode.BRIDGE, 0);
            assertThat(made.kind()).isEqualTo("ipvlan");
            assertThat(links.delete(made.index())).isTrue();
          } catch (UnsupportedKernelException e) {
            throw new TestAbortedException(e.getMessage(), e);
          }
          return null;
        });
  }

  private static byte[] name(String device) {
    return Arrays.copyOf(device.getBytes(StandardCharsets.US_ASCII), 16);
  }

  private static boolean ping(String namespace, String to) throws Exception {
    return new ProcessBuilder(
                "ip", "netns", "exec", namespace, "ping", "-c", "1", "-W", "1", "-i", "0.2", to)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Test
  void aTableOfNftables() throws Exception {
    NftTable table =
        new NftTable(
            "slc_test",
            List.of(
                new NftTable.KeySet(
                    "vips",
                    NftTable.KeyType.IPV4_ADDRESS,
                    List.of(InetAddress.ofLiteral("10.77.0.1").getAddress())),
                new NftTable.KeySet("vips6", NftTable.KeyType.IPV6_ADDRESS, List.of()),
                new NftTable.KeySet(
                    "links", NftTable.KeyType.INTERFACE_NAME, List.of(name("vrrp.51")))),
            List.of(
                new NftTable.Chain(
                    "input",
                    NftTable.Hook.INPUT,
                    -1,
                    List.of(
                        NftTable.Rule.of(
                            new NftTable.Expression.Family(),
                            new NftTable.Expression.EqualTo(Sockaddr.AF_INET),
                            new NftTable.Expression.NetworkHeader(16, 4),
                            new NftTable.Expression.In("vips"),
                            NftTable.Expression.Verdict.DROP),
                        NftTable.Rule.of(
                            new NftTable.Expression.TransportProtocol(),
                            new NftTable.Expression.EqualTo(58),
                            new NftTable.Expression.TransportHeader(0, 1),
                            new NftTable.Expression.Between(135, 136),
                            NftTable.Expression.Verdict.ACCEPT))),
                new NftTable.Chain(
                    "output",
                    NftTable.Hook.OUTPUT,
                    -1,
                    List.of(
                        NftTable.Rule.of(
                            new NftTable.Expression.OutInterface(),
                            new NftTable.Expression.In("links"),
                            NftTable.Expression.Verdict.DROP)))));
    assertThat(ping(pair.right, "10.77.0.1")).isTrue();
    Nftables opened;
    try {
      opened = pair.inLeft(Nftables::open);
      opened.replace(table);
    } catch (UnsupportedKernelException e) {
      throw new TestAbortedException(e.getMessage(), e);
    }
    try (Nftables nftables = opened) {
      nftables.replace(table);
      assertThat(ping(pair.right, "10.77.0.1")).isFalse();
      if (Files.isExecutable(Path.of("/usr/sbin/nft"))) {
        Process nft =
            new ProcessBuilder("ip", "netns", "exec", pair.left, "/usr/sbin/nft", "list", "ruleset")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .contains("table inet slc_test")
            .contains("ip daddr @vips drop")
            .contains("oifname @links drop");
      }
      nftables.delete("slc_test");
      nftables.delete("slc_test");
      assertThat(ping(pair.right, "10.77.0.1")).isTrue();
      NftTable wrong =
          new NftTable(
              "slc_test",
              List.of(),
              List.of(
                  new NftTable.Chain(
                      "c",
                      NftTable.Hook.INPUT,
                      0,
                      List.of(NftTable.Rule.of(new NftTable.Expression.In("none"))))));
      assertThatThrownBy(() -> nftables.replace(wrong))
          .isInstanceOf(SyscallException.class)
          .hasMessageContaining("set up the nftables table inet slc_test");
    }
  }
}
