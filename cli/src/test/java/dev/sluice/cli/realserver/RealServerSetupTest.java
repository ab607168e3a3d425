package dev.sluice.cli.realserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cli.CommandException;
import dev.sluice.cli.realserver.Machine.Held;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealServerSetupTest {
  private static final InetAddress A = InetAddress.ofLiteral("192.0.2.10");
  private static final InetAddress B = InetAddress.ofLiteral("192.0.2.11");
  private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::10");

  @TempDir private Path state;
  private final FakeMachine machine = new FakeMachine();
  private final List<String> said = new ArrayList<>();

  /** A fresh one for each call, as each command is a process of its own. */
  private RealServerSetup setup() {
    return new RealServerSetup(machine, state, said::add);
  }

  @Test
  void silenceComesBeforeTheAddressAndLeavesAfterIt() {
    setup().add(List.of(A), false);
    setup().remove(List.of(A));
    assertThat(machine.changes)
        .containsExactly(
            "all.arp_ignore=1",
            "all.arp_announce=2",
            "lo.arp_ignore=1",
            "lo.arp_announce=2",
            "add 192.0.2.10",
            "remove 192.0.2.10",
            "all.arp_ignore=0",
            "all.arp_announce=0",
            "lo.arp_ignore=0",
            "lo.arp_announce=0");
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void twiceIsOnce() {
    setup().add(List.of(A), false);
    machine.changes.clear();
    setup().add(List.of(A), false);
    assertThat(machine.changes).isEmpty();
    setup().remove(List.of(A));
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.all.arp_ignore", "0");
    machine.changes.clear();
    setup().remove(List.of(A));
    assertThat(machine.changes).isEmpty();
    assertThat(said).endsWith("192.0.2.10/32 on lo: was not there");
  }

  @Test
  void onlyTheLastRemoveRestores() {
    machine.sysctls.put("net.ipv4.conf.all.arp_announce", "1");
    setup().add(List.of(A), false);
    setup().add(List.of(B, SIX), false);
    setup().remove(List.of(A));
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.all.arp_announce", "2");
    setup().remove(List.of(SIX));
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.all.arp_announce", "2");
    setup().remove(List.of(B));
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.all.arp_announce", "1");
  }

  @Test
  void valuesThatDoAreLeft() {
    machine.sysctls.putAll(
        Map.of(
            "net.ipv4.conf.all.arp_ignore", "2",
            "net.ipv4.conf.all.arp_announce", "2",
            "net.ipv4.conf.lo.arp_ignore", "1",
            "net.ipv4.conf.lo.arp_announce", "2"));
    setup().add(List.of(A), false);
    setup().remove(List.of(A));
    assertThat(machine.changes).containsExactly("add 192.0.2.10", "remove 192.0.2.10");
  }

  @Test
  void whatSomeoneElseSetMeanwhileStays() {
    setup().add(List.of(A), false);
    machine.sysctls.put("net.ipv4.conf.all.arp_ignore", "8");
    setup().remove(List.of(A));
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.all.arp_ignore", "8");
    assertThat(said)
        .contains("net.ipv4.conf.all.arp_ignore: stays 8, which someone else set; it was 0");
  }

  @Test
  void ipv6NeedsNoArp() {
    setup().add(List.of(SIX), false);
    assertThat(machine.changes).containsExactly("add 2001:db8:0:0:0:0:0:10");
  }

  @Test
  void anotherStartOfTheMachineForgets() {
    setup().add(List.of(A), false);
    machine.boot = "boot-2";
    machine.held.clear();
    machine.sysctls.replaceAll((name, value) -> "0");
    machine.sysctls.put("net.ipv4.conf.all.arp_ignore", "2");
    setup().add(List.of(B), false);
    setup().remove(List.of(B));
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.all.arp_ignore", "2");
  }

  @Test
  void aNamespaceWithTheNumberOfADeadOneStartsAnew() {
    setup().add(List.of(A), false);
    machine.held.clear();
    machine.sysctls.replaceAll((name, value) -> "0");
    setup().add(List.of(B), false);
    setup().remove(List.of(B));
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void anInterruptedAddCanBeUndone() {
    // The memory is written before each change, so it may tell of more than was done.
    setup().add(List.of(A), false);
    machine.held.clear();
    setup().remove(List.of(A));
    assertThat(machine.sysctls.values()).containsOnly("0");
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void aVipOnAnotherInterfaceIsRefused() {
    machine.held.add(new Held("eth0", A, 24));
    assertThatThrownBy(() -> setup().add(List.of(B, A), false))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("192.0.2.10/24 on eth0")
        .hasMessageEndingWith("first 'ip addr del 192.0.2.10/24 dev eth0'");
    assertThat(machine.changes).isEmpty();
  }

  @Test
  void aNetworkOnLoopbackIsRefused() {
    machine.held.add(new Held("lo", A, 24));
    assertThatThrownBy(() -> setup().add(List.of(A), false))
        .hasMessageContaining("makes that whole network local");
  }

  @Test
  void withoutPermissionNothingIsTried() {
    machine.permitted = false;
    assertThatThrownBy(() -> setup().add(List.of(A), false)).hasMessageEndingWith("run as root");
    assertThatThrownBy(() -> setup().remove(List.of(A))).hasMessageEndingWith("run as root");
  }

  @Test
  void loopbackIsSetUp() {
    machine.links.put("lo", false);
    setup().add(List.of(SIX), false);
    assertThat(machine.changes).startsWith("lo up");
  }

  @Test
  void tunnelOpensAndCloses() {
    machine.links.put("tunl0", false);
    machine.sysctls.put("net.ipv4.conf.tunl0.rp_filter", "1");
    setup().add(List.of(A), true);
    assertThat(machine.changes)
        .contains("tunl0 up", "tunl0.rp_filter=0")
        .endsWith("add 192.0.2.10");
    setup().remove(List.of(A));
    assertThat(machine.links).containsEntry("tunl0", false);
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.tunl0.rp_filter", "1");
  }

  @Test
  void aStrictFilterForAllIsOverruledByLoose() {
    machine.links.put("tunl0", true);
    machine.sysctls.put("net.ipv4.conf.all.rp_filter", "1");
    setup().add(List.of(A), true);
    assertThat(machine.sysctls).containsEntry("net.ipv4.conf.tunl0.rp_filter", "2");
  }

  @Test
  void noTunnelInThisKernel() {
    assertThatThrownBy(() -> setup().add(List.of(SIX), true))
        .hasMessageContaining("there is no ip6tnl0 here")
        .hasMessageContaining("modprobe ip6_tunnel");
    assertThat(machine.modules).containsExactly("ip6_tunnel");
    assertThat(machine.held).isEmpty();
  }

  @Test
  void aSpoiledMemoryIsNamed() throws Exception {
    Files.write(state.resolve("realserver-42"), List.of("boot boot-1", "vip nonsense"));
    assertThatThrownBy(() -> setup().add(List.of(A), false))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(state.resolve("realserver-42").toString());
  }
}
