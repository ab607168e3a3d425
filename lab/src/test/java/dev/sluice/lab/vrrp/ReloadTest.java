package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.FRR_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.KEEPALIVED_SLUICE;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_FRR;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_KEEPALIVED;
import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Lab;
import dev.sluice.lab.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** SIGHUP, and what a router tracks. */
class ReloadTest {
  /** V-69. */
  @Scenario({
    SLUICE_KEEPALIVED,
    SLUICE_SLUICE,
    KEEPALIVED_SLUICE,
    SLUICE_FRR,
    FRR_SLUICE,
    KEEPALIVED_KEEPALIVED
  })
  void aReloadWithoutChangesChangesNothing(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.5")).start();
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      for (Router router : List.of(duo.preferred, duo.other)) {
        if (!(router instanceof FrrRouter)) {
          router.reload();
        }
      }
      duo.awaitAdverts(duo.preferred, 3);
    }
    assertThat(duo.preferredAlone()).isTrue();
    assertThat(wire.adverts(begin, Duo.OTHER)).isEmpty();
    assertThat(wire.adverts(begin, Duo.PREFERRED))
        .allSatisfy(advert -> assertThat(advert.priority()).isEqualTo(150));
  }

  @Scenario({SLUICE_KEEPALIVED, KEEPALIVED_SLUICE, SLUICE_SLUICE})
  void aReloadWithAnotherPriorityMovesTheAddress(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3");
    Duo duo = Duo.of(lab, pairing, conf).start();
    duo.preferred.configure(conf.priority(50));
    duo.preferred.reload();
    duo.await("the other to preempt", duo::otherAlone);
    duo.preferred.configure(conf.priority(150));
    duo.preferred.reload();
    duo.await("the preferred one to come back", duo::preferredAlone);
  }

  @Scenario({SLUICE_KEEPALIVED, SLUICE_SLUICE})
  void aReloadCanAddAnAddressAndTakeOneAwayWhileMaster(Lab lab, Pairing pairing) {
    Conf conf = Conf.v3("0.3");
    Duo duo = Duo.of(lab, pairing, conf).start();
    Wire wire = duo.wire();
    long begin = System.nanoTime();
    String second = "10.90.0.101";
    duo.preferred.configure(conf.priority(150).vips(Duo.VIP + "/24", second + "/24"));
    duo.preferred.reload();
    duo.await("the second address", () -> duo.preferred.holds(second));
    duo.await("its announcement", () -> !wire.announcements(begin, second).isEmpty());
    assertThat(duo.preferred.holds(Duo.VIP)).isTrue();
    duo.preferred.configure(conf.priority(150));
    duo.preferred.reload();
    duo.await("the second address to go", () -> !duo.preferred.holds(second));
    assertThat(duo.preferred.holds(Duo.VIP)).isTrue();
    assertThat(wire.adverts(begin, Duo.PREFERRED))
        .noneSatisfy(advert -> assertThat(advert.priority()).isZero());
  }

  @Scenario({KEEPALIVED_SLUICE, SLUICE_KEEPALIVED, SLUICE_SLUICE})
  void aTrackedScriptMovesTheAddress(Lab lab, Pairing pairing) {
    Path bad = lab.folder("script").resolve("bad");
    Conf tracking =
        Conf.v3("0.3")
            .block(
                """
                vrrp_script healthy {
                  script "/usr/bin/test ! -e %s"
                  interval 1
                  weight -60
                  rise 1
                  fall 1
                  user root
                }
                """
                    .formatted(bad))
            .line("track_script {\n    healthy\n  }");
    Duo duo = new Duo(lab, pairing, tracking.priority(150), Conf.v3("0.3").priority(100)).start();
    write(bad);
    duo.await("the other to preempt: 150 - 60 < 100", duo::otherAlone);
    delete(bad);
    duo.await("the preferred one to come back", duo::preferredAlone);
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
