package dev.sluice.config.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code global_defs} says beside the settings that VRRP instances inherit. */
public record GlobalSettings(
    Mail mail,
    Processes processes,
    ScriptSettings scripts,
    Files files,
    Buffers buffers,
    Vrrp vrrp,
    Firewall firewall,
    Fifos fifos,
    Lvs lvs,
    Snmp snmp,
    DBus dbus) {

  /** keepalived's values where nothing is written. */
  public static GlobalSettings defaults() {
    ProcessPriority ordinary = new ProcessPriority(0, false, 0, 10_000, List.of());
    return new GlobalSettings(
        new Mail(
            List.of(),
            null,
            null,
            25,
            null,
            Duration.ofSeconds(30),
            null,
            null,
            null,
            false,
            false),
        new Processes(
            false,
            null,
            null,
            null,
            null,
            "0177",
            ordinary,
            ordinary,
            ordinary,
            0,
            Duration.ofSeconds(1),
            null,
            false),
        new ScriptSettings(
            null,
            null,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            false,
            false,
            Duration.ofSeconds(60)),
        new Files(null, null, false, 1, null, null, null, null, null, null, null, false, null),
        new Buffers(null, 3, null, null, null, null, null),
        new Vrrp(
            "eth0",
            false,
            false,
            InetAddress.ofLiteral("ff02::12"),
            Duration.ZERO,
            0,
            false,
            false,
            false,
            Duration.ZERO,
            false,
            "vrrp",
            "vrrp",
            false),
        new Firewall(null, null, List.of(), null, -1, false, false),
        new Fifos(Fifo.none(), Fifo.none(), Fifo.none(), false),
        new Lvs(
            null,
            null,
            null,
            false,
            FlushOnStop.NO,
            null,
            null,
            -1,
            1000,
            false,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5)),
        new Snmp(false, false, false, false, false, null),
        new DBus(false, "org.keepalived.Vrrp1", "none"));
  }

  /**
   * Mail. A null alert switch is unset: checkers mail, VRRP does not.
   *
   * @param from null: user@host
   * @param server null: none; an address or a name
   * @param heloName null: the host name
   */
  public record Mail(
      List<String> to,
      @Nullable String from,
      @Nullable String server,
      int port,
      @Nullable String heloName,
      Duration connectTimeout,
      @Nullable Boolean alert,
      @Nullable Boolean alertVrrp,
      @Nullable Boolean alertChecker,
      boolean noFaults,
      boolean noChecker) {
    public Mail {
      to = List.copyOf(to);
    }
  }

  /**
   * Names and priorities of processes.
   *
   * @param umask octal, or the symbols as written
   * @param maxAutoPriority real-time priority that lateness may lead to; 0: off; -1: silent
   * @param randomSeed null: the time
   */
  public record Processes(
      boolean rename,
      @Nullable String name,
      @Nullable String vrrpName,
      @Nullable String checkerName,
      @Nullable String bfdName,
      String umask,
      ProcessPriority vrrp,
      ProcessPriority checker,
      ProcessPriority bfd,
      int maxAutoPriority,
      Duration minAutoPriorityDelay,
      @Nullable Long randomSeed,
      boolean checkerLogAllFailures) {}

  /**
   * How one process runs.
   *
   * @param realTime 0: off
   * @param realTimeLimitMicros CPU time under real-time scheduling
   */
  public record ProcessPriority(
      int nice, boolean noSwap, int realTime, long realTimeLimitMicros, List<Integer> cpus) {
    public ProcessPriority {
      cpus = List.copyOf(cpus);
    }
  }

  /**
   * Scripts of the daemon itself, and how scripts run.
   *
   * @param notifyTimeout how long a notify script may take; zero: as long as it likes
   */
  public record ScriptSettings(
      @Nullable Script startup,
      @Nullable Script shutdown,
      Duration startupTimeout,
      Duration shutdownTimeout,
      boolean useSymlinkPaths,
      boolean supplementaryGroups,
      Duration notifyTimeout) {}

  /**
   * Files and directories.
   *
   * @param reloadCheckLog null: no check before a reload; empty: checked, not logged
   * @param reloadFile null: none; empty: beside the PID file
   */
  public record Files(
      @Nullable String configSaveDirectory,
      @Nullable String temporaryDirectory,
      boolean dataUseInstance,
      int jsonVersion,
      @Nullable String stateDump,
      @Nullable String statisticsDump,
      @Nullable String jsonDump,
      @Nullable String iprouteUsrDirectory,
      @Nullable String iprouteEtcDirectory,
      @Nullable String reloadCheckLog,
      @Nullable String reloadTimeFile,
      boolean reloadRepeat,
      @Nullable String reloadFile) {}

  /** Sizes of receive buffers; null: the kernel's. */
  public record Buffers(
      @Nullable String vrrpPolicy,
      int vrrpMultiplier,
      @Nullable Buffer vrrpCommand,
      @Nullable Buffer vrrpMonitor,
      @Nullable Buffer lvsCommand,
      @Nullable Buffer lvsMonitor,
      @Nullable Buffer processMonitor) {}

  /** A size in bytes; forced: beyond the system's limit. */
  public record Buffer(long bytes, boolean forced) {}

  /** VRRP's settings that instances do not inherit. */
  public record Vrrp(
      String defaultInterface,
      boolean dynamicInterfaces,
      boolean allowInterfaceChanges,
      InetAddress multicastGroup6,
      Duration gnaInterval,
      int garpExtraInterfaceSeconds,
      boolean garpExtraAll,
      boolean ownerIgnoreAdverts,
      boolean checksumAsV2,
      Duration delayAfterBoot,
      boolean logUnknownVrids,
      String vmacPrefix,
      String vmacAddressPrefix,
      boolean disableLocalIgmp) {}

  /** Firewall rules for addresses that must not be accepted; null table: chosen when needed. */
  public record Firewall(
      @Nullable String iptablesIn,
      @Nullable String iptablesOut,
      List<String> ipsets,
      @Nullable String nftablesTable,
      int nftablesPriority,
      boolean nftablesByIndex,
      boolean nftablesCounters) {
    public Firewall {
      ipsets = List.copyOf(ipsets);
    }
  }

  /** Pipes that get a line for every change. */
  public record Fifos(Fifo all, Fifo vrrp, Fifo lvs, boolean statesOnReload) {}

  /** A pipe and who reads it; null: none. */
  public record Fifo(@Nullable String path, @Nullable ScriptUser user, @Nullable Script script) {
    private static final Fifo NONE = new Fifo(null, null, null);

    /** No pipe. */
    public static Fifo none() {
      return NONE;
    }
  }

  /** What happens to the table at stop. */
  public enum FlushOnStop {
    /** What was added is removed one by one. */
    NO,
    /** Everything is cleared. */
    ALL,
    /** Virtual servers are deleted whole. */
    VIRTUAL_SERVERS
  }

  /** Virtual servers in general; null timeouts: the kernel's. */
  public record Lvs(
      @Nullable Duration tcpTimeout,
      @Nullable Duration tcpFinTimeout,
      @Nullable Duration udpTimeout,
      boolean flush,
      FlushOnStop flushOnStop,
      @Nullable SyncDaemon syncDaemon,
      @Nullable String nftablesTable,
      int nftablesPriority,
      long firstFwmark,
      boolean notifyInitialState,
      Duration vsStatisticsInterval,
      Duration rsStatisticsInterval) {}

  /**
   * {@code lvs_sync_daemon}.
   *
   * @param vrrpInstance it follows; null: master and backup both run
   * @param id null: the instance's VRID
   * @param maxLength 0: the kernel's
   */
  public record SyncDaemon(
      String interfaceName,
      @Nullable String vrrpInstance,
      @Nullable Integer id,
      int maxLength,
      int port,
      int ttl,
      @Nullable InetAddress group) {}

  /** SNMP by AgentX; null socket: the agent's own. */
  public record Snmp(
      boolean vrrp,
      boolean checker,
      boolean rfcV2,
      boolean rfcV3,
      boolean traps,
      @Nullable String socket) {}

  /** D-Bus. */
  public record DBus(boolean enabled, String serviceName, String noInterfaceName) {}
}
