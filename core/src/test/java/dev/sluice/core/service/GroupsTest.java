package dev.sluice.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigLoader;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.dump.EveryInterface;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.LostServer;
import dev.sluice.lvs.pool.PoolInput;
import dev.sluice.lvs.pool.ServicePool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** keepalived.md 10.7: every entry of a group becomes a service; one pool checks the servers. */
class GroupsTest {
  @TempDir Path folder;

  private Configuration configuration(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("a.conf"), text);
    return ConfigLoader.load(file, new EveryInterface()).configuration();
  }

  private List<ServiceTable.Service> services(String kind, String rest) throws IOException {
    var groups = new Groups();
    List<VirtualServer> pools =
        groups.configuration(
            configuration(
                """
                virtual_server_group G {
                    192.0.2.10-11 80
                    192.0.2.20/31 443
                    fwmark 7
                }
                virtual_server group G {
                    lb_algo rr
                    lb_kind %s
                    protocol TCP
                    %s
                }
                """
                    .formatted(kind, rest)));
    assertThat(pools).hasSize(1);
    ServicePool pool = ServicePool.of(pools.getFirst(), 0);
    ServiceTable.Service of = pool.on(new PoolInput.Started(), 0).pool().desired();
    List<ServiceTable.Service> all = groups.services(of);
    assertThat(new ServiceTable(all).services()).hasSize(5);
    assertThat(groups.members(of.key())).hasSize(5).allMatch(groups::contains);
    return all;
  }

  private static List<String> places(List<ServiceTable.Service> services) {
    return services.stream().map(s -> s.key() + " " + s.reals().getFirst().key()).toList();
  }

  @Test
  void withDirectRoutingServersHaveEachServicesPort() throws IOException {
    assertThat(places(services("DR", "real_server 10.0.0.1 80 {\n}")))
        .containsExactly(
            "192.0.2.10:80/tcp 10.0.0.1:80",
            "192.0.2.11:80/tcp 10.0.0.1:80",
            "192.0.2.20:443/tcp 10.0.0.1:443",
            "192.0.2.21:443/tcp 10.0.0.1:443",
            "fwmark 7 10.0.0.1:0");
  }

  @Test
  void withNatTheirOwnWhereTheyHaveOne() throws IOException {
    assertThat(places(services("NAT", "real_server 10.0.0.1 8080 {\n}")))
        .contains("192.0.2.10:80/tcp 10.0.0.1:8080", "192.0.2.20:443/tcp 10.0.0.1:8080");
    assertThat(places(services("NAT", "real_server 10.0.0.1 {\n}")))
        .contains("192.0.2.10:80/tcp 10.0.0.1:80", "192.0.2.20:443/tcp 10.0.0.1:443");
  }

  @Test
  void ourOwnKeywordsReachEveryService() throws IOException {
    List<ServiceTable.Service> all =
        services(
            "DR",
            """
            timeout_tcp 60
            lost_server reschedule
            allow 198.51.100.0/24
            deny 198.51.100.7
            real_server 10.0.0.1 80 {
            }
            """);
    for (ServiceTable.Service s : all) {
      assertThat(s.features().timeouts()).isEqualTo(new ServiceTable.Timeouts(60, 0, 0));
      assertThat(s.features().lostServer()).isEqualTo(LostServer.RESCHEDULE);
      assertThat(s.features().access().allow()).hasSize(1);
      assertThat(s.features().access().deny().getFirst().bits()).isEqualTo(32);
    }
  }

  @Test
  void theTableIsSizedByMemory() throws IOException {
    assertThat(PlaneMaking.byMemory(256L << 20)).isEqualTo(65_536);
    assertThat(PlaneMaking.byMemory(8L << 30)).isEqualTo(1 << 20);
    assertThat(PlaneMaking.byMemory(1L << 42)).isEqualTo(1 << 22);
    var making =
        PlaneMaking.of(configuration("lvs_settings {\n  ipvs_order 1\n  connections 131072\n}\n"));
    assertThat(making).isEqualTo(new PlaneMaking(true, false, 131_072, 0, 0));
    assertThat(making.same(PlaneMaking.standard())).isFalse();
  }
}
