package dev.sluice.cli.doctor;

import dev.sluice.config.LoadResult;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@link Doctor} judges by, gathered by {@link Prober}; values as the machine gives
 * them, no opinion.
 *
 * @param kernelRelease as uname -r says
 * @param capabilities those we have, by the names of capabilities(7) without CAP_
 * @param libbpf where the library lies; null: nowhere that the loader looks
 * @param sysctls by dotted name; absent: this kernel has none of the name
 * @param addresses of every interface
 * @param routers other programs that speak VRRP or fill IPVS: keepalived
 * @param ipvs services in the kernel's own IPVS
 * @param firewall rules of netfilter that name addresses
 * @param clockDaemon the process that keeps the clock right; null: none was seen
 * @param group whether the group sluice exists
 * @param realTime whether a real-time priority is permitted
 * @param subject the configuration to judge the machine by; null: none named
 */
public record Facts(
    String kernelRelease,
    Set<String> capabilities,
    Bpf bpf,
    @Nullable String libbpf,
    List<Device> devices,
    Map<String, String> sysctls,
    List<Address> addresses,
    List<Router> routers,
    List<IpvsService> ipvs,
    List<FirewallRule> firewall,
    @Nullable String clockDaemon,
    boolean group,
    boolean realTime,
    @Nullable Subject subject) {

  public Facts {
    capabilities = Set.copyOf(capabilities);
    devices = List.copyOf(devices);
    sysctls = Map.copyOf(sysctls);
    addresses = List.copyOf(addresses);
    routers = List.copyOf(routers);
    ipvs = List.copyOf(ipvs);
    firewall = List.copyOf(firewall);
  }

  /**
   * What the kernel offers of BPF.
   *
   * @param syscall built with bpf(2)
   * @param typeInformation BTF of the kernel itself
   * @param fileSystem bpffs is known
   * @param mounted where a bpffs is mounted; null: nowhere
   * @param tcx whether tcx hooks exist
   * @param compiler the just-in-time compiler runs
   */
  public record Bpf(
      boolean syscall,
      boolean typeInformation,
      boolean fileSystem,
      @Nullable String mounted,
      boolean tcx,
      boolean compiler) {}

  /**
   * A network device, lo left out.
   *
   * @param driver of its hardware; null: it has none, it is virtual
   * @param mtu bytes
   * @param features by the names of ethtool -k, those that are on; null: could not be asked
   */
  public record Device(
      String name, @Nullable String driver, boolean up, int mtu, @Nullable Set<String> features) {}

  /** An address and where it stands. */
  public record Address(String device, InetAddress address, int prefixLength) {}

  /**
   * A running keepalived of this network namespace.
   *
   * @param configFile the file it runs by, as well as can be told
   * @param loaded what stands in it; null: could not be read
   */
  public record Router(long pid, Path configFile, @Nullable LoadResult loaded) {}

  /** A virtual service in the kernel's IPVS, by address. */
  public record IpvsService(InetAddress address, int port, String protocol) {}

  /**
   * A rule of netfilter, or the elements of a set.
   *
   * @param place as people call it: {@code table inet filter, chain input}
   * @param text as nft(8) or iptables-save(8) writes it
   * @param networks what it names
   */
  public record FirewallRule(String place, String text, List<Network> networks) {
    public FirewallRule {
      networks = List.copyOf(networks);
    }
  }

  /** Addresses that agree in their leading bits. */
  public record Network(InetAddress address, int bits) {
    /** Whether the address is one of them. */
    boolean holds(InetAddress other) {
      byte[] mine = address.getAddress();
      byte[] theirs = other.getAddress();
      if (mine.length != theirs.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        if (((mine[i / 8] ^ theirs[i / 8]) >> (7 - i % 8) & 1) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** The configuration to judge by. */
  public record Subject(Path file, LoadResult loaded) {}
}
