package dev.sluice.config.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A health check, all inherited values resolved. */
public sealed interface Checker {
  /** When it runs and how many failures count. */
  Pace pace();

  /** Whether its results move the server's weight. */
  default boolean movesWeight() {
    return this instanceof FileValue || (this instanceof Misc misc && misc.dynamic());
  }

  /**
   * When a check runs and how many failures count.
   *
   * @param delayLoop between two rounds
   * @param retry further tries after the first failure before the checker is down
   * @param warmup the first round starts at a random moment within it
   * @param alpha down until the first success
   * @param logAllFailures log each failed try, not only the one that takes the server down
   * @param rhythm null: keepalived's, one success brings the server back
   */
  record Pace(
      Duration delayLoop,
      int retry,
      Duration delayBeforeRetry,
      Duration warmup,
      boolean alpha,
      boolean logAllFailures,
      @Nullable Rhythm rhythm) {
    /** Only the decisive failure is logged. */
    public Pace(
        Duration delayLoop, int retry, Duration delayBeforeRetry, Duration warmup, boolean alpha) {
      this(delayLoop, retry, delayBeforeRetry, warmup, alpha, false, null);
    }
  }

  /**
   * How a checker that is down comes back.
   *
   * @param rise successes in a row that it takes
   * @param whileRising between two of them; null: delay_loop
   * @param whileDown between two tries of a server that stays down; null: delay_loop
   */
  record Rhythm(int rise, @Nullable Duration whileRising, @Nullable Duration whileDown) {}

  /**
   * Where a check connects to.
   *
   * @param bindAddress null: the kernel's choice
   * @param bindInterface null: the kernel's choice
   * @param fwmark 0: none
   */
  record Connection(
      InetAddress address,
      int port,
      @Nullable InetAddress bindAddress,
      int bindPort,
      @Nullable String bindInterface,
      int fwmark,
      Duration timeout) {}

  /** {@code TCP_CHECK}: a connection can be made. */
  record Tcp(Connection connection, Pace pace) implements Checker {}

  /**
   * {@code HTTP_GET} and {@code SSL_GET}: every URL passes.
   *
   * @param virtualHost null: the real server's address and port
   */
  record Http(
      Connection connection,
      Pace pace,
      boolean tls,
      boolean sni,
      @Nullable String virtualHost,
      HttpVersion version,
      boolean fastRecovery,
      List<Url> urls,
      @Nullable String sniName,
      boolean tlsCompliant)
      implements Checker {
    /** A check without further settings. */
    public Http(
        Connection connection,
        Pace pace,
        boolean tls,
        boolean sni,
        @Nullable String virtualHost,
        HttpVersion version,
        boolean fastRecovery,
        List<Url> urls) {
      this(connection, pace, tls, sni, virtualHost, version, fastRecovery, urls, null, false);
    }

    public Http {
      urls = List.copyOf(urls);
    }
  }

  /** {@code http_protocol}: what the request line says and which headers follow. */
  enum HttpVersion {
    /** HTTP/1.0, no extra header. */
    HTTP_1_0,
    /** HTTP/1.0 with "Connection: close". */
    HTTP_1_0_CLOSE,
    /** HTTP/1.1 with "Connection: close". */
    HTTP_1_1,
    /** HTTP/2, by ALPN inside TLS, with prior knowledge outside. */
    HTTP_2
  }

  /**
   * One {@code url} block.
   *
   * @param digest null: none; else the MD5 of the body, 32 lower-case hex digits
   * @param statusCodes the codes that pass
   * @param virtualHost null: the checker's
   * @param ask null: a plain GET, as keepalived's
   */
  record Url(
      String path,
      @Nullable String digest,
      BitSet statusCodes,
      @Nullable String virtualHost,
      @Nullable Regex regex,
      boolean tlsCompliant,
      @Nullable Ask ask) {
    /** A URL without further criteria. */
    public Url(
        String path, @Nullable String digest, BitSet statusCodes, @Nullable String virtualHost) {
      this(path, digest, statusCodes, virtualHost, null, false, null);
    }

    public Url {
      statusCodes = (BitSet) statusCodes.clone();
    }

    @Override
    public BitSet statusCodes() {
      return (BitSet) statusCodes.clone();
    }
  }

  /**
   * What keepalived cannot ask.
   *
   * @param headers lines {@code NAME: VALUE}
   * @param body null: none
   * @param contains what the answer's body must hold; null: anything
   * @param json null: nothing
   * @param redirects how many are followed, on the same real server
   */
  record Ask(
      String method,
      List<String> headers,
      @Nullable String body,
      @Nullable String contains,
      @Nullable JsonMatch json,
      int redirects) {
    public Ask {
      headers = List.copyOf(headers);
    }
  }

  /** A value in the JSON of an answer: {@code $.checks[0].status}. */
  record JsonMatch(String path, String value) {}

  /** A protocol whose servers are greeted. */
  enum Application {
    MYSQL,
    POSTGRESQL,
    REDIS,
    LDAP,
    MEMCACHED,
    SSH,
    GRPC;

    /** The block's keyword: {@code MYSQL_CHECK}. */
    public String keyword() {
      return name() + "_CHECK";
    }
  }

  /**
   * {@code MYSQL_CHECK} and its kin: the server answers as its protocol wants.
   *
   * @param tls over TLS from the first byte
   * @param serverName for SNI and gRPC's authority; null: none
   * @param name what is asked for: a database, a gRPC service; null: nothing in particular
   */
  record Greeting(
      Application application,
      Connection connection,
      boolean tls,
      @Nullable String serverName,
      @Nullable String user,
      @Nullable String password,
      @Nullable String name,
      Pace pace)
      implements Checker {}

  /**
   * {@code SMTP_CHECK}: the server greets, accepts HELO and QUIT.
   *
   * @param hosts where it connects to, one after another; never empty
   */
  record Smtp(List<Connection> hosts, String heloName, Pace pace) implements Checker {
    public Smtp {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * {@code DNS_CHECK}: an answer with RCODE 0.
   *
   * @param type the record type's name: {@code SOA}
   * @param name {@code .} for the root
   */
  record Dns(Connection connection, String type, String name, Pace pace) implements Checker {}

  /**
   * {@code UDP_CHECK}: no ICMP error, or a reply that fits.
   *
   * @param payload null: an empty datagram
   * @param reply what a required reply begins with; null: anything
   */
  record Udp(
      Connection connection,
      @Nullable Bytes payload,
      boolean requireReply,
      @Nullable Bytes reply,
      int minReplyLength,
      int maxReplyLength,
      Pace pace)
      implements Checker {}

  /** {@code PING_CHECK}: an echo reply. The port means nothing. */
  record Ping(Connection connection, Pace pace) implements Checker {}

  /**
   * {@code FILE_CHECK}: a number in a file moves the weight.
   *
   * @param trackFile the name of the {@code track_file}
   * @param file its path
   * @param weight what the number is multiplied with
   */
  record FileValue(String trackFile, String file, int weight, boolean reverse, Pace pace)
      implements Checker {}

  /**
   * Bytes, as hexadecimal digits.
   *
   * @param pattern two digits per byte; X where any digit fits
   */
  record Bytes(String pattern) {
    /** The bytes, wildcards as zero. */
    public byte[] bytes() {
      return HexFormat.of().parseHex(pattern.replace('X', '0').replace('x', '0'));
    }

    /** Whether a reply begins so. */
    public boolean fits(byte[] reply) {
      if (reply.length < pattern.length() / 2) {
        return false;
      }
      for (int i = 0; i < pattern.length(); i++) {
        char wanted = pattern.charAt(i);
        int nibble = i % 2 == 0 ? reply[i / 2] >> 4 & 15 : reply[i / 2] & 15;
        if (wanted != 'X' && wanted != 'x' && Character.digit(wanted, 16) != nibble) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * {@code MISC_CHECK}: a command's exit status.
   *
   * @param dynamic statuses 2..255 set the weight to the status minus 2
   */
  record Misc(Script script, Duration timeout, boolean dynamic, Pace pace) implements Checker {}
}
