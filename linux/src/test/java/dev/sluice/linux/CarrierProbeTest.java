package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.linux.CarrierProbe.Way;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("netns")
@Timeout(120)
class CarrierProbeTest {
  @Test
  void aCableIsSeenByTheDriverAndByTheKernel() throws Exception {
    try (TwoNamespaces pair = TwoNamespaces.make()) {
      Void _ =
          pair.inLeft(() -> {
            try (CarrierProbe probe = CarrierProbe.open()) {
              assertThat(probe.carrier("left", Way.ETHTOOL)).contains(true);
              assertThat(probe.carrier("left", Way.IOCTL)).contains(true);
              String _ = TwoNamespaces.ip("-n", pair.right, "link", "set", "right", "down");
              assertThat(probe.carrier("left", Way.ETHTOOL)).contains(false);
              assertThat(probe.carrier("left", Way.IOCTL)).contains(false);
              // A veth has no transceiver, and what does not exist has nothing.
              assertThat(probe.carrier("left", Way.MII)).isEmpty();
              assertThat(probe.carrier("nowhere", Way.ETHTOOL)).isEmpty();
            }
            return null;
          });
    }
  }
}
