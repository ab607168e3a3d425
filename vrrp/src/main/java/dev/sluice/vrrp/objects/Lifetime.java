package dev.sluice.vrrp.objects;

import dev.sluice.config.model.VirtualAddress;
import java.net.Inet6Address;
import java.time.Duration;

/**
 * How long the kernel keeps an address that nobody renews, in seconds as the kernel counts them
 * (IFA_CACHEINFO). The kernel looks about once a second, so an address may outlive its time by a
 * second or a little more.
 *
 * @param preferredSeconds as a source for new connections; never more than {@code validSeconds}
 */
public record Lifetime(long preferredSeconds, long validSeconds) {
  /** The kernel's infinity. */
  public static final long FOREVER = 0xffff_ffffL;

  /** Renewals within one lease: two may fail. */
  public static final int RENEWALS = 3;

  /**
   * The lifetime of an address: keepalived's preferred one, cut to the lease.
   *
   * @param leaseSeconds 0: no lease
   */
  public static Lifetime of(VirtualAddress address, long leaseSeconds) {
    Duration configured = address.options().preferredLifetime();
    boolean host = address.address() instanceof Inet6Address && address.prefixLength() == 128;
    long preferred = configured != null ? configured.toSeconds() : host ? 0 : FOREVER;
    long valid = leaseSeconds == 0 ? FOREVER : leaseSeconds;
    return new Lifetime(Math.min(Math.min(preferred, FOREVER), valid), valid);
  }
}
