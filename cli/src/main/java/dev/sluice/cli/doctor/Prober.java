package dev.sluice.cli.doctor;

import dev.sluice.cli.doctor.Facts.Address;
import dev.sluice.cli.doctor.Facts.Bpf;
import dev.sluice.cli.doctor.Facts.Device;
import dev.sluice.cli.doctor.Facts.FirewallRule;
import dev.sluice.cli.doctor.Facts.Router;
import dev.sluice.cli.doctor.Facts.Subject;
import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.LoadResult;
import dev.sluice.linux.Capabilities;
import dev.sluice.linux.Link;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.RealTime;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.Sysctl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gathers {@link Facts} from this machine, in the calling thread's network namespace. */
public final class Prober {
  private static final List<String> CLOCK_DAEMONS =
      List.of("chronyd", "ntpd", "systemd-timesyn", "ptp4l", "openntpd");
  private static final List<String> LIBRARY_DIRECTORIES =
      List.of("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/local/lib64");
  private static final Path KEEPALIVED_DEFAULT = Path.of("/etc/keepalived/keepalived.conf");
  private static final long PROGRAM_SECONDS = 5;

  private Prober() {}

  /**
   * Looks at everything; takes a fraction of a second.
   *
   * @param file the configuration to judge by; null: none
   */
  public static Facts probe(@Nullable Path file) {
    List<Link> links;
    List<Address> addresses;
    try (var netlink = RouteNetlink.open()) {
      links = netlink.links();
      Map<Integer, String> names =
          links.stream().collect(Collectors.toMap(Link::index, Link::name));
      addresses =
          netlink.addresses().stream()
              .map(a ->
                  new Address(names.getOrDefault(a.ifindex(), "?"), a.address(), a.prefixLength()))
              .toList();
    }
    List<Device> devices = links.stream().filter(l -> !l.loopback()).map(Prober::device).toList();
    List<Long> processes = processes();
    String release = Sysctl.read("kernel.osrelease").orElse("unknown");
    return new Facts(
        release,
        Capabilities.all().stream().map(Enum::name).collect(Collectors.toSet()),
        bpf(release),
        libbpf(),
        devices,
        sysctls(devices),
        addresses,
        routers(processes),
        IpvsTable.parse(lines(Path.of("/proc/net/ip_vs"))),
        firewall(),
        clockDaemon(processes),
        lines(Path.of("/etc/group")).stream().anyMatch(l -> l.startsWith("sluice:")),
        realTime(),
        file == null ? null : new Subject(file, load(file)));
  }

  private static LoadResult load(Path file) {
    return ConfigLoader.load(file, ConfigEnvironment.ofThisMachine());
  }

  private static Bpf bpf(String release) {
    List<String> mounts = lines(Path.of("/proc/self/mounts"));
    String mounted =
        mounts.stream()
            .map(l -> l.split(" ", 4))
            .filter(w -> w.length > 3 && w[2].equals("bpf"))
            .map(w -> w[1])
            .findFirst()
            .orElse(null);
    return new Bpf(
        // The kernel has this setting exactly when it has the call.
        Sysctl.read("kernel.unprivileged_bpf_disabled").isPresent(),
        Files.exists(Path.of("/sys/kernel/btf/vmlinux")),
        lines(Path.of("/proc/filesystems")).stream().anyMatch(l -> l.endsWith("\tbpf")),
        mounted,
        tcx(release),
        !Sysctl.read("net.core.bpf_jit_enable").orElse("1").equals("0"));
  }

  /** The kernel's own list of functions tells; where it is hidden, the version must do. */
  private static boolean tcx(String release) {
    try (Stream<String> symbols = Files.lines(Path.of("/proc/kallsyms"))) {
      if (symbols.anyMatch(l -> l.endsWith(" tcx_prog_attach"))) {
        return true;
      }
    } catch (IOException | UncheckedIOException e) {
      // Hidden from us.
    }
    return Doctor.hasTcx(release);
  }

  private static @Nullable String libbpf() {
    for (String directory : LIBRARY_DIRECTORIES) {
      try (Stream<Path> inside = Files.find(Path.of(directory), 2, (p, a) -> isLibbpf(p))) {
        Path found = inside.findFirst().orElse(null);
        if (found != null) {
          return found.toString();
        }
      } catch (IOException | UncheckedIOException e) {
        // Not a directory of this system.
      }
    }
    return null;
  }

  private static boolean isLibbpf(Path path) {
    return path.endsWith("libbpf.so.1");
  }

  private static Device device(Link link) {
    String driver = null;
    try {
      Path to = Path.of("/sys/class/net", link.name(), "device", "driver");
      driver = Files.exists(to) ? String.valueOf(to.toRealPath().getFileName()) : null;
    } catch (IOException e) {
      // Gone meanwhile.
    }
    // /sys shows the devices of the namespace it was mounted in: an equal name there is not ours.
    boolean virtual = link.kind() != null;
    return new Device(
        link.name(), virtual ? null : driver, link.up(), link.mtu(), features(link.name()));
  }

  /** The features that ethtool(8) shows as on; null where it is not installed. */
  private static @Nullable Set<String> features(String device) {
    List<String> lines = output("ethtool", "-k", device);
    if (lines == null) {
      return null;
    }
    Set<String> on = new HashSet<>();
    for (String line : lines) {
      String[] words = line.strip().split(": ", 2);
      if (words.length == 2 && words[1].startsWith("on")) {
        on.add(words[0]);
      }
    }
    return on;
  }

  /** The rules that nft(8) or iptables-save(8) shows; empty where neither is installed. */
  private static List<FirewallRule> firewall() {
    List<String> lines = output("nft", "--numeric", "list", "ruleset");
    if (lines == null) {
      lines = output("iptables-save");
    }
    return lines == null ? List.of() : FirewallText.parse(lines);
  }

  /** What a program prints; null where it is not installed, or fails. */
  private static @Nullable List<String> output(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      List<String> lines;
      try (var out = process.inputReader(StandardCharsets.UTF_8)) {
        lines = out.readAllLines();
      }
      return process.waitFor(PROGRAM_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
          ? lines
          : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static Map<String, String> sysctls(List<Device> devices) {
    Map<String, String> values = new HashMap<>();
    for (String name :
        List.of("net.ipv4.ip_forward", "net.ipv4.ip_nonlocal_bind", "net.ipv6.ip_nonlocal_bind")) {
      Sysctl.read(name).ifPresent(v -> values.put(name, v));
    }
    List<String> scopes = new ArrayList<>(List.of("all"));
    devices.forEach(d -> scopes.add(d.name()));
    for (String scope : scopes) {
      for (String setting : List.of("arp_ignore", "arp_announce", "rp_filter")) {
        Sysctl.read(Sysctl.of("ipv4", scope, setting))
            .ifPresent(v -> values.put("net.ipv4.conf." + scope + "." + setting, v));
      }
    }
    return values;
  }

  private static List<Long> processes() {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .map(p -> String.valueOf(p.getFileName()))
          .filter(n -> n.matches("[0-9]+"))
          .map(Long::valueOf)
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String nameOf(long pid) {
    List<String> lines = lines(Path.of("/proc/" + pid + "/comm"));
    return lines.isEmpty() ? "" : lines.getFirst();
  }

  private static @Nullable String clockDaemon(List<Long> processes) {
    for (long pid : processes) {
      String name = nameOf(pid);
      if (CLOCK_DAEMONS.contains(name)) {
        return name;
      }
    }
    return null;
  }

  /** The parents among the keepalived processes of our namespace: their children do not count. */
  private static List<Router> routers(List<Long> processes) {
    List<Long> pids = processes.stream().filter(p -> nameOf(p).equals("keepalived")).toList();
    List<Router> routers = new ArrayList<>();
    for (long pid : pids) {
      if (!pids.contains(parent(pid)) && sameNamespace(pid)) {
        Path file = KeepalivedProcess.configFile(words(pid), workingDirectory(pid));
        Path configured = file == null ? KEEPALIVED_DEFAULT : file;
        Path seen = Path.of("/proc/" + pid + "/root" + configured);
        routers.add(new Router(pid, configured, Files.isReadable(seen) ? load(seen) : null));
      }
    }
    return routers;
  }

  private static long parent(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).map(ProcessHandle::pid).orElse(0L);
  }

  private static boolean sameNamespace(long pid) {
    try {
      return NetworkNamespace.inode(Path.of("/proc/" + pid + "/ns/net"))
          == NetworkNamespace.currentInode();
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static List<String> words(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
      return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Path workingDirectory(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"));
    } catch (IOException e) {
      return Path.of("/");
    }
  }

  /** By trying, on a thread that ends at once. */
  private static boolean realTime() {
    var permitted = new AtomicBoolean();
    Thread attempt = Thread.ofPlatform().start(() -> permitted.set(RealTime.roundRobin(1)));
    try {
      attempt.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return permitted.get();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }
}
