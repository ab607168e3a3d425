package dev.sluice.config.model;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code global_defs}.
 *
 * @param routerId null: the host name
 * @param scriptUser null: {@code keepalived_script} where that user exists, else the user we run as
 * @param garp the defaults that instances start from
 */
public record GlobalDefs(
    @Nullable String routerId,
    int vrrpVersion,
    InetAddress vrrpMcastGroup4,
    boolean vrrpStrict,
    GarpSettings garp,
    boolean lowerPrioNoAdvert,
    boolean higherPrioSendAdvert,
    int downTimerAdverts,
    boolean checkUnicastSource,
    boolean skipCheckAdvAddr,
    Duration startupDelay,
    boolean notifyPriorityChanges,
    boolean enableScriptSecurity,
    @Nullable ScriptUser scriptUser,
    GlobalSettings settings) {

  /** Settings with nothing further written. */
  public GlobalDefs(
      @Nullable String routerId,
      int vrrpVersion,
      InetAddress vrrpMcastGroup4,
      boolean vrrpStrict,
      GarpSettings garp,
      boolean lowerPrioNoAdvert,
      boolean higherPrioSendAdvert,
      int downTimerAdverts,
      boolean checkUnicastSource,
      boolean skipCheckAdvAddr,
      Duration startupDelay,
      boolean notifyPriorityChanges,
      boolean enableScriptSecurity,
      @Nullable ScriptUser scriptUser) {
    this(
        routerId,
        vrrpVersion,
        vrrpMcastGroup4,
        vrrpStrict,
        garp,
        lowerPrioNoAdvert,
        higherPrioSendAdvert,
        downTimerAdverts,
        checkUnicastSource,
        skipCheckAdvAddr,
        startupDelay,
        notifyPriorityChanges,
        enableScriptSecurity,
        scriptUser,
        GlobalSettings.defaults());
  }

  /** keepalived's values where nothing is written. */
  public static GlobalDefs defaults() {
    return new GlobalDefs(
        null,
        2,
        Inet4Address.ofLiteral("224.0.0.18"),
        false,
        GarpSettings.defaults(),
        false,
        false,
        3,
        false,
        false,
        Duration.ZERO,
        false,
        false,
        null);
  }
}
