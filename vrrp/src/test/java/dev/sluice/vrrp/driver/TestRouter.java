package dev.sluice.vrrp.driver;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.Diagnostic;
import dev.sluice.config.LoadResult;
import dev.sluice.config.model.Authentication;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.NotifyScripts;
import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpScript;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A driver in a namespace, and what it said. */
final class TestRouter implements AutoCloseable {
  final String namespace;
  final List<VrrpEvent> events = new CopyOnWriteArrayList<>();
  final VrrpDriver driver;

  TestRouter(String namespace) {
    this.namespace = namespace;
    this.driver = TestNet.in(namespace, () -> VrrpDriver.start(events::add));
  }

  TestRouter apply(Conf... instances) {
    return apply(List.of(), List.of(), instances);
  }

  TestRouter apply(List<VrrpSyncGroup> groups, List<VrrpScript> scripts, Conf... instances) {
    driver
        .apply(
            new VrrpDesired(
                Arrays.stream(instances).map(Conf::build).toList(), groups, scripts, Duration.ZERO))
        .join();
    return this;
  }

  /** Applies a configuration in keepalived's language. */
  TestRouter apply(String configuration) {
    driver.apply(TestNet.in(namespace, () -> desired(configuration))).join();
    return this;
  }

  /** All that a configuration wants of VRRP; an error in it fails. */
  static VrrpDesired desired(String text) {
    LoadResult result =
        ConfigLoader.parse("test.conf", text, ConfigEnvironment.ofThisMachine("test"));
    for (Diagnostic diagnostic : result.diagnostics()) {
      if (diagnostic.severity() == Diagnostic.Severity.ERROR) {
        throw new AssertionError(diagnostic.toString());
      }
    }
    Configuration configuration = result.configuration();
    return new VrrpDesired(
        configuration.vrrpInstances(),
        configuration.syncGroups(),
        configuration.vrrpScripts(),
        configuration.global().startupDelay(),
        configuration.global(),
        configuration.further());
  }

  VrrpSnapshot.Instance instance(String name) {
    return driver.snapshot().instances().stream()
        .filter(i -> i.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  VrrpSnapshot.Instance instance() {
    return driver.snapshot().instances().getFirst();
  }

  VrrpState state() {
    return instance().state();
  }

  long counter(VrrpCounter counter) {
    return instance().counters().getOrDefault(counter, 0L);
  }

  void await(VrrpState state) {
    TestNet.await(
        namespace + " in " + state, () -> state() == state, () -> state() + " after " + events);
  }

  void awaitEvent(String what, Predicate<VrrpEvent> test) {
    TestNet.await(what, () -> events.stream().anyMatch(test), () -> events);
  }

  boolean has(String address) {
    return TestNet.has(namespace, address);
  }

  @Override
  public void close() {
    driver.close();
  }

  /** A configured instance to be varied. */
  static final class Conf {
    private String name = "VI_1";
    private @Nullable String device = "eth0";
    private int vrid = 51;
    private int version = 3;
    private int priority = 100;
    private Duration interval = Duration.ofMillis(200);
    private final List<String> vips = new ArrayList<>(List.of("10.77.0.100"));
    private final List<String> excluded = new ArrayList<>();
    private boolean preempt = true;
    private boolean startAsMaster;
    private Authentication authentication = new Authentication.None();
    private final List<UnicastPeer> peers = new ArrayList<>();
    private final List<TrackedInterface> interfaces = new ArrayList<>();
    private final List<TrackedScript> scripts = new ArrayList<>();
    private GarpSettings garp = GarpSettings.defaults();

    static Conf of(int priority) {
      Conf conf = new Conf();
      conf.priority = priority;
      return conf;
    }

    Conf name(String value) {
      name = value;
      return this;
    }

    Conf device(@Nullable String value) {
      device = value;
      return this;
    }

    Conf vrid(int value) {
      vrid = value;
      return this;
    }

    Conf version(int value) {
      version = value;
      interval = value == 2 ? Duration.ofSeconds(1) : interval;
      return this;
    }

    Conf vips(String... values) {
      vips.clear();
      vips.addAll(List.of(values));
      return this;
    }

    Conf excluded(String... values) {
      excluded.addAll(List.of(values));
      return this;
    }

    Conf nopreempt() {
      preempt = false;
      return this;
    }

    Conf owner() {
      priority = 255;
      startAsMaster = true;
      return this;
    }

    Conf authentication(Authentication value) {
      authentication = value;
      return this;
    }

    Conf peer(String address) {
      peers.add(new UnicastPeer(InetAddress.ofLiteral(address), 0, 255));
      return this;
    }

    Conf track(TrackedInterface value) {
      interfaces.add(value);
      return this;
    }

    Conf track(TrackedScript value) {
      scripts.add(value);
      return this;
    }

    Conf garp(GarpSettings value) {
      garp = value;
      return this;
    }

    private static VirtualAddress vip(String text) {
      InetAddress address = InetAddress.ofLiteral(text);
      boolean v4 = address instanceof Inet4Address;
      return new VirtualAddress(address, v4 ? 32 : 128, null, null, null, 0, false, true);
    }

    private InetAddress group() {
      boolean ipv6 = !vips.isEmpty() && vips.getFirst().contains(":");
      return InetAddress.ofLiteral(ipv6 ? "ff02::12" : "224.0.0.18");
    }

    VrrpInstance build() {
      return new VrrpInstance(
          name,
          device,
          vrid,
          version,
          startAsMaster,
          priority,
          interval,
          vips.stream().map(Conf::vip).toList(),
          excluded.stream().map(Conf::vip).toList(),
          preempt,
          Duration.ZERO,
          3,
          authentication,
          group(),
          null,
          peers,
          null,
          255,
          !peers.isEmpty(),
          false,
          true,
          true,
          false,
          true,
          interfaces,
          scripts,
          garp,
          false,
          false,
          NotifyScripts.none(),
          false);
    }
  }
}
