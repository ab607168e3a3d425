package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpState;
import java.util.ArrayList;
import java.util.List;

/**
 * Instances that move together, as keepalived's {@code vrrp_sync_group}.
 *
 * <pre>
 * a member's timer expired, every other wants MASTER too ... all are promoted
 * a member's timer expired, another does not ............... nothing (it remembers its wish)
 * a member went from MASTER to BACKUP ...................... the others follow, without priority 0
 * a member has a fault of its own .......................... the others get a fault (MASTER: prio 0)
 * no member has a fault any more ........................... the others' fault is cleared
 * a member's master said that it leaves .................... the others' timers end with skew: on
 *                                                            a dead link nobody can say it
 * a member heard a lower advert ............................ the others announce again
 * </pre>
 *
 * The group's state: FAULT if any member is, MASTER if all are, INIT if any is, else BACKUP. It
 * begins with its first member, and is never INIT again.
 */
public final class SyncGroupMachine {
  private SyncGroupMachine() {}

  /**
   * What the group knows of a member.
   *
   * @param groupFault whether the group's fault is on it now
   */
  public record Member(
      String name, VrrpState state, boolean wantsMaster, boolean ownFault, boolean groupFault) {}

  /** Something a member did. */
  public sealed interface Trigger {
    /** Its timer expired. */
    record MasterWanted(String by) implements Trigger {}

    /** It went from MASTER to BACKUP. */
    record LeftMaster(String by) implements Trigger {}

    /** A fault of its own came or went. */
    record FaultsMoved(String by) implements Trigger {}

    /** The master that it follows said that it leaves. */
    record MasterReleased(String by) implements Trigger {}

    /** It is MASTER and heard a lower-priority advert. */
    record LowerPriorityHeard(String by) implements Trigger {}
  }

  /** An event for a member. */
  public record Directive(String member, MachineEvent event) {}

  /** What the members have to do, in this order. */
  public static List<Directive> on(List<Member> members, Trigger trigger) {
    List<Directive> out = new ArrayList<>();
    switch (trigger) {
      case Trigger.MasterWanted(String by) -> {
        boolean all = members.stream().allMatch(m -> m.name().equals(by) || m.wantsMaster());
        if (all) {
          out.add(new Directive(by, new MachineEvent.Promoted()));
          for (Member member : members) {
            if (!member.name().equals(by) && member.state() == VrrpState.BACKUP) {
              out.add(new Directive(member.name(), new MachineEvent.Promoted()));
            }
          }
        }
      }
      case Trigger.LeftMaster(String by) -> {
        for (Member member : members) {
          if (!member.name().equals(by) && member.state() == VrrpState.MASTER) {
            out.add(
                new Directive(
                    member.name(),
                    new MachineEvent.Demoted("sync group member " + by + " left MASTER")));
          }
        }
      }
      case Trigger.FaultsMoved _ -> faults(members, out);
      case Trigger.MasterReleased(String by) -> {
        for (Member member : members) {
          if (!member.name().equals(by) && member.state() == VrrpState.BACKUP) {
            out.add(new Directive(member.name(), new MachineEvent.ReleasedElsewhere()));
          }
        }
      }
      case Trigger.LowerPriorityHeard(String by) -> {
        for (Member member : members) {
          if (!member.name().equals(by) && member.state() == VrrpState.MASTER) {
            out.add(new Directive(member.name(), new MachineEvent.LowerPriorityElsewhere()));
          }
        }
      }
    }
    return List.copyOf(out);
  }

  private static void faults(List<Member> members, List<Directive> out) {
    for (Member member : members) {
      Member culprit = null;
      for (Member other : members) {
        if (!other.name().equals(member.name()) && other.ownFault()) {
          culprit = other;
          break;
        }
      }
      if (culprit != null && !member.groupFault()) {
        out.add(
            new Directive(
                member.name(),
                new MachineEvent.FaultRaised(
                    new FaultReason(FaultReason.Kind.SYNC_GROUP, culprit.name()))));
      } else if (culprit == null && member.groupFault()) {
        for (Member other : members) {
          out.add(
              new Directive(
                  member.name(),
                  new MachineEvent.FaultCleared(
                      new FaultReason(FaultReason.Kind.SYNC_GROUP, other.name()))));
        }
      }
    }
  }

  /** The state of the whole. */
  public static VrrpState state(List<Member> members) {
    boolean allMaster = !members.isEmpty();
    boolean init = false;
    for (Member member : members) {
      if (member.state() == VrrpState.FAULT) {
        return VrrpState.FAULT;
      }
      allMaster &= member.state() == VrrpState.MASTER;
      init |= member.state() == VrrpState.INIT;
    }
    if (allMaster) {
      return VrrpState.MASTER;
    }
    return init ? VrrpState.INIT : VrrpState.BACKUP;
  }
}
