package dev.sluice.lab.vrrp;

import static dev.sluice.lab.vrrp.Pairing.SLUICE_SLUICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lab.Lab;
import dev.sluice.lab.Wire;
import java.util.List;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Somebody else wants all of the machine. It has the machine to itself, for its neighbours' sake.
 */
@Isolated
class StarvedTest {
  /** 100 adverts at 0.1 s: ten seconds. */
  private static final int ADVERTS = 100;

  /** Twice as many busy processes as processors, of the ordinary priority, for a bounded time. */
  @Scenario(SLUICE_SLUICE)
  void busyProcessorsCauseNoTakeover(Lab lab, Pairing pairing) {
    Duo duo = Duo.of(lab, pairing, Conf.v3("0.1")).start();
    Wire wire = duo.wire();
    duo.awaitAdverts(duo.preferred, 3);
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      duo.other
          .host()
          .start("busy" + i, List.of("timeout", "15", "sh", "-c", "while :; do :; done"));
    }
    long begin = System.nanoTime();
    duo.awaitAdverts(duo.preferred, ADVERTS);
    assertThat(wire.adverts(begin, Duo.OTHER)).as("the backup spoke").isEmpty();
    assertThat(duo.preferred.timesBackup()).as("times the master was BACKUP").isEqualTo(1);
    assertThat(duo.preferredAlone()).isTrue();
  }
}
