package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.lvs.PlaneException;
import dev.sluice.lvs.ServiceTable.MarkRule;
import dev.sluice.lvs.ServiceTable.Ports;
import dev.sluice.lvs.ServiceTable.Prefix;
import dev.sluice.lvs.ServiceTable.Timeouts;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the programs try beside an exact match: rules for firewall marks, FTP's data, services of
 * all ports. A bit for each, so that a plane without them spends nothing on it.
 */
final class Wide {
  private final PlaneMaps maps;
  private List<MarkRule> rules = List.of();
  private List<Integer> written = List.of();

  Wide(PlaneMaps maps) {
    this.maps = maps;
  }

  /**
   * Writes both from what the plane holds now.
   *
   * @throws PlaneException when there are more rules than a plane has room for
   */
  void write(Collection<Service> services, List<MarkRule> wanted) {
    Map<VirtualServer.Key, Integer> marks = new HashMap<>();
    int bits = 0;
    for (Service s : services) {
      if (s.removed) {
        continue;
      }
      if (s.key.mark() != 0) {
        marks.put(s.key, s.number);
      } else if (s.key.port() == 0) {
        bits |= Layout.WIDE_PORTS;
      } else if (s.key.port() == 21
          && s.key.protocol() == Protocol.TCP
          && s.persistence.timeoutSeconds() > 0) {
        bits |= Layout.WIDE_FTP;
      }
      bits |= s.features.timeouts().equals(Timeouts.PLANE) ? 0 : Layout.WIDE_TIMES;
    }
    List<MarkRule> inUse =
        wanted.stream()
            .filter(r -> marks.containsKey(VirtualServer.Key.ofMark(r.mark(), r.ipVersion())))
            .toList();
    if (inUse.size() > Layout.RULES) {
      throw new PlaneException(
          inUse.size()
              + " rules for firewall marks are more than a plane has room for: at most "
              + Layout.RULES);
    }
    List<Integer> numbers = new ArrayList<>();
    for (MarkRule r : inUse) {
      numbers.add(marks.getOrDefault(VirtualServer.Key.ofMark(r.mark(), r.ipVersion()), 0));
      numbers.add(ifindex(r.device()));
    }
    if (!inUse.equals(rules) || !numbers.equals(written)) {
      // None while they change: a packet must not see half of one.
      Memory.putInt(maps.config, Layout.CONFIG_RULES, 0);
      for (int i = 0; i < inUse.size(); i++) {
        rule(i, inUse.get(i), numbers.get(2 * i), numbers.get(2 * i + 1));
      }
      Memory.putInt(maps.config, Layout.CONFIG_RULES, inUse.size());
      rules = inUse;
      written = List.copyOf(numbers);
    }
    bits |= inUse.isEmpty() ? 0 : Layout.WIDE_RULES;
    Memory.putInt(maps.config, Layout.CONFIG_WIDE, bits);
  }

  /** 0: anywhere; -1: there is no such device now, so nothing fits. */
  private static int ifindex(String device) {
    if (device.isEmpty()) {
      return 0;
    }
    try {
      NetworkInterface found = NetworkInterface.getByName(device);
      return found == null ? -1 : found.getIndex();
    } catch (SocketException e) {
      return -1;
    }
  }

  private void rule(int place, MarkRule r, int service, int ifindex) {
    long at = (long) place * Layout.RULE_BYTES;
    MemorySegment line = maps.rules.asSlice(at, Layout.RULE_BYTES);
    line.fill((byte) 0);
    line.set(JAVA_INT, Layout.RULE_SERVICE, service);
    line.set(JAVA_INT, Layout.RULE_IFINDEX, ifindex);
    prefix(line, Layout.RULE_SOURCE, Layout.RULE_SOURCE_MASK, r.source());
    prefix(line, Layout.RULE_DESTINATION, Layout.RULE_DESTINATION_MASK, r.destination());
    ports(line, Layout.RULE_SOURCE_PORTS, r.sourcePorts());
    ports(line, Layout.RULE_DESTINATION_PORTS, r.destinationPorts());
    Protocol protocol = r.protocol();
    line.set(JAVA_BYTE, Layout.RULE_PROTOCOL, (byte) (protocol == null ? 0 : protocol.number()));
    line.set(JAVA_BYTE, Layout.RULE_FAMILY, (byte) r.ipVersion());
  }

  private static void prefix(
      MemorySegment line, long addressAt, long maskAt, @Nullable Prefix prefix) {
    if (prefix == null) {
      return;
    }
    byte[] address = prefix.address().getAddress();
    for (int i = 0; i < address.length; i++) {
      int bits = Math.clamp(prefix.bits() - i * 8L, 0, 8);
      line.set(JAVA_BYTE, addressAt + i, address[i]);
      line.set(JAVA_BYTE, maskAt + i, (byte) (0xff00 >> bits));
    }
  }

  private static void ports(MemorySegment line, long at, Ports ports) {
    line.set(JAVA_SHORT, at, (short) ports.first());
    line.set(JAVA_SHORT, at + 2, (short) ports.last());
  }
}
