package dev.sluice.lab.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Await;
import dev.sluice.lab.Director;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabExtension;
import dev.sluice.lab.Needs;
import dev.sluice.lab.Segment;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code dynamic_interfaces}: devices that come later, go, change their name or their kind. */
@Tag("netns")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(LabExtension.class)
class DynamicInterfaceTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "10.90.0.100";

  private static String configuration(String more) {
    return """
    global_defs {
      dynamic_interfaces allow_if_changes
    }
    vrrp_instance web {
      interface late0
      virtual_router_id 51
      version 3
      advert_int 0.2
      virtual_ipaddress {
        %s/24
      }
      %s
    }
    """
        .formatted(VIP, more);
  }

  /** A host, and the segment that it will join. */
  private record Place(Lab lab, Segment segment, Host host, Director director) {
    static Place of(Lab lab, String more) {
      Host host = lab.host("one");
      return new Place(
          lab,
          lab.segment("lan"),
          host,
          Director.of(host, Needs.sluice(), configuration(more)).start());
    }

    void await(String what, BooleanSupplier condition) {
      Await.until(
          what,
          DEADLINE,
          condition,
          () -> director.vrrp("web") + "\n" + host.ip("addr") + lab.logs(40));
    }

    void awaitState(String state) {
      await(state, () -> director.vrrpState("web").equals(state));
    }

    void awaitMaster() {
      await("MASTER", () -> director.vrrpState("web").equals("MASTER") && host.holds(VIP));
    }

    void plug() {
      segment.join(host, "late0", "10.90.0.1/24");
    }

    String faults() {
      return director.vrrp("web").get("faults").items().toString();
    }
  }

  @Test
  void aDeviceThatComesLaterGoesAndComesBack(Lab lab) {
    Place at = Place.of(lab, "");
    at.awaitState("FAULT");
    assertThat(at.faults()).contains("interface late0 does not exist");
    at.plug();
    at.awaitMaster();
    at.host.ip("link", "delete", "late0");
    at.awaitState("FAULT");
    assertThat(at.faults()).contains("interface late0 does not exist");
    at.plug();
    at.awaitMaster();
    // The socket is the new device's: another router hears us, and stays BACKUP.
    Host second = at.segment.join(lab.host("two"), "late0", "10.90.0.2/24");
    Director other = Director.of(second, Needs.sluice(), configuration("priority 50")).start();
    at.await(
        "the other to hear it", () -> other.vrrp("web").get("master").text().equals("10.90.0.1"));
    assertThat(second.holds(VIP)).isFalse();
  }

  @Test
  void aDeviceThatIsRenamedIsGoneUntilItHasItsNameAgain(Lab lab) {
    Place at = Place.of(lab, "");
    at.plug();
    at.awaitMaster();
    at.host.ip("link", "set", "late0", "down");
    at.host.ip("link", "set", "late0", "name", "other0");
    at.host.ip("link", "set", "other0", "up");
    at.await("the fault", () -> at.faults().contains("late0 does not exist"));
    // The address is not left on a device that is no longer ours.
    at.await("no VIP", () -> !at.host.holds(VIP));
    at.host.ip("link", "set", "other0", "down");
    at.host.ip("link", "set", "other0", "name", "late0");
    at.host.ip("link", "set", "late0", "up");
    at.awaitMaster();
  }

  /** What allow_if_changes permits: the same name, another kind of device. */
  @Test
  @Tag("long")
  void aDeviceMayComeBackAsAnotherKind(Lab lab) {
    Place at = Place.of(lab, "");
    at.plug();
    at.awaitMaster();
    at.host.ip("link", "delete", "late0");
    at.awaitState("FAULT");
    at.segment.join(at.host, "base0", "10.99.0.1/24");
    at.host.ip("link", "add", "late0", "link", "base0", "type", "macvlan", "mode", "private");
    at.host.address("late0", "10.90.0.1/24");
    at.host.ip("link", "set", "late0", "up");
    at.awaitMaster();
  }

  /** The device of the virtual MAC goes with its base and is made anew on the next one. */
  @Test
  void aVmacFollowsItsBase(Lab lab) {
    Place at = Place.of(lab, "use_vmac vrrp51");
    at.awaitState("FAULT");
    at.plug();
    at.awaitMaster();
    at.host.ip("link", "delete", "late0");
    at.awaitState("FAULT");
    at.plug();
    at.awaitMaster();
    assertThat(at.host.addresses("vrrp51")).contains(VIP);
  }

  /** A tracked device that is not there counts as down. */
  @Test
  @Tag("long")
  void aTrackedDeviceMayComeLater(Lab lab) {
    Place at = Place.of(lab, "track_interface {\n    side0\n  }");
    at.plug();
    at.await("the fault", () -> at.faults().contains("tracked interface side0 is down"));
    Segment side = lab.segment("side");
    side.join(at.host, "side0", "10.91.0.1/24");
    at.awaitMaster();
    at.host.ip("link", "delete", "side0");
    at.awaitState("FAULT");
  }
}
