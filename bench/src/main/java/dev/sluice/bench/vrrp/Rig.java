package dev.sluice.bench.vrrp;

import dev.sluice.lab.Await;
import dev.sluice.lab.Director;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabException;
import dev.sluice.lab.Seen;
import dev.sluice.lab.Segment;
import dev.sluice.lab.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Two routers of one program, version 3, and a client: {@code a} with priority 150, {@code b} with
 * 100. Instances are spread over as many segments as 250 virtual router ids each ask for.
 */
final class Rig implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int PER_SEGMENT = 250;

  final Lab lab = Lab.open();
  final List<Segment> segments = new ArrayList<>();
  final List<Wire> wires = new ArrayList<>();
  final Host client;
  final Director a;
  final Director b;
  private final Setup setup;
  private final Path launcher;

  /** Whose daemon. */
  enum Who {
    SLUICE,
    KEEPALIVED
  }

  /**
   * What is configured.
   *
   * @param interval seconds, as keepalived.conf has it
   * @param pair unicast instead of multicast
   * @param extra blocks of a's file
   */
  record Setup(Who who, String interval, int instances, boolean pair, String extra) {
    static Setup of(Who who, String interval) {
      return new Setup(who, interval, 1, false, "");
    }

    Setup many(int count) {
      return new Setup(who, interval, count, pair, extra);
    }

    Setup unicast() {
      return new Setup(who, interval, instances, true, extra);
    }

    Setup with(String blocks) {
      return new Setup(who, interval, instances, pair, blocks);
    }
  }

  /** Nothing runs yet. */
  Rig(Path launcher, Setup setup) {
    this.launcher = launcher;
    this.setup = setup;
    Host hostA = lab.host("a");
    Host hostB = lab.host("b");
    client = lab.host("client");
    for (int i = 0; i * PER_SEGMENT < setup.instances(); i++) {
      Segment segment = lab.segment("lan" + i);
      segment.join(hostA, "eth" + i, network(i) + ".0.1/16");
      segment.join(hostB, "eth" + i, network(i) + ".0.2/16");
      segment.join(client, "eth" + i, network(i) + ".0.10/16");
      segments.add(segment);
      wires.add(Wire.on(lab, segment));
    }
    a = director(hostA, 150, setup.extra());
    b = director(hostB, 100, "");
  }

  private static String network(int segment) {
    return "10." + (90 + segment);
  }

  /** The first instance's address. */
  static String vip() {
    return vip(0);
  }

  private static String vip(int instance) {
    return network(instance / PER_SEGMENT) + ".1." + (1 + instance % PER_SEGMENT);
  }

  static String address(boolean ofA, int segment) {
    return network(segment) + (ofA ? ".0.1" : ".0.2");
  }

  private Director director(Host host, int priority, String extra) {
    var text = new StringBuilder("global_defs {\n  vrrp_version 3\n}\n").append(extra);
    for (int i = 0; i < setup.instances(); i++) {
      boolean isA = priority > 100;
      int segment = i / PER_SEGMENT;
      String unicast =
          setup.pair()
              ? "unicast_src_ip %s\n  unicast_peer {\n    %s\n  }"
                  .formatted(address(isA, segment), address(!isA, segment))
              : "";
      text.append(
          """
          vrrp_instance I%d {
            interface eth%d
            virtual_router_id %d
            priority %d
            advert_int %s
            %s
            virtual_ipaddress {
              %s/16
            }
          }
          """
              .formatted(
                  i, segment, 1 + i % PER_SEGMENT, priority, setup.interval(), unicast, vip(i)));
    }
    return switch (setup.who()) {
      case SLUICE -> Director.sluice(host, launcher, text.toString());
      case KEEPALIVED -> Director.keepalived(host, text.toString());
    };
  }

  /** How many of the virtual addresses a router's kernel has. */
  int held(Director director) {
    int count = 0;
    for (int i = 0; i < segments.size(); i++) {
      String middle = network(i) + ".1.";
      count +=
          (int)
              director.host().addresses("eth" + i).stream()
                  .filter(address -> address.startsWith(middle))
                  .count();
    }
    return count;
  }

  boolean allOnA() {
    return held(a) == setup.instances() && held(b) == 0;
  }

  boolean allOnB() {
    return held(b) == setup.instances();
  }

  /** Both run, a is master of all, b has heard it for a while. */
  void settle() {
    await("a holds every address alone", this::allOnA);
    awaitAdverts(5);
  }

  /** Waits for further adverts of a's first instance. */
  void awaitAdverts(int count) {
    long now = System.nanoTime();
    await(
        count + " adverts of a",
        () -> wires.getFirst().adverts(now, address(true, 0)).size() >= count);
  }

  /** All adverts of one router since a time, on all segments. */
  List<Seen.Advert> adverts(boolean ofA, long sinceNanos) {
    List<Seen.Advert> all = new ArrayList<>();
    for (int i = 0; i < wires.size(); i++) {
      all.addAll(wires.get(i).adverts(sinceNanos, address(ofA, i)));
    }
    return all;
  }

  void await(String what, BooleanSupplier condition) {
    Await.until(what, PATIENCE, condition, () -> lab.logs(5));
  }

  /** Whether it became so within that time. */
  boolean within(Duration time, BooleanSupplier condition) {
    try {
      Await.until("it", time, condition);
      return true;
    } catch (LabException _) {
      return false;
    }
  }

  /** What a dead machine looks like: every port blocked, then the process gone. */
  void powerCut() {
    for (int i = 0; i < segments.size(); i++) {
      segments.get(i).isolate(a.host(), "eth" + i);
    }
    a.process().kill();
  }

  /** Undoes {@link #powerCut} on the first segment. */
  void powerOn() {
    segments.getFirst().readmit(a.host());
  }

  /** Lets time pass that is to be measured. */
  static void run(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      java.util.concurrent.locks.LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  @Override
  public void close() {
    lab.close();
  }
}
