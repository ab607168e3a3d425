package dev.sluice.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigLoader;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.dump.EveryInterface;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service whose address belongs to an instance is in force where the instance is MASTER. */
class OwnAddressesTest {
  private static final VirtualServer.Key OWNED = key("192.0.2.10");
  private final OwnAddresses own = new OwnAddresses();

  private static VirtualServer.Key key(String address) {
    return new VirtualServer.Key(InetAddress.ofLiteral(address), 80, Protocol.TCP);
  }

  @BeforeEach
  void anInstanceOwnsTheAddress(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.conf"),
            """
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                virtual_ipaddress {
                    192.0.2.10
                }
            }
            """);
    own.instances(ConfigLoader.load(file, new EveryInterface()).configuration().vrrpInstances());
  }

  @Test
  void onlyWhileMaster() {
    assertThat(own.inForce(OWNED)).isFalse();
    own.state("VI_1", true);
    assertThat(own.inForce(OWNED)).isTrue();
    own.state("VI_1", false);
    assertThat(own.inForce(OWNED)).isFalse();
  }

  @Test
  void whatAKilledPredecessorLeftOnADeviceStaysInForce() {
    assertThat(own.look(Set.of(InetAddress.ofLiteral("192.0.2.10")), Set.of())).isTrue();
    assertThat(own.inForce(OWNED)).isTrue();
  }

  @Test
  void onTheLoopbackItIsARealServers() {
    var vip = Set.of(InetAddress.ofLiteral("192.0.2.10"));
    assertThat(own.look(Set.of(), vip)).isTrue();
    assertThat(own.inForce(OWNED)).isFalse();
    assertThat(own.look(Set.of(), vip)).as("nothing new").isFalse();
  }

  @Test
  void othersWhileTheyAreLocal() {
    VirtualServer.Key other = key("192.0.2.11");
    assertThat(own.inForce(other)).as("nobody has looked").isTrue();
    assertThat(own.look(Set.of(), Set.of())).isTrue();
    assertThat(own.inForce(other)).isFalse();
    assertThat(own.look(Set.of(), Set.of(InetAddress.ofLiteral("192.0.2.11")))).isTrue();
    assertThat(own.inForce(other)).isTrue();
  }

  @Test
  void marksAlways() {
    assertThat(own.look(Set.of(), Set.of())).isTrue();
    assertThat(own.inForce(VirtualServer.Key.ofMark(66, 4))).isTrue();
  }
}
