package dev.sluice.config.build;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.table.Context;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is legal and probably wrong, as warnings that keepalived does not give. Each says what will
 * happen and why; none changes the verdict.
 */
final class Lint {
  private final Plan plan;
  private final Configuration configuration;
  private final Diagnostics diagnostics;

  Lint(Plan plan, Configuration configuration, Context context) {
    this.plan = plan;
    this.configuration = configuration;
    this.diagnostics = context.diagnostics();
  }

  void run() {
    Map<String, String> holders = new HashMap<>();
    for (VrrpInstance instance : configuration.vrrpInstances()) {
      InstanceBuilder builder = plan.instances.get(instance.name());
      if (builder != null) {
        strict(instance, builder);
        holders(instance, builder, holders);
        ownAddress(instance, builder);
      }
    }
    for (VirtualServerBuilder builder : plan.virtualServers) {
      services(builder);
    }
    loops();
  }

  private void strict(VrrpInstance instance, InstanceBuilder builder) {
    if (instance.strict() && !instance.accept() && instance.priority() != 255) {
      diagnostics.lint(
          builder.at,
          "strict-drops",
          "in strict mode the addresses of " + instance.name() + " answer nothing, not even ping",
          "services on these addresses cannot be reached",
          instance.version() == 3
              ? "add accept to the instance, or remove vrrp_strict"
              : "remove vrrp_strict");
    }
  }

  private void holders(
      VrrpInstance instance, InstanceBuilder builder, Map<String, String> holders) {
    Set<String> own = new HashSet<>();
    for (VirtualAddress address : instance.addresses()) {
      own.add(key(instance, address));
    }
    for (VirtualAddress address : instance.excludedAddresses()) {
      own.add(key(instance, address));
    }
    for (String key : own) {
      String other = holders.putIfAbsent(key, instance.name());
      if (other != null) {
        diagnostics.lint(
            builder.at,
            "shared-address",
            "instances " + other + " and " + instance.name() + " both hold " + key,
            "when one leaves MASTER it takes the address from the other",
            "give every address to one instance");
      }
    }
  }

  private static String key(VrrpInstance instance, VirtualAddress address) {
    String device = address.device() == null ? instance.interfaceName() : address.device();
    return address.address().getHostAddress() + " on " + device;
  }

  private void ownAddress(VrrpInstance instance, InstanceBuilder builder) {
    InetAddress source = instance.unicast() ? instance.unicastSource() : instance.multicastSource();
    for (VirtualAddress address : instance.addresses()) {
      if (source != null && address.address().equals(source)) {
        diagnostics.lint(
            builder.at,
            "source-is-virtual",
            instance.name()
                + " sends from "
                + source.getHostAddress()
                + ", an address it holds only as MASTER",
            "a BACKUP cannot send, and a lost MASTER cannot say so",
            "send from an address that always stays on this machine");
      }
    }
  }

  private void services(VirtualServerBuilder b) {
    boolean checked = false;
    boolean any = false;
    for (RealServerBuilder real : b.reals) {
      checked |= real.checked;
      any |= (real.weight == null ? b.weight : real.weight) > 0;
      if (b.sorryAddress != null
          && real.address.equals(b.sorryAddress)
          && (b.sorryPort == 0 || real.port == 0 || real.port == b.sorryPort)) {
        diagnostics.lint(
            real.at,
            "real-is-sorry",
            "real_server " + real.address.getHostAddress() + " is the sorry server, too",
            "when all others are gone it is asked, whether it lives or not",
            "name another machine as sorry_server");
      }
    }
    if (!b.reals.isEmpty() && !any) {
      diagnostics.lint(
          b.at,
          "all-weights-zero",
          "every real server of virtual_server " + b.label() + " has weight 0",
          "nobody gets a connection",
          "weight 1");
    }
    if (!b.reals.isEmpty() && !checked) {
      diagnostics.info(
          b.at,
          "no-check",
          "virtual_server " + b.label() + " has no health check",
          "a dead real server keeps its share of connections",
          "TCP_CHECK { } in every real_server");
    }
  }

  /** A real server that is the service itself. */
  private void loops() {
    Map<String, At> places = new HashMap<>();
    for (VirtualServer server : configuration.virtualServers()) {
      for (RealServer real : server.realServers()) {
        if (real.port() == server.port() && real.address().equals(server.address())) {
          if (places.isEmpty()) {
            plan.virtualServers.forEach(b -> places.putIfAbsent(b.label(), b.at));
          }
          diagnostics.lint(
              places.get(server.key().toString()),
              "real-is-service",
              "virtual_server " + server.key() + " names itself as real_server",
              "packets go round in a circle",
              "name the machines behind it");
        }
      }
    }
  }
}
