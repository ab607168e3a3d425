package dev.sluice.config.build;

import dev.sluice.config.model.BfdInstance;
import dev.sluice.config.text.At;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code bfd_instance} while it is read. */
final class BfdBuilder {
  final String name;
  final At at;
  @Nullable InetAddress neighbour;
  @Nullable InetAddress source;
  @Nullable At sourceAt;
  Duration minRx = Duration.ofMillis(10);
  Duration minTx = Duration.ofMillis(10);
  Duration idleTx = Duration.ofSeconds(1);
  int multiplier = 5;
  boolean passive;
  @Nullable Integer ttl;
  int maxHops;
  boolean multihop;
  int weight;
  boolean reverse;
  boolean vrrp;
  boolean checker;
  boolean usedByVrrp;
  boolean usedByChecker;

  BfdBuilder(String name, At at) {
    this.name = name;
    this.at = at;
  }

  BfdInstance build(InetAddress neighbour) {
    return new BfdInstance(
        name,
        neighbour,
        source,
        minRx,
        minTx,
        idleTx,
        multiplier,
        passive,
        ttl != null ? ttl : neighbour instanceof Inet4Address ? 255 : 64,
        maxHops,
        multihop,
        weight,
        reverse,
        vrrp || usedByVrrp,
        checker || usedByChecker);
  }
}
