package dev.sluice.vrrp.machine;

import static dev.sluice.vrrp.VrrpState.BACKUP;
import static dev.sluice.vrrp.VrrpState.FAULT;
import static dev.sluice.vrrp.VrrpState.MASTER;
import static dev.sluice.vrrp.machine.Specimens.LOCAL;
import static dev.sluice.vrrp.machine.Specimens.LOWER;
import static dev.sluice.vrrp.machine.Specimens.SECOND;
import static dev.sluice.vrrp.machine.Specimens.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.machine.VrrpRouter.Effect;
import dev.sluice.vrrp.machine.VrrpRouter.GroupSpec;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** V-73: instances that move together. */
@DisplayName("V-73 sync groups")
class SyncGroupTest {
  private static final FaultReason DOWN = new FaultReason(FaultReason.Kind.INTERFACE_DOWN, "eth1");
  private final VrrpRouter router = new VrrpRouter();
  private long now = 1000 * SECOND;

  @BeforeEach
  void startBoth() {
    router.add(settings().name("A").group().build(), now);
    router.add(settings().name("B").group().build(), now);
    assertThat(router.groups(List.of(new GroupSpec("G", List.of("A", "B"))), now)).isEmpty();
    for (String name : List.of("A", "B")) {
      router.on(name, new MachineEvent.LocalAddressIs(LOCAL), now);
      router.tick(name, now);
    }
    assertThat(router.groupState("G")).isEqualTo(BACKUP);
  }

  private List<Effect> expire(String name) {
    now = Math.max(now, router.state(name).phase().deadlineNanos());
    return router.tick(name, now);
  }

  private void bothMaster() {
    expire("A");
    expire("B");
    assertThat(router.state("A").kind()).isEqualTo(MASTER);
    assertThat(router.state("B").kind()).isEqualTo(MASTER);
  }

  @Test
  void oneAloneWaitsAndTheLastTakesAllAlong() {
    expire("A");
    assertThat(router.state("A").kind()).isEqualTo(BACKUP);
    assertThat(router.state("A").wantsMaster()).isTrue();
    List<Effect> effects = expire("B");
    assertThat(router.state("A").kind()).isEqualTo(MASTER);
    assertThat(router.state("B").kind()).isEqualTo(MASTER);
    assertThat(effects.getLast()).isEqualTo(new Effect.OfGroup("G", BACKUP, MASTER));
  }

  @Test
  @DisplayName("priority 0 on one link takes the others along within the skew, not a down interval")
  void releaseOnOneLinkIsReleaseOnAll() {
    for (String name : List.of("A", "B")) {
      router.on(name, new MachineEvent.AdvertSeen(200, SECOND, LOWER), now);
    }
    now += SECOND / 2;
    router.on("A", new MachineEvent.AdvertSeen(0, SECOND, LOWER), now);
    long released = now;
    expire("A");
    expire("B");
    assertThat(router.state("A").kind()).isEqualTo(MASTER);
    assertThat(router.state("B").kind()).isEqualTo(MASTER);
    assertThat(now - released).isEqualTo(VrrpTimers.skewNanos(3, 100, SECOND));
  }

  @Test
  @DisplayName("an advert after priority 0 on the other link takes the shortened timer back")
  void aLinkWhoseMasterSpeaksOnIsNotTaken() {
    for (String name : List.of("A", "B")) {
      router.on(name, new MachineEvent.AdvertSeen(200, SECOND, LOWER), now);
    }
    router.on("A", new MachineEvent.AdvertSeen(0, SECOND, LOWER), now);
    router.on("B", new MachineEvent.AdvertSeen(200, SECOND, LOWER), now);
    expire("A");
    assertThat(router.state("A").kind()).isEqualTo(BACKUP);
    assertThat(router.state("B").wantsMaster()).isFalse();
  }

  @Test
  @DisplayName("a member's fault says priority 0 on every link")
  void aFaultIsToldOnEveryLink() {
    bothMaster();
    List<Effect> effects = router.on("A", new MachineEvent.FaultRaised(DOWN), now);
    assertThat(effects)
        .contains(
            new Effect.OfInstance("A", new Action.SendAdvert(0)),
            new Effect.OfInstance("B", new Action.SendAdvert(0)));
  }

  @Test
  void anAcceptedAdvertTakesTheWishBack() {
    expire("A");
    router.on("A", new MachineEvent.AdvertSeen(200, SECOND, LOWER), now);
    assertThat(router.state("A").wantsMaster()).isFalse();
    expire("B");
    assertThat(router.state("B").kind()).isEqualTo(BACKUP);
  }

  @Test
  void oneLosesAllLoseWithoutPriorityZero() {
    bothMaster();
    List<Effect> effects = router.on("A", new MachineEvent.AdvertSeen(200, SECOND, LOWER), now);
    assertThat(router.state("B").kind()).isEqualTo(BACKUP);
    assertThat(effects)
        .doesNotContain(new Effect.OfInstance("B", new Action.SendAdvert(0)))
        .contains(new Effect.OfInstance("B", new Action.RemoveAddresses()));
    assertThat(effects.getLast()).isEqualTo(new Effect.OfGroup("G", MASTER, BACKUP));
  }

  @Test
  void oneFaultAllFaultWithPriorityZeroAndAllComeBack() {
    bothMaster();
    List<Effect> effects = router.on("A", new MachineEvent.FaultRaised(DOWN), now);
    assertThat(effects)
        .contains(new Effect.OfInstance("A", new Action.SendAdvert(0)))
        .contains(new Effect.OfInstance("B", new Action.SendAdvert(0)));
    assertThat(router.state("B").kind()).isEqualTo(FAULT);
    assertThat(router.state("B").faults().first().words())
        .isEqualTo("sync group member A is in FAULT");
    router.on("A", new MachineEvent.FaultCleared(DOWN), now);
    assertThat(router.state("A").kind()).isEqualTo(BACKUP);
    assertThat(router.state("B").kind()).isEqualTo(BACKUP);
    assertThat(router.groupState("G")).isEqualTo(BACKUP);
  }

  @Test
  void bothFaultyAndOneRecoversNoneGoesOn() {
    router.on("A", new MachineEvent.FaultRaised(DOWN), now);
    router.on("B", new MachineEvent.FaultRaised(DOWN), now);
    router.on("A", new MachineEvent.FaultCleared(DOWN), now);
    assertThat(router.state("A").kind()).isEqualTo(FAULT);
    router.on("B", new MachineEvent.FaultCleared(DOWN), now);
    assertThat(router.state("A").kind()).isEqualTo(BACKUP);
    assertThat(router.state("B").kind()).isEqualTo(BACKUP);
  }

  @Test
  void aLowerAdvertMakesTheOthersAnnounceAgain() {
    bothMaster();
    List<Effect> effects = router.on("A", new MachineEvent.AdvertSeen(1, SECOND, LOWER), now);
    assertThat(effects).contains(new Effect.OfInstance("B", new Action.AnnounceAddresses(5)));
  }

  @Test
  void dissolvingTheGroupFreesItsMembers() {
    router.on("A", new MachineEvent.FaultRaised(DOWN), now);
    router.groups(List.of(), now);
    assertThat(router.state("B").kind()).isEqualTo(BACKUP);
    assertThat(router.state("A").kind()).isEqualTo(FAULT);
  }

  @Test
  void ownersThatAllWantMasterStartAtOnce() {
    VrrpRouter owners = new VrrpRouter();
    owners.add(settings().name("A").priority(255).startAsMaster().group().build(), now);
    owners.add(settings().name("B").priority(255).startAsMaster().group().build(), now);
    owners.groups(List.of(new GroupSpec("G", List.of("A", "B"))), now);
    owners.tick("A", now);
    owners.tick("B", now);
    assertThat(owners.groupState("G")).isEqualTo(MASTER);
  }
}
