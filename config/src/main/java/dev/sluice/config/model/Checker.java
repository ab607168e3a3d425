package dev.sluice.config.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A health check, all inherited values resolved. */
public sealed interface Checker {
  /** When it runs and how many failures count. */
  Pace pace();

  /**
   * When a check runs and how many failures count.
   *
   * @param delayLoop between two rounds
   * @param retry further tries after the first failure before the checker is down
   * @param warmup the first round starts at a random moment within it
   * @param alpha down until the first success
   * @param logAllFailures log each failed try, not only the one that takes the server down
   */
  record Pace(
      Duration delayLoop,
      int retry,
      Duration delayBeforeRetry,
      Duration warmup,
      boolean alpha,
      boolean logAllFailures) {
    /** Only the decisive failure is logged. */
    public Pace(
        Duration delayLoop, int retry, Duration delayBeforeRetry, Duration warmup, boolean alpha) {
      this(delayLoop, retry, delayBeforeRetry, warmup, alpha, false);
    }
  }

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
    HTTP_1_1
  }

  /**
   * One {@code url} block.
   *
   * @param digest null: none; else the MD5 of the body, 32 lower-case hex digits
   * @param statusCodes the codes that pass
   * @param virtualHost null: the checker's
   */
  record Url(
      String path,
      @Nullable String digest,
      BitSet statusCodes,
      @Nullable String virtualHost,
      @Nullable Regex regex,
      boolean tlsCompliant) {
    /** A URL without further criteria. */
    public Url(
        String path, @Nullable String digest, BitSet statusCodes, @Nullable String virtualHost) {
      this(path, digest, statusCodes, virtualHost, null, false);
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
   * {@code MISC_CHECK}: a command's exit status.
   *
   * @param dynamic statuses 2..255 set the weight to the status minus 2
   */
  record Misc(Script script, Duration timeout, boolean dynamic, Pace pace) implements Checker {}
}
