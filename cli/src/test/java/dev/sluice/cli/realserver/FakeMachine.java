package dev.sluice.cli.realserver;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A kernel out of tables. */
final class FakeMachine implements Machine {
  boolean permitted = true;
  String boot = "boot-1";
  final List<Held> held = new ArrayList<>();
  final Map<String, Boolean> links = new HashMap<>(Map.of("lo", true));
  final Map<String, String> sysctls = new HashMap<>();
  final List<String> modules = new ArrayList<>();

  /** What changed, in order: the order is part of the promise. */
  final List<String> changes = new ArrayList<>();

  FakeMachine() {
    for (String scope : List.of("all", "lo", "tunl0")) {
      for (String setting : List.of("arp_ignore", "arp_announce", "rp_filter")) {
        sysctls.put("net.ipv4.conf." + scope + "." + setting, "0");
      }
    }
  }

  @Override
  public boolean mayConfigure() {
    return permitted;
  }

  @Override
  public String bootId() {
    return boot;
  }

  @Override
  public long namespace() {
    return 42;
  }

  @Override
  public List<Held> addresses() {
    return List.copyOf(held);
  }

  @Override
  public void addToLoopback(InetAddress vip) {
    held.add(new Held("lo", vip, vip.getAddress().length * 8));
    changes.add("add " + vip.getHostAddress());
  }

  @Override
  public void removeFromLoopback(InetAddress vip) {
    held.removeIf(h -> h.address().equals(vip));
    changes.add("remove " + vip.getHostAddress());
  }

  @Override
  public Optional<Boolean> linkUp(String name) {
    return Optional.ofNullable(links.get(name));
  }

  @Override
  public void setLink(String name, boolean up) {
    links.put(name, up);
    changes.add(name + (up ? " up" : " down"));
  }

  @Override
  public void loadModule(String name) {
    modules.add(name);
  }

  @Override
  public Optional<String> sysctl(String name) {
    return Optional.ofNullable(sysctls.get(name));
  }

  @Override
  public void setSysctl(String name, String value) {
    sysctls.put(name, value);
    changes.add(name.substring("net.ipv4.conf.".length()) + "=" + value);
  }
}
