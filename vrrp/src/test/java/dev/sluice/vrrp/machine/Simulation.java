package dev.sluice.vrrp.machine;

import static dev.sluice.vrrp.VrrpState.MASTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.codec.Ipv4;
import dev.sluice.vrrp.machine.VrrpRouter.Effect;
import dev.sluice.vrrp.machine.VrrpRouter.GroupSpec;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import org.assertj.core.description.Description;

/**
 * Up to ten routers on one or two segments, an in-memory network with loss, delay and partition,
 * clocks that drift by up to 1 %. All from one seed.
 */
final class Simulation {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final double DRIFT = 0.01;

  private final long seed;
  private final Random random;
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> story = new ArrayList<>();
  private final int version;
  private final long interval;
  private final boolean preempt;
  private final boolean grouped;
  private final long maxDelay;
  private long now;
  private long order;
  private double loss;

  private record Due(long at, long order, Runnable task) {}

  private final class Node {
    final int index;
    final int basePriority;
    final Inet4Address address;
    final double rate = 1 + (random.nextDouble() * 2 - 1) * DRIFT;
    final long offset = random.nextLong(1000 * SECOND);
    VrrpRouter router = new VrrpRouter();
    boolean alive;
    int side;
    int generation;
    int masterships;
    final long[] lastArrival = new long[10];

    Node(int index, int basePriority) {
      this.index = index;
      this.basePriority = basePriority;
      this.address = Ipv4.of(0x0a4d0001 + index);
    }

    long clock() {
      return offset + (long) (now * rate);
    }

    long trueTime(long clock) {
      return (long) Math.ceil((clock - offset) / rate);
    }

    void start() {
      alive = true;
      router = new VrrpRouter();
      List<String> names = grouped ? List.of("A", "B") : List.of("A");
      for (String name : names) {
        Specimens.Builder settings =
            Specimens.settings()
                .name(name)
                .version(version)
                .interval(interval)
                .priority(basePriority);
        if (!preempt) {
          settings.nopreempt();
        }
        if (grouped) {
          settings.group();
        }
        router.add(settings.build(), clock());
      }
      if (grouped) {
        router.groups(List.of(new GroupSpec("G", names)), clock());
      }
      for (String name : names) {
        perform(router.on(name, new MachineEvent.LocalAddressIs(address), clock()));
        perform(router.tick(name, clock()));
      }
      arm();
    }

    void crash() {
      alive = false;
      generation++;
    }

    void stop() {
      for (String name : List.copyOf(router.instances())) {
        perform(router.on(name, new MachineEvent.Stopped(), clock()));
      }
      crash();
    }

    void event(String name, MachineEvent event) {
      if (alive) {
        perform(router.on(name, event, clock()));
        arm();
      }
    }

    void arm() {
      long deadline = router.deadlineNanos();
      int mine = ++generation;
      if (deadline != VrrpTimers.NONE) {
        at(
            Math.max(now, trueTime(deadline)),
            () -> {
              if (alive && generation == mine) {
                for (String name : List.copyOf(router.instances())) {
                  perform(router.tick(name, clock()));
                }
                arm();
              }
            });
      }
    }

    void perform(List<Effect> effects) {
      for (Effect effect : effects) {
        if (effect instanceof Effect.OfInstance(String name, Action action)) {
          switch (action) {
            case Action.SendAdvert(int priority) -> send(this, name, priority);
            case Action.StateChanged(VrrpState _, VrrpState to, String cause) -> {
              if (to == MASTER) {
                masterships++;
              }
              tell("router " + index + " " + name + " -> " + to + ": " + cause);
            }
            case Action _ -> {}
          }
        }
      }
    }

    boolean master() {
      return alive && router.state("A").kind() == MASTER;
    }

    int priority() {
      return router.state("A").effectivePriority();
    }
  }

  Simulation(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    version = random.nextBoolean() ? 2 : 3;
    interval = version == 2 ? SECOND : (1L + random.nextInt(100)) * 10 * MILLI;
    preempt = random.nextInt(4) != 0;
    grouped = random.nextInt(4) == 0;
    // An advert must reach everybody before the next router's skew is over, else two may go.
    maxDelay = Math.max(1, interval / 1000);
    int count = 2 + random.nextInt(9);
    for (int i = 0; i < count; i++) {
      int priority = random.nextInt(3) == 0 ? 100 : 1 + random.nextInt(254);
      nodes.add(new Node(i, priority));
    }
    tell(
        count
            + " routers, version "
            + version
            + ", interval "
            + interval / MILLI
            + " ms, "
            + (preempt ? "preempt" : "nopreempt")
            + (grouped ? ", sync group" : ""));
  }

  void run() {
    for (Node node : nodes) {
      at(random.nextLong(2 * interval), node::start);
    }
    settle();
    check("start");
    int steps = 4 + random.nextInt(8);
    for (int i = 0; i < steps; i++) {
      step();
    }
  }

  private void step() {
    switch (random.nextInt(7)) {
      case 0 -> {
        loss = random.nextDouble() * 0.6;
        tell("loss " + loss);
        advance(settleTime());
        loss = 0;
        settle();
        check("after loss");
      }
      case 1 -> {
        int sides = 2 + random.nextInt(2);
        nodes.forEach(node -> node.side = random.nextInt(sides));
        tell("partition");
        settle();
        check("partitioned");
        heal();
      }
      case 2 -> crashMaster();
      case 3 -> stopMaster();
      case 4 -> revive();
      case 5 -> {
        Node node = nodes.get(random.nextInt(nodes.size()));
        int weight = random.nextInt(100) - 50;
        tell("router " + node.index + " weight " + weight);
        for (String name : List.copyOf(node.router.instances())) {
          node.event(
              name, new MachineEvent.TermSet(EffectivePriority.Source.SCRIPT, "chk", weight));
        }
        settle();
        check("after a priority change");
      }
      default -> fault();
    }
  }

  private void heal() {
    nodes.forEach(node -> node.side = 0);
    tell("healed");
    // Two masters see each other within one interval of the slower clock (RFC 5798 6.4.3).
    advance((long) (interval * (1 + 2 * DRIFT)) + 4 * maxDelay);
    assertThat(masters().size()).as(what("one interval after healing")).isLessThanOrEqualTo(1);
    settle();
    check("after healing");
  }

  private void crashMaster() {
    Optional<Node> master = masters().stream().findFirst();
    if (master.isEmpty() || alive() < 2) {
      return;
    }
    tell("router " + master.get().index + " crashes");
    master.get().crash();
    Node best = best(0);
    long down = VrrpTimers.masterDownNanos(version, best.priority(), interval, 3);
    takenOver(down, "Master_Down_Interval after a crash");
  }

  private void stopMaster() {
    Optional<Node> master = masters().stream().findFirst();
    if (master.isEmpty() || alive() < 2) {
      return;
    }
    tell("router " + master.get().index + " stops");
    master.get().stop();
    Node best = best(0);
    takenOver(VrrpTimers.skewNanos(version, best.priority(), interval), "skew after priority 0");
  }

  /** In a group the last member's timer counts, and one that expired early waits for it. */
  private void takenOver(long bound, String when) {
    advance((long) (bound * (1 + 2 * DRIFT)) + 4 * maxDelay + MILLI);
    assertThat(masters()).as(what("a master within " + when)).isNotEmpty();
    settle();
    check("after " + when);
  }

  private void revive() {
    Optional<Node> dead = nodes.stream().filter(node -> !node.alive).findFirst();
    if (dead.isEmpty()) {
      return;
    }
    Optional<Node> master = masters().stream().findFirst();
    int before = master.map(node -> node.masterships).orElse(0);
    dead.get().side = 0;
    tell("router " + dead.get().index + " comes back");
    dead.get().start();
    settle();
    check("after a return");
    if (!preempt && master.isPresent()) {
      assertThat(master.get().master()).as(what("nopreempt never preempts")).isTrue();
      assertThat(master.get().masterships).as(what("nopreempt never preempts")).isEqualTo(before);
    }
  }

  private void fault() {
    List<Node> living = nodes.stream().filter(node -> node.alive).toList();
    if (living.size() < 2) {
      return;
    }
    Node node = living.get(random.nextInt(living.size()));
    FaultReason down = new FaultReason(FaultReason.Kind.INTERFACE_DOWN, "eth0");
    tell("router " + node.index + " fault");
    node.event("A", new MachineEvent.FaultRaised(down));
    settle();
    assertThat(node.master()).as(what("no master with a fault")).isFalse();
    assertThat(masters()).as(what("another takes over from a fault")).hasSize(1);
    node.event("A", new MachineEvent.FaultCleared(down));
    settle();
    check("after a fault");
  }

  // --- the network ------------------------------------------------------------------------------

  private void send(Node from, String name, int priority) {
    for (Node to : nodes) {
      if (to == from || random.nextDouble() < loss) {
        continue;
      }
      int side = from.side;
      // A segment delays but does not overtake: priority 0 stays behind the advert before it.
      long arrival = Math.max(from.lastArrival[to.index], now + random.nextLong(maxDelay));
      from.lastArrival[to.index] = arrival;
      at(
          arrival,
          () -> {
            if (to.side == side && to.alive) {
              to.event(name, new MachineEvent.AdvertSeen(priority, interval, from.address));
            }
          });
    }
  }

  private void at(long time, Runnable task) {
    queue.add(new Due(time, order++, task));
  }

  private void advance(long nanos) {
    long until = now + nanos;
    Due next;
    while ((next = queue.peek()) != null && next.at() <= until) {
      queue.poll();
      now = next.at();
      next.task().run();
    }
    now = until;
  }

  private long settleTime() {
    return (long) (2 * VrrpTimers.masterDownNanos(version, 1, interval, 3) * (1 + 2 * DRIFT))
        + 2 * interval;
  }

  private void settle() {
    advance(settleTime());
  }

  // --- what must hold ---------------------------------------------------------------------------

  private List<Node> masters() {
    return nodes.stream().filter(Node::master).toList();
  }

  private long alive() {
    return nodes.stream().filter(node -> node.alive).count();
  }

  private Node best(int side) {
    return nodes.stream()
        .filter(node -> node.alive && node.side == side)
        .max(Comparator.comparingInt(Node::priority))
        .orElseThrow();
  }

  private void check(String when) {
    nodes.stream()
        .filter(node -> node.alive)
        .map(node -> node.side)
        .distinct()
        .forEach(side -> {
          List<Node> masters =
              nodes.stream().filter(node -> node.side == side && node.master()).toList();
          assertThat(masters).as(what("one master on a side " + when)).hasSize(1);
          if (preempt) {
            assertThat(masters.getFirst().priority())
                .as(what("the best is master " + when))
                .isEqualTo(best(side).priority());
          }
        });
    for (Node node : nodes) {
      if (grouped && node.alive) {
        assertThat(node.router.state("B").kind())
            .as(what("members of a group agree " + when))
            .isEqualTo(node.router.state("A").kind());
      }
    }
  }

  private void tell(String text) {
    story.add(now / MILLI + " ms: " + text);
  }

  private Description what(String claim) {
    return new Description() {
      @Override
      public String value() {
        return claim + "; seed " + seed + "\n" + String.join("\n", story) + "\n";
      }
    };
  }
}
