package dev.sluice.bench.checks;

import dev.sluice.check.CheckEngine;
import dev.sluice.check.CheckId;
import dev.sluice.check.CheckListener;
import dev.sluice.check.CheckResult;
import dev.sluice.check.CheckTarget;
import dev.sluice.check.EngineLoad;
import dev.sluice.config.model.Checker;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * A process with nothing but the engine of checks, as the daemon runs it: {@code Prober KIND
 * SERVERS INTERVAL_MS PORT WARM_S WINDOW_S}. Its last line tells what the window has shown.
 */
public final class Prober {
  private Prober() {}

  /** Checks so many addresses of 127.0.0.0/8. */
  public static void main(String[] args) throws JMException {
    String kind = args[0];
    int servers = Integer.parseInt(args[1]);
    Duration interval = Duration.ofMillis(Long.parseLong(args[2]));
    int port = Integer.parseInt(args[3]);
    Duration warm = Duration.ofSeconds(Long.parseLong(args[4]));
    Duration window = Duration.ofSeconds(Long.parseLong(args[5]));
    long bare = liveBytes();
    List<CheckTarget> targets = targets(kind, servers, interval, port);
    long configured = liveBytes();
    var failures = new AtomicLong();
    try (var engine =
        CheckEngine.start(
            new CheckListener() {
              @Override
              public void result(CheckResult result) {
                if (result.outcome() != null && !result.up()) {
                  long _ = failures.incrementAndGet();
                }
              }

              @Override
              public void routine(CheckResult result) {
                // As the daemon does.
              }
            })) {
      engine.apply(targets);
      pause(warm);
      Cpu cpu = Cpu.of(ProcessHandle.current().pid());
      EngineLoad before = engine.load();
      long from = System.nanoTime();
      pause(window);
      Cpu spent = Cpu.of(ProcessHandle.current().pid()).since(cpu);
      EngineLoad after = engine.load();
      double seconds = (System.nanoTime() - from) / 1e9;
      long live = liveBytes();
      System.out.printf(
          Locale.ROOT,
          "RESULT tries=%d seconds=%.3f user=%.2f system=%.2f p50=%d p99=%d max=%d peak=%d"
              + " failed=%d engine=%d whole=%d%n",
          after.started() - before.started(),
          seconds,
          spent.userSeconds(),
          spent.systemSeconds(),
          after.latenessNanos(before, 0.5) / 1000,
          after.latenessNanos(before, 0.99) / 1000,
          after.latenessNanos(before, 1) / 1000,
          after.peak(),
          failures.get(),
          (live - configured) / servers,
          (live - bare) / servers);
    }
  }

  private static List<CheckTarget> targets(String kind, int servers, Duration interval, int port) {
    // A JVM that has just begun could not keep up, and the one responder would drown in its burst.
    Duration warmup = Duration.ofSeconds(10);
    var pace = new Checker.Pace(interval, 1, Duration.ofSeconds(1), warmup, false);
    var codes = new BitSet();
    codes.set(200, 300);
    var targets = new ArrayList<CheckTarget>();
    for (int i = 0; i < servers; i++) {
      InetAddress address =
          InetAddress.ofLiteral(
              "127.%d.%d.%d".formatted(1 + i / 62_500, i / 250 % 250, 1 + i % 250));
      // Fifty servers to a service.
      var service =
          new VirtualServer.Key(
              InetAddress.ofLiteral("192.0.2." + (1 + i / 50 % 250)), 1 + i / 12_500, Protocol.TCP);
      var to = new Checker.Connection(address, port, null, 0, null, 0, Duration.ofSeconds(2));
      Checker checker =
          switch (kind) {
            case "tcp" -> new Checker.Tcp(to, pace);
            case "http", "https" ->
                new Checker.Http(
                    to,
                    pace,
                    kind.equals("https"),
                    false,
                    null,
                    Checker.HttpVersion.HTTP_1_0,
                    false,
                    List.of(new Checker.Url("/", null, codes, null)));
            default -> throw new IllegalArgumentException("no such kind: " + kind);
          };
      targets.add(new CheckTarget(new CheckId(service, address, port, 0), checker));
    }
    return targets;
  }

  /** What is alive in the heap, as {@code jcmd GC.class_histogram} counts it. */
  private static long liveBytes() throws JMException {
    Object text =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {null},
                new String[] {String[].class.getName()});
    String[] lines = String.valueOf(text).strip().split("\\R", -1);
    String[] total = lines[lines.length - 1].strip().split("\\s+", -1);
    return Long.parseLong(total[2]);
  }

  private static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
