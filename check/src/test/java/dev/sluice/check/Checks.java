package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.VirtualServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checkers for tests, with the loopback address and short waits. */
final class Checks {
  private Checks() {}

  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  static final VirtualServer.Key SERVICE =
      new VirtualServer.Key(InetAddress.ofLiteral("192.0.2.1"), 80, Protocol.TCP);

  static CheckId id(int port, int index) {
    return new CheckId(SERVICE, LOOPBACK, port, index);
  }

  static Checker.Pace pace(Duration loop, int retry, Duration before, boolean alpha) {
    return new Checker.Pace(loop, retry, before, Duration.ZERO, alpha);
  }

  /** Every 20 ms, one retry after 10 ms. */
  static Checker.Pace quick() {
    return pace(Duration.ofMillis(20), 1, Duration.ofMillis(10), false);
  }

  static Checker.Connection to(int port, Duration timeout) {
    return new Checker.Connection(LOOPBACK, port, null, 0, null, 0, timeout);
  }

  static Checker.Tcp tcp(int port, Checker.Pace pace) {
    return new Checker.Tcp(to(port, Duration.ofSeconds(20)), pace);
  }

  static Checker.Url url(String path, @Nullable String digest) {
    return new Checker.Url(path, digest, codes(200, 299), null);
  }

  static BitSet codes(int from, int to) {
    var codes = new BitSet();
    codes.set(from, to + 1);
    return codes;
  }

  static Checker.Http http(Checker.Connection to, Checker.Pace pace, Checker.Url... urls) {
    return new Checker.Http(
        to, pace, false, false, null, Checker.HttpVersion.HTTP_1_0, false, List.of(urls));
  }

  static Checker.Misc misc(
      Checker.Pace pace, boolean dynamic, Duration timeout, String... command) {
    return new Checker.Misc(new Script(List.of(command), null), timeout, dynamic, pace);
  }
}
