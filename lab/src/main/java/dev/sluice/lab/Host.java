package dev.sluice.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine of the lab: a network namespace. Programs enter it by {@code nsenter --net=…}, which
 * leaves the mount namespace alone; {@code ip netns exec} would hide the BPF file system that a
 * forwarding plane is pinned in.
 */
public final class Host {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Lab lab;
  private final String name;
  private final String namespace;

  Host(Lab lab, String name, String namespace) {
    this.lab = lab;
    this.name = name;
    this.namespace = namespace;
    ip("link", "set", "lo", "up");
    // New namespaces inherit the machine's settings: begin from the kernel's own, so that scenarios
    // do not depend on it.
    for (String where : List.of("all", "default")) {
      sysctl("net.ipv4.conf." + where + ".rp_filter", "0");
      sysctl("net.ipv4.conf." + where + ".arp_ignore", "0");
      sysctl("net.ipv4.conf." + where + ".arp_announce", "0");
    }
    sysctl("net.ipv4.ip_forward", "0");
  }

  /** The lab it belongs to. */
  public Lab lab() {
    return lab;
  }

  /** Its name in the lab, as {@code director1}. */
  public String name() {
    return name;
  }

  /** The name of its network namespace, as {@code ip netns} lists it. */
  public String namespace() {
    return namespace;
  }

  /** The file that {@code nsenter --net} and {@code setns} take. */
  public java.nio.file.Path namespaceFile() {
    return java.nio.file.Path.of("/run/netns", namespace);
  }

  /** Runs a command here to its end; fails unless its status is 0. */
  public String exec(String... command) {
    return run(command).orThrow();
  }

  /** Runs a command here to its end. */
  public Command.Result run(String... command) {
    return Command.run(inside(List.of(command)), "", DEADLINE);
  }

  /** {@code ip} on this host's links, addresses and routes. */
  public String ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    return Command.run(command).orThrow();
  }

  /** Starts a long-lived process here; its output goes to a log file of the lab. */
  public LabProcess start(String processName, List<String> command) {
    return start(processName, command, Map.of());
  }

  /** As {@link #start(String, List)}, with additions to the environment. */
  public LabProcess start(
      String processName, List<String> command, Map<String, String> environment) {
    return lab.start(name + "-" + processName, inside(command), environment);
  }

  /** Gives {@code device} an address, as {@code 172.29.88.224/24}. */
  public Host address(String device, String addressAndLength) {
    ip("addr", "add", addressAndLength, "dev", device, "brd", "+");
    return this;
  }

  /** All IPv4 addresses of {@code device}, without their prefix lengths. */
  public List<String> addresses(String device) {
    return ip("-4", "-o", "addr", "show", "dev", device)
        .lines()
        .map(line -> line.replaceFirst("^.* inet ([0-9.]+).*$", "$1"))
        .toList();
  }

  /** Whether {@code device} has this IPv4 address now. */
  public boolean hasAddress(String device, String address) {
    return addresses(device).contains(address);
  }

  /**
   * Whether this host would answer for the address now: some device that is up and has a carrier
   * has it. A router that puts virtual addresses on a macvlan beforehand (FRR) keeps it down until
   * it is MASTER.
   */
  public boolean holds(String address) {
    return Json.parse(ip("-j", "addr", "show", "up")).items().stream()
        .filter(link -> flag(link, "LOWER_UP"))
        .flatMap(link -> link.get("addr_info").items().stream())
        .anyMatch(each -> each.get("local").text().equals(address));
  }

  private static boolean flag(Json link, String flag) {
    return link.get("flags").items().stream().anyMatch(each -> each.text().equals(flag));
  }

  /** The number of a device here. */
  public int ifindex(String device) {
    return (int)
        Json.parse(ip("-j", "link", "show", "dev", device))
            .items()
            .getFirst()
            .get("ifindex")
            .number();
  }

  /**
   * Sets a sysctl of this namespace by its dotted name; a dot inside a device name is not
   * supported.
   */
  public void sysctl(String dotted, String value) {
    String path = "/proc/sys/" + dotted.replace('.', '/');
    exec("sh", "-c", "echo \"$1\" > \"$2\"", "sh", value, path);
  }

  /** The value of a sysctl of this namespace. */
  public String sysctl(String dotted) {
    return exec("cat", "/proc/sys/" + dotted.replace('.', '/')).strip();
  }

  /** What has passed through {@code device} since it was made. */
  public Counters counters(String device) {
    return Counters.of(
        Json.parse(ip("-s", "-j", "link", "show", "dev", device)).items().getFirst());
  }

  /**
   * Hides a VIP on {@code lo}: the host takes packets for it, but neither answers nor sends ARP for
   * it. What a real server of LVS-DR needs; the sysctls come first, so that no ARP request is
   * answered in between.
   */
  public Host hideVip(String vip) {
    sysctl("net.ipv4.conf.all.arp_ignore", "1");
    sysctl("net.ipv4.conf.all.arp_announce", "2");
    ip("addr", "add", vip + "/32", "dev", "lo", "scope", "host");
    return this;
  }

  /** Whether some local process accepts TCP connections to {@code address}:{@code port} here. */
  public boolean accepts(String address, int port) {
    try {
      byte[] b = InetAddress.getByName(address).getAddress();
      // The kernel prints an IPv4 address as one little-endian word.
      String hex = "%02X%02X%02X%02X:%04X".formatted(b[3], b[2], b[1], b[0], port);
      String any4 = "00000000:%04X".formatted(port);
      String any6 = "0".repeat(32) + ":%04X".formatted(port);
      return exec("cat", "/proc/net/tcp", "/proc/net/tcp6")
          .lines()
          .map(line -> line.strip().split("\\s+", -1))
          .filter(field -> field.length > 3 && field[3].equals("0A"))
          .anyMatch(
              field -> field[1].equals(hex) || field[1].equals(any4) || field[1].equals(any6));
    } catch (UnknownHostException e) {
      throw new LabException("not an address: " + e.getMessage());
    }
  }

  /** The command that runs {@code command} in this namespace. */
  List<String> inside(List<String> command) {
    List<String> full = new ArrayList<>(List.of("nsenter", "--net=" + namespaceFile()));
    String program = command.getFirst();
    full.add(
        program.contains("/")
            ? program
            : Command.find(program).map(Object::toString).orElse(program));
    full.addAll(command.subList(1, command.size()));
    return full;
  }

  @Override
  public String toString() {
    return name;
  }
}
