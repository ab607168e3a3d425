package dev.sluice.lab.vrrp;

import dev.sluice.lab.Await;
import dev.sluice.lab.Director;
import dev.sluice.lab.Host;
import dev.sluice.lab.IcmpProbe;
import dev.sluice.lab.Json;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabException;
import dev.sluice.lab.Needs;
import dev.sluice.lab.Segment;
import dev.sluice.lab.Wire;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Two routers on a segment, a stranger that forges and a client that pings. Nothing runs until it
 * is started. The preferred one speaks from {@value #PREFERRED}, the other from {@value #OTHER}.
 */
final class Duo {
  static final String PREFERRED = "10.90.0.1";
  static final String OTHER = "10.90.0.2";
  static final String CLIENT = "10.90.0.50";
  static final String STRANGER = "10.90.0.200";
  static final String VIP = "10.90.0.100";
  static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int LOG_LINES = 25;
  private static final int UNUSED_VRID = 199;

  final Lab lab;
  final Segment segment;
  final Router preferred;
  final Router other;

  /** The address whose holder is the master: the last of the list. */
  final String vip;

  private @Nullable Wire wire;

  /** Both hosts, their programs and what these are told. */
  Duo(Lab lab, Pairing pairing, Conf preferredConf, Conf otherConf) {
    this.lab = lab;
    this.segment = lab.segment("lan");
    this.vip = preferredConf.vips().getLast().replaceFirst("/.*", "");
    this.preferred = router(pairing.preferred(), "preferred", PREFERRED, preferredConf);
    this.other = router(pairing.other(), "other", OTHER, otherConf);
  }

  /** Both are told the same, but for the priority: 150 and 100. */
  static Duo of(Lab lab, Pairing pairing, Conf conf) {
    return new Duo(lab, pairing, conf.priority(150), conf.priority(100));
  }

  private Router router(Pairing.Kind kind, String name, String address, Conf conf) {
    Director.Program program =
        switch (kind) {
          case SLUICE -> Needs.sluice();
          case KEEPALIVED -> Needs.keepalived();
          case FRR -> {
            FrrRouter.need();
            yield null;
          }
        };
    Host host = segment.join(lab.host(name), address + "/24");
    return program == null
        ? new FrrRouter(host, address, conf)
        : new KeepalivedRouter(Director.of(host, program, conf.keepalived()), address);
  }

  /** What passes on the segment from now on. */
  Wire wire() {
    Wire listening = wire;
    if (listening == null) {
      listening = Wire.on(lab, segment);
      wire = listening;
    }
    return listening;
  }

  /** A host that is no router, with tools to forge. */
  Forger stranger() {
    Host host = segment.join(lab.host("stranger"), STRANGER + "/24");
    Forger forger = Forger.on(lab, host);
    // The switch forwards a new port's frames once it has noticed the carrier.
    Wire listening = wire();
    await(
        "the switch to know the stranger",
        () -> {
          forger.send(Forgery.v3(1).vrid(UNUSED_VRID));
          return !listening.adverts(Long.MIN_VALUE / 2, STRANGER).isEmpty();
        });
    return forger;
  }

  /** A client that pings the VIP every millisecond, once the VIP answers. */
  IcmpProbe client() {
    Host host = segment.join(lab.host("client"), CLIENT + "/24");
    IcmpProbe probe = new IcmpProbe(host.namespaceFile(), Inet4Address.ofLiteral(VIP));
    lab.onClose("the probe", probe::close);
    await("the VIP to answer", probe::answersNow);
    return probe;
  }

  /** The preferred one first, alone; then the other, until it is BACKUP. */
  Duo start() {
    preferred.start();
    await("the first router to become MASTER", this::preferredAlone);
    other.start();
    await("the second router to become BACKUP", other::isBackup);
    return this;
  }

  /** The other one first, alone. */
  Duo startOther() {
    other.start();
    await("the only router to become MASTER", this::otherAlone);
    return this;
  }

  boolean preferredAlone() {
    return preferred.holds(vip) && !other.holds(vip);
  }

  boolean otherAlone() {
    return other.holds(vip) && !preferred.holds(vip);
  }

  boolean bothHold() {
    return preferred.holds(vip) && other.holds(vip);
  }

  /** Waits, generously; shows the logs when it was in vain. */
  Duration await(String what, BooleanSupplier condition) {
    return Await.until(what, DEADLINE, condition, () -> describe());
  }

  private String describe() {
    Wire listening = wire;
    return "%npreferred holds it: %s, other holds it: %s%n%s%s"
        .formatted(
            preferred.holds(vip),
            other.holds(vip),
            listening == null ? "" : listening.tail() + "\n",
            lab.logs(LOG_LINES));
  }

  /**
   * Waits until a router has sent that many adverts from now on; shows that it went on being
   * master, where a fixed wait would only hope so.
   */
  void awaitAdverts(Router from, int count) {
    Wire listening = wire();
    long now = System.nanoTime();
    await(
        count + " adverts of " + from.address(),
        () -> listening.adverts(now, from.address()).size() >= count);
  }

  /** The status of sluice's instance, asked at its control socket. */
  Json instance(Router router) {
    return sluice(router).vrrp(Conf.NAME);
  }

  /** One of sluice's counters, by the name that {@code status} has for it; 0 when absent. */
  long counter(Router router, String name) {
    return instance(router).get("counters").get(name).number();
  }

  static Director sluice(Router router) {
    if (router instanceof KeepalivedRouter runs && runs.isSluice()) {
      return runs.director();
    }
    throw new LabException(router.host() + " does not run sluice");
  }

  static boolean isSluice(Router router) {
    return router instanceof KeepalivedRouter runs && runs.isSluice();
  }
}
