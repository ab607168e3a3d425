package dev.sluice.cli.doctor;

import dev.sluice.cli.doctor.Facts.Address;
import dev.sluice.cli.doctor.Facts.Device;
import dev.sluice.cli.doctor.Facts.FirewallRule;
import dev.sluice.cli.doctor.Facts.Subject;
import dev.sluice.config.Diagnostic;
import dev.sluice.config.Diagnostic.Severity;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The machine against the configuration it is to run. */
final class SubjectCheck {
  private final Facts facts;
  private final Subject subject;
  private final Configuration configuration;
  private final List<Finding> findings = new ArrayList<>();

  private SubjectCheck(Facts facts, Subject subject) {
    this.facts = facts;
    this.subject = subject;
    this.configuration = subject.loaded().configuration();
  }

  static List<Finding> examine(Facts facts, Subject subject) {
    var check = new SubjectCheck(facts, subject);
    check.file();
    check.scripts();
    check.configuration.vrrpInstances().forEach(check::instance);
    check.hiddenVips();
    check.nonlocalBind();
    check.firewall();
    return check.findings;
  }

  private void file() {
    List<Diagnostic> all = subject.loaded().diagnostics();
    long bad = all.stream().filter(d -> d.severity() != Severity.INFO).count();
    String remedy = "sluice check " + subject.file();
    if (!subject.loaded().verdict().startable()) {
      findings.add(Finding.fail("file", "the daemon does not start with it", remedy));
    } else if (bad > 0) {
      findings.add(Finding.warn("file", bad + " complaints", remedy));
    } else {
      findings.add(Finding.ok("file", subject.file() + " is clean"));
    }
  }

  /** Each complaint about a script, as the language room found it. */
  private void scripts() {
    for (Diagnostic d : subject.loaded().diagnostics()) {
      if (d.code().startsWith("script-")) {
        String place = d.position() == null ? "" : d.position() + ": ";
        findings.add(
            Finding.warn(
                "scripts",
                place + d.message() + (d.consequence().isEmpty() ? "" : "; " + d.consequence()),
                d.remedy().isEmpty() ? "sluice check " + subject.file() : d.remedy()));
      }
    }
  }

  private void instance(VrrpInstance instance) {
    String name = instance.interfaceName();
    if (name == null) {
      return;
    }
    for (Device device : facts.devices()) {
      if (device.name().equals(name)) {
        if (!device.up()) {
          findings.add(
              Finding.fail(
                  instance.name(),
                  "its interface " + name + " is down: the instance stays in FAULT",
                  "ip link set " + name + " up"));
        }
        return;
      }
    }
    findings.add(
        Finding.fail(
            instance.name(), "there is no interface " + name, "sluice check " + subject.file()));
  }

  /** A VIP on lo: this machine was made a real server of the service it is to direct. */
  private void hiddenVips() {
    Set<InetAddress> vips = vips(configuration);
    for (Address a : facts.addresses()) {
      if (a.device().equals("lo") && vips.contains(a.address())) {
        String vip = a.address().getHostAddress();
        findings.add(
            Finding.warn(
                "vip",
                vip + " stands on lo: this machine is set up as a real server for it",
                "sluice realserver remove " + vip));
      }
    }
  }

  /**
   * A proxy on the backup cannot bind an address that is not there yet. Only of interest where no
   * virtual server forwards: then something on this machine must serve the VIP.
   */
  private void nonlocalBind() {
    if (configuration.vrrpInstances().isEmpty() || !configuration.virtualServers().isEmpty()) {
      return;
    }
    Set<InetAddress> vips = vips(configuration);
    bind(vips.stream().anyMatch(a -> a.getAddress().length == 4), "net.ipv4.ip_nonlocal_bind");
    bind(vips.stream().anyMatch(a -> a.getAddress().length == 16), "net.ipv6.ip_nonlocal_bind");
  }

  private void bind(boolean needed, String sysctl) {
    if (!needed) {
      return;
    }
    String value = facts.sysctls().getOrDefault(sysctl, "0");
    findings.add(
        value.equals("0")
            ? Finding.warn(
                "ip_nonlocal_bind",
                "a proxy that binds a VIP cannot start here while this machine is BACKUP",
                "sysctl -w " + sysctl + "=1")
            : Finding.ok("ip_nonlocal_bind", "a proxy can bind a VIP before it is here"));
  }

  /** A rule about a VIP that is forwarded before netfilter sees it does nothing. */
  private void firewall() {
    Set<InetAddress> vips = new LinkedHashSet<>();
    configuration.virtualServers().forEach(s -> vips.add(s.address()));
    for (InetAddress vip : vips) {
      for (FirewallRule rule : facts.firewall()) {
        if (rule.networks().stream().anyMatch(n -> n.holds(vip))) {
          findings.add(
              Finding.warn(
                  "firewall",
                  FirewallText.shown(vip)
                      + " is named by "
                      + rule.place()
                      + ": '"
                      + rule.text()
                      + "'; what the plane forwards passes no rule of netfilter, nor conntrack",
                  "write 'allow NET' or 'deny NET' into its virtual_server"));
        }
      }
    }
    if (!vips.isEmpty() && findings.stream().noneMatch(f -> f.subject().equals("firewall"))) {
      findings.add(Finding.ok("firewall", "no rule names a VIP of a virtual server"));
    }
  }

  /** Every address that clients ask for: VRRP's and the virtual servers'. */
  static Set<InetAddress> vips(Configuration configuration) {
    Set<InetAddress> vips = new LinkedHashSet<>();
    for (VrrpInstance instance : configuration.vrrpInstances()) {
      instance.addresses().stream().map(VirtualAddress::address).forEach(vips::add);
      instance.excludedAddresses().stream().map(VirtualAddress::address).forEach(vips::add);
    }
    configuration.virtualServers().forEach(s -> vips.add(s.address()));
    return vips;
  }
}
