package dev.sluice.config.build;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.MarkMatch;
import dev.sluice.config.model.PoolPolicy;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.ServicePolicy;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.table.Command;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code virtual_server} while it is read; null where nothing was written. */
final class VirtualServerBuilder {
  /** How the service is named. */
  sealed interface Head {
    record Address(InetAddress address, int port) implements Head {}

    record Mark(long mark) implements Head {}

    record Group(String name) implements Head {}
  }

  final Head head;
  final At at;
  @Nullable Duration delayLoop;
  @Nullable String scheduler;
  @Nullable ForwardingMethod method;
  @Nullable Protocol protocol;
  @Nullable At protocolAt;
  Duration persistenceTimeout = Duration.ZERO;
  boolean ops;
  boolean alpha;
  boolean omega;
  boolean haSuspend;
  int quorum = 1;
  @Nullable At quorumAt;
  int hysteresis;
  @Nullable Command quorumUp;
  @Nullable Command quorumDown;
  @Nullable Word sorryAt;
  @Nullable InetAddress sorryAddress;
  int sorryPort;
  boolean sorryInhibit;
  @Nullable ForwardingMethod sorryMethod;
  int weight = 1;
  boolean inhibitOnFailure;
  @Nullable Integer retry;
  @Nullable Duration delayBeforeRetry;
  @Nullable Duration warmup;
  @Nullable Duration connectTimeout;
  @Nullable String virtualHost;
  Tunnel tunnel = Tunnel.ipip();
  Tunnel sorryTunnel = Tunnel.ipip();
  int persistenceMask;
  @Nullable String persistenceEngine;
  @Nullable At opsAt;
  final List<String> schedulerFlags = new ArrayList<>();
  boolean hashed;
  int family;
  @Nullable Boolean smtpAlert;
  @Nullable String snmpName;
  @Nullable At haSuspendAt;
  @Nullable RhythmBuilder rhythm;
  Duration slowStart = Duration.ZERO;
  PoolPolicy.@Nullable FailOpen failOpen;
  int timeoutTcp;
  int timeoutTcpFin;
  int timeoutUdp;
  ServicePolicy.LostServer lostServer = ServicePolicy.LostServer.STANDARD;
  final List<ServicePolicy.Net> allow = new ArrayList<>();
  final List<ServicePolicy.Net> deny = new ArrayList<>();
  final List<MarkMatch> matches = new ArrayList<>();
  final List<RealServerBuilder> reals = new ArrayList<>();

  VirtualServerBuilder(Head head, At at) {
    this.head = head;
    this.at = at;
  }

  /** keepalived's way to name it in messages. */
  String label() {
    return switch (head) {
      case Head.Address(InetAddress address, int port) ->
          protocol == null
              ? "[" + address.getHostAddress() + "]:" + port
              : new VirtualServer.Key(address, port, protocol).toString();
      case Head.Mark(long mark) -> "fwmark " + mark;
      case Head.Group(String name) -> "group " + name;
    };
  }
}
