package dev.sluice.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.doctor.Facts.Address;
import dev.sluice.cli.doctor.Facts.Bpf;
import dev.sluice.cli.doctor.Facts.Device;
import dev.sluice.cli.doctor.Facts.IpvsService;
import dev.sluice.cli.doctor.Facts.Router;
import dev.sluice.cli.doctor.Facts.Subject;
import dev.sluice.cli.doctor.Finding.Level;
import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.LoadResult;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
  private static final Path FILE = Path.of("/etc/keepalived/keepalived.conf");
  private static final Set<String> ROOT =
      Set.of("NET_ADMIN", "NET_RAW", "BPF", "PERFMON", "SYS_ADMIN", "SYS_NICE");

  /** A machine on which nothing is wrong; each test spoils one thing. */
  private static final class Machine {
    String release = "6.18.0";
    Set<String> capabilities = ROOT;
    Bpf bpf = new Bpf(true, true, true, "/sys/fs/bpf", true, true);
    @Nullable String libbpf = "/usr/lib/libbpf.so.1";
    List<Device> devices = List.of(new Device("lo", null, true, 1500, Set.of()));
    Map<String, String> sysctls = new HashMap<>(Map.of("net.ipv4.ip_forward", "0"));
    List<Address> addresses = List.of();
    List<Router> routers = List.of();
    List<IpvsService> ipvs = List.of();
    List<String> firewall = List.of();
    @Nullable String clock = "chronyd";
    boolean group = true;
    boolean realTime = true;
    @Nullable Subject subject;

    Machine file(String text) {
      subject = new Subject(FILE, load(text));
      return this;
    }

    List<Finding> examined() {
      return Doctor.examine(
          new Facts(
              release,
              capabilities,
              bpf,
              libbpf,
              devices,
              sysctls,
              addresses,
              routers,
              ipvs,
              FirewallText.parse(firewall),
              clock,
              group,
              realTime,
              subject));
    }

    /** What is not ok. */
    List<String> complaints() {
      return examined().stream()
          .filter(f -> f.level() != Level.OK)
          .map(f -> f.level() + " " + f.subject() + ": " + f.fact() + " -> " + f.remedy())
          .toList();
    }
  }

  private static LoadResult load(String text) {
    return ConfigLoader.parse(FILE.toString(), text, machineWithEth0());
  }

  private static String instance(int vrid, String vip) {
    return """
    vrrp_instance VI {
      interface eth0
      virtual_router_id %d
      virtual_ipaddress {
        %s
      }
    }
    """
        .formatted(vrid, vip);
  }

  private static final String SERVICE =
      """
      virtual_server 192.0.2.10 80 {
        lb_kind DR
        protocol TCP
        real_server 10.0.0.1 80 {
          TCP_CHECK {
          }
        }
      }
      """;

  @Test
  void aGoodMachine() {
    var machine = new Machine();
    assertThat(machine.complaints()).isEmpty();
    assertThat(Doctor.failed(machine.examined())).isFalse();
    assertThat(machine.examined()).allMatch(f -> f.remedy().isEmpty());
  }

  @Test
  void firewallRulesThatThePlaneGoesRound() {
    var machine = new Machine().file(SERVICE);
    machine.firewall =
        """
        table inet filter {
        \tset blocked {
        \t\ttype ipv4_addr
        \t\telements = { 203.0.113.1, 192.0.2.0/28 }
        \t}
        \tchain input {
        \t\ttype filter hook input priority filter; policy accept;
        \t\tip daddr 192.0.2.10 tcp dport 80 ip saddr @blocked drop
        \t\tip daddr 192.0.2.100 drop
        \t\tip6 daddr 2001:db8::/32 ether saddr 02:00:00:00:00:01 drop
        \t\tip daddr 0.0.0.0/0 accept
        \t}
        }
        """
            .lines()
            .toList();
    assertThat(machine.complaints().stream().filter(c -> c.contains("firewall")))
        .containsExactly(
            "WARN firewall: 192.0.2.10 is named by table inet filter, set blocked: 'elements = {"
                + " 203.0.113.1, 192.0.2.0/28 }'; what the plane forwards passes no rule of"
                + " netfilter, nor conntrack -> write 'allow NET' or 'deny NET' into its"
                + " virtual_server",
            "WARN firewall: 192.0.2.10 is named by table inet filter, chain input: 'ip daddr"
                + " 192.0.2.10 tcp dport 80 ip saddr @blocked drop'; what the plane forwards passes"
                + " no rule of netfilter, nor conntrack -> write 'allow NET' or 'deny NET' into its"
                + " virtual_server");
    machine.firewall =
        List.of("*filter", ":INPUT ACCEPT [0:0]", "-A INPUT -d 192.0.2.10/32 -p tcp -j DROP");
    assertThat(machine.complaints())
        .anyMatch(c -> c.contains("iptables table filter, chain INPUT"));
    machine.firewall = List.of("*filter", "-A INPUT -d 192.0.2.11/32 -j DROP");
    assertThat(machine.complaints()).noneMatch(c -> c.contains("firewall"));
  }

  @Test
  void everyComplaintNamesItsRemedy() {
    var machine = new Machine();
    machine.release = "4.19.0";
    machine.capabilities = Set.of();
    machine.bpf = new Bpf(false, false, false, null, false, false);
    machine.libbpf = null;
    machine.clock = null;
    machine.group = false;
    machine.realTime = false;
    machine.devices =
        List.of(new Device("eth0", "ixgbe", true, 9000, Set.of("large-receive-offload")));
    machine.sysctls.put("net.ipv4.conf.all.rp_filter", "1");
    machine.sysctls.put("net.ipv4.conf.eth0.arp_ignore", "8");
    machine.ipvs = List.of(new IpvsService(InetAddress.ofLiteral("192.0.2.1"), 80, "tcp"));
    machine.routers = List.of(new Router(7, FILE, null));
    assertThat(machine.examined())
        .filteredOn(f -> f.level() != Level.OK)
        .hasSizeGreaterThan(12)
        .allMatch(f -> !f.remedy().isEmpty());
    assertThat(Doctor.failed(machine.examined())).isTrue();
  }

  @Test
  void bpfIsOnlyNeededToForward() {
    var machine = new Machine();
    machine.bpf = new Bpf(false, false, false, null, false, false);
    assertThat(Doctor.failed(machine.examined())).isTrue();
    machine.file(instance(51, "192.0.2.10"));
    assertThat(machine.examined())
        .anyMatch(f -> f.subject().equals("bpf") && f.level() == Level.WARN)
        .noneMatch(f -> f.subject().equals("bpf") && f.level() == Level.FAIL);
    machine.file(SERVICE);
    assertThat(machine.examined())
        .anyMatch(f -> f.subject().equals("bpf") && f.level() == Level.FAIL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | true | virtual: forwards by tcx",
        "- | false | virtual: forwards by clsact",
        "ixgbe | true | ixgbe: forwards by native XDP",
        "e1000e | true | e1000e: native XDP is tried, else forwards by tcx",
      })
  void hookOfADevice(@Nullable String driver, boolean tcx, String fact) {
    var machine = new Machine();
    machine.bpf = new Bpf(true, true, true, null, tcx, true);
    machine.devices = List.of(new Device("eth0", driver, true, 1500, null));
    assertThat(machine.examined())
        .anyMatch(f -> f.subject().equals("eth0") && f.fact().equals(fact));
  }

  @Test
  void nonlocalBindMattersToAProxyOnly() {
    var machine = new Machine();
    assertThat(machine.file(instance(51, "192.0.2.10")).complaints())
        .anyMatch(c -> c.endsWith("-> sysctl -w net.ipv4.ip_nonlocal_bind=1"));
    machine.sysctls.put("net.ipv4.ip_nonlocal_bind", "1");
    assertThat(machine.complaints()).noneMatch(c -> c.contains("nonlocal"));
    machine.sysctls.put("net.ipv4.ip_nonlocal_bind", "0");
    assertThat(machine.file(instance(51, "192.0.2.10") + SERVICE).examined())
        .noneMatch(f -> f.subject().equals("ip_nonlocal_bind"));
    machine.subject = null;
    assertThat(machine.examined()).noneMatch(f -> f.subject().equals("ip_nonlocal_bind"));
  }

  @Test
  void aRivalIsToldByItsVipAndItsRouterId() {
    var machine = new Machine();
    machine.sysctls.put("net.ipv4.ip_nonlocal_bind", "1");
    machine.routers = List.of(new Router(77, FILE, load(instance(51, "192.0.2.10"))));
    assertThat(machine.complaints()).singleElement().asString().startsWith("WARN keepalived");
    assertThat(machine.file(instance(51, "192.0.2.10")).complaints())
        .anyMatch(c ->
            c.startsWith(
                "FAIL keepalived: keepalived runs as process 77 with the same VIP 192.0.2.10,"
                    + " VRID 51 on eth0"));
    assertThat(machine.file(instance(52, "192.0.2.99")).complaints())
        .noneMatch(c -> c.contains("keepalived runs"));
  }

  @Test
  void aFilledIpvsTable() {
    var machine = new Machine();
    machine.ipvs = List.of(new IpvsService(InetAddress.ofLiteral("192.0.2.10"), 80, "tcp"));
    assertThat(machine.complaints()).singleElement().asString().startsWith("WARN ip_vs");
    assertThat(machine.file(SERVICE).complaints())
        .anyMatch(c -> c.startsWith("FAIL ip_vs") && c.endsWith("-> ipvsadm -C"));
  }

  @Test
  void aDirectorThatIsARealServer() {
    var machine = new Machine().file(SERVICE);
    machine.addresses = List.of(new Address("lo", InetAddress.ofLiteral("192.0.2.10"), 32));
    assertThat(machine.complaints())
        .anyMatch(c -> c.endsWith("-> sluice realserver remove 192.0.2.10"));
  }

  @Test
  void anInterfaceThatIsDown() {
    var machine = new Machine().file(instance(51, "192.0.2.10"));
    machine.devices = List.of(new Device("eth0", null, false, 1500, null));
    assertThat(machine.complaints()).anyMatch(c -> c.endsWith("-> ip link set eth0 up"));
  }

  @ParameterizedTest
  @CsvSource({"5.15.0, true", "5.14.21-x, false", "6.1.0-13-amd64, true", "7.0, true", "odd, true"})
  void versions(String release, boolean enough) {
    assertThat(Doctor.atLeast(release, new int[] {5, 15})).isEqualTo(enough);
  }

  @Test
  void theKernelsIpvsTable() {
    List<String> lines =
        List.of(
            "IP Virtual Server version 1.2.1 (size=4096)",
            "Prot LocalAddress:Port Scheduler Flags",
            "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn",
            "TCP  C000020A:0050 wrr ",
            "  -> 0A000001:0050      Route   1      0          0         ",
            "UDP  [2001:0db8:0000:0000:0000:0000:0000:0010]:0035 rr ",
            "FWM  00000001 rr ");
    assertThat(IpvsTable.parse(lines))
        .containsExactly(
            new IpvsService(InetAddress.ofLiteral("192.0.2.10"), 80, "tcp"),
            new IpvsService(InetAddress.ofLiteral("2001:db8::10"), 53, "udp"));
  }

  @Test
  void theFileOfARunningKeepalived() {
    Path there = Path.of("/srv");
    assertThat(
            KeepalivedProcess.configFile(
                List.of("keepalived", "--dont-fork", "-f", "a.conf", ""), there))
        .isEqualTo(Path.of("/srv/a.conf"));
    assertThat(KeepalivedProcess.configFile(List.of("keepalived", "-n", ""), there)).isNull();
    assertThat(KeepalivedProcess.configFile(List.of(), there)).isNull();
  }

  @Test
  void thisMachineCanBeProbed() {
    assertThat(Doctor.examine(Prober.probe(null))).anyMatch(f -> f.subject().equals("kernel"));
  }

  /** This machine, but with an eth0 whatever it really has. */
  private static ConfigEnvironment machineWithEth0() {
    ConfigEnvironment real = ConfigEnvironment.ofThisMachine();
    return (ConfigEnvironment)
        Proxy.newProxyInstance(
            ConfigEnvironment.class.getClassLoader(),
            new Class<?>[] {ConfigEnvironment.class},
            (_, method, arguments) ->
                method.getName().equals("interfaceExists")
                    ? (Object) "eth0".equals(arguments[0])
                    : method.invoke(real, arguments));
  }
}
