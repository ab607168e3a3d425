package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code status}: the whole daemon at one moment.
 *
 * @param version of sluice
 * @param generation counts accepted configurations, from 1; 0: none yet
 * @param configFile null: started without a file
 * @param startedAt ISO-8601, UTC
 * @param warnings what needs a human, in sentences; empty when all is calm
 * @param vrrpLoop how punctual VRRP is
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record StatusReport(
    String version,
    long pid,
    long generation,
    @Nullable String configFile,
    String startedAt,
    List<Vrrp> vrrp,
    List<SyncGroup> syncGroups,
    List<Script> scripts,
    List<Service> services,
    Plane plane,
    List<Bfd> bfd,
    List<String> warnings,
    VrrpLoop vrrpLoop) {

  /**
   * The VRRP thread since its start.
   *
   * @param realTime whether it has the real-time class
   * @param timers that ran
   * @param lateMedianMicros how late, in microseconds, to a factor of two
   * @param unmatched packets that no instance could be found for
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record VrrpLoop(
      boolean realTime,
      long timers,
      long lateMedianMicros,
      long lateP99Micros,
      long lateWorstMicros,
      Map<String, Long> unmatched) {}

  /**
   * A VRRP instance.
   *
   * @param state {@code INIT}, {@code BACKUP}, {@code MASTER}, {@code FAULT}
   * @param priorityTerms how the effective priority comes about: "base 100", "-20 script chk"
   * @param master address of the current master; null: unknown
   * @param since ISO-8601, UTC: in this state since
   * @param cause why it is in this state
   * @param faults reasons of FAULT, in words
   * @param source the address it speaks from; null: none
   * @param masterPriority of the master heard; 0: none heard, or it said that it leaves
   * @param preempt whether it takes over from a lower master that lives
   * @param group its sync group; null: none
   * @param timerMs until the next deadline: advert (MASTER), Master_Down (BACKUP); null: none
   * @param preemptDelayMs what is left of preempt_delay; null: none runs
   * @param waitsForGroup its timer expired and the sync group is not ready
   * @param trackers what it tracks
   * @param history its last changes of state, the newest first
   * @param decisions the chain that led to its state, the oldest first
   * @param lease of its addresses
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Vrrp(
      String name,
      String state,
      int vrid,
      int version,
      @Nullable String interfaceName,
      int priority,
      int effectivePriority,
      List<String> priorityTerms,
      List<String> vips,
      @Nullable String master,
      String since,
      String cause,
      List<String> faults,
      Map<String, Long> counters,
      @Nullable String source,
      int masterPriority,
      boolean preempt,
      @Nullable String group,
      @Nullable Long timerMs,
      @Nullable Long preemptDelayMs,
      boolean waitsForGroup,
      List<Tracker> trackers,
      List<Transition> history,
      List<Decision> decisions,
      Lease lease) {}

  /**
   * What the state machine decided, also where that changed nothing.
   *
   * @param at ISO-8601, UTC
   * @param state the one decided for
   * @param text why, as a sentence part
   * @param priority our effective priority then
   * @param terms its sum in words
   * @param other the router that had a say; null: none
   * @param otherPriority its priority; 0 also when it left
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Decision(
      String at,
      String state,
      String text,
      int priority,
      String terms,
      @Nullable String other,
      int otherPriority) {}

  /**
   * {@code vip_lease}.
   *
   * @param seconds that the kernel keeps an address that we no longer renew; 0: for ever
   * @param runs whether it does now: not before another router of the group was heard
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Lease(int seconds, boolean runs) {}

  /**
   * What an instance tracks.
   *
   * @param kind {@code script}, {@code interface}, {@code file}, {@code process}, {@code bfd}
   * @param weight 0: when it is bad, the instance is in FAULT
   * @param standing {@code up}, {@code down}, {@code pending}, {@code unknown}, or a file's number
   * @param term what it adds to the priority now
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Tracker(
      String kind, String name, int weight, String standing, String evidence, int term) {}

  /**
   * A change of state.
   *
   * @param at ISO-8601, UTC
   * @param terms the priority's sum, then
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Transition(
      String at, String from, String to, String cause, int priority, String terms) {}

  /** A sync group. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record SyncGroup(String name, String state, List<String> members) {}

  /** A {@code vrrp_script}; {@code result} is {@code unknown}, {@code good} or {@code bad}. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Script(String name, String result, String evidence) {}

  /**
   * A virtual service.
   *
   * @param mode {@code DR}, {@code NAT}, {@code TUN}, {@code FULLNAT}
   * @param state {@code up}, {@code degraded}, {@code below_quorum}, {@code down}
   * @param sorryServer null: none configured
   * @param byHand made by ipvsadm, not by the configuration
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Service(
      String vip,
      int port,
      String protocol,
      String scheduler,
      String mode,
      String state,
      int quorum,
      @Nullable String sorryServer,
      boolean sorryServerActive,
      long connections,
      long inPackets,
      long inBytes,
      List<Real> reals,
      boolean byHand) {}

  /**
   * A real server, also a dead one.
   *
   * @param weight in effect now; 0 while it is down
   * @param state {@code up}, {@code going_down}, {@code down}, {@code going_up}, {@code unchecked}
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Real(
      String address,
      int port,
      int weight,
      int configuredWeight,
      String state,
      int active,
      int inactive,
      long connections,
      long inPackets,
      long inBytes,
      @Nullable Check check,
      List<CheckDetail> checks) {
    /** A server whose checks are not told one by one. */
    public Real(
        String address,
        int port,
        int weight,
        int configuredWeight,
        String state,
        int active,
        int inactive,
        long connections,
        long inPackets,
        long inBytes,
        @Nullable Check check) {
      this(
          address,
          port,
          weight,
          configuredWeight,
          state,
          active,
          inactive,
          connections,
          inPackets,
          inBytes,
          check,
          List.of());
    }
  }

  /**
   * The newest result of a real server's checks; of several, the one that decides.
   *
   * @param since ISO-8601, UTC: same verdict since; null: not checked yet
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Check(
      String type, boolean up, String evidence, double durationMs, @Nullable String since) {}

  /**
   * One check of a real server with all that is known of it.
   *
   * @param target what is asked: an address and port, a page, a command
   * @param phase {@code unchecked}, {@code up}, {@code going_down}, {@code down}, {@code going_up}
   * @param inARow how many tries in a row ended as the last one
   * @param at ISO-8601, UTC: the last try; null: none yet
   * @param changes verdicts, newest first
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record CheckDetail(
      String type,
      String target,
      String phase,
      boolean passed,
      String evidence,
      double durationMs,
      @Nullable String at,
      @Nullable String since,
      long runs,
      long failed,
      long inARow,
      double downtimeSeconds,
      List<CheckChange> changes) {}

  /** A check's verdict, and what decided it. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record CheckChange(String at, boolean up, String evidence) {}

  /**
   * What forwards.
   *
   * @param kind "xdp", "ipvs" or "none"
   * @param note why there is none, or what it lacks; null: nothing to say
   */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Plane(
      String kind,
      String mode,
      boolean adopted,
      List<Interface> interfaces,
      Map<String, Long> verdicts,
      @Nullable String note) {}

  /** A network interface of the plane; {@code hook} null: not attached. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Interface(String name, int index, @Nullable String hook, String reason) {}

  /** A BFD session. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Bfd(String name, String state) {}
}
