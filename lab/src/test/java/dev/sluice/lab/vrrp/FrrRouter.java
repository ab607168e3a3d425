package dev.sluice.lab.vrrp;

import dev.sluice.lab.Await;
import dev.sluice.lab.Command;
import dev.sluice.lab.Host;
import dev.sluice.lab.LabException;
import dev.sluice.lab.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * FRR's vrrpd with its zebra. It wants a macvlan with the virtual MAC and the addresses made
 * beforehand, which it brings up and down (protodown). Its daemons drop root for the user frr, so
 * the folders above its files must let others pass.
 */
final class FrrRouter implements Router {
  private static final Path DAEMONS = Path.of("/usr/lib/frr");
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Host host;
  private final String address;
  private final Path folder;
  private @Nullable LabProcess zebra;
  private @Nullable LabProcess vrrpd;
  private int starts;

  FrrRouter(Host host, String address, Conf conf) {
    this.host = host;
    this.address = address;
    this.folder = host.lab().folder(host.name() + "-frr");
    configure(conf);
    boolean six = conf.vips().getFirst().contains(":");
    String macvlan = (six ? "vrrp6-" : "vrrp4-") + conf.vrid();
    host.ip("link", "add", macvlan, "link", conf.device(), "type", "macvlan", "mode", "bridge");
    host.ip(
        "link",
        "set",
        macvlan,
        "address",
        "00:00:5e:00:%02x:%02x".formatted(six ? 2 : 1, conf.vrid()));
    for (String vip : conf.vips()) {
      host.ip("addr", "add", vip, "dev", macvlan);
    }
    host.ip("link", "set", macvlan, "protodown", "on");
    host.ip("link", "set", macvlan, "up");
  }

  /** Whether this machine has it. */
  static boolean installed() {
    return Files.isExecutable(DAEMONS.resolve("vrrpd"))
        && Files.isExecutable(DAEMONS.resolve("zebra"));
  }

  @Override
  public Host host() {
    return host;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void configure(Conf conf) {
    try {
      Files.writeString(folder.resolve("frr.conf"), conf.frr());
      Files.setPosixFilePermissions(
          folder.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.setPosixFilePermissions(
          folder.resolve("frr.conf"), PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      throw new LabException("cannot write into %s: %s".formatted(folder, e.getMessage()));
    }
  }

  @Override
  public Router start() {
    starts++;
    zebra = daemon("zebra");
    Path socket = folder.resolve("zserv-" + starts);
    Await.until("zebra to listen", DEADLINE, () -> Files.exists(socket), zebra::log);
    vrrpd = daemon("vrrpd");
    return this;
  }

  private LabProcess daemon(String name) {
    return host.start(
        name,
        List.of(
            DAEMONS.resolve(name).toString(),
            "-z",
            folder.resolve("zserv-" + starts).toString(),
            "-i",
            folder.resolve(name + "-" + starts + ".pid").toString(),
            "--vty_socket",
            folder.toString(),
            "-P",
            "0",
            "-f",
            folder.resolve("frr.conf").toString(),
            "--log",
            "stdout"));
  }

  @Override
  public void reload() {
    throw new LabException("vrrpd has no reload by signal");
  }

  @Override
  public LabProcess process() {
    LabProcess running = vrrpd;
    if (running == null) {
      throw new LabException(host + ": vrrpd was never started");
    }
    return running;
  }

  @Override
  public void kill() {
    // What a dead machine leaves: nothing that would end vrrpd in order.
    Stream.of(vrrpd, zebra)
        .filter(java.util.Objects::nonNull)
        .filter(LabProcess::alive)
        .forEach(LabProcess::kill);
  }

  @Override
  public int timesBackup() {
    return (int) process().log().lines().filter(line -> line.contains("-> Backup")).count();
  }

  /** Skips the test where FRR is missing. */
  static void need() {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        installed() && Command.find("ip").isPresent(), "needs FRR's vrrpd: apt-get install frr");
  }
}
