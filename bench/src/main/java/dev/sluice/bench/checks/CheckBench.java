package dev.sluice.bench.checks;

import dev.sluice.bench.Spread;
import dev.sluice.lab.Await;
import dev.sluice.lab.Host;
import dev.sluice.lab.Lab;
import dev.sluice.lab.LabProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The engine of checks and HAProxy's {@code option httpchk} in turn, each pinned to one core, with
 * the same targets: nginx on the other core, under addresses of 127.0.0.0/8 in a namespace of its
 * own. How many checks were made is what nginx has counted.
 */
public final class CheckBench {
  private static final int PORT = 8080;
  private static final int TLS_PORT = 8443;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern TOLD = Pattern.compile("RESULT .* whole=\\d+\\R");
  private static final Pattern FIGURE = Pattern.compile("(\\w+)=([0-9.-]+)");

  private final boolean quick;
  private final PrintStream out;

  /** Measures; quick: one short round of each. */
  public CheckBench(boolean quick, PrintStream out) {
    this.quick = quick;
    this.out = out;
  }

  /** What a window has shown. */
  private record Window(double cpuPer10000, double user, double perSecond, String line) {
    double figure(String name) {
      Matcher m = FIGURE.matcher(line);
      while (m.find()) {
        if (m.group(1).equals(name)) {
          return Double.parseDouble(m.group(2));
        }
      }
      throw new IllegalStateException("no " + name + " in: " + line);
    }
  }

  /**
   * Prints tables in Markdown: median (least .. most).
   *
   * @param name {@code checks} for all, {@code checks-http}, {@code checks-many}, {@code
   *     checks-tls}
   * @return false when there is no such part
   */
  public boolean run(String name) {
    int rounds = quick ? 1 : 5;
    int warm = quick ? 30 : 40;
    int window = quick ? 5 : 10;
    switch (name) {
      case "checks" -> {
        sideBySide("HTTP, 16,000 servers every 2 s", "http", 16_000, rounds, warm, window);
        many(warm, window);
        sideBySide("HTTPS, 1,000 servers every 2 s", "https", 1_000, rounds, warm, window);
      }
      case "checks-http" ->
          sideBySide("HTTP, 16,000 servers every 2 s", "http", 16_000, rounds, warm, window);
      case "checks-many" -> many(warm, window);
      case "checks-tls" ->
          sideBySide("HTTPS, 1,000 servers every 2 s", "https", 1_000, rounds, warm, window);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void sideBySide(
      String title, String kind, int servers, int rounds, int warm, int window) {
    var ours = new ArrayList<Window>();
    var theirs = new ArrayList<Window>();
    for (int i = 0; i < rounds; i++) {
      ours.add(sluice(kind, servers, 2000, warm, window));
      theirs.add(haproxy(kind, servers, warm, window));
    }
    out.println("### " + title);
    out.println();
    out.println("| program | checks/s | CPU ms per 10,000 checks | of it in the program |");
    out.println("|---|---|---|---|");
    row("sluice", ours);
    row("HAProxy", theirs);
    out.println();
    out.println("| sluice's tries begin late by, µs | median |");
    out.println("|---|---|");
    for (String part : List.of("p50", "p99", "max")) {
      out.println("| " + part + " | " + spread(ours, w -> w.figure(part)) + " |");
    }
    out.println();
    out.flush();
  }

  private void row(String program, List<Window> windows) {
    out.println(
        "| %s | %s | %s | %s |"
            .formatted(
                program,
                spread(windows, Window::perSecond),
                spread(windows, w -> w.cpuPer10000() * 1000),
                spread(windows, w -> w.user() * 1000)));
  }

  private static Spread spread(
      List<Window> windows, java.util.function.ToDoubleFunction<Window> of) {
    return Spread.of(windows.stream().mapToDouble(of).boxed().toList());
  }

  private void many(int warm, int window) {
    out.println("### 20,000 servers every 2 s, one core");
    out.println();
    out.println(
        "| kind | tries/s | late p50, µs | late p99, µs | latest, µs | most at once |"
            + " bytes per server | with its configuration |");
    out.println("|---|---|---|---|---|---|---|---|");
    for (String kind : List.of("tcp", "http")) {
      Window w = sluice(kind, 20_000, 2000, warm, window);
      out.printf(
          Locale.ROOT,
          "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |%n",
          kind,
          w.figure("tries") / w.figure("seconds"),
          w.figure("p50"),
          w.figure("p99"),
          w.figure("max"),
          w.figure("peak"),
          w.figure("engine"),
          w.figure("whole"));
    }
    out.println();
    out.flush();
  }

  private Window sluice(String kind, int servers, int intervalMillis, int warm, int window) {
    try (Lab lab = Lab.open()) {
      Host host = responder(lab);
      var command =
          new ArrayList<>(
              List.of(
                  "taskset",
                  "-c",
                  "0",
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-XX:+UseZGC",
                  "-Xms64m",
                  "-Xmx512m",
                  "-XX:-UsePerfData",
                  "--enable-native-access=dev.sluice.linux",
                  "--module-path",
                  System.getProperty("jdk.module.path")));
      String more = System.getenv("SLUICE_JAVA_OPTS");
      if (more != null && !more.isBlank()) {
        command.addAll(4, List.of(more.strip().split(" +", -1)));
      }
      command.addAll(
          List.of(
              "--module",
              "dev.sluice.bench/dev.sluice.bench.checks.Prober",
              kind,
              Integer.toString(servers),
              Integer.toString(intervalMillis),
              Integer.toString(kind.equals("https") ? TLS_PORT : PORT),
              Integer.toString(warm),
              Integer.toString(window)));
      LabProcess prober = host.start("prober", command);
      Await.until(
          "the prober tells its result",
          PATIENCE,
          () -> TOLD.matcher(prober.log()).find(),
          () -> prober.log());
      String line =
          prober.log().lines().filter(l -> l.startsWith("RESULT")).findFirst().orElseThrow();
      System.err.println(line);
      var raw = new Window(0, 0, 0, line);
      double per = 10_000 / raw.figure("tries");
      return new Window(
          (raw.figure("user") + raw.figure("system")) * per,
          raw.figure("user") * per,
          raw.figure("tries") / raw.figure("seconds"),
          line);
    }
  }

  private Window haproxy(String kind, int servers, int warm, int window) {
    try (Lab lab = Lab.open()) {
      Host host = responder(lab);
      boolean tls = kind.equals("https");
      var text =
          new StringBuilder(
              """
              global
                nbthread 1
                ulimit-n 8192
              defaults
                mode http
                timeout connect 2s
                timeout client 2s
                timeout server 2s
                timeout check 2s
              frontend f
                bind 127.0.0.1:9
                default_backend b
              backend b
                option httpchk GET /
              """);
      text.append("  default-server inter 2s fall 3 rise 2");
      text.append(tls ? " check-ssl verify none\n" : "\n");
      for (int i = 0; i < servers; i++) {
        text.append(
            "  server s%d 127.%d.%d.%d:%d check\n"
                .formatted(i, 1 + i / 62_500, i / 250 % 250, 1 + i % 250, tls ? TLS_PORT : PORT));
      }
      Path file = write(lab, "haproxy.cfg", text.toString());
      LabProcess process =
          host.start(
              "haproxy", List.of("taskset", "-c", "0", "haproxy", "-db", "-f", file.toString()));
      long before = requests(host);
      Await.until(
          "HAProxy checks", PATIENCE, () -> requests(host) > before + servers, () -> process.log());
      pause(Duration.ofSeconds(Math.min(warm, 6)));
      Cpu cpu = Cpu.of(process.pid());
      long made = requests(host);
      long from = System.nanoTime();
      pause(Duration.ofSeconds(window));
      Cpu spent = Cpu.of(process.pid()).since(cpu);
      double seconds = (System.nanoTime() - from) / 1e9;
      made = requests(host) - made;
      return new Window(
          spent.seconds() * 10_000 / made, spent.userSeconds() * 10_000 / made, made / seconds, "");
    }
  }

  /** A namespace in which every address of 127.0.0.0/8 answers. */
  private static Host responder(Lab lab) {
    Host host = lab.host("checks");
    host.sysctl("net.core.somaxconn", "65535");
    Path key = lab.folder("nginx").resolve("key.pem");
    Path certificate = lab.folder("nginx").resolve("cert.pem");
    host.exec(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=sluice",
        "-keyout",
        key.toString(),
        "-out",
        certificate.toString());
    Path file =
        write(
            lab,
            "nginx.conf",
            """
            user root;
            worker_processes 1;
            worker_rlimit_nofile 16384;
            daemon off;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log crit;
            events { worker_connections 8192; multi_accept on; }
            http {
              access_log off;
              server {
                listen %2$d backlog=1024;
                location / { return 200 "ok\n"; }
                location = /requests { stub_status; }
              }
              server {
                listen %3$d ssl backlog=65535;
                ssl_certificate %1$s/cert.pem;
                ssl_certificate_key %1$s/key.pem;
                ssl_session_cache shared:checks:20m;
                location / { return 200 "ok\n"; }
              }
            }
            """
                .formatted(lab.folder("nginx"), PORT, TLS_PORT));
    LabProcess nginx =
        host.start("nginx", List.of("taskset", "-c", "1", "nginx", "-c", file.toString()));
    Await.until(
        "nginx answers", PATIENCE, () -> host.accepts("127.0.0.1", PORT), () -> nginx.log());
    return host;
  }

  /** Requests so far, by nginx's own count, this one included. */
  private static long requests(Host host) {
    String text = host.exec("curl", "-s", "http://127.0.0.1:" + PORT + "/requests");
    String[] counts = text.lines().skip(2).findFirst().orElseThrow().strip().split(" +", -1);
    return Long.parseLong(counts[2]);
  }

  private static Path write(Lab lab, String name, String text) {
    try {
      return Files.writeString(lab.folder("nginx").resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
