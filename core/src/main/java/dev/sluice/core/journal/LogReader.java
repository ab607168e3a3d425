package dev.sluice.core.journal;

import dev.sluice.lvs.pool.PoolEvent;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.lang.System.Logger.Level;

/** The journal as sentences in the log. */
public final class LogReader implements Journal.Reader {
  private static final System.Logger LOG = System.getLogger("dev.sluice");

  /** Writes to the process's log. */
  public LogReader() {}

  @Override
  public void read(JournalEvent event) {
    switch (event) {
      case JournalEvent.Started e ->
          say(Level.INFO, "sluice " + e.version() + " runs, pid " + e.pid());
      case JournalEvent.ConfigurationAccepted e ->
          say(
              Level.INFO,
              "configuration generation " + e.generation() + " from " + e.file() + " is in force");
      case JournalEvent.ConfigurationRejected e ->
          say(
              Level.ERROR,
              e.file()
                  + " was refused, the running configuration stays: "
                  + e.reason()
                  + "; mend it and send SIGHUP again");
      case JournalEvent.PlaneChanged e ->
          say(
              Level.INFO,
              "plane: "
                  + e.added()
                  + " services added, "
                  + e.changed()
                  + " changed, "
                  + e.removed()
                  + " removed");
      case JournalEvent.PlaneFailed e -> say(Level.ERROR, "plane: " + e.reason());
      case JournalEvent.Stopping e -> say(Level.INFO, "stopping on " + e.signal());
      case JournalEvent.VrrpReloaded _ -> {}
      case JournalEvent.ScriptEnded e ->
          say(
              e.success() ? Level.DEBUG : Level.WARNING,
              e.object()
                  + ": "
                  + e.command()
                  + " ended after "
                  + e.took().toMillis()
                  + " ms: "
                  + e.evidence());
      case JournalEvent.NotifyFailed e -> say(Level.WARNING, e.text());
      case JournalEvent.MailSent e ->
          say(Level.DEBUG, "mail to " + e.recipients() + " sent: " + e.subject());
      case JournalEvent.Vrrp(VrrpEvent vrrp) -> vrrp(vrrp);
      case JournalEvent.CheckFailed e ->
          say(
              Level.INFO,
              e.service()
                  + ": check of "
                  + e.real()
                  + " failed"
                  + (e.failures() > 0
                      ? " (" + e.failures() + " of " + (e.retry() + 1) + "): "
                      : ": ")
                  + e.evidence());
      case JournalEvent.Pool(PoolEvent pool) -> pool(pool);
    }
  }

  private static void vrrp(VrrpEvent event) {
    switch (event) {
      case VrrpEvent.StateChanged e ->
          say(
              e.to() == VrrpState.FAULT ? Level.WARNING : Level.INFO,
              e.instance()
                  + ": "
                  + e.from()
                  + " -> "
                  + e.to()
                  + " (priority "
                  + e.priority()
                  + "): "
                  + e.cause());
      case VrrpEvent.GroupStateChanged e ->
          say(Level.INFO, "group " + e.group() + ": " + e.from() + " -> " + e.to());
      case VrrpEvent.InstanceStopped e ->
          say(Level.INFO, e.instance() + ": stopped, was " + e.from());
      case VrrpEvent.GroupStopped e ->
          say(Level.INFO, "group " + e.group() + ": stopped, was " + e.from());
      case VrrpEvent.PriorityChanged e ->
          say(
              Level.INFO,
              e.instance() + ": priority " + e.from() + " -> " + e.to() + " (" + e.terms() + ")");
      case VrrpEvent.PacketRejected e ->
          say(
              Level.WARNING,
              (e.instance().isEmpty() ? "" : e.instance() + ": ")
                  + "advert from "
                  + e.sender().getHostAddress()
                  + (e.dropped() ? " dropped: " : " honoured, but: ")
                  + e.text());
      case VrrpEvent.MasterSeen e ->
          say(
              Level.INFO,
              e.instance()
                  + ": master is "
                  + e.master().getHostAddress()
                  + " with priority "
                  + e.priority());
      case VrrpEvent.LowerPrioritySeen e ->
          say(
              Level.WARNING,
              e.instance()
                  + ": "
                  + e.sender().getHostAddress()
                  + " also claims to be master with priority "
                  + e.priority()
                  + ", ours is "
                  + e.ours()
                  + ": it has to yield");
      case VrrpEvent.AddressAdded e ->
          say(
              Level.INFO,
              e.instance() + ": " + e.address().getHostAddress() + " added to " + e.device());
      case VrrpEvent.AddressRemoved e ->
          say(
              Level.INFO,
              e.instance()
                  + ": "
                  + e.address().getHostAddress()
                  + " removed from "
                  + e.device()
                  + ": "
                  + e.cause());
      case VrrpEvent.AddressFailed e ->
          say(
              Level.ERROR,
              e.instance()
                  + ": "
                  + e.address().getHostAddress()
                  + " on "
                  + e.device()
                  + ": "
                  + e.text());
      case VrrpEvent.ObjectChanged e ->
          say(
              Level.INFO,
              subject(e.instance())
                  + e.object()
                  + (e.present() ? " added: " : " removed: ")
                  + e.cause());
      case VrrpEvent.ConflictWon e ->
          say(
              Level.WARNING,
              e.instance()
                  + ": won a conflict with "
                  + e.loser().getHostAddress()
                  + " (priority "
                  + e.priority()
                  + ", ours "
                  + e.ours()
                  + "): the addresses are announced again, and after 1 s and 10 s");
      case VrrpEvent.ObjectFailed e ->
          say(Level.ERROR, subject(e.instance()) + e.object() + ": " + e.text());
      case VrrpEvent.Restored e ->
          say(
              Level.WARNING,
              subject(e.instance())
                  + e.object()
                  + " was removed by someone else and is back"
                  + (e.times() > 1 ? " (" + e.times() + " times so far)" : ""));
      case VrrpEvent.ScriptChanged e ->
          say(
              e.up() ? Level.INFO : Level.WARNING,
              "script " + e.script() + (e.up() ? " succeeds: " : " fails: ") + e.evidence());
      case VrrpEvent.Warning e ->
          say(Level.WARNING, (e.instance().isEmpty() ? "" : e.instance() + ": ") + e.text());
    }
  }

  private static String subject(String instance) {
    return instance.isEmpty() ? "" : instance + ": ";
  }

  private static void pool(PoolEvent event) {
    switch (event) {
      case PoolEvent.RealUp e ->
          say(Level.INFO, e.service() + ": real server " + e.real() + " is up: " + e.cause());
      case PoolEvent.RealDown e ->
          say(Level.WARNING, e.service() + ": real server " + e.real() + " is down: " + e.cause());
      case PoolEvent.WeightChanged e ->
          say(
              Level.INFO,
              e.service() + ": weight of " + e.real() + " " + e.before() + " -> " + e.after());
      case PoolEvent.QuorumGained e ->
          say(
              Level.INFO,
              e.service()
                  + ": quorum "
                  + (e.initial() ? "holds" : "regained")
                  + ": alive weight "
                  + e.weight()
                  + ", needed "
                  + e.threshold());
      case PoolEvent.QuorumLost e ->
          say(
              Level.WARNING,
              e.service()
                  + ": quorum lost ("
                  + e.cause()
                  + "): alive weight "
                  + e.weight()
                  + ", needed "
                  + e.threshold());
      case PoolEvent.SorryServerIn e ->
          say(
              Level.WARNING,
              e.service() + ": the sorry server " + e.sorry() + " takes all traffic");
      case PoolEvent.FailOpenBegan e ->
          say(
              Level.WARNING,
              e.service()
                  + ": only "
                  + e.alive()
                  + " of "
                  + e.servers()
                  + " real servers are alive, fewer than "
                  + e.below()
                  + ": all of them get traffic");
      case PoolEvent.FailOpenEnded e ->
          say(
              Level.INFO,
              e.service()
                  + ": "
                  + e.alive()
                  + " of "
                  + e.servers()
                  + " real servers are alive: only they get traffic");
      case PoolEvent.SorryServerOut e ->
          say(Level.INFO, e.service() + ": the sorry server " + e.sorry() + " is out again");
    }
  }

  private static void say(Level level, String sentence) {
    LOG.log(level, sentence);
  }
}
