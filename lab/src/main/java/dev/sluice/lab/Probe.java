package dev.sluice.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A running {@link ProbeClient}, seen from outside: what each of its requests came to. */
public final class Probe {
  private final LabProcess process;
  private final List<Sample> samples = new ArrayList<>();
  private long readBytes;

  private Probe(LabProcess process) {
    this.process = process;
  }

  /**
   * How to ask.
   *
   * @param intervalMillis time between two requests; 0: each waits for the one before
   * @param timeoutMillis to connect, and then for each read
   * @param count how many; 0: for ever
   */
  public record Plan(
      String address, int port, String path, int intervalMillis, int timeoutMillis, int count) {}

  /**
   * One request. {@code server} is null when it failed, and {@code detail} then says why; else it
   * is the client's address as the server saw it.
   */
  public record Sample(
      long startNanos, long tookNanos, @Nullable String server, String detail, long bytes) {
    /** Whether a whole answer came. */
    public boolean ok() {
      return server != null;
    }

    /** When its outcome was known. */
    public long endNanos() {
      return startNanos + tookNanos;
    }
  }

  /** What a span of time came to. */
  public record Summary(
      int requests,
      int failed,
      Map<String, Integer> perServer,
      Duration longestGap,
      List<String> failures) {}

  /** Starts one on {@code host}. */
  public static Probe start(Host host, Plan plan) {
    List<String> arguments =
        List.of(
            plan.address(),
            Integer.toString(plan.port()),
            plan.path(),
            Integer.toString(plan.intervalMillis()),
            Integer.toString(plan.timeoutMillis()),
            Integer.toString(plan.count()));
    return new Probe(host.start("probe", JavaProgram.command(ProbeClient.class, arguments)));
  }

  /** Sends {@code count} requests one after the other and returns what they came to. */
  public static Summary sequence(Host host, String address, int port, int count) {
    Probe probe = start(host, new Plan(address, port, "/", 0, 5_000, count));
    probe.awaitDone(Duration.ofSeconds(30 + count));
    return probe.summary(Long.MIN_VALUE);
  }

  /** Waits until a probe with a count has finished. */
  public void awaitDone(Duration deadline) {
    process.awaitLog("done", deadline);
  }

  /** The client's process. */
  public LabProcess process() {
    return process;
  }

  /**
   * All finished requests that started at or after {@code sinceNanos}, in the order they started.
   */
  public synchronized List<Sample> samples(long sinceNanos) {
    readOn();
    List<Sample> since = new ArrayList<>();
    for (Sample sample : samples) {
      if (sinceNanos == Long.MIN_VALUE || sample.startNanos() - sinceNanos >= 0) {
        since.add(sample);
      }
    }
    since.sort(Comparator.comparingLong(Sample::startNanos));
    return since;
  }

  /** Reads what the client wrote since the last time; its log grows for as long as it runs. */
  private void readOn() {
    String news = process.log(readBytes);
    // The last line may be half written.
    news = news.substring(0, news.lastIndexOf('\n') + 1);
    readBytes += news.length();
    for (String line : news.lines().toList()) {
      String[] words = line.split(" ", 4);
      if (words.length < 4 || !Character.isDigit(words[0].charAt(0))) {
        continue;
      }
      long start = Long.parseLong(words[0]);
      long took = Long.parseLong(words[1]);
      if (words[2].equals("ok")) {
        String[] answer = words[3].split(" ", -1);
        samples.add(new Sample(start, took, answer[0], answer[1], Long.parseLong(answer[2])));
      } else {
        samples.add(new Sample(start, took, null, words[3], 0));
      }
    }
  }

  /** What the requests started since {@code sinceNanos} came to; {@code Long.MIN_VALUE}: all. */
  public Summary summary(long sinceNanos) {
    return summary(samples(sinceNanos));
  }

  /**
   * What these requests came to. The longest gap is the longest time without an answered request,
   * between the ends of two answers: what a user sat through.
   */
  public static Summary summary(List<Sample> samples) {
    var perServer = new TreeMap<String, Integer>();
    List<String> failures = new ArrayList<>();
    long gap = 0;
    long last = Long.MIN_VALUE;
    List<Sample> byEnd = new ArrayList<>(samples);
    byEnd.sort(Comparator.comparingLong(Sample::endNanos));
    for (Sample sample : byEnd) {
      String server = sample.server();
      if (server == null) {
        failures.add(sample.detail());
        continue;
      }
      perServer.merge(server, 1, Integer::sum);
      if (last != Long.MIN_VALUE) {
        gap = Math.max(gap, sample.endNanos() - last);
      }
      last = sample.endNanos();
    }
    return new Summary(samples.size(), failures.size(), perServer, Duration.ofNanos(gap), failures);
  }

  /** Waits until {@code count} further requests were answered. */
  public void awaitAnswers(int count, Duration deadline) {
    long now = System.nanoTime();
    Await.until(
        count + " answered requests",
        deadline,
        () -> samples(now).stream().filter(Sample::ok).count() >= count,
        () -> summary(now).toString());
  }
}
