package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the demo promises, it does: exit status 0 only if all of it happened. */
class DemoTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

  @Test
  void anUnknownWordIsAUsageError() {
    assertThat(Demo.run(out, out, Path.of("sluice"), List.of("circus"))).isEqualTo(2);
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("'circus'", "usage: sluice demo");
  }

  @Test
  @Tag("netns")
  @Tag("xdp")
  void directors() {
    Needs.root();
    int status = Demo.run(out, out, Needs.launcher(), List.of());
    assertThat(status).as(shown.toString(StandardCharsets.UTF_8)).isZero();
  }

  @Test
  @Tag("netns")
  @Tag("nginx")
  void proxies() {
    Needs.root();
    Needs.nginx();
    int status = Demo.run(out, out, Needs.launcher(), List.of("nginx"));
    assertThat(status).as(shown.toString(StandardCharsets.UTF_8)).isZero();
  }

  /** The show itself is right when real keepalived plays the part. */
  @Test
  @Tag("netns")
  @Tag("nginx")
  @Tag("keepalived")
  @ExtendWith(LabExtension.class)
  void proxiesWatchedByKeepalived(Lab lab) {
    Needs.nginx();
    var demo = new ProxyDemo(lab, Needs.keepalived(), new Narrator(out, false));
    assertThat(demo.run()).as(shown.toString(StandardCharsets.UTF_8)).isZero();
    System.out.println(shown.toString(StandardCharsets.UTF_8));
  }
}
