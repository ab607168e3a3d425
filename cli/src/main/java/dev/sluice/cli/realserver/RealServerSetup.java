package dev.sluice.cli.realserver;

import dev.sluice.cli.CommandException;
import dev.sluice.cli.realserver.Machine.Held;
import dev.sluice.cli.realserver.Memory.Change;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes this machine a real server for some VIPs, or undoes it. Both are idempotent.
 *
 * <p>The order matters: the machine is told to keep quiet about addresses of lo before it gets one,
 * and forgets that only after it lost the last one; else one ARP answer would steal the VIP's
 * traffic. What changes is written down before it is changed, so that an interrupted run can still
 * be undone.
 */
public final class RealServerSetup {
  private static final String LOOPBACK = "lo";

  private final Machine machine;
  private final Path stateDirectory;
  private final Consumer<String> report;

  /**
   * @param stateDirectory where former values are remembered
   * @param report gets a line about each thing done
   */
  public RealServerSetup(Machine machine, Path stateDirectory, Consumer<String> report) {
    this.machine = machine;
    this.stateDirectory = stateDirectory;
    this.report = report;
  }

  /**
   * Puts the VIPs on lo.
   *
   * @param tunnel also prepares to take tunnelled packets
   */
  public void add(List<InetAddress> vips, boolean tunnel) {
    demandPermission();
    List<Held> held = machine.addresses();
    vips.forEach(vip -> refuseWrongPlace(vip, held));
    MemoryFile file = new MemoryFile(stateDirectory, machine.namespace());
    Memory memory = remembered(file, held);
    if (!machine.linkUp(LOOPBACK).orElse(false)) {
      machine.setLink(LOOPBACK, true);
      report.accept("lo: set up");
    }
    if (vips.stream().anyMatch(Inet4Address.class::isInstance)) {
      hideFromArp(memory, file);
    }
    if (tunnel) {
      openTunnels(vips, memory, file);
    }
    for (InetAddress vip : vips) {
      boolean there = onLoopback(vip, held);
      memory.vips().add(vip);
      file.write(memory);
      if (!there) {
        machine.addToLoopback(vip);
      }
      report.accept(hostPrefix(vip) + " on lo: " + (there ? "was there" : "added"));
    }
  }

  /** Takes the VIPs off lo, and with the last one undoes what {@link #add} changed. */
  public void remove(List<InetAddress> vips) {
    demandPermission();
    List<Held> held = machine.addresses();
    MemoryFile file = new MemoryFile(stateDirectory, machine.namespace());
    Memory memory = remembered(file, held);
    for (InetAddress vip : vips) {
      boolean there = onLoopback(vip, held);
      if (there) {
        machine.removeFromLoopback(vip);
      }
      memory.vips().remove(vip);
      report.accept(hostPrefix(vip) + " on lo: " + (there ? "removed" : "was not there"));
    }
    if (memory.vips().isEmpty()) {
      restore(memory);
      memory.sysctls().clear();
      memory.links().clear();
    } else {
      List<String> left = memory.vips().stream().map(InetAddress::getHostAddress).toList();
      report.accept("sysctls: as they are, for " + String.join(", ", left));
    }
    file.write(memory);
  }

  private void demandPermission() {
    if (!machine.mayConfigure()) {
      throw CommandException.failed(
          "realserver: no permission to change addresses and sysctls (CAP_NET_ADMIN); run as root");
    }
  }

  /** A VIP elsewhere than on lo, or on lo with its whole network, would take traffic. */
  private static void refuseWrongPlace(InetAddress vip, List<Held> held) {
    for (Held h : held) {
      if (!h.address().equals(vip)) {
        continue;
      }
      String has = vip.getHostAddress() + "/" + h.prefixLength();
      String remedy = "; first 'ip addr del " + has + " dev " + h.device() + "'";
      if (!h.device().equals(LOOPBACK)) {
        throw CommandException.failed(
            "realserver: this machine holds "
                + has
                + " on "
                + h.device()
                + " and answers ARP for it: a director holds a VIP there, a real server hides it on"
                + " lo"
                + remedy);
      }
      if (h.prefixLength() != fullLength(vip)) {
        throw CommandException.failed(
            "realserver: lo holds " + has + ", which makes that whole network local" + remedy);
      }
    }
  }

  /**
   * The memory, unless it belongs to a namespace that is gone and whose number was given out again:
   * then neither its VIPs nor its settings are to be seen here.
   */
  private Memory remembered(MemoryFile file, List<Held> held) {
    Memory memory = file.read(machine.bootId());
    boolean vipSeen = memory.vips().stream().anyMatch(vip -> onLoopback(vip, held));
    boolean settingSeen =
        memory.sysctls().entrySet().stream()
            .anyMatch(e -> machine.sysctl(e.getKey()).orElse("").equals(e.getValue().ours()));
    return vipSeen || settingSeen ? memory : Memory.empty(machine.bootId());
  }

  /**
   * The kernel takes the greater of "all" and the receiving interface's value. arp_ignore 1 and 2
   * answer only for addresses of the interface that was asked on; arp_announce 2 never names an
   * address of another interface as the sender.
   */
  private void hideFromArp(Memory memory, MemoryFile file) {
    for (String scope : List.of("all", LOOPBACK)) {
      ensure("net.ipv4.conf." + scope + ".arp_ignore", List.of("1", "2"), memory, file);
      ensure("net.ipv4.conf." + scope + ".arp_announce", List.of("2"), memory, file);
    }
  }

  private void openTunnels(List<InetAddress> vips, Memory memory, MemoryFile file) {
    if (vips.stream().anyMatch(Inet4Address.class::isInstance)) {
      openTunnel("tunl0", "ipip", memory, file);
      // A tunnelled packet's source is reached by another interface, which a strict filter drops.
      // The kernel takes the greater of "all" and the interface: where "all" is strict, only
      // loose (2) overrules it.
      boolean strict = !machine.sysctl("net.ipv4.conf.all.rp_filter").orElse("0").equals("0");
      List<String> fine = strict ? List.of("2") : List.of("0", "2");
      ensure("net.ipv4.conf.tunl0.rp_filter", fine, memory, file);
    }
    if (!vips.stream().allMatch(Inet4Address.class::isInstance)) {
      openTunnel("ip6tnl0", "ip6_tunnel", memory, file);
    }
  }

  private void openTunnel(String link, String module, Memory memory, MemoryFile file) {
    if (machine.linkUp(link).isEmpty()) {
      machine.loadModule(module);
    }
    boolean up =
        machine
            .linkUp(link)
            .orElseThrow(() ->
                CommandException.failed(
                    "realserver --tunnel: there is no "
                        + link
                        + " here: this kernel has no "
                        + module
                        + " module, or it may not be loaded from here; try 'modprobe "
                        + module
                        + "', or let the director use lb_kind DR"));
    if (!up) {
      memory.links().add(link);
      file.write(memory);
      machine.setLink(link, true);
    }
    report.accept(link + ": " + (up ? "was up" : "set up"));
  }

  /** Sets the sysctl to the first of the values that will do, unless it has one of them. */
  private void ensure(String name, List<String> fine, Memory memory, MemoryFile file) {
    String now =
        machine
            .sysctl(name)
            .orElseThrow(
                () -> CommandException.failed("realserver: this kernel has no sysctl " + name));
    if (fine.contains(now)) {
      return;
    }
    String wanted = fine.getFirst();
    Change before = memory.sysctls().get(name);
    memory.sysctls().put(name, new Change(before == null ? now : before.former(), wanted));
    file.write(memory);
    machine.setSysctl(name, wanted);
    report.accept(name + ": " + wanted + " (was " + now + ")");
  }

  private void restore(Memory memory) {
    for (Map.Entry<String, Change> e : memory.sysctls().entrySet()) {
      String name = e.getKey();
      String former = e.getValue().former();
      String now = machine.sysctl(name).orElse("");
      if (now.equals(e.getValue().ours())) {
        machine.setSysctl(name, former);
        report.accept(name + ": " + former + " again");
      } else if (!now.equals(former)) {
        report.accept(name + ": stays " + now + ", which someone else set; it was " + former);
      }
    }
    for (String link : memory.links()) {
      if (machine.linkUp(link).orElse(false)) {
        machine.setLink(link, false);
        report.accept(link + ": set down");
      }
    }
  }

  private static boolean onLoopback(InetAddress vip, List<Held> held) {
    return held.contains(new Held(LOOPBACK, vip, fullLength(vip)));
  }

  private static int fullLength(InetAddress vip) {
    return vip.getAddress().length * 8;
  }

  private static String hostPrefix(InetAddress vip) {
    return vip.getHostAddress() + "/" + fullLength(vip);
  }
}
