package dev.sluice.config.build;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.table.Command;
import dev.sluice.config.text.At;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code real_server} while it is read; null where nothing was written. */
final class RealServerBuilder {
  final InetAddress address;
  int port;
  final At at;
  @Nullable Integer weight;
  @Nullable ForwardingMethod method;
  @Nullable Boolean inhibitOnFailure;
  @Nullable Boolean alpha;
  @Nullable Integer retry;
  @Nullable Duration delayBeforeRetry;
  @Nullable Duration warmup;
  @Nullable Duration connectTimeout;
  @Nullable Duration delayLoop;
  @Nullable String virtualHost;
  @Nullable Command notifyUp;
  @Nullable Command notifyDown;
  @Nullable Tunnel tunnel;
  @Nullable RhythmBuilder rhythm;
  long upperThreshold;
  long lowerThreshold;
  @Nullable Boolean smtpAlert;
  @Nullable String snmpName;
  final List<CheckerBuilder> checkers = new ArrayList<>(1);

  /** Whether it has a check; the builders of its checks are let go once they are complete. */
  boolean checked;

  RealServerBuilder(InetAddress address, int port, At at) {
    this.address = address;
    this.port = port;
    this.at = at;
  }
}
