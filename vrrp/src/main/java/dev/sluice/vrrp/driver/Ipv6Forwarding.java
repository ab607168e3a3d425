package dev.sluice.vrrp.driver;

import dev.sluice.linux.EventLoop;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.Sysctl;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Whether a device forwards IPv6, asked at most every five seconds as keepalived does: the router
 * flag of our neighbour advertisements says so.
 */
final class Ipv6Forwarding implements Predicate<String> {
  private static final long KEPT_NANOS = 5_000_000_000L;

  private final EventLoop loop;
  private final Map<String, Answer> answers = new HashMap<>();

  private record Answer(boolean forwards, long askedNanos) {}

  Ipv6Forwarding(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public boolean test(String device) {
    long now = loop.nowNanos();
    Answer answer = answers.get(device);
    if (answer == null || now - answer.askedNanos() > KEPT_NANOS) {
      answer = new Answer(ask(device), now);
      answers.put(device, answer);
    }
    return answer.forwards();
  }

  private static boolean ask(String device) {
    try {
      return Sysctl.read(Sysctl.of("ipv6", device, "forwarding"))
          .filter(value -> !value.equals("0"))
          .isPresent();
    } catch (SyscallException e) {
      return false; // no IPv6 here
    }
  }
}
