package dev.sluice.plane.xdp;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.ServiceTable;
import dev.sluice.lvs.ServiceTable.Persistence;
import dev.sluice.lvs.ServiceTable.Real;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.ServiceTable.Scheduling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table made by lines of {@code ipvsadm}, as the forwarding recordings have them. */
final class ForwardConfig {
  private record Entry(Scheduling scheduling, Persistence persistence, Map<RealKey, Real> reals) {}

  private final Map<VirtualServer.Key, Entry> services = new LinkedHashMap<>();

  /** What cannot be said here; empty: nothing. */
  static Optional<String> obstacle(List<String> lines) {
    return lines.stream()
        .filter(l -> l.contains(" -f "))
        .findFirst()
        .map(l -> "services by firewall mark are configured otherwise: " + l);
  }

  void apply(String line) {
    Words w = new Words(line);
    if (w.has("-C")) {
      services.clear();
      return;
    }
    VirtualServer.Key key = w.service();
    if (w.has("-D")) {
      services.remove(key);
    } else if (w.has("-A") || w.has("-E")) {
      Entry before = services.get(key);
      int prefix = key.address().getAddress().length * 8;
      services.put(
          key,
          new Entry(
              Scheduling.of(w.after("-s", "wlc"), List.of(w.after("-b", "").split(","))),
              w.has("-p")
                  ? new Persistence(Long.parseLong(w.after("-p", "360")), prefix)
                  : Persistence.NONE,
              before == null ? new LinkedHashMap<>() : before.reals()));
    } else {
      Entry entry = services.get(key);
      RealKey real = w.real(key.port());
      if (entry == null) {
        throw new IllegalArgumentException("no service for " + line);
      } else if (w.has("-d")) {
        entry.reals.remove(real);
      } else {
        entry.reals.put(real, w.server(real));
      }
    }
  }

  ServiceTable table() {
    List<ServiceTable.Service> all = new ArrayList<>();
    services.forEach((key, e) ->
        all.add(
            new ServiceTable.Service(
                key, e.scheduling, e.persistence, List.copyOf(e.reals.values()))));
    return new ServiceTable(all);
  }

  /** The words of a line. */
  private record Words(List<String> words) {
    Words(String line) {
      this(List.of(line.strip().split("\\s+")));
    }

    boolean has(String option) {
      return words.contains(option);
    }

    String after(String option, String otherwise) {
      int at = words.indexOf(option);
      boolean there =
          at >= 0 && at + 1 < words.size() && !words.get(at + 1).matches("-[a-zA-Z-].*");
      return there ? words.get(at + 1) : otherwise;
    }

    VirtualServer.Key service() {
      Protocol protocol = has("-t") ? Protocol.TCP : has("-u") ? Protocol.UDP : Protocol.SCTP;
      String option = has("-t") ? "-t" : has("-u") ? "-u" : "--sctp-service";
      RealKey at = endpoint(after(option, ""), 0);
      return new VirtualServer.Key(at.address(), at.port(), protocol);
    }

    RealKey real(int servicePort) {
      RealKey real = endpoint(after("-r", ""), servicePort);
      // ipvsadm does so itself
      return has("-m") ? real : new RealKey(real.address(), servicePort);
    }

    Real server(RealKey key) {
      ForwardingMethod method =
          has("-m") ? ForwardingMethod.NAT : has("-i") ? ForwardingMethod.TUN : ForwardingMethod.DR;
      Tunnel tunnel =
          new Tunnel(
              switch (after("--tun-type", "ipip")) {
                case "gue" -> Tunnel.Type.GUE;
                case "gre" -> Tunnel.Type.GRE;
                default -> Tunnel.Type.IPIP;
              },
              Integer.parseInt(after("--tun-port", "0")),
              has("--tun-remcsum")
                  ? Tunnel.Checksum.REMCSUM
                  : has("--tun-csum") ? Tunnel.Checksum.CSUM : Tunnel.Checksum.NONE);
      return new Real(
          key,
          Integer.parseInt(after("-w", "1")),
          method,
          Long.parseLong(after("-x", "0")),
          Long.parseLong(after("-y", "0")),
          tunnel);
    }

    private static RealKey endpoint(String text, int port) {
      int bracket = text.indexOf(']');
      int colon = text.indexOf(':', Math.max(bracket, 0));
      boolean v6 = text.startsWith("[");
      String address =
          v6 ? text.substring(1, bracket) : colon < 0 ? text : text.substring(0, colon);
      return new RealKey(
          Rig.ip(address), colon < 0 ? port : Integer.parseInt(text.substring(colon + 1)));
    }
  }
}
