package dev.sluice.cli.doctor;

import dev.sluice.cli.doctor.Facts.Bpf;
import dev.sluice.cli.doctor.Facts.Device;
import dev.sluice.cli.doctor.Finding.Level;
import dev.sluice.config.model.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges a machine that is to be a director. Pure: facts in, findings out, in a fixed order.
 * Without a configuration it is judged for the whole job; with one, for what that configuration
 * needs.
 */
public final class Doctor {
  private static final int[] OLDEST = {5, 15};
  private static final int[] TCX_SINCE = {6, 6};

  private final Facts facts;
  private final List<Finding> findings = new ArrayList<>();

  private Doctor(Facts facts) {
    this.facts = facts;
  }

  /** What is to be said about a machine. */
  public static List<Finding> examine(Facts facts) {
    var doctor = new Doctor(facts);
    doctor.kernel();
    doctor.bpf();
    doctor.capabilities();
    doctor.surroundings();
    facts.devices().forEach(doctor::device);
    doctor.sysctls();
    if (facts.subject() != null) {
      doctor.findings.addAll(SubjectCheck.examine(facts, facts.subject()));
    }
    doctor.findings.addAll(RivalCheck.examine(facts));
    return List.copyOf(doctor.findings);
  }

  /** Whether something does not work. */
  public static boolean failed(List<Finding> findings) {
    return findings.stream().anyMatch(f -> f.level() == Level.FAIL);
  }

  private void kernel() {
    String release = facts.kernelRelease();
    if (!atLeast(release, OLDEST)) {
      findings.add(
          Finding.fail(
              "kernel",
              "Linux " + release + "; the forwarding plane needs 5.15 or later",
              "install a newer kernel, for example 'apt install -t bookworm-backports"
                  + " linux-image-amd64'"));
    } else {
      findings.add(Finding.ok("kernel", "Linux " + release));
    }
  }

  /** Missing BPF fails a machine that is to forward, and only warns one that does VRRP alone. */
  private void bpf() {
    Bpf bpf = facts.bpf();
    Level bad = forwards() ? Level.FAIL : Level.WARN;
    String instead = "; without it use --plane none";
    if (!bpf.syscall()) {
      findings.add(
          new Finding(
              bad,
              "bpf",
              "this kernel has no bpf(2)" + instead,
              "use a kernel built with CONFIG_BPF_SYSCALL"));
      return;
    }
    findings.add(Finding.ok("bpf", "the kernel loads programs"));
    if (bpf.compiler()) {
      findings.add(Finding.ok("bpf jit", "on"));
    } else {
      findings.add(
          Finding.warn(
              "bpf jit",
              "off: programs are interpreted, several times slower",
              "sysctl -w net.core.bpf_jit_enable=1"));
    }
    if (bpf.tcx()) {
      findings.add(Finding.ok("tcx", "present (virtual devices)"));
    } else {
      findings.add(
          Finding.ok("tcx", "absent (Linux 6.6 has it): virtual devices get clsact instead"));
    }
    findings.add(
        bpf.typeInformation()
            ? Finding.ok("btf", "present")
            : Finding.ok("btf", "absent; not needed"));
    if (!bpf.fileSystem()) {
      findings.add(
          Finding.warn(
              "bpffs",
              "this kernel has no bpf file system: forwarding ends with the daemon",
              "use a kernel built with CONFIG_BPF_FS"));
    } else if (bpf.mounted() == null) {
      findings.add(Finding.ok("bpffs", "not mounted; the daemon mounts it"));
    } else {
      findings.add(Finding.ok("bpffs", "at " + bpf.mounted()));
    }
    String libbpf = facts.libbpf();
    findings.add(
        libbpf != null
            ? Finding.ok("libbpf", libbpf)
            : new Finding(bad, "libbpf", "libbpf.so.1 is not installed", "apt install libbpf1"));
  }

  private void capabilities() {
    Set<String> have = facts.capabilities();
    need(have, Level.FAIL, "NET_ADMIN", "addresses, routes and programs on devices");
    need(have, Level.FAIL, "NET_RAW", "VRRP packets and gratuitous ARP");
    if (!have.contains("BPF") && !have.contains("SYS_ADMIN")) {
      need(have, forwards() ? Level.FAIL : Level.WARN, "BPF", "loading the forwarding plane");
    }
    if (!have.contains("SYS_ADMIN")) {
      need(have, Level.WARN, "SYS_ADMIN", "mounting bpffs, taking over a plane");
    }
    if (findings.stream().noneMatch(f -> f.subject().equals("capabilities"))) {
      findings.add(Finding.ok("capabilities", "all that a director needs"));
    }
  }

  private void need(Set<String> have, Level level, String name, String forWhat) {
    if (!have.contains(name)) {
      findings.add(
          new Finding(
              level, "capabilities", "CAP_" + name + " is missing: " + forWhat, "run as root"));
    }
  }

  private void surroundings() {
    findings.add(
        facts.realTime()
            ? Finding.ok("real time", "SCHED_RR is permitted")
            : Finding.warn(
                "real time",
                "SCHED_RR is refused: adverts may be late when the machine is busy",
                "run as root, or 'setcap cap_sys_nice' (systemd: LimitRTPRIO=50)"));
    String clock = facts.clockDaemon();
    findings.add(
        clock != null
            ? Finding.ok("clock", "kept by " + clock)
            : Finding.warn(
                "clock",
                "nothing seems to keep it right: the times in two directors' logs may differ",
                "apt install chrony"));
    findings.add(
        facts.group()
            ? Finding.ok("group", "sluice exists: its members may use the control socket")
            : Finding.warn(
                "group",
                "there is no group sluice: only root may use the control socket",
                "groupadd --system sluice"));
  }

  private void device(Device device) {
    String driver = device.driver();
    String state = device.up() ? "" : ", down";
    if (driver == null) {
      findings.add(Finding.ok(device.name(), "virtual: forwards by " + tc() + state));
    } else if (XdpDrivers.redirects(driver)) {
      findings.add(Finding.ok(device.name(), driver + ": forwards by native XDP" + state));
    } else {
      findings.add(
          Finding.ok(
              device.name(), driver + ": native XDP is tried, else forwards by " + tc() + state));
    }
    Set<String> features = device.features();
    if (features != null && features.contains("large-receive-offload")) {
      findings.add(
          Finding.warn(
              device.name(),
              "large-receive-offload is on: merged packets cannot be forwarded, and XDP refuses",
              "ethtool -K " + device.name() + " lro off"));
    }
    // virtio_net switches it off by itself when a program comes.
    if (features != null
        && features.contains("rx-gro-hw")
        && driver != null
        && !driver.equals("virtio_net")) {
      findings.add(
          Finding.warn(
              device.name(),
              "rx-gro-hw is on: packets merged by the card do not fit XDP",
              "ethtool -K " + device.name() + " rx-gro-hw off"));
    }
    if (driver != null && device.mtu() > 3498) {
      findings.add(
          Finding.warn(
              device.name(),
              "mtu " + device.mtu() + ": many drivers refuse native XDP above about 3500",
              "ip link set " + device.name() + " mtu 1500"));
    }
  }

  private String tc() {
    return facts.bpf().tcx() ? "tcx" : "clsact";
  }

  private void sysctls() {
    for (Device device : facts.devices()) {
      int ignore = effective("arp_ignore", device.name());
      if (ignore >= 3 && ignore <= 8) {
        findings.add(
            Finding.fail(
                "arp_ignore",
                device.name()
                    + " has "
                    + ignore
                    + ": it may leave ARP requests for a VIP unanswered",
                "sysctl -w net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf."
                    + device.name()
                    + ".arp_ignore=0"));
      }
      if (effective("rp_filter", device.name()) == 1) {
        findings.add(
            Finding.warn(
                "rp_filter",
                device.name()
                    + " is strict: what the plane leaves to the host is dropped when the way back"
                    + " leads elsewhere",
                "sysctl -w net.ipv4.conf." + device.name() + ".rp_filter=2"));
      }
    }
    if (findings.stream().noneMatch(f -> f.subject().equals("arp_ignore"))) {
      findings.add(Finding.ok("arp_ignore", "VIPs are answered for"));
    }
    if (findings.stream().noneMatch(f -> f.subject().equals("rp_filter"))) {
      findings.add(Finding.ok("rp_filter", "not strict"));
    }
    findings.add(
        Finding.ok(
            "ip_forward",
            facts.sysctls().getOrDefault("net.ipv4.ip_forward", "unknown")
                + "; not needed for direct routing"));
  }

  /** The kernel takes the greater of "all" and the device's own value. */
  private int effective(String setting, String device) {
    return Math.max(value(setting, "all"), value(setting, device));
  }

  private int value(String setting, String scope) {
    String text = facts.sysctls().get("net.ipv4.conf." + scope + "." + setting);
    return text != null && text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
  }

  /** Whether the machine is to forward packets, as far as we were told. */
  private boolean forwards() {
    Configuration configuration = configuration(facts);
    return configuration == null || !configuration.virtualServers().isEmpty();
  }

  static @Nullable Configuration configuration(Facts facts) {
    return facts.subject() == null ? null : facts.subject().loaded().configuration();
  }

  /** Whether a kernel release is at least this version; one that cannot be read is. */
  static boolean atLeast(String release, int[] version) {
    var numbers = java.util.regex.Pattern.compile("^(\\d+)\\.(\\d+)").matcher(release);
    if (!numbers.find()) {
      return true;
    }
    int major = Integer.parseInt(numbers.group(1));
    int minor = Integer.parseInt(numbers.group(2));
    return major > version[0] || (major == version[0] && minor >= version[1]);
  }

  /** Whether a kernel of this release has tcx. */
  static boolean hasTcx(String release) {
    return atLeast(release, TCX_SINCE);
  }
}
