package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.config.model.Checker;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SSL_GET against the JDK's own TLS servers with a certificate that nobody signed. */
class CheckEngineTlsTest {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static @Nullable SSLContext context;

  @TempDir static Path dir;
  private final Recorder recorder = new Recorder();
  private final CheckEngine engine = CheckEngine.start(recorder);

  /** An expired certificate for another name: the check must not care. */
  @BeforeAll
  static void certificate() throws Exception {
    Path store = dir.resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(
                List.of(
                    keytool,
                    "-genkeypair",
                    "-alias",
                    "a",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=elsewhere.test",
                    "-startdate",
                    "-10d",
                    "-validity",
                    "1",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    "secret",
                    "-keystore",
                    store.toString()))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("keytool.log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(dir.resolve("keytool.log"))).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "secret".toCharArray());
    SSLContext made = SSLContext.getInstance("TLS");
    made.init(factory.getKeyManagers(), null, null);
    context = made;
  }

  private static SSLContext server() {
    SSLContext made = context;
    if (made == null) {
      throw new AssertionError("no certificate");
    }
    return made;
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void run(int port, Duration timeout, @Nullable String sni, Checker.Url url) {
    engine.apply(
        List.of(
            new CheckTarget(
                Checks.id(443, 0),
                new Checker.Http(
                    Checks.to(port, timeout),
                    Checks.quick(),
                    true,
                    sni != null,
                    sni,
                    Checker.HttpVersion.HTTP_1_1,
                    false,
                    List.of(url)))));
  }

  @Test
  void anHttpsServerPassesWithAnyCertificate() throws Exception {
    byte[] body = "0123456789".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
    HttpsServer https = HttpsServer.create(new InetSocketAddress(Checks.LOOPBACK, 0), 16);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      https.setExecutor(threads);
      https.setHttpsConfigurator(new HttpsConfigurator(server()));
      https.createContext(
          "/",
          exchange -> {
            // Length 0: chunked.
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      https.start();
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(body));
      run(https.getAddress().getPort(), PATIENT, null, Checks.url("/", digest));
      CheckResult result = recorder.first();
      assertThat(result.evidence()).isEqualTo("HTTP 200, digest matches");
      assertThat(result.up()).isTrue();
      engine.apply(List.of());
    } finally {
      https.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bothVersionsAndTheServerName(String version) throws Exception {
    var names = new ConcurrentLinkedQueue<String>();
    try (var socket =
        (SSLServerSocket)
            server().getServerSocketFactory().createServerSocket(0, 50, Checks.LOOPBACK)) {
      socket.setEnabledProtocols(new String[] {version});
      Thread _ =
          Thread.ofVirtual()
              .start(() -> {
                while (!socket.isClosed()) {
                  try (var connection = (SSLSocket) socket.accept()) {
                    String _ = LoopbackServer.head(connection);
                    var session = (ExtendedSSLSession) connection.getSession();
                    session
                        .getRequestedServerNames()
                        .forEach(n -> names.add(((SNIHostName) n).getAsciiName()));
                    names.add(session.getProtocol());
                    connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\n\r\nhi".getBytes(StandardCharsets.US_ASCII));
                  } catch (java.io.IOException e) {
                    // once more
                  }
                }
              });
      run(socket.getLocalPort(), PATIENT, "www.example.com", Checks.url("/", null));
      assertThat(recorder.first().evidence()).isEqualTo("HTTP 200");
      assertThat(names).startsWith("www.example.com", version);
    }
  }

  @Test
  void aServerWithoutTlsFailsInWords() {
    try (var server =
        new LoopbackServer(c ->
            c.getOutputStream()
                .write("HTTP/1.1 400 x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
      run(server.port(), PATIENT, null, Checks.url("/", null));
      assertThat(recorder.await(r -> !r.up()).evidence()).startsWith("TLS handshake failed: ");
    }
  }

  @Test
  void aServerThatHangsUpInTheHandshake() {
    try (var server = new LoopbackServer(c -> assertThat(c.getInputStream().read()).isPositive())) {
      run(server.port(), PATIENT, null, Checks.url("/", null));
      assertThat(recorder.await(r -> !r.up()).evidence())
          .matches("closed during the TLS handshake|connection reset by peer");
    }
  }

  @Test
  void aServerThatIsSilentInTheHandshake() {
    try (var server = new LoopbackServer(LoopbackServer::waitForEnd)) {
      run(server.port(), Duration.ofMillis(150), null, Checks.url("/", null));
      assertThat(recorder.await(r -> !r.up()).evidence())
          .isEqualTo("no TLS handshake within 0.15 s");
    }
  }
}
