package dev.sluice.cli.simulate;

import dev.sluice.cli.CommandException;
import dev.sluice.vrrp.machine.EffectivePriority.Source;
import dev.sluice.vrrp.simulation.ClusterSpec;
import dev.sluice.vrrp.simulation.Happening;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What shall happen, out of the words of the command line. */
final class Plan {
  /** Something at a moment. */
  record Planned(long atNanos, Happening happening) {}

  /** {@code WHAT@FROM..UNTIL}; {@code until} is -1 without an end. */
  private record Item(String option, String text, String what, long from, long until) {}

  private final ClusterSpec spec;
  private final List<Planned> planned = new ArrayList<>();
  private final Set<Integer> startedLater = new HashSet<>();

  Plan(ClusterSpec spec) {
    this.spec = spec;
  }

  /** All of it, with the start of every router that no {@code --start} starts first. */
  List<Planned> planned() {
    List<Planned> all = new ArrayList<>();
    for (int r = 0; r < spec.routers().size(); r++) {
      if (!startedLater.contains(r)) {
        all.add(new Planned(0, new Happening.Started(r)));
      }
    }
    all.addAll(planned);
    return all;
  }

  /** When the last thing happens. */
  long last() {
    return planned.stream().mapToLong(Planned::atNanos).max().orElse(0);
  }

  void kill(String text) {
    Item item = moment("--kill", text);
    add(item.from(), new Happening.Killed(router(item, item.what())));
  }

  void stop(String text) {
    Item item = moment("--stop", text);
    add(item.from(), new Happening.Stopped(router(item, item.what())));
  }

  /** A router whose first word is its start is off until then. */
  void start(String text) {
    Item item = moment("--start", text);
    int router = router(item, item.what());
    boolean ended =
        planned.stream()
            .anyMatch(p ->
                p.atNanos() <= item.from()
                    && (p.happening().equals(new Happening.Killed(router))
                        || p.happening().equals(new Happening.Stopped(router))));
    if (!ended) {
      startedLater.add(router);
    }
    add(item.from(), new Happening.Started(router));
  }

  void freeze(String text) {
    Item item = item("--freeze", text);
    int router = router(item, item.what());
    add(item.from(), new Happening.Frozen(router));
    if (item.until() >= 0) {
      add(item.until(), new Happening.Thawed(router));
    }
  }

  /** {@code a,b}: none of them hears another; {@code a,b/c}: the two sides do not. */
  void partition(String text) {
    Item item = item("--partition", text);
    List<List<Integer>> sides = new ArrayList<>();
    Set<Integer> all = new HashSet<>();
    boolean each = item.what().indexOf('/') < 0;
    for (String side : item.what().split(each ? "," : "/", -1)) {
      List<Integer> routers = new ArrayList<>();
      for (String name : side.split(",", -1)) {
        int router = router(item, name);
        if (!all.add(router)) {
          throw bad(item, name + " stands there twice");
        }
        routers.add(router);
      }
      sides.add(routers);
    }
    if (sides.size() < 2) {
      throw bad(item, "name two routers or more, as in a,b or a,b/c");
    }
    for (int s = 0; s < sides.size(); s++) {
      for (int o = 0; o < sides.size(); o++) {
        if (s != o) {
          List<Integer> other = sides.get(o);
          sides.get(s).forEach(from -> other.forEach(to -> cut(item, from, to)));
        }
      }
    }
  }

  /** {@code a,b}: b no longer hears a. */
  void deaf(String text) {
    Item item = item("--one-way", text);
    String[] names = item.what().split(",", -1);
    if (names.length != 2) {
      throw bad(item, "name two routers: in a,b the second no longer hears the first");
    }
    cut(item, router(item, names[0]), router(item, names[1]));
  }

  private void cut(Item item, int from, int to) {
    add(item.from(), new Happening.Cut(from, to, null));
    if (item.until() >= 0) {
      add(item.until(), new Happening.Mended(from, to, null));
    }
  }

  void fault(String text) {
    Item item = item("--fault", text);
    String[] parts = item.what().split(":", 2);
    int router = router(item, parts[0]);
    Set<String> devices = new TreeSet<>();
    for (ClusterSpec.Instance instance : spec.routers().get(router).instances()) {
      if (instance.device() != null) {
        devices.add(instance.device());
      }
      instance.tracked().stream()
          .filter(tracked -> tracked.source() == Source.INTERFACE)
          .forEach(tracked -> devices.add(tracked.name()));
    }
    if (parts.length < 2 || !devices.contains(parts[1])) {
      throw bad(
          item,
          (parts.length < 2 ? "which interface?" : "nothing in it depends on " + parts[1])
              + " (known for "
              + parts[0]
              + ": "
              + String.join(", ", devices)
              + ")");
    }
    add(item.from(), new Happening.InterfaceDown(router, parts[1]));
    if (item.until() >= 0) {
      add(item.until(), new Happening.InterfaceUp(router, parts[1]));
    }
  }

  /** {@code a:VI_1:-20}: as if a tracker of that weight spoke. */
  void priority(String text) {
    Item item = item("--priority", text);
    String[] parts = item.what().split(":", -1);
    if (parts.length != 3) {
      throw bad(item, "expected ROUTER:INSTANCE:CHANGE, as in a:VI_1:-20");
    }
    int router = router(item, parts[0]);
    int instance = spec.routers().get(router).indexOf(parts[1]);
    if (instance < 0) {
      throw bad(
          item,
          parts[0]
              + " has no instance "
              + parts[1]
              + " (it has "
              + String.join(
                  ", ",
                  spec.routers().get(router).instances().stream()
                      .map(i -> i.settings().name())
                      .toList())
              + ")");
    }
    int value;
    try {
      value = Integer.parseInt(parts[2]);
    } catch (NumberFormatException e) {
      throw bad(item, "'" + parts[2] + "' is no number");
    }
    if (value < -254 || value > 254) {
      throw bad(item, "a change lies between -254 and 254");
    }
    add(item.from(), new Happening.TermSet(router, instance, Source.SCRIPT, "simulated", value));
    if (item.until() >= 0) {
      add(item.until(), new Happening.TermSet(router, instance, Source.SCRIPT, "simulated", 0));
    }
  }

  private void add(long at, Happening happening) {
    planned.add(new Planned(at, happening));
  }

  private int router(Item item, String name) {
    List<String> names = spec.routers().stream().map(ClusterSpec.Router::name).toList();
    int router = names.indexOf(name);
    if (router < 0) {
      throw bad(
          item, "there is no router '" + name + "' (known: " + String.join(", ", names) + ")");
    }
    return router;
  }

  private static CommandException bad(Item item, String why) {
    return bad(item.option(), item.text(), why);
  }

  private static CommandException bad(String option, String text, String why) {
    return CommandException.usage("simulate: " + option + " '" + text + "': " + why);
  }

  private static Item moment(String option, String text) {
    Item item = item(option, text);
    if (item.until() >= 0) {
      throw bad(item, "this happens at a moment, not for a while: one time after the @");
    }
    return item;
  }

  private static Item item(String option, String text) {
    int at = text.lastIndexOf('@');
    if (at <= 0) {
      throw bad(option, text, "when? Add @5s, or @5s..8s for a while");
    }
    String when = text.substring(at + 1);
    int dots = when.indexOf("..");
    long from = Spans.nanos("simulate: " + option, dots < 0 ? when : when.substring(0, dots));
    long until = dots < 0 ? -1 : Spans.nanos("simulate: " + option, when.substring(dots + 2));
    if (until >= 0 && until <= from) {
      throw bad(option, text, "it ends before it begins");
    }
    return new Item(option, text, text.substring(0, at), from, until);
  }
}
