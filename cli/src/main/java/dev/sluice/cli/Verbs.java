package dev.sluice.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every verb by name. An object is made only of the verb that runs: start-up time counts. */
final class Verbs {
  /**
   * A line of {@code sluice help}.
   *
   * @param arguments as in a synopsis
   */
  record Entry(String name, String arguments, String summary) {}

  /** A heading of {@code sluice help} and its verbs. */
  record Group(String title, List<Entry> entries) {}

  static final List<Group> GROUPS =
      List.of(
          new Group(
              "On a director",
              List.of(
                  new Entry("run", "[-f FILE]", "run the daemon in the foreground"),
                  new Entry("check", "FILE", "test a configuration file, as keepalived -t does"),
                  new Entry("fmt", "FILE", "lay a configuration file out"),
                  new Entry("status", "[--json]", "what the daemon does now, and why"),
                  new Entry("get", "OBJECT...", "list instances, groups, scripts, services, ..."),
                  new Entry("ipvsadm", "[OPTION...]", "list and change services by hand"),
                  new Entry("why", "KIND NAME", "who is master, who is down, and why"),
                  new Entry("simulate", "FILE FILE...", "play a failure before it happens"),
                  new Entry("genhash", "-s ADDRESS", "the digest of a page, for a check"),
                  new Entry("doctor", "[-f FILE]", "what this machine lacks, and how to mend it"))),
          new Group(
              "On a real server",
              List.of(
                  new Entry(
                      "realserver", "add|remove VIP...", "hold a VIP on lo, hidden from ARP"))),
          new Group(
              "To see it work",
              List.of(
                  new Entry(
                      "demo", "[nginx]", "a whole cluster on this machine, with a failover"))),
          new Group(
              "About sluice",
              List.of(
                  new Entry("help", "[VERB]", "this page, or one verb's"),
                  new Entry("version", "", "which sluice this is"))));

  private Verbs() {}

  /** All names, in the order of the help page. */
  static List<String> names() {
    return entries().map(Entry::name).toList();
  }

  /** The help page's line about a verb. */
  static Optional<Entry> entry(String name) {
    return entries().filter(e -> e.name().equals(name)).findFirst();
  }

  /** The verb, or null when there is none of this name. */
  static @Nullable Verb create(String name) {
    return switch (name) {
      case "run" -> new RunVerb();
      case "check" -> new CheckVerb();
      case "fmt" -> new FmtVerb();
      case "status" -> new StatusVerb();
      case "get" -> new GetVerb();
      case "why" -> new WhyVerb();
      case "ipvsadm" -> new IpvsadmVerb();
      case "simulate" -> new SimulateVerb();
      case "genhash" -> new GenhashVerb();
      case "doctor" -> new DoctorVerb();
      case "realserver" -> new RealServerVerb();
      case "demo" -> new DemoVerb();
      case "help" -> new HelpVerb();
      case "version" -> new VersionVerb();
      default -> null;
    };
  }

  private static Stream<Entry> entries() {
    return GROUPS.stream().flatMap(g -> g.entries().stream());
  }
}
