package dev.sluice.lab;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One layer-2 network: a bridge in a namespace of its own. A host is joined by a veth pair whose
 * inner end is the host's {@code eth0}; the outer end is a port of the bridge, where the lab cuts
 * cables and reads counters that no program inside the host can influence.
 */
public final class Segment {
  private static final String BRIDGE = "br0";

  private final String name;
  private final String namespace;
  private final Map<String, String> ports = new HashMap<>();
  private int joined;

  Segment(String name, String namespace) {
    this.name = name;
    this.namespace = namespace;
    // No spanning tree, no snooping: a frame passes at once and multicast goes everywhere, as
    // through a plain switch.
    ip(
        "link",
        "add",
        BRIDGE,
        "type",
        "bridge",
        "stp_state",
        "0",
        "forward_delay",
        "0",
        "mcast_snooping",
        "0");
    ip("link", "set", BRIDGE, "up");
  }

  /** Joins a host to this segment as {@code eth0} with an address, as {@code 172.29.88.224/24}. */
  public Host join(Host host, String addressAndLength) {
    return join(host, "eth0", addressAndLength);
  }

  /** Joins a host to this segment with a device of that name. */
  public Host join(Host host, String device, String addressAndLength) {
    // A device that was deleted took its port with it; the next one has another name.
    String port = "port" + ++joined;
    ip("link", "add", port, "type", "veth", "peer", "name", device, "netns", host.namespace());
    ip("link", "set", port, "master", BRIDGE, "up");
    ports.put(host.name() + "/" + device, port);
    host.address(device, addressAndLength);
    host.ip("link", "set", device, "up");
    return host;
  }

  /** Pulls the cable of a host: its {@code eth0} loses the carrier. */
  public void cut(Host host) {
    cut(host, "eth0");
  }

  /** Pulls the cable of one device of a host. */
  public void cut(Host host, String device) {
    ip("link", "set", port(host, device), "down");
  }

  /** Plugs the cable in again. */
  public void mend(Host host) {
    mend(host, "eth0");
  }

  /** Plugs the cable of one device in again. */
  public void mend(Host host, String device) {
    ip("link", "set", port(host, device), "up");
  }

  /** Drops every frame of a host silently: it keeps its carrier and does not notice. */
  public void isolate(Host host) {
    isolate(host, "eth0");
  }

  /** Drops every frame of one device of a host silently. */
  public void isolate(Host host, String device) {
    Command.run(
            List.of(
                "bridge", "-n", namespace, "link", "set", "dev", port(host, device), "state", "0"))
        .orThrow();
  }

  /** Lets frames of an isolated host pass again. */
  public void readmit(Host host) {
    Command.run(List.of("bridge", "-n", namespace, "link", "set", "dev", port(host), "state", "3"))
        .orThrow();
  }

  /**
   * What the switch saw of a host, in the host's directions: received is what the switch sent to
   * it.
   */
  public Counters counters(Host host) {
    Counters port =
        Counters.of(
            Json.parse(ip("-s", "-j", "link", "show", "dev", port(host))).items().getFirst());
    return new Counters(port.txBytes(), port.txPackets(), port.rxBytes(), port.rxPackets());
  }

  /** The switch's own namespace, as {@code setns} takes it: who listens there hears every host. */
  public java.nio.file.Path namespaceFile() {
    return java.nio.file.Path.of("/run/netns", namespace);
  }

  /**
   * Lets the switch's own device hear every frame that it forwards, once each.
   *
   * @return the device's number in {@link #namespaceFile}
   */
  public int listen() {
    ip("link", "set", BRIDGE, "promisc", "on");
    return (int)
        Json.parse(ip("-j", "link", "show", "dev", BRIDGE))
            .items()
            .getFirst()
            .get("ifindex")
            .number();
  }

  /**
   * Starts tcpdump (which must be installed) on a host's port, seen from the switch: no program on
   * the host can hide a frame from it.
   */
  public LabProcess capture(Host host, String filter) {
    return host.lab()
        .start(
            host.name() + "-capture",
            List.of(
                "nsenter",
                "--net=/run/netns/" + namespace,
                "tcpdump",
                "-n",
                "-l",
                "-i",
                port(host),
                filter),
            Map.of());
  }

  private String port(Host host) {
    return port(host, "eth0");
  }

  private String port(Host host, String device) {
    String port = ports.get(host.name() + "/" + device);
    if (port == null) {
      throw new LabException("%s of %s is not joined to %s".formatted(device, host, name));
    }
    return port;
  }

  private String ip(String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    return Command.run(command).orThrow();
  }
}
