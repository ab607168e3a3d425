package dev.sluice.cli.doctor;

import dev.sluice.cli.doctor.Facts.IpvsService;
import dev.sluice.cli.doctor.Facts.Router;
import dev.sluice.config.LoadResult;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.VrrpInstance;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Others on this machine that do the same work: a keepalived, the kernel's IPVS. */
final class RivalCheck {
  private RivalCheck() {}

  static List<Finding> examine(Facts facts) {
    List<Finding> findings = new ArrayList<>();
    Configuration ours = Doctor.configuration(facts);
    facts.routers().forEach(router -> findings.add(router(router, ours)));
    if (!facts.ipvs().isEmpty()) {
      findings.add(ipvs(facts.ipvs(), ours));
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.ok("rivals", "no keepalived runs here, no service in the kernel's IPVS"));
    }
    return findings;
  }

  private static Finding router(Router router, @Nullable Configuration ours) {
    String who = "keepalived runs as process " + router.pid();
    String stop = "systemctl disable --now keepalived (or 'kill " + router.pid() + "')";
    LoadResult loaded = router.loaded();
    if (ours == null) {
      return Finding.warn("keepalived", who + ": it and sluice must not share a VIP", stop);
    }
    if (loaded == null) {
      return Finding.warn(
          "keepalived", who + " by " + router.configFile() + ", which cannot be read here", stop);
    }
    Set<String> shared = shared(loaded.configuration(), ours);
    return shared.isEmpty()
        ? Finding.ok("keepalived", who + ", with other VIPs and router ids than this file")
        : Finding.fail("keepalived", who + " with the same " + String.join(", ", shared), stop);
  }

  /** VIPs, and router ids on the same interface, that stand in both. */
  private static Set<String> shared(Configuration theirs, Configuration ours) {
    Set<String> shared = new TreeSet<>();
    Set<InetAddress> vips = SubjectCheck.vips(theirs);
    for (InetAddress vip : SubjectCheck.vips(ours)) {
      if (vips.contains(vip)) {
        shared.add("VIP " + vip.getHostAddress());
      }
    }
    for (VrrpInstance a : theirs.vrrpInstances()) {
      for (VrrpInstance b : ours.vrrpInstances()) {
        if (a.virtualRouterId() == b.virtualRouterId()
            && Objects.equals(a.interfaceName(), b.interfaceName())) {
          shared.add("VRID " + a.virtualRouterId() + " on " + a.interfaceName());
        }
      }
    }
    return shared;
  }

  private static Finding ipvs(List<IpvsService> services, @Nullable Configuration ours) {
    if (ours != null) {
      Set<InetAddress> vips = SubjectCheck.vips(ours);
      for (IpvsService s : services) {
        if (vips.contains(s.address())) {
          return Finding.fail(
              "ip_vs",
              "the kernel's IPVS holds "
                  + s.address().getHostAddress()
                  + ":"
                  + s.port()
                  + "/"
                  + s.protocol()
                  + ", a VIP of this file",
              "ipvsadm -C");
        }
      }
    }
    return Finding.warn(
        "ip_vs",
        "the kernel's IPVS holds " + services.size() + " service(s); none may be one of sluice's",
        "ipvsadm -Ln");
  }
}
