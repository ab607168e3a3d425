package dev.sluice.config.build;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.table.Command;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A checker while it is read; null where nothing was written. */
final class CheckerBuilder {
  enum Kind {
    TCP("TCP_CHECK"),
    HTTP("HTTP_GET"),
    SSL("SSL_GET"),
    MISC("MISC_CHECK"),
    SMTP("SMTP_CHECK"),
    DNS("DNS_CHECK"),
    UDP("UDP_CHECK"),
    PING("PING_CHECK"),
    FILE("FILE_CHECK"),
    BFD("BFD_CHECK"),
    MYSQL(Checker.Application.MYSQL),
    POSTGRESQL(Checker.Application.POSTGRESQL),
    REDIS(Checker.Application.REDIS),
    LDAP(Checker.Application.LDAP),
    MEMCACHED(Checker.Application.MEMCACHED),
    SSH(Checker.Application.SSH),
    GRPC(Checker.Application.GRPC);

    final String keyword;

    /** What is greeted; null: nothing, it is a check of keepalived's. */
    final Checker.@Nullable Application application;

    Kind(String keyword) {
      this.keyword = keyword;
      this.application = null;
    }

    Kind(Checker.Application application) {
      this.keyword = application.keyword();
      this.application = application;
    }
  }

  /** A {@code url} block. */
  static final class UrlBuilder {
    final At at;
    @Nullable String path;
    @Nullable String digest;
    final BitSet statusCodes = new BitSet();
    @Nullable String virtualHost;
    @Nullable String regex;
    final List<String> regexOptions = new ArrayList<>();
    boolean regexNoMatch;
    int regexMinOffset;
    int regexMaxOffset = Integer.MAX_VALUE;
    boolean tlsCompliant;
    String method = "GET";
    final List<String> headers = new ArrayList<>();
    @Nullable String body;
    @Nullable String contains;
    Checker.@Nullable JsonMatch json;
    int redirects;

    UrlBuilder(At at) {
      this.at = at;
    }
  }

  final Kind kind;
  final At at;
  @Nullable InetAddress connectAddress;
  @Nullable Integer connectPort;
  @Nullable InetAddress bindAddress;
  int bindPort;
  @Nullable String bindInterface;
  int fwmark;
  @Nullable Duration connectTimeout;
  @Nullable Integer retry;
  @Nullable Duration delayBeforeRetry;
  @Nullable Duration delayLoop;
  @Nullable Duration warmup;
  @Nullable Boolean alpha;
  @Nullable Boolean logAllFailures;
  @Nullable RhythmBuilder rhythm;
  private @Nullable Details details;

  CheckerBuilder(Kind kind, At at) {
    this.kind = kind;
    this.at = at;
  }

  /** What most checks do not have. */
  Details details() {
    if (details == null) {
      details = new Details();
    }
    return details;
  }

  /** The settings of checks other than TCP_CHECK: made when first asked for, TCP_CHECK is many. */
  static final class Details {
    @Nullable String virtualHost;
    boolean sni;
    boolean fastRecovery;
    Checker.HttpVersion httpVersion = Checker.HttpVersion.HTTP_1_0;
    final List<UrlBuilder> urls = new ArrayList<>();
    @Nullable String sniName;
    boolean tlsCompliant;
    String heloName = "smtpchecker.keepalived.org";
    final List<CheckerBuilder> hosts = new ArrayList<>();
    String dnsType = "SOA";
    String dnsName = ".";
    Checker.@Nullable Bytes payload;
    boolean requireReply;
    Checker.@Nullable Bytes reply;
    int minReplyLength;
    int maxReplyLength = 255;
    @Nullable Word trackFile;
    @Nullable Integer weight;
    boolean reverse;
    @Nullable Word bfd;
    boolean userFaulty;
    @Nullable Command miscPath;
    @Nullable Duration miscTimeout;
    boolean miscDynamic;
    @Nullable ScriptUser miscUser;
    boolean tls;
    @Nullable String serverName;
    @Nullable String user;
    @Nullable String password;
    @Nullable String name;
  }
}
