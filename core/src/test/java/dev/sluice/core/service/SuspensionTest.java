package dev.sluice.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.check.CheckId;
import dev.sluice.check.CheckTarget;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.dump.EveryInterface;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code ha_suspend}: whose address is elsewhere is not checked here. */
class SuspensionTest {
  private final OwnAddresses own = new OwnAddresses();
  private final Suspension suspension = new Suspension(own);

  private static String service(String address, String option) {
    return """
    virtual_server %s 80 {
      protocol TCP
      lb_algo rr
      lb_kind DR
      %s
      real_server 192.0.2.21 80 {
        TCP_CHECK {
        }
      }
    }
    """
        .formatted(address, option);
  }

  @BeforeEach
  void twoServicesOneOfWhichRests() {
    String text = service("192.0.2.10", "ha_suspend") + service("192.0.2.11", "");
    List<VirtualServer> services =
        ConfigLoader.parse("x", text, new EveryInterface()).configuration().virtualServers();
    var targets = new ArrayList<CheckTarget>();
    for (VirtualServer vs : services) {
      RealServer real = vs.realServers().getFirst();
      var id = new CheckId(vs.key(), real.address(), real.port(), 0);
      targets.add(new CheckTarget(id, real.checkers().getFirst()));
    }
    suspension.set(services, targets);
  }

  private List<String> running() {
    return suspension.running().stream()
        .map(t -> t.id().service().address().getHostAddress())
        .toList();
  }

  @Test
  void itsChecksRestUntilTheAddressComes() {
    assertThat(suspension.any()).isTrue();
    assertThat(running()).containsExactly("192.0.2.11");
    assertThat(suspension.changed()).isFalse();
    assertThat(own.look(Set.of(InetAddress.ofLiteral("192.0.2.10")), Set.of())).isTrue();
    assertThat(suspension.changed()).isTrue();
    assertThat(running()).containsExactly("192.0.2.10", "192.0.2.11");
    assertThat(own.look(Set.of(), Set.of())).isTrue();
    assertThat(suspension.changed()).isTrue();
    assertThat(running()).containsExactly("192.0.2.11");
  }
}
