package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmallFacilitiesTest {
  @Test
  void kernelVersions() {
    assertThat(KernelVersion.parse("6.1.0-18-amd64")).isEqualTo(new KernelVersion(6, 1, 0));
    assertThat(KernelVersion.parse("6.18-rc1")).isEqualTo(new KernelVersion(6, 18, 0));
    assertThat(KernelVersion.parse("odd")).isEqualTo(new KernelVersion(0, 0, 0));
    assertThat(new KernelVersion(5, 19, 3).atLeast(5, 18)).isTrue();
    assertThat(new KernelVersion(5, 9, 0).atLeast(5, 18)).isFalse();
    assertThat(KernelVersion.current()).isGreaterThan(new KernelVersion(4, 0, 0));
  }

  @Test
  void sysctlNames() {
    assertThat(Sysctl.path("net.ipv4.ip_forward"))
        .isEqualTo(Path.of("/proc/sys/net/ipv4/ip_forward"));
    assertThat(Sysctl.path("net.ipv4.conf.eth0/100.arp_ignore"))
        .isEqualTo(Path.of("/proc/sys/net/ipv4/conf/eth0.100/arp_ignore"));
    assertThat(Sysctl.path(Sysctl.of("ipv4", "eth0.100", "arp_ignore")))
        .isEqualTo(Path.of("/proc/sys/net/ipv4/conf/eth0.100/arp_ignore"));
    for (String bad : List.of("", "../../etc/passwd", "/etc/passwd", "net/../../../etc")) {
      assertThatThrownBy(() -> Sysctl.path(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void sysctlValues() {
    assertThat(Sysctl.read("kernel.osrelease")).isPresent();
    assertThat(Sysctl.read("kernel.sluice_has_no_such_setting")).isEmpty();
    assertThatThrownBy(() -> Sysctl.write("kernel.sluice_has_no_such_setting", "1"))
        .isInstanceOf(SyscallException.class)
        .hasMessageContaining("set sysctl kernel.sluice_has_no_such_setting to 1")
        .hasMessageContaining("ENOENT");
  }

  @Test
  void capabilities() {
    long mask = Capabilities.effective(List.of("Name:\tx", "CapEff:\t0000000000003000", "x"));
    assertThat(Capability.NET_ADMIN.in(mask)).isTrue();
    assertThat(Capability.NET_RAW.in(mask)).isTrue();
    assertThat(Capability.SYS_ADMIN.in(mask)).isFalse();
    assertThat(Capabilities.effective(List.of("none"))).isZero();
    assertThat(Capability.NET_RAW.kernelName()).isEqualTo("CAP_NET_RAW");
    if (Accounts.effectiveUid() != 0) {
      assertThat(Capabilities.has(Capability.SYS_ADMIN)).isFalse();
    }
  }

  @Test
  void accounts() {
    assertThat(Accounts.user("root").orElseThrow()).isEqualTo(new Accounts.User("root", 0, 0));
    assertThat(Accounts.group("root")).hasValue(0);
    assertThat(Accounts.user("slc-nobody-has-this-name")).isEmpty();
    assertThat(Accounts.group("slc-nobody-has-this-name")).isEmpty();
  }

  @Test
  void realTimeIsPermittedOrNot() throws Exception {
    boolean[] permitted = new boolean[1];
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              permitted[0] = RealTime.roundRobin(1);
              RealTime.timerSlack(1);
            });
    thread.join();
    if (Capabilities.has(Capability.SYS_NICE)) {
      assertThat(permitted[0]).isTrue();
    }
  }

  @Test
  void theNamespaceHasANumber() {
    assertThat(NetworkNamespace.currentInode())
        .isPositive()
        .isEqualTo(NetworkNamespace.inode(Path.of("/proc/self/ns/net")));
    assertThatThrownBy(() -> NetworkNamespace.enter(Path.of("/run/netns/slc-there-is-none")))
        .isInstanceOf(SyscallException.class)
        .hasMessage(
            "enter the network namespace /run/netns/slc-there-is-none: open failed with ENOENT (no"
                + " such file or directory)");
  }
}
