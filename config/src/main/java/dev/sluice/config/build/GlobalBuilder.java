package dev.sluice.config.build;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.GlobalSettings;
import dev.sluice.config.model.GlobalSettings.Buffer;
import dev.sluice.config.model.GlobalSettings.Fifo;
import dev.sluice.config.model.GlobalSettings.FlushOnStop;
import dev.sluice.config.model.GlobalSettings.ProcessPriority;
import dev.sluice.config.model.InstanceOptions;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.config.table.Command;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code global_defs} while it is read; null where nothing was written. */
final class GlobalBuilder {
  /** One of the processes vrrp, checker, bfd. */
  static final class Priority {
    @Nullable String name;
    int nice;
    boolean noSwap;
    int realTime;
    long limitMicros = 10_000;
    final List<Integer> cpus = new ArrayList<>();

    ProcessPriority build() {
      return new ProcessPriority(nice, noSwap, realTime, limitMicros, cpus);
    }
  }

  /** One of the pipes. */
  static final class Pipe {
    @Nullable String path;
    @Nullable ScriptUser user;
    @Nullable Command script;

    Fifo build(Scripts scripts) {
      return path == null && script == null
          ? Fifo.none()
          : new Fifo(path, user, script == null ? null : scripts.notify(script));
    }
  }

  /** Size and force of a buffer. */
  static final class BufferSize {
    long bytes;
    boolean forced;

    @Nullable Buffer build() {
      return bytes == 0 && !forced ? null : new Buffer(bytes, forced);
    }
  }

  @Nullable String routerId;
  int version = 2;
  InetAddress group4 = InetAddress.ofLiteral("224.0.0.18");
  InetAddress group6 = InetAddress.ofLiteral("ff02::12");
  boolean strict;
  boolean dynamicInterfaces;
  boolean allowInterfaceChanges;
  String defaultInterface = "eth0";
  final GarpBuilder garp = new GarpBuilder();
  Duration gnaInterval = Duration.ZERO;
  boolean minGarp;
  int garpExtraInterface;
  int vipLease = InstanceOptions.VIP_LEASE_SECONDS;
  boolean garpExtraAll;
  boolean lowerPrioNoAdvert;
  boolean higherPrioSendAdvert = true;
  int downTimerAdverts = 3;
  boolean checkUnicastSource;
  boolean skipCheckAdvAddr;
  boolean checksumAsV2;
  boolean ownerIgnoreAdverts;
  Duration startupDelay = Duration.ZERO;
  Duration delayAfterBoot = Duration.ZERO;
  boolean notifyPriorityChanges;
  boolean logUnknownVrids;
  boolean enableScriptSecurity;
  boolean scriptUserFaulty;
  boolean useSymlinkPaths;
  boolean supplementaryGroups;
  Duration notifyTimeout = Duration.ofSeconds(60);
  @Nullable ScriptUser scriptUser;
  @Nullable Command startup;
  @Nullable Command shutdown;
  Duration startupTimeout = Duration.ofSeconds(10);
  Duration shutdownTimeout = Duration.ofSeconds(10);
  final List<String> mailTo = new ArrayList<>();
  @Nullable String mailFrom;
  @Nullable String mailServer;
  int mailPort = 25;
  @Nullable String heloName;
  Duration mailTimeout = Duration.ofSeconds(30);
  @Nullable Boolean alert;
  @Nullable Boolean alertVrrp;
  @Nullable Boolean alertChecker;
  boolean noFaultMail;
  boolean noCheckerMail;
  boolean logAllFailures;
  boolean processNames;
  @Nullable String processName;
  final Priority vrrp = new Priority();
  final Priority checker = new Priority();
  final Priority bfd = new Priority();
  String umask = "0177";
  int maxAutoPriority;
  Duration minAutoPriorityDelay = Duration.ofSeconds(1);
  @Nullable Long randomSeed;
  @Nullable String configSaveDirectory;
  @Nullable String temporaryDirectory;
  boolean dataUseInstance;
  int jsonVersion = 1;
  @Nullable String stateDump;
  @Nullable String statisticsDump;
  @Nullable String jsonDump;
  @Nullable String iprouteUsr;
  @Nullable String iprouteEtc;
  @Nullable String reloadCheckLog;
  @Nullable String reloadTimeFile;
  boolean reloadRepeat;
  @Nullable String reloadFile;
  @Nullable String rxPolicy;
  int rxMultiplier = 3;
  final BufferSize vrrpCommand = new BufferSize();
  final BufferSize vrrpMonitor = new BufferSize();
  final BufferSize lvsCommand = new BufferSize();
  final BufferSize lvsMonitor = new BufferSize();
  final BufferSize processMonitor = new BufferSize();
  String vmacPrefix = "vrrp";
  String vmacAddressPrefix = "vrrp";
  boolean disableLocalIgmp;
  @Nullable String iptablesIn;
  @Nullable String iptablesOut;
  final List<String> ipsets = new ArrayList<>();
  @Nullable String nftables;
  int nftablesPriority = -1;
  boolean nftablesByIndex;
  boolean nftablesCounters;
  final Pipe fifo = new Pipe();
  final Pipe vrrpFifo = new Pipe();
  final Pipe lvsFifo = new Pipe();
  boolean statesOnReload;
  @Nullable Duration tcpTimeout;
  @Nullable Duration tcpFinTimeout;
  @Nullable Duration udpTimeout;
  boolean flush;
  FlushOnStop flushOnStop = FlushOnStop.NO;
  GlobalSettings.@Nullable SyncDaemon syncDaemon;
  @Nullable String nftablesIpvs;
  int nftablesIpvsPriority = -1;
  long firstFwmark = 1000;
  boolean notifyInitialState;
  Duration vsStatistics = Duration.ofSeconds(5);
  Duration rsStatistics = Duration.ofSeconds(5);
  boolean snmpVrrp;
  boolean snmpChecker;
  boolean snmpRfcV2;
  boolean snmpRfcV3;
  boolean snmpTraps;
  @Nullable String snmpSocket;
  boolean dbus;
  String dbusService = "org.keepalived.Vrrp1";
  String dbusNoInterface = "none";

  GlobalDefs build(Scripts scripts) {
    return new GlobalDefs(
        routerId,
        version,
        group4,
        strict,
        garp(),
        lowerPrioNoAdvert,
        higherPrioSendAdvert,
        downTimerAdverts,
        checkUnicastSource,
        skipCheckAdvAddr,
        startupDelay,
        notifyPriorityChanges,
        enableScriptSecurity,
        scriptUser,
        settings(scripts));
  }

  private GlobalSettings settings(Scripts scripts) {
    return new GlobalSettings(
        new GlobalSettings.Mail(
            mailTo,
            mailFrom,
            mailServer,
            mailPort,
            heloName,
            mailTimeout,
            alert,
            alertVrrp,
            alertChecker,
            noFaultMail,
            noCheckerMail),
        new GlobalSettings.Processes(
            processNames,
            processName,
            vrrp.name,
            checker.name,
            bfd.name,
            umask,
            vrrp.build(),
            checker.build(),
            bfd.build(),
            maxAutoPriority,
            minAutoPriorityDelay,
            randomSeed,
            logAllFailures),
        new GlobalSettings.ScriptSettings(
            script(startup, scripts),
            script(shutdown, scripts),
            startupTimeout,
            shutdownTimeout,
            useSymlinkPaths,
            supplementaryGroups,
            notifyTimeout),
        new GlobalSettings.Files(
            configSaveDirectory,
            temporaryDirectory,
            dataUseInstance,
            jsonVersion,
            stateDump,
            statisticsDump,
            jsonDump,
            iprouteUsr,
            iprouteEtc,
            reloadCheckLog,
            reloadTimeFile,
            reloadRepeat,
            reloadFile),
        new GlobalSettings.Buffers(
            rxPolicy,
            rxMultiplier,
            vrrpCommand.build(),
            vrrpMonitor.build(),
            lvsCommand.build(),
            lvsMonitor.build(),
            processMonitor.build()),
        new GlobalSettings.Vrrp(
            defaultInterface,
            dynamicInterfaces,
            allowInterfaceChanges,
            group6,
            gnaInterval,
            garpExtraInterface,
            garpExtraAll,
            ownerIgnoreAdverts,
            checksumAsV2,
            delayAfterBoot,
            logUnknownVrids,
            vmacPrefix,
            vmacAddressPrefix,
            disableLocalIgmp),
        new GlobalSettings.Firewall(
            iptablesIn,
            iptablesOut,
            ipsets,
            nftables,
            nftablesPriority,
            nftablesByIndex,
            nftablesCounters),
        new GlobalSettings.Fifos(
            fifo.build(scripts), vrrpFifo.build(scripts), lvsFifo.build(scripts), statesOnReload),
        new GlobalSettings.Lvs(
            tcpTimeout,
            tcpFinTimeout,
            udpTimeout,
            flush,
            flushOnStop,
            syncDaemon,
            nftablesIpvs,
            nftablesIpvsPriority,
            firstFwmark,
            notifyInitialState,
            vsStatistics,
            rsStatistics),
        new GlobalSettings.Snmp(snmpVrrp, snmpChecker, snmpRfcV2, snmpRfcV3, snmpTraps, snmpSocket),
        new GlobalSettings.DBus(dbus, dbusService, dbusNoInterface));
  }

  private static @Nullable Script script(@Nullable Command command, Scripts scripts) {
    return command == null ? null : scripts.notify(command);
  }

  /** Whether instances mail where they do not say. */
  boolean vrrpAlerts() {
    return alertVrrp != null ? alertVrrp : alert != null && alert;
  }

  /** Whether virtual servers mail where they do not say. */
  boolean checkerAlerts() {
    return alertChecker != null ? alertChecker : alert == null || alert;
  }

  /** The settings every instance starts from. */
  GarpSettings garp() {
    return minGarp ? garp.resolve(MINIMAL) : garp.resolve(GarpSettings.defaults());
  }

  private static final GarpSettings MINIMAL =
      new GarpSettings(Duration.ZERO, 1, Duration.ZERO, 0, Duration.ZERO, 1, Duration.ZERO);
}
