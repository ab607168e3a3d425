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

  /** The configuration to judge by. */
  public record Subject(Path file, LoadResult loaded) {}
}
