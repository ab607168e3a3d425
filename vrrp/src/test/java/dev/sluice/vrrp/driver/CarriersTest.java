package dev.sluice.vrrp.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.Link;
import dev.sluice.linux.RouteEvent;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.machine.VrrpTimers;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code interface_up_down_delays}: keepalived.md 2.1. */
class CarriersTest {
  private static final long SECOND = 1_000_000_000L;

  private final EventLoop loop = EventLoop.open("test");
  private final Interfaces interfaces = new Interfaces();
  private final Carriers carriers = new Carriers(interfaces, loop, _ -> {}, () -> {});

  @BeforeEach
  void wholeCable() {
    cable(true);
  }

  @AfterEach
  void end() {
    carriers.close();
    loop.close();
  }

  private void cable(boolean whole) {
    int flags = Link.IFF_UP | (whole ? Link.IFF_RUNNING : 0);
    boolean _ =
        interfaces.update(
            new RouteEvent.LinkChanged(
                new Link(2, "eth0", "veth", null, flags, 1500, 0, 0, 1, whole ? 6 : 2)));
  }

  private void configure(String delays, String interval) {
    String text =
        """
        interface_up_down_delays {
          %s
        }
        vrrp_instance VI_1 {
          interface eth0
          virtual_router_id 51
          version 3
          advert_int %s
          virtual_ipaddress {
            10.0.0.1
          }
        }
        """
            .formatted(delays, interval);
    var configuration = ConfigLoader.parse("test.conf", text, machine()).configuration();
    carriers.configure(
        new VrrpDesired(
            configuration.vrrpInstances(),
            configuration.syncGroups(),
            configuration.vrrpScripts(),
            Duration.ZERO,
            configuration.global(),
            configuration.further()));
  }

  private static ConfigEnvironment machine() {
    ConfigEnvironment real = ConfigEnvironment.ofThisMachine("test");
    return (ConfigEnvironment)
        Proxy.newProxyInstance(
            ConfigEnvironment.class.getClassLoader(),
            new Class<?>[] {ConfigEnvironment.class},
            (_, method, arguments) ->
                method.getName().equals("interfaceExists") ? true : method.invoke(real, arguments));
  }

  @Test
  void aShortLossDoesNotCount() {
    configure("eth0 1 2", "1");
    cable(false);
    assertThat(carriers.look(0)).isFalse();
    assertThat(carriers.deadlineNanos()).isEqualTo(SECOND);
    cable(true);
    assertThat(carriers.look(SECOND / 2)).isFalse();
    assertThat(carriers.deadlineNanos()).isEqualTo(VrrpTimers.NONE);
    assertThat(interfaces.running("eth0")).isTrue();
  }

  @Test
  void aLastingLossCountsAndSoDoesALastingReturn() {
    configure("eth0 1 2", "1");
    cable(false);
    assertThat(carriers.look(0)).isFalse();
    assertThat(interfaces.running("eth0")).isTrue();
    assertThat(carriers.look(SECOND)).isTrue();
    assertThat(interfaces.running("eth0")).isFalse();
    cable(true);
    assertThat(carriers.look(10 * SECOND)).isFalse();
    assertThat(interfaces.running("eth0")).isFalse();
    assertThat(carriers.look(12 * SECOND)).isTrue();
    assertThat(interfaces.running("eth0")).isTrue();
  }

  @Test
  void upLeftOutIsAtOnce() {
    configure("eth0 1", "1");
    cable(false);
    assertThat(carriers.look(0)).isFalse();
    assertThat(carriers.look(SECOND)).isTrue();
    cable(true);
    assertThat(carriers.look(2 * SECOND)).isTrue();
  }

  /** Longer than that, the others would have taken over before we let go. */
  @Test
  void aDownDelayStaysUnderTwoAdverts() {
    configure("eth0 5", "0.5");
    cable(false);
    assertThat(carriers.look(0)).isFalse();
    assertThat(carriers.deadlineNanos()).isEqualTo(SECOND - 1_000_000);
  }

  @Test
  void withoutDelayTheKernelsWordCounts() {
    configure("eth0 1 2", "1");
    cable(false);
    assertThat(carriers.look(0)).isFalse();
    carriers.configure(VrrpDesired.empty());
    assertThat(interfaces.running("eth0")).isFalse();
    assertThat(carriers.deadlineNanos()).isEqualTo(VrrpTimers.NONE);
  }
}
