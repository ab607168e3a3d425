package dev.sluice.config.build;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.ScriptUser;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code global_defs} while it is read; null where nothing was written. */
final class GlobalBuilder {
  static final InetAddress GROUP4 = InetAddress.ofLiteral("224.0.0.18");
  static final InetAddress GROUP6 = InetAddress.ofLiteral("ff02::12");

  @Nullable String routerId;
  int version = 2;
  InetAddress group4 = GROUP4;
  InetAddress group6 = GROUP6;
  boolean strict;
  boolean dynamicInterfaces;
  String defaultInterface = "eth0";
  final GarpBuilder garp = new GarpBuilder();
  boolean minGarp;
  boolean lowerPrioNoAdvert;
  boolean higherPrioSendAdvert;
  int downTimerAdverts = 3;
  boolean checkUnicastSource;
  boolean skipCheckAdvAddr;
  boolean checksumAsV2;
  boolean ownerIgnoreAdverts;
  Duration startupDelay = Duration.ZERO;
  boolean notifyPriorityChanges;
  boolean enableScriptSecurity;
  boolean useSymlinkPaths;
  @Nullable ScriptUser scriptUser;
  boolean scriptUserInvalid;

  GlobalDefs build() {
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
        scriptUser);
  }

  /** The settings every instance starts from. */
  GarpSettings garp() {
    return minGarp ? garp.resolve(MINIMAL) : garp.resolve(GarpSettings.defaults());
  }

  private static final GarpSettings MINIMAL =
      new GarpSettings(Duration.ZERO, 1, Duration.ZERO, 0, Duration.ZERO, 1, Duration.ZERO);
}
