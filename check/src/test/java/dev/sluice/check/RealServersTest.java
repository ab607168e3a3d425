package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks against the real servers, which are started, found up, killed, and found down. */
@Tag("netns")
class RealServersTest {
  private static final Duration PATIENT = Duration.ofSeconds(20);

  private final Recorder recorder = new Recorder();
  private final CheckEngine engine = CheckEngine.start(recorder);
  private final List<Process> started = new ArrayList<>();

  private int ids;

  @TempDir Path dir;

  @AfterEach
  void close() throws Exception {
    engine.close();
    for (Process p : started) {
      end(p);
    }
  }

  private static void end(Process p) throws Exception {
    List<ProcessHandle> all = new ArrayList<>(p.descendants().toList());
    all.add(p.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle h : all) {
      h.onExit().get(20, TimeUnit.SECONDS);
    }
  }

  private static void needs(String program, String debianPackage) {
    boolean found =
        Stream.of("/usr/sbin", "/usr/bin", "/usr/lib/postgresql/15/bin", "/sbin", "/bin")
            .anyMatch(d -> Files.isExecutable(Path.of(d, program)));
    Assumptions.assumeTrue(found, "needs " + program + ": apt-get install " + debianPackage);
  }

  private static void needsRoot() {
    boolean root = ProcessHandle.current().info().user().filter("root"::equals).isPresent();
    Assumptions.assumeTrue(root, "needs root: sudo ./dev test");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, Checks.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private Process start(String... command) throws IOException {
    File log = dir.resolve("log" + started.size()).toFile();
    Process p =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    started.add(p);
    return p;
  }

  private void run(String... command) throws Exception {
    Process p = start(command);
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String log = Files.readString(dir.resolve("log" + (started.size() - 1)));
    assertThat(p.exitValue()).as(log).isZero();
  }

  private static Checker.Greeting greeting(
      Checker.Application application, int port, @Nullable String user, @Nullable String password) {
    var to = Checks.to(port, PATIENT);
    return new Checker.Greeting(application, to, false, null, user, password, null, Checks.quick());
  }

  /** Under an id of its own, so that no verdict of another check is taken over. */
  private CheckId apply(Checker checker) {
    CheckId id = Checks.id(++ids, 0);
    engine.apply(List.of(new CheckTarget(id, checker)));
    return id;
  }

  private String up(Checker checker) {
    CheckId id = apply(checker);
    return recorder
        .await(r -> r.id().equals(id) && r.outcome() != null && r.outcome().passed())
        .evidence();
  }

  private String down(Checker checker) {
    CheckId id = apply(checker);
    return recorder.await(r -> r.id().equals(id) && r.changed() && !r.up()).evidence();
  }

  private void downAfter(Process p) throws Exception {
    recorder.forget();
    end(p);
    recorder.await(r -> r.changed() && !r.up());
  }

  @Test
  void redis() throws Exception {
    needs("redis-server", "redis-server");
    int port = freePort();
    Process p =
        start(
            "redis-server",
            "--port",
            "" + port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--requirepass",
            "geheim",
            "--dir",
            dir.toString());
    assertThat(up(greeting(Checker.Application.REDIS, port, null, "geheim"))).isEqualTo("PONG");
    assertThat(down(greeting(Checker.Application.REDIS, port, null, null))).contains("NOAUTH");
    end(p);
  }

  @Test
  void memcached() throws Exception {
    needs("memcached", "memcached");
    int port = freePort();
    Process p = start("memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", "" + port, "-U", "0");
    assertThat(up(greeting(Checker.Application.MEMCACHED, port, null, null)))
        .startsWith("VERSION 1.");
    downAfter(p);
  }

  @Test
  void ssh() throws Exception {
    needsRoot();
    needs("sshd", "openssh-server");
    int port = freePort();
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", dir.resolve("key").toString());
    Files.createDirectories(Path.of("/run/sshd"));
    Process p =
        start(
            "/usr/sbin/sshd",
            "-D",
            "-e",
            "-f",
            "/dev/null",
            "-h",
            dir.resolve("key").toString(),
            "-o",
            "ListenAddress=127.0.0.1:" + port,
            "-o",
            "PidFile=none");
    assertThat(up(greeting(Checker.Application.SSH, port, null, null)))
        .startsWith("SSH-2.0-OpenSSH");
    downAfter(p);
  }

  @Test
  void ldap() throws Exception {
    needs("slapd", "slapd");
    int port = freePort();
    Path config =
        Files.writeString(dir.resolve("slapd.conf"), "include /etc/ldap/schema/core.schema\n");
    Process p =
        start(
            "/usr/sbin/slapd",
            "-d",
            "0",
            "-f",
            config.toString(),
            "-h",
            "ldap://127.0.0.1:" + port);
    assertThat(up(greeting(Checker.Application.LDAP, port, null, null)))
        .isEqualTo("bound anonymously");
    downAfter(p);
  }

  @Test
  void postgres() throws Exception {
    needsRoot();
    needs("initdb", "postgresql");
    Path data = Files.createTempDirectory("slc-pg");
    try {
      run("chown", "postgres", data.toString());
      String[] as = {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"};
      String bin = "/usr/lib/postgresql/15/bin/";
      run(as[0], as[1], as[2], as[3], bin + "initdb", "-D", data.toString(), "-A", "trust", "-N");
      int port = freePort();
      Process p =
          start(
              as[0],
              as[1],
              as[2],
              as[3],
              bin + "postgres",
              "-D",
              data.toString(),
              "-p",
              "" + port,
              "-c",
              "listen_addresses=127.0.0.1",
              "-k",
              data.toString());
      assertThat(up(greeting(Checker.Application.POSTGRESQL, port, null, null)))
          .startsWith("serves; refuses the user sluice: 28000");
      assertThat(up(greeting(Checker.Application.POSTGRESQL, port, "postgres", null)))
          .isEqualTo("lets postgres in");
      downAfter(p);
    } finally {
      run("rm", "-rf", data.toString());
    }
  }

  @Test
  void dns() throws Exception {
    needs("dnsmasq", "dnsmasq-base");
    int port = freePort();
    Process p =
        start(
            "dnsmasq",
            "-k",
            "-C",
            "/dev/null",
            "-p",
            "" + port,
            "--listen-address=127.0.0.1",
            "--bind-interfaces",
            "--no-resolv",
            "--no-hosts",
            "--address=/a.test/192.0.2.7",
            "--user=root",
            "--pid-file=" + dir.resolve("pid"));
    assertThat(up(new Checker.Dns(Checks.to(port, PATIENT), "A", "a.test", Checks.quick())))
        .isEqualTo("NOERROR, 1 records");
    var refused = new Checker.Dns(Checks.to(port, PATIENT), "A", "elsewhere.test", Checks.quick());
    assertThat(down(refused)).isEqualTo("REFUSED, expected NOERROR");
    end(p);
  }

  @Test
  void http2AndGrpcByNginx() throws Exception {
    needs("nginx", "nginx-light");
    needs("openssl", "openssl");
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=x",
        "-days",
        "1",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem");
    int plain = freePort();
    int tls = freePort();
    int old = freePort();
    Files.write(dir.resolve("serving"), new byte[] {0, 0, 0, 0, 2, 8, 1});
    Files.writeString(dir.resolve("page"), "{\"status\":\"UP\"}" + " ".repeat(100_000));
    String config =
        """
        daemon off; master_process off; pid DIR/pid; error_log DIR/error.log;
        events { worker_connections 64; }
        http {
          access_log off; root DIR;
          client_body_temp_path DIR/b; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f;
          uwsgi_temp_path DIR/u; scgi_temp_path DIR/s;
          server {
            listen 127.0.0.1:PLAIN http2;
            listen 127.0.0.1:TLS ssl http2;
            listen 127.0.0.1:OLD ssl;
            ssl_certificate DIR/cert.pem; ssl_certificate_key DIR/key.pem;
            location /moved { return 302 /page; }
            location /grpc.health.v1.Health/ {
              default_type application/grpc;
              error_page 404 405 =200 /serving;
            }
            location /serving { default_type application/grpc; add_trailer grpc-status 0 always; }
          }
        }
        """
            .replace("DIR", dir.toString())
            .replace("PLAIN", "" + plain)
            .replace("TLS", "" + tls)
            .replace("OLD", "" + old);
    Path file = Files.writeString(dir.resolve("nginx.conf"), config, StandardCharsets.US_ASCII);
    Process p = start("nginx", "-c", file.toString(), "-e", dir.resolve("early.log").toString());
    assertThat(up(page(plain, false, "/page"))).isEqualTo("HTTP 200, $.status is 'UP'");
    assertThat(up(page(tls, true, "/moved"))).isEqualTo("HTTP 200, $.status is 'UP'");
    assertThat(up(greeting(Checker.Application.GRPC, plain, null, null))).isEqualTo("SERVING");
    recorder.forget();
    assertThat(down(page(tls, true, "/absent"))).isEqualTo("HTTP 404, expected 200-299");
    end(p);
  }

  private static Checker.Http page(int port, boolean tls, String path) {
    var json = new Checker.JsonMatch("$.status", "UP");
    var ask = new Checker.Ask("GET", List.of("X-Check: 1"), null, null, json, 1);
    var url = new Checker.Url(path, null, Checks.codes(200, 299), null, null, false, ask);
    return new Checker.Http(
        Checks.to(port, PATIENT),
        Checks.quick(),
        tls,
        false,
        null,
        Checker.HttpVersion.HTTP_2,
        false,
        List.of(url));
  }
}
