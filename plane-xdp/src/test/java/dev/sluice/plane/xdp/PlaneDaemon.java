package dev.sluice.plane.xdp;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.lab.Host;
import dev.sluice.lab.LabProcess;
import dev.sluice.linux.EventLoop;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A process with a plane and nothing else: {@code PlaneDaemon run|remove RUNTIME-DIR MODE VIP PORT
 * SCHEDULER ADDRESS[:PORT]=WEIGHT…}; a port of its own makes it NAT, {@code udp/} before the VIP
 * UDP. Says {@code ready} and what it attached to, and ticks until killed.
 */
final class PlaneDaemon {
  private static final long SECOND = 1_000_000_000L;

  private PlaneDaemon() {}

  /** Starts it on a host, for a service on port 80. */
  static LabProcess start(
      Host host, String verb, Path runtime, String vip, String scheduler, String... reals) {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(e -> Path.of(e).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", host.namespace()));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            PlaneDaemon.class.getName(),
            verb,
            runtime.toString(),
            "AUTO",
            vip,
            "80",
            scheduler));
    command.addAll(List.of(reals));
    return host.start("plane-" + verb, command);
  }

  public static void main(String[] args) {
    Options options =
        Options.of(Path.of(args[1]), XdpMode.valueOf(args[2]), List.of()).withTables(65536, 16384);
    XdpPlane plane = XdpPlane.open(options);
    if (args[0].equals("remove")) {
      plane.remove();
      System.out.println("removed");
      return;
    }
    List<Real> reals = new ArrayList<>();
    for (String real : Arrays.asList(args).subList(6, args.length)) {
      String[] f = real.split("=", -1);
      String[] server = f[0].split(":", -1);
      String port = server.length > 1 ? server[1] : args[4];
      RealKey key = new RealKey(Rig.ip(server[0]), Integer.parseInt(port));
      ForwardingMethod method = server.length > 1 ? ForwardingMethod.NAT : ForwardingMethod.DR;
      reals.add(new Real(key, Integer.parseInt(f[1]), method));
    }
    boolean udp = args[3].startsWith("udp/");
    String vip = udp ? args[3].substring(4) : args[3];
    var key = Rig.key(udp ? Protocol.UDP : Protocol.TCP, vip, Integer.parseInt(args[4]));
    System.out.println("applied " + plane.apply(Rig.table(key, args[5], reals)));
    System.out.println("attached " + plane.status().interfaces());
    System.out.println("ready, adopted " + plane.status().adopted());
    EventLoop loop = EventLoop.open("plane");
    Runnable[] again = new Runnable[1];
    EventLoop.Timer timer =
        loop.timer(() -> {
          plane.tick();
          System.out.println("verdicts " + plane.status().verdicts());
          again[0].run();
        });
    again[0] = () -> timer.at(loop.nowNanos() + SECOND);
    timer.at(loop.nowNanos() + SECOND);
    var _ = loop.watch(plane.networkFd(), EventLoop.READ, _ -> plane.onNetworkChange());
    loop.run();
  }
}
