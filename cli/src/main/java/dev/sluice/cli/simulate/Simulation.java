package dev.sluice.cli.simulate;

import dev.sluice.cli.CommandException;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.LoadResult;
import dev.sluice.core.ExitCode;
import dev.sluice.vrrp.simulation.Cluster;
import dev.sluice.vrrp.simulation.ClusterSpec;
import dev.sluice.vrrp.simulation.Conditions;
import dev.sluice.vrrp.simulation.ConfiguredCluster;
import dev.sluice.vrrp.simulation.Timeline;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Plays a planned failure with real configurations. */
public final class Simulation {
  private static final long SECOND = 1_000_000_000L;

  private Simulation() {}

  /**
   * What is asked for, in the words of the command line.
   *
   * @param items option and text; what starts a router comes after what ends it
   */
  public record Request(
      List<Path> files,
      List<String> addresses,
      List<Item> items,
      String loss,
      String delay,
      String until,
      long seed,
      boolean json) {
    public Request {
      files = List.copyOf(files);
      addresses = List.copyOf(addresses);
      items = List.copyOf(items);
    }
  }

  /** One thing that shall happen. */
  public record Item(String option, String text) {}

  /** How each option of a plan is read. */
  private static final Map<String, BiConsumer<Plan, String>> READERS =
      Map.of(
          "--kill", Plan::kill,
          "--stop", Plan::stop,
          "--start", Plan::start,
          "--freeze", Plan::freeze,
          "--partition", Plan::partition,
          "--one-way", Plan::deaf,
          "--fault", Plan::fault,
          "--priority", Plan::priority);

  /**
   * Plays it and prints the timeline.
   *
   * @return 3 when at the end an instance has not exactly one master
   */
  public static int run(Request request, PrintStream out) {
    ClusterSpec spec = ConfiguredCluster.of(members(request));
    Plan plan = new Plan(spec);
    for (Item item : request.items()) {
      BiConsumer<Plan, String> reader = READERS.get(item.option());
      if (reader == null) {
        throw new IllegalArgumentException(item.option());
      }
      reader.accept(plan, item.text());
    }
    double loss = Spans.share("simulate: --loss", request.loss());
    long delay = Spans.nanos("simulate: --delay", request.delay());
    long until =
        request.until().isEmpty()
            ? longEnough(spec, plan.last())
            : Spans.nanos("simulate: --until", request.until());
    Timeline timeline = new Timeline(spec);
    Cluster cluster =
        new Cluster(spec, new Conditions(loss, 0, delay, delay), request.seed(), timeline);
    plan.planned().forEach(one -> cluster.at(one.atNanos(), one.happening()));
    cluster.runUntil(until);
    timeline.end(until);
    Report report = new Report(spec, timeline);
    if (request.json()) {
      out.println(report.json());
    } else {
      out.print(report.text());
    }
    return report.good() ? ExitCode.OK : ExitCode.NO;
  }

  /** Until the slowest group has settled twice after the last thing that happens. */
  private static long longEnough(ClusterSpec spec, long last) {
    long down = 0;
    for (ClusterSpec.Router router : spec.routers()) {
      for (ClusterSpec.Instance instance : router.instances()) {
        down =
            Math.max(
                down,
                (instance.settings().downTimerAdverts() + 1)
                        * instance.settings().advertIntervalNanos()
                    + instance.settings().preemptDelayNanos()
                    + router.startupDelayNanos());
      }
    }
    return Math.ceilDiv(last + Math.max(2 * down, 5 * SECOND), SECOND) * SECOND;
  }

  private static List<ConfiguredCluster.Member> members(Request request) {
    if (request.files().size() < 2) {
      throw CommandException.usage(
          "simulate: name the keepalived.conf of two routers or more ('sluice help simulate')");
    }
    Map<String, Path> names = new HashMap<>();
    List<String> order = new ArrayList<>();
    for (Path file : request.files()) {
      String name = name(file);
      Path other = names.put(name, file);
      if (other != null) {
        throw CommandException.usage(
            "simulate: "
                + other
                + " and "
                + file
                + " would both be called '"
                + name
                + "': a router is called like its file, rename one");
      }
      order.add(name);
    }
    Map<String, List<InetAddress>> addresses = addresses(request.addresses(), order);
    List<ConfiguredCluster.Member> members = new ArrayList<>();
    for (Path file : request.files()) {
      LoadResult result = load(file);
      members.add(
          new ConfiguredCluster.Member(
              name(file), result.configuration(), addresses.getOrDefault(name(file), List.of())));
    }
    return members;
  }

  private static LoadResult load(Path file) {
    if (!Files.isRegularFile(file)) {
      throw CommandException.failed("there is no file " + file);
    }
    LoadResult result = ConfigLoader.load(file, Elsewhere.of(name(file)));
    if (!result.verdict().startable()) {
      throw CommandException.failed(
          "no daemon starts with " + file + ": 'sluice check " + file + "' says why");
    }
    if (result.configuration().vrrpInstances().isEmpty()) {
      throw CommandException.failed("there is no vrrp_instance in " + file);
    }
    return result;
  }

  /** The file's name up to the last dot. */
  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static Map<String, List<InetAddress>> addresses(
      List<String> given, List<String> routers) {
    Map<String, List<InetAddress>> addresses = new HashMap<>();
    for (String text : given) {
      int equals = text.indexOf('=');
      String router = equals < 0 ? "" : text.substring(0, equals);
      if (!routers.contains(router)) {
        throw CommandException.usage(
            "simulate: --address '"
                + text
                + "': expected ROUTER=ADDRESS with a router of "
                + String.join(", ", routers));
      }
      try {
        InetAddress address = InetAddress.ofLiteral(text.substring(equals + 1));
        List<InetAddress> own = addresses.computeIfAbsent(router, _ -> new ArrayList<>());
        if (own.stream().anyMatch(a -> a.getAddress().length == address.getAddress().length)) {
          throw CommandException.usage(
              "simulate: --address '" + text + "': " + router + " has one of this family already");
        }
        if (addresses.values().stream()
            .anyMatch(all ->
                all.stream().anyMatch(a -> Arrays.equals(a.getAddress(), address.getAddress())))) {
          throw CommandException.usage(
              "simulate: --address '" + text + "': another router has it already");
        }
        own.add(address);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(
            "simulate: --address '"
                + text
                + "': '"
                + text.substring(equals + 1)
                + "' is no address");
      }
    }
    return addresses;
  }
}
