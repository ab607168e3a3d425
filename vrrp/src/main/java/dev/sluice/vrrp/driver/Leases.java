package dev.sluice.vrrp.driver;

import dev.sluice.vrrp.machine.VrrpTimers;
import dev.sluice.vrrp.objects.KernelObject;
import dev.sluice.vrrp.objects.Lifetime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The lease of addresses: where the instance has one, its addresses have a lifetime in the kernel
 * that is renewed three times within it, a slice per turn.
 */
final class Leases {
  private static final long SECOND = 1_000_000_000L;

  /** Addresses renewed in one turn: adverts must not wait longer than it takes. */
  private static final int RENEWED_PER_TURN = 64;

  private final KernelRequests requests;
  private final Holdings holdings;
  private final ObjectKeeper.Owners owners;
  private final ArrayDeque<Holdings.Holding> renewals = new ArrayDeque<>();
  private long renewAtNanos = VrrpTimers.NONE;

  Leases(KernelRequests requests, Holdings holdings, ObjectKeeper.Owners owners) {
    this.requests = requests;
    this.holdings = holdings;
    this.owners = owners;
  }

  /** What a renewal can come to. */
  interface Refused {
    /** The kernel refused, in words. */
    void refused(Holdings.Holding holding, String text);
  }

  /** When {@link #tick} is due; 0: now. */
  long deadlineNanos() {
    return renewals.isEmpty() ? renewAtNanos : 0;
  }

  /** Renews what is due, a turn's worth; {@code doubtful}: may be gone, and is left alone. */
  void tick(long nowNanos, Predicate<KernelObject.Key> doubtful, Refused refused) {
    if (renewAtNanos <= nowNanos) {
      renewAtNanos = VrrpTimers.NONE;
      for (Holdings.Holding holding : holdings.all()) {
        renewLater(holding);
      }
    }
    if (!renewals.isEmpty()) { // nearly every turn: it must not allocate
      renewSlice(nowNanos, doubtful, refused);
    }
  }

  /** The lease of an instance began or ended: its addresses get their new lifetime. */
  void changed(String owner, List<KernelObject> objects) {
    for (KernelObject object : objects) {
      Holdings.Holding holding = holdings.get(object.key());
      if (holding != null && holding.leaseSeconds != owners.leaseSeconds(owner)) {
        renewLater(holding);
      }
    }
  }

  private void renewLater(Holdings.Holding holding) {
    if (holding.object instanceof KernelObject.Address
        && holding.held
        && !holding.adopted
        && !holding.renewing
        && (holding.leaseSeconds > 0 || owners.leaseSeconds(holding.owner) > 0)) {
      holding.renewing = true;
      renewals.add(holding);
    }
  }

  private void renewSlice(long nowNanos, Predicate<KernelObject.Key> doubtful, Refused refused) {
    List<Holdings.Holding> slice = new ArrayList<>();
    while (slice.size() < RENEWED_PER_TURN) {
      Holdings.Holding holding = renewals.poll();
      if (holding == null) {
        break;
      }
      holding.renewing = false;
      // Between then and now it may have gone, or be suspected to.
      if (holding.held
          && !doubtful.test(holding.object.key())
          && holding.object instanceof KernelObject.Address address) {
        holding.leaseSeconds = owners.leaseSeconds(holding.owner);
        requests.put(address, holding.ifindex, Lifetime.of(address.config(), holding.leaseSeconds));
        slice.add(holding);
      }
    }
    List<KernelRequests.Answer> answers = requests.send();
    for (int i = 0; i < slice.size(); i++) {
      Holdings.Holding holding = slice.get(i);
      KernelRequests.Answer answer = answers.get(i);
      begun(holding, nowNanos);
      if (answer.ok()) {
        holding.renewedNanos = nowNanos;
      } else {
        refused.refused(holding, "its lease cannot be renewed: " + answer.failure());
      }
    }
  }

  /** An address has its lifetime from now on. */
  void begun(Holdings.Holding holding, long nowNanos) {
    if (holding.leaseSeconds > 0) {
      renewAtNanos =
          Math.min(renewAtNanos, nowNanos + holding.leaseSeconds * SECOND / Lifetime.RENEWALS);
    }
  }

  /** Whether its lifetime is over, because nobody renewed it. */
  static boolean over(Holdings.Holding holding, long nowNanos) {
    return holding.leaseSeconds > 0
        && nowNanos - holding.renewedNanos >= holding.leaseSeconds * SECOND;
  }
}
