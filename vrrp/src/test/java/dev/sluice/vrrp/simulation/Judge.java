package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.VrrpState;
import dev.sluice.vrrp.machine.Action;
import dev.sluice.vrrp.machine.FaultReason;
import dev.sluice.vrrp.machine.InstanceSettings;
import dev.sluice.vrrp.machine.InstanceState;
import dev.sluice.vrrp.machine.VrrpRouter.GroupSpec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows from the RFCs and keepalived's manual what a router may do, and cries out when one does
 * something else. What must hold at one router at each event is here; what must hold between them,
 * in {@link Claims}.
 *
 * <pre>
 * BACKUP -> MASTER   only after Master_Down_Interval without an advert that counts, or skew after
 *                    priority 0; with nopreempt every advert counts, with preempt_delay until it is over
 * MASTER -> BACKUP   only on an advert that wins, or a member of the group heard one
 * -> FAULT           only while an input is bad; FAULT -> BACKUP only when none is
 * MASTER             answers priority 0 and losing adverts at once, announces again, adverts each interval
 * group              all MASTER or none; all in FAULT or none
 * addresses          held exactly in MASTER; given up after priority 0 at a stop or fault
 * conflict           announced again 1 s and 10 s after the last advert of the loser
 * standing still     BACKUP listens for an interval and the skew before it takes over
 * </pre>
 */
class Judge implements Observer {
  /** Something that may not be. */
  static final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String message) {
      super(message);
    }
  }

  /** A router as told. */
  static final class Desk {
    final ClusterSpec.Router spec;
    final Seat[] seats;
    final Set<String> devicesDown = new HashSet<>();
    boolean running;
    boolean frozen;

    Desk(int index, ClusterSpec.Router spec) {
      this.spec = spec;
      seats = new Seat[spec.instances().size()];
      for (int i = 0; i < seats.length; i++) {
        seats[i] = new Seat(index, i, spec.instances().get(i));
      }
    }

    /** Its own device fails. */
    boolean broken(Seat seat) {
      String device = seat.spec.device();
      return device != null && seat.spec.trackPrimary() && devicesDown.contains(device);
    }

    /** Its own device fails, or another member's. */
    boolean faulty(Seat seat) {
      for (Seat mate : mates(seat)) {
        if (broken(mate)) {
          return true;
        }
      }
      return false;
    }

    /** The members of its group with itself; itself alone without a group. */
    List<Seat> mates(Seat seat) {
      GroupSpec group = group(seat);
      return group == null ? List.of(seat) : Arrays.asList(seats);
    }

    @Nullable GroupSpec group(Seat seat) {
      return spec.groups().isEmpty() ? null : spec.groupOf(seat.settings.name());
    }
  }

  /** An advert a MASTER was given, and what it has done about it. */
  private static final class Challenge {
    final Seat seat;
    final int priority;
    final boolean wins;

    /** With nopreempt a master that overslept may leave another in place. */
    final boolean mayYield;

    /** Under nopreempt_strict one that sits may make the better one wait. */
    final boolean mayStay;

    final long clock;

    /** When it came, however late it is read. */
    final long arrived;

    boolean answered;
    boolean announced;

    Challenge(
        Seat seat,
        int priority,
        boolean wins,
        boolean mayYield,
        boolean mayStay,
        long clock,
        long arrived) {
      this.seat = seat;
      this.mayYield = mayYield;
      this.mayStay = mayStay;
      this.clock = clock;
      this.arrived = arrived;
      this.priority = priority;
      this.wins = wins;
    }
  }

  private record Sent(Seat seat, int priority, boolean asMaster) {}

  final ClusterSpec spec;
  final Desk[] desks;
  private final Claims claims;
  private final List<Sent> sent = new ArrayList<>();
  private @Nullable Cluster cluster;
  private @Nullable Challenge challenge;
  private boolean ending;

  Judge(ClusterSpec spec, Conditions conditions) {
    this.spec = spec;
    desks = new Desk[spec.routers().size()];
    for (int i = 0; i < desks.length; i++) {
      desks[i] = new Desk(i, spec.routers().get(i));
    }
    claims = new Claims(this, conditions);
  }

  void watch(Cluster watched) {
    cluster = watched;
  }

  /** Whether {@link #tell} wants to hear. */
  boolean telling() {
    return false;
  }

  /** For the story of a failing seed. */
  void tell(long at, String what) {}

  private static String words(Desk desk, Seat seat) {
    return desk.spec.name() + " " + seat.settings.name();
  }

  Violation violation(Seat seat, String what) {
    return new Violation(desks[seat.router].spec.name() + " " + seat.settings.name() + ": " + what);
  }

  // --- what comes in ----------------------------------------------------------------------------

  @Override
  public void moved(long at) {
    claims.moved(at);
  }

  @Override
  public void happened(long at, Happening happening) {
    meet();
    if (telling()) {
      tell(at, happening.words(spec));
    }
    switch (happening) {
      case Happening.Started(int r) -> {
        Desk desk = desks[r];
        if (!desk.running) {
          desk.running = true;
          desk.frozen = false;
        }
      }
      case Happening.Stopped(int r) -> ending = true;
      case Happening.Killed(int r) -> dead(desks[r]);
      case Happening.Frozen(int r) -> desks[r].frozen = desks[r].running;
      case Happening.Thawed(int r) -> {
        desks[r].frozen = false;
        for (Seat seat : desks[r].seats) {
          seat.lastSent = Math.max(seat.lastSent, desks[r].spec.clock(at));
          seat.thawed(desks[r].spec.clock(at));
        }
      }
      case Happening.InterfaceDown(int r, String device) -> desks[r].devicesDown.add(device);
      case Happening.InterfaceUp(int r, String device) -> desks[r].devicesDown.remove(device);
      case Happening.TermSet(int r, int i, var _, String name, int value) -> {
        Seat seat = desks[r].seats[i];
        seat.term(name, value);
        seat.highest = Math.max(seat.highest, seat.priority());
      }
      case Happening.Reloaded(int r, List<InstanceSettings> settings) -> {
        Desk desk = desks[r];
        for (InstanceSettings next : settings) {
          Seat seat = desk.seats[desk.spec.indexOf(next.name())];
          seat.settings = next;
          seat.highest = Math.max(seat.highest, seat.priority());
        }
      }
      case Happening.Cut _, Happening.Mended _, Happening.NetworkIs _ -> {}
    }
    claims.happened(at, happening);
  }

  private static void dead(Desk desk) {
    desk.running = false;
    desk.frozen = false;
    for (Seat seat : desk.seats) {
      seat.kind = VrrpState.INIT;
      seat.held = false;
      seat.reported = -1;
    }
  }

  @Override
  public void ticked(long at, int router) {
    meet();
  }

  @Override
  public void heard(
      long at, int r, int i, int priority, long interval, InetAddress from, long arrived) {
    meet();
    Desk desk = desks[r];
    Seat seat = desk.seats[i];
    long arrivedClock = desk.spec.clock(seat.kind == VrrpState.BACKUP ? arrived : at);
    boolean released = false;
    switch (seat.kind) {
      case INIT, FAULT -> {}
      case BACKUP -> {
        if (priority == 0) {
          released = seat.release(from, arrivedClock);
        } else {
          seat.hear(priority, interval, from, arrivedClock);
        }
      }
      case MASTER -> {
        int ours = seat.priority();
        boolean wins =
            priority > ours
                || (priority == ours
                    && priority != 0
                    && Arrays.compareUnsigned(from.getAddress(), seat.spec.address().getAddress())
                        > 0);
        boolean overslept =
            arrivedClock - seat.spokeAt + Seat.SLACK
                >= seat.down(ours, seat.settings.advertIntervalNanos());
        challenge =
            challenge(
                seat,
                priority,
                wins,
                overslept,
                from,
                interval,
                arrivedClock,
                desk.spec.clock(arrived));
        if (telling()) {
          tell(
              at,
              words(desk, seat) + " hears priority " + priority + " of " + from.getHostAddress());
        }
        if (wins || challenge.mayYield) {
          // By its arrival: what follows it in the buffer came after that.
          seat.yieldTo(interval, from, desk.spec.clock(arrived));
          seat.delaySince = -1;
        }
      }
    }
    if (released) {
      for (Seat mate : desk.mates(seat)) {
        if (mate != seat) {
          mate.known |= mate.master != null;
        }
        if (mate != seat && mate.zeroAt < mate.heedsSince) {
          mate.zeroAt = arrivedClock;
        }
      }
    }
  }

  private static Challenge challenge(
      Seat seat,
      int priority,
      boolean wins,
      boolean overslept,
      InetAddress from,
      long interval,
      long clock,
      long arrived) {
    if (priority == 0) {
      return new Challenge(seat, priority, wins, false, false, clock, arrived);
    }
    boolean mayYield = overslept && !seat.settings.preempt();
    boolean mayStay = false;
    boolean again = seat.meets(from, clock);
    if (seat.settings.nopreemptStrict()) {
      boolean sitting = seat.sitting(clock);
      boolean insists = clock - seat.rivalSince + Seat.SLACK >= seat.settings.advertIntervalNanos();
      mayYield |= !wins && again && insists && !seat.sitting(clock - 2 * Seat.SLACK);
      mayStay =
          wins
              && priority != 255
              && sitting
              && clock - seat.bid(clock, interval) < seat.patience + Seat.SLACK;
    }
    if (priority == 255 && seat.priority() == 255 && !wins) {
      long patience = seat.settings.advertIntervalNanos();
      mayYield |= again && clock - seat.rivalSince + Seat.SLACK >= patience + patience / 5;
    }
    return new Challenge(seat, priority, wins, mayYield, mayStay, clock, arrived);
  }

  // --- what they do -----------------------------------------------------------------------------

  @Override
  public void acted(long at, int r, int i, Action action) {
    Desk desk = desks[r];
    Seat seat = desk.seats[i];
    Challenge now = challenge;
    switch (action) {
      case Action.SendAdvert(int priority) -> {
        sent.add(new Sent(seat, priority, seat.kind == VrrpState.MASTER));
        if (now != null && now.seat == seat) {
          now.answered = true;
        }
        seat.saidZero |= priority == 0;
        if (priority != 0) {
          seat.lastSent = desk.spec.clock(at);
          seat.spokeAt = seat.lastSent;
        }
        if (desk.frozen) {
          throw violation(seat, "sends while it stands still");
        }
      }
      case Action.AddAddresses _ -> {
        seat.held = true;
        seat.saidZero = false;
      }
      case Action.RemoveAddresses _ -> {
        seat.held = false;
        seat.leftSilently = !seat.saidZero;
      }
      case Action.AnnounceAddresses _ -> {
        if (!seat.held) {
          throw violation(seat, "announces addresses it does not hold");
        }
        if (now != null && now.seat == seat) {
          now.announced = true;
        }
        seat.announced(desk.spec.clock(at));
      }
      case Action.StateChanged(VrrpState from, VrrpState to, String cause) -> {
        if (telling()) {
          tell(at, words(desk, seat) + " " + from + " -> " + to + ": " + cause);
        }
        if (from != seat.kind) {
          throw violation(seat, "goes from " + from + " but was " + seat.kind);
        }
        changes(desk, seat, to, cause, desk.spec.clock(at));
        seat.kind = to;
        claims.changed(at, seat);
      }
      case Action.PriorityChanged(int _, int to) -> seat.reported = to;
      case Action.Ended _ -> {
        if (!ending) {
          throw violation(seat, "ends, though nobody stopped it");
        }
        if (seat.kind == VrrpState.MASTER && seat.leftSilently) {
          throw violation(seat, "gives up its addresses before it says so (priority 0)");
        }
        seat.kind = VrrpState.INIT;
        claims.changed(at, seat);
      }
      case Action _ -> {}
    }
  }

  private void changes(Desk desk, Seat seat, VrrpState to, String cause, long clock) {
    switch (to) {
      case MASTER -> {
        seat.becameMaster(clock);
        boolean owner = seat.settings.priority() == 255 && seat.settings.startAsMaster();
        boolean alone = desk.group(seat) == null;
        if (seat.kind == VrrpState.INIT && owner && alone) {
          break;
        }
        if (seat.kind != VrrpState.BACKUP) {
          throw violation(seat, "becomes MASTER from " + seat.kind);
        }
        String early = seat.tooEarly(clock, !alone);
        if (early != null) {
          throw violation(seat, "becomes MASTER too early (" + cause + "): " + early);
        }
      }
      case BACKUP -> {
        if (seat.kind != VrrpState.MASTER) {
          seat.listen(clock, seat.kind == VrrpState.FAULT);
          break;
        }
        Challenge by = challenge;
        if (by == null && expired(desk, seat, clock)) {
          break;
        }
        if (by == null || !(by.wins || by.mayYield) || !desk.mates(seat).contains(by.seat)) {
          throw violation(seat, "leaves MASTER without cause: " + cause);
        }
        if (by.seat != seat) {
          seat.listen(clock, false);
          seat.heedsSince = by.arrived;
          seat.fresh = false;
        }
      }
      case FAULT -> {
        if (!desk.faulty(seat)) {
          throw violation(seat, "goes to FAULT though all is well: " + cause);
        }
        if (seat.kind == VrrpState.MASTER && seat.leftSilently) {
          throw violation(seat, "gives up its addresses before it says so (priority 0)");
        }
      }
      case INIT -> throw violation(seat, "goes to INIT");
    }
  }

  /** timer_expired_backup: it, or the member of its group that took it along, spoke too late. */
  private static boolean expired(Desk desk, Seat seat, long clock) {
    for (Seat mate : desk.mates(seat)) {
      int highest = mate.settings.timerExpiredBackup();
      if (highest > 0
          && !mate.settings.preempt()
          && clock - mate.spokeAt + Seat.SLACK
              >= mate.down(highest, mate.settings.advertIntervalNanos())) {
        seat.listen(clock, false);
        seat.fresh = false;
        return true;
      }
    }
    return false;
  }

  @Override
  public void settled(long at, int r) {
    Desk desk = desks[r];
    meet();
    if (ending) {
      // The happening that ended somebody settles every router; only the ended one is quiet now.
      boolean gone = Objects.requireNonNull(cluster).state(r, 0) == null;
      if (gone && desk.running) {
        for (Seat seat : desk.seats) {
          if (seat.held) {
            throw violation(seat, "keeps its addresses after its end");
          }
        }
        dead(desk);
        claims.recast();
      }
      if (r == desks.length - 1) {
        ending = false;
      }
    }
    if (!desk.running || desk.frozen) {
      return;
    }
    for (int i = 0; i < desk.seats.length; i++) {
      check(desk, desk.seats[i], desk.spec.clock(at));
    }
    for (Seat seat : desk.seats) {
      if (desk.group(seat) != null && seat.kind != desk.seats[0].kind) {
        boolean starting = seat.kind == VrrpState.INIT || desk.seats[0].kind == VrrpState.INIT;
        if (!starting) {
          throw violation(
              seat,
              "is "
                  + seat.kind
                  + " while "
                  + desk.seats[0].settings.name()
                  + " of its group is "
                  + desk.seats[0].kind);
        }
      }
    }
  }

  private void check(Desk desk, Seat seat, long clock) {
    boolean master = seat.kind == VrrpState.MASTER;
    if (seat.held != master) {
      throw violation(seat, (seat.held ? "holds" : "lacks") + " its addresses in " + seat.kind);
    }
    InstanceState state =
        Objects.requireNonNull(Objects.requireNonNull(cluster).state(seat.router, seat.instance));
    if (state.kind() != seat.kind) {
      throw violation(seat, "is " + state.kind() + " but told " + seat.kind);
    }
    if (state.priority().value() != seat.priority()) {
      throw violation(
          seat, "has priority " + state.priority().value() + ", expected " + seat.priority());
    }
    if (seat.reported != -1 && seat.reported != seat.priority()) {
      throw violation(seat, "reported priority " + seat.reported + ", has " + seat.priority());
    }
    if (master && clock - seat.lastSent > seat.settings.advertIntervalNanos() + Seat.SLACK) {
      throw violation(seat, "is MASTER and was silent for " + (clock - seat.lastSent) + " ns");
    }
    String unrepaired = master ? seat.unrepaired(clock) : null;
    if (unrepaired != null) {
      throw violation(seat, unrepaired);
    }
    boolean own = false;
    boolean others = false;
    for (FaultReason reason : state.faults()) {
      own |= reason.own();
      others |= !reason.own();
    }
    boolean ownExpected = desk.broken(seat);
    boolean othersExpected = false;
    for (Seat mate : desk.mates(seat)) {
      othersExpected |= mate != seat && desk.broken(mate);
    }
    if (own != ownExpected || others != othersExpected) {
      throw violation(seat, "lists the faults " + state.faults());
    }
    if (seat.kind != VrrpState.INIT && (seat.kind == VrrpState.FAULT) != (own || others)) {
      throw violation(seat, "is " + seat.kind + " with the faults " + state.faults());
    }
  }

  /** All that follows from the last thing has happened. */
  private void meet() {
    Challenge was = challenge;
    challenge = null;
    if (was != null) {
      met(was);
    }
    for (Sent one : sent) {
      Seat seat = one.seat();
      boolean master = seat.kind == VrrpState.MASTER;
      if (one.priority() == 0) {
        if (!one.asMaster() || master) {
          throw violation(seat, "says priority 0 in " + seat.kind);
        }
      } else if (!one.asMaster() && !master) {
        throw violation(seat, "sends an advert in " + seat.kind);
      } else if (one.priority() != seat.priority()) {
        throw violation(seat, "sends priority " + one.priority() + ", expected " + seat.priority());
      }
    }
    sent.clear();
  }

  private void met(Challenge was) {
    Seat seat = was.seat;
    boolean master = seat.kind == VrrpState.MASTER;
    if (was.wins) {
      if (master && !was.mayStay) {
        throw violation(seat, "stays MASTER against priority " + was.priority);
      }
      if (master) {
        seat.conflict(was.clock);
      }
      return;
    }
    if (!master) {
      if (seat.kind == VrrpState.FAULT || was.mayYield) {
        return;
      }
      throw violation(seat, "leaves MASTER for a router that loses");
    }
    if (!was.answered && (was.priority == 0 || !seat.settings.lowerPrioNoAdvert())) {
      throw violation(seat, "does not answer priority " + was.priority);
    }
    if (was.priority != 0 && !was.announced) {
      throw violation(seat, "met another master and does not announce again");
    }
    if (was.priority != 0) {
      seat.conflict(was.clock);
    }
  }
}
