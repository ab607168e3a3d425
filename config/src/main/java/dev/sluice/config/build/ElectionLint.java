package dev.sluice.config.build;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.TrackedInterface;
import dev.sluice.config.model.TrackedObject;
import dev.sluice.config.model.TrackedScript;
import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.config.table.Context;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What priorities and weights can do to an election, found by doing the sums: every tracker of an
 * instance and of its sync group, up and down, in every combination.
 *
 * <p>The other routers stand in other files. Where it matters, the assumption is that the other
 * router has the same trackers and that all is well there; the messages say so.
 */
final class ElectionLint {
  private static final int LEAST = 1;
  private static final int MOST = 254;
  private static final int OWNER = 255;

  private final Plan plan;
  private final Configuration configuration;
  private final Diagnostics diagnostics;
  private final Map<String, VrrpInstance> instances = new HashMap<>();
  private final Map<String, VrrpSyncGroup> groupOf = new HashMap<>();

  ElectionLint(Plan plan, Configuration configuration, Context context) {
    this.plan = plan;
    this.configuration = configuration;
    this.diagnostics = context.diagnostics();
    configuration.vrrpInstances().forEach(i -> instances.put(i.name(), i));
    for (VrrpSyncGroup group : configuration.syncGroups()) {
      group.members().forEach(member -> groupOf.put(member, group));
    }
  }

  /** A tracker's share of the priority. */
  private record Term(String name, At at, int up, int down) {
    static Term of(Plan.Tracked tracked, int weight, boolean reverse) {
      int well = Math.max(weight, 0);
      int failed = Math.min(weight, 0);
      return reverse
          ? new Term(tracked.name(), tracked.at(), failed, well)
          : new Term(tracked.name(), tracked.at(), well, failed);
    }
  }

  void run() {
    for (VrrpInstance instance : configuration.vrrpInstances()) {
      InstanceBuilder builder = plan.instances.get(instance.name());
      if (builder != null) {
        for (Term term : own(instance, builder.trackers)) {
          judge(term, List.of(instance));
        }
      }
    }
    for (SyncGroupBuilder builder : plan.syncGroups) {
      VrrpSyncGroup group = group(builder.name);
      if (group != null) {
        List<VrrpInstance> members =
            group.members().stream().map(instances::get).filter(m -> m != null).toList();
        for (Term term : shared(group, builder.trackers)) {
          judge(term, members);
        }
      }
    }
    withoutPriority();
    equalInOneFile();
  }

  private @Nullable VrrpSyncGroup group(String name) {
    for (VrrpSyncGroup group : configuration.syncGroups()) {
      if (group.name().equals(name)) {
        return group;
      }
    }
    return null;
  }

  private static List<Term> own(VrrpInstance instance, Plan.Trackers places) {
    return terms(
        places,
        instance.trackScripts(),
        instance.trackInterfaces(),
        instance.options().trackProcesses(),
        instance.options().trackBfds());
  }

  private static List<Term> shared(VrrpSyncGroup group, Plan.Trackers places) {
    return terms(
        places,
        group.trackScripts(),
        group.trackInterfaces(),
        group.options().trackProcesses(),
        group.options().trackBfds());
  }

  /** Those with a weight; what is tracked without is a FAULT, not a sum. */
  private static List<Term> terms(
      Plan.Trackers places,
      List<TrackedScript> scripts,
      List<TrackedInterface> interfaces,
      List<TrackedObject> processes,
      List<TrackedObject> bfds) {
    List<Term> terms = new ArrayList<>();
    for (TrackedScript s : scripts) {
      add(terms, places.scripts, s.script(), s.weight(), s.reverse());
    }
    for (TrackedInterface i : interfaces) {
      add(terms, places.interfaces, i.interfaceName(), i.weight(), i.reverse());
    }
    for (TrackedObject p : processes) {
      add(terms, places.processes, p.name(), p.weight(), p.reverse());
    }
    for (TrackedObject b : bfds) {
      add(terms, places.bfds, b.name(), b.weight(), b.reverse());
    }
    return terms;
  }

  private static void add(
      List<Term> to, List<Plan.Tracked> places, String name, int weight, boolean reverse) {
    for (Plan.Tracked place : places) {
      if (weight != 0 && place.name().equals(name)) {
        to.add(Term.of(place, weight, reverse));
        return;
      }
    }
  }

  /** Everything that counts for an instance: its own trackers and those of its group. */
  private List<Term> all(VrrpInstance instance) {
    InstanceBuilder builder = plan.instances.get(instance.name());
    List<Term> terms = new ArrayList<>();
    if (builder != null) {
      terms.addAll(own(instance, builder.trackers));
    }
    VrrpSyncGroup group = groupOf.get(instance.name());
    for (SyncGroupBuilder b : plan.syncGroups) {
      if (group != null && b.name.equals(group.name())) {
        terms.addAll(shared(group, b.trackers));
      }
    }
    return terms;
  }

  /** The number in a file is unknown, so is every sum with it. */
  private boolean tracksFile(VrrpInstance instance) {
    VrrpSyncGroup group = groupOf.get(instance.name());
    return !instance.options().trackFiles().isEmpty()
        || (group != null && !group.options().trackFiles().isEmpty());
  }

  private static int clamp(int priority) {
    return Math.clamp(priority, LEAST, MOST);
  }

  /** Whether the term ever moves the priority, whatever the others are. */
  private static boolean matters(VrrpInstance instance, Term term, List<Term> all) {
    Set<Integer> sums = new TreeSet<>(Set.of(0));
    for (Term other : all) {
      if (!other.equals(term)) {
        Set<Integer> next = new TreeSet<>();
        for (int sum : sums) {
          next.add(Math.clamp(sum + other.up(), -1000, 1000));
          next.add(Math.clamp(sum + other.down(), -1000, 1000));
        }
        sums = next;
      }
    }
    for (int sum : sums) {
      int base = instance.priority() + sum;
      if (clamp(base + term.up()) != clamp(base + term.down())) {
        return true;
      }
    }
    return false;
  }

  /** Says the worst that can be said of a term of these instances, once. */
  private void judge(Term term, List<VrrpInstance> members) {
    List<VrrpInstance> elected =
        members.stream().filter(m -> m.priority() != OWNER && !tracksFile(m)).toList();
    if (elected.isEmpty()) {
      return;
    }
    VrrpInstance first = elected.getFirst();
    List<Term> all = all(first);
    int sum = all.stream().mapToInt(Term::up).sum();
    int before = clamp(first.priority() + sum);
    int after = clamp(first.priority() + sum - term.up() + term.down());
    String name = term.name();
    if (elected.stream().noneMatch(m -> matters(m, term, all(m)))) {
      withoutEffect(term, first, before);
    } else if (after > before) {
      diagnostics.lint(
          term.at(),
          "weight-wrong-way",
          "a failure of "
              + name
              + " raises the priority of "
              + first.name()
              + " from "
              + before
              + " to "
              + after,
          "the router with the failure wins the election",
          "leave out reverse, unless a success of " + name + " is what means trouble");
    } else if (after < before && elected.stream().noneMatch(VrrpInstance::preempt)) {
      diagnostics.lint(
          term.at(),
          "weight-with-nopreempt",
          "with nopreempt, a lower priority alone never hands over: "
              + first.name()
              + " stays MASTER at "
              + after
              + " as at "
              + before,
          "the failure of " + name + " moves nothing as long as the others have nopreempt, too",
          "leave the weight out: then the failure is a FAULT, which hands over at once");
    } else if (after < before) {
      tooSmall(term, elected);
    }
  }

  private void withoutEffect(Term term, VrrpInstance instance, int before) {
    diagnostics.lint(
        term.at(),
        "weight-without-effect",
        "the weight of "
            + term.name()
            + " never changes the priority of "
            + instance.name()
            + ": it is "
            + before
            + " with it up and down alike (kept within 1..254)",
        "a failure changes nothing",
        "choose a priority that leaves room for the weights");
  }

  /**
   * A priority that falls by so little that no router of lower priority can pass it. Assumes that
   * the other router has the same trackers, all well.
   */
  private void tooSmall(Term term, List<VrrpInstance> members) {
    for (VrrpInstance m : members) {
      int sum = all(m).stream().mapToInt(Term::up).sum();
      int after = clamp(m.priority() + sum - term.up() + term.down());
      for (int other = LEAST; other < m.priority(); other++) {
        if (clamp(other + sum) > after) {
          return;
        }
      }
    }
    VrrpInstance m = members.getFirst();
    int sum = all(m).stream().mapToInt(Term::up).sum();
    int before = clamp(m.priority() + sum);
    int after = clamp(m.priority() + sum - term.up() + term.down());
    diagnostics.lint(
        term.at(),
        "weight-too-small",
        "a failure of "
            + term.name()
            + " takes "
            + m.name()
            + " from "
            + before
            + " to "
            + after
            + "; another router with a lower priority than "
            + m.priority()
            + ", the same trackers and all well has "
            + clamp(m.priority() - 1 + sum)
            + " at most",
        "it does not take over, or only by the higher address",
        "choose a weight larger than the distance between the priorities of the routers");
  }

  /** Equal priorities are decided by address; said once, for who leaves the priority out. */
  private void withoutPriority() {
    List<String> names = new ArrayList<>();
    At at = null;
    VrrpInstance first = null;
    for (VrrpInstance instance : configuration.vrrpInstances()) {
      InstanceBuilder builder = plan.instances.get(instance.name());
      if (builder != null && !builder.priorityWritten && instance.priority() != OWNER) {
        names.add(instance.name());
        if (first == null) {
          first = instance;
          at = builder.at;
        }
      }
    }
    if (first == null) {
      return;
    }
    diagnostics.info(
        at,
        "no-priority",
        (names.size() == 1
                ? "instance " + names.getFirst() + " has no priority, so it has 100"
                : names.size() + " instances, " + first.name() + " the first, have no priority, so")
            + (names.size() == 1 ? "" : " they have 100"),
        "if another router of the group leaves it out, too, the higher address wins"
            + (names.size() == 1 ? winner(first) : ""),
        "priority 1..254, another on every router");
  }

  /** With unicast the addresses are known, and who wins. */
  private static String winner(VrrpInstance instance) {
    InetAddress own = instance.unicastSource();
    if (own == null || !instance.unicast()) {
      return "";
    }
    InetAddress best = own;
    for (UnicastPeer peer : instance.unicastPeers()) {
      if (compare(peer.address(), best) > 0) {
        best = peer.address();
      }
    }
    return best.equals(own)
        ? ": this router, " + own.getHostAddress()
        : ": " + best.getHostAddress();
  }

  private static int compare(InetAddress a, InetAddress b) {
    return java.util.Arrays.compareUnsigned(a.getAddress(), b.getAddress());
  }

  /** Two instances of one file that are each other's unicast peers: both priorities are known. */
  private void equalInOneFile() {
    Map<String, List<VrrpInstance>> byId = new HashMap<>();
    for (VrrpInstance instance : configuration.vrrpInstances()) {
      if (instance.unicast() && instance.unicastSource() != null) {
        byId.computeIfAbsent(
                instance.virtualRouterId() + "/" + instance.priority(), _ -> new ArrayList<>())
            .add(instance);
      }
    }
    for (List<VrrpInstance> same : byId.values()) {
      for (int i = 1; i < same.size() && i < 50; i++) {
        for (int k = 0; k < i; k++) {
          if (peers(same.get(i), same.get(k))) {
            equal(same.get(k), same.get(i));
          }
        }
      }
    }
  }

  private static boolean peers(VrrpInstance a, VrrpInstance b) {
    return a.unicastPeers().stream().anyMatch(p -> p.address().equals(b.unicastSource()))
        && b.unicastPeers().stream().anyMatch(p -> p.address().equals(a.unicastSource()));
  }

  private void equal(VrrpInstance a, VrrpInstance b) {
    InstanceBuilder builder = plan.instances.get(b.name());
    diagnostics.lint(
        builder == null ? null : builder.at,
        "equal-priority",
        "instances "
            + a.name()
            + " and "
            + b.name()
            + " are each other's peers with the same virtual_router_id and the same priority, "
            + a.priority(),
        "the address decides" + winner(a).replace("this router, ", ""),
        "give each a priority of its own");
  }
}
