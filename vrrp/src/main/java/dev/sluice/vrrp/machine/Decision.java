package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpState;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One link of the chain that led an instance to its state.
 *
 * @param atNanos of the machine's clock
 * @param state the one decided for, which may be the one that was
 * @param text why, as a sentence part: "no advert of 10.0.0.1 within Master_Down_Interval"
 * @param priority our effective priority then
 * @param terms its sum in words
 * @param other the router that had a say; null: none
 * @param otherPriority its priority; 0 also when it left
 */
public record Decision(
    long atNanos,
    VrrpState state,
    String text,
    int priority,
    String terms,
    @Nullable InetAddress other,
    int otherPriority) {

  /** Whether another decision says the same at another time. */
  boolean repeats(Decision later) {
    return state == later.state && priority == later.priority && text.equals(later.text);
  }
}
