package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Another conversation inside TLS. The server's certificate is never verified, as keepalived never
 * verifies it: the check asks whether the service answers, and a director often knows a server by
 * an address that no certificate names. Every try shakes hands in full: a resumed session would
 * pass although the server's key is gone.
 *
 * <p>The dear parts of the handshake run beside the loop. While one does ({@code busy}), the engine
 * is that thread's; what arrives meanwhile waits in {@code netIn}.
 */
final class TlsConversation implements Conversation {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** So much may wait for the engine; a handshake's flight is a few records. */
  private static final int MOST_WAITING = 256 * 1024;

  private final SSLEngine engine;
  private final Conversation inner;
  private final boolean compliant;
  private final String protocol;
  private final @Nullable Beside beside;
  private Runnable progressed = () -> {};
  private boolean busy;
  private boolean peerClosed;
  private ByteBuffer netIn;
  private ByteBuffer netOut;
  private ByteBuffer plain;
  private boolean innerBegun;
  private boolean innerClosed;
  private @Nullable HttpVerdict broken;

  /** Runs something beside the loop, then something in the loop. */
  @FunctionalInterface
  interface Beside {
    void run(Runnable work, Runnable then);
  }

  /**
   * A client that does all work at once.
   *
   * @param serverName for SNI; null: none is sent
   */
  TlsConversation(Conversation inner, @Nullable String serverName) {
    this(inner, serverName, false, "", null);
  }

  /**
   * A client.
   *
   * @param serverName for SNI; null: none is sent
   * @param compliant whether an end without close_notify is a failure, as it might be an attacker's
   * @param protocol what the server must agree to by ALPN (RFC 7301); empty: nothing is offered
   * @param beside where the dear parts of the handshake run; null: here
   */
  TlsConversation(
      Conversation inner,
      @Nullable String serverName,
      boolean compliant,
      String protocol,
      @Nullable Beside beside) {
    this.inner = inner;
    this.compliant = compliant;
    this.protocol = protocol;
    this.beside = beside;
    engine = Context.TRUSTING.createSSLEngine();
    engine.setUseClientMode(true);
    if (serverName != null && isHostName(serverName)) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
      engine.setSSLParameters(parameters);
    }
    if (!protocol.isEmpty()) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {protocol});
      engine.setSSLParameters(parameters);
    }
    // Small until something comes: thousands may wait for a server that is silent.
    netIn = ByteBuffer.allocate(1024);
    netOut = NOTHING;
    plain = NOTHING;
  }

  @Override
  public void whenProgressed(Runnable told) {
    progressed = told;
  }

  private static boolean isHostName(String name) {
    // RFC 6066: SNI carries no address literals.
    return !name.isEmpty()
        && name.indexOf(':') < 0
        && !name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  @Override
  public void begin() {
    try {
      engine.beginHandshake();
      advance();
    } catch (SSLException e) {
      broke(e);
    }
  }

  @Override
  public void received(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining() && verdict() == null) {
        int n = Math.min(bytes.remaining(), netIn.remaining());
        if (n == 0 && netIn.capacity() >= MOST_WAITING) {
          broken = new HttpVerdict(false, "TLS: more than " + MOST_WAITING + " bytes at once");
          break;
        }
        if (n == 0) {
          netIn = enlarged(netIn);
          continue;
        }
        netIn.put(bytes.slice(bytes.position(), n));
        bytes.position(bytes.position() + n);
        advance();
      }
      bytes.position(bytes.limit());
    } catch (SSLException e) {
      broke(e);
    }
  }

  @Override
  public void closed() {
    peerClosed = true;
    if (busy) {
      return; // what came before the end is still to be read
    }
    if (innerBegun) {
      if (compliant && !innerClosed && verdict() == null) {
        broken = new HttpVerdict(false, "TLS: closed without close_notify");
      } else {
        closeInner();
      }
    } else if (broken == null) {
      broken = new HttpVerdict(false, "closed during the TLS handshake");
    }
  }

  @Override
  public ByteBuffer toSend() {
    if (!netOut.hasRemaining()) {
      netOut = NOTHING;
    }
    return netOut;
  }

  @Override
  public @Nullable HttpVerdict verdict() {
    HttpVerdict verdict = inner.verdict();
    return verdict != null ? verdict : broken;
  }

  @Override
  public boolean answering() {
    return inner.answering();
  }

  @Override
  public String awaited() {
    return innerBegun ? inner.awaited() : "TLS handshake";
  }

  /** Goes on until the engine waits for the network. */
  private void advance() throws SSLException {
    boolean goOn = !busy;
    while (goOn && verdict() == null) {
      goOn =
          switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
              Runnable task = engine.getDelegatedTask();
              if (task != null && beside != null) {
                busy = true;
                beside.run(task, this::resume);
                yield false;
              }
              if (task != null) {
                task.run();
              }
              yield true;
            }
            case NEED_WRAP -> wrap(NOTHING);
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
            case FINISHED, NOT_HANDSHAKING -> {
              if (!innerBegun) {
                if (!protocol.isEmpty() && !protocol.equals(engine.getApplicationProtocol())) {
                  broken =
                      new HttpVerdict(
                          false, "the server does not agree to " + protocol + " (ALPN)");
                  yield false;
                }
                innerBegun = true;
                inner.begin();
              }
              yield inner.toSend().hasRemaining() ? wrap(inner.toSend()) : unwrap();
            }
          };
    }
  }

  private void resume() {
    busy = false;
    try {
      advance();
    } catch (SSLException e) {
      broke(e);
    }
    if (peerClosed && !busy && verdict() == null) {
      closed();
    }
    progressed.run();
  }

  private boolean wrap(ByteBuffer from) throws SSLException {
    if (netOut.capacity() == 0) {
      netOut = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    } else {
      netOut.compact();
    }
    SSLEngineResult result;
    try {
      result = engine.wrap(from, netOut);
    } finally {
      netOut.flip();
    }
    return switch (result.getStatus()) {
      case OK -> true;
      case BUFFER_OVERFLOW -> {
        var larger = ByteBuffer.allocate(netOut.capacity() * 2);
        netOut = larger.put(netOut).flip();
        yield true;
      }
      case BUFFER_UNDERFLOW, CLOSED -> false;
    };
  }

  private boolean unwrap() throws SSLException {
    netIn.flip();
    SSLEngineResult result;
    try {
      result = engine.unwrap(netIn, plain);
    } finally {
      netIn.compact();
    }
    return switch (result.getStatus()) {
      case OK -> {
        if (plain.position() > 0) {
          inner.received(plain.flip());
          plain.clear();
        }
        yield result.bytesConsumed() > 0
            || result.bytesProduced() > 0
            || result.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
      }
      case BUFFER_OVERFLOW -> {
        int enough = engine.getSession().getApplicationBufferSize();
        plain = ByteBuffer.allocate(Math.max(enough, 2 * plain.capacity()));
        yield true;
      }
      case BUFFER_UNDERFLOW -> {
        if (!netIn.hasRemaining()) {
          netIn = enlarged(netIn);
        }
        yield false;
      }
      case CLOSED -> {
        closeInner();
        yield false;
      }
    };
  }

  private void closeInner() {
    if (!innerClosed) {
      innerClosed = true;
      inner.closed();
    }
  }

  private void broke(SSLException e) {
    String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    broken = new HttpVerdict(false, (innerBegun ? "TLS: " : "TLS handshake failed: ") + what);
  }

  /** Twice the room, with what is in it; both in writing position. */
  private static ByteBuffer enlarged(ByteBuffer full) {
    return ByteBuffer.allocate(full.capacity() * 2).put(full.flip());
  }

  /** One context for all checks, made when the first TLS check runs. */
  private static final class Context {
    static final SSLContext TRUSTING = create();

    private static SSLContext create() {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustEveryone()}, new SecureRandom());
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(
            "this JDK has no TLS: SSL_GET cannot run; use a JDK with the module java.base whole",
            e);
      }
    }
  }

  /** Accepts any certificate: see the class comment. */
  private static final class TrustEveryone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
