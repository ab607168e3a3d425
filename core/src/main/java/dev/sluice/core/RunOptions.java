package dev.sluice.core;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sluice run} was asked for.
 *
 * @param configFile null: start empty
 * @param plane null: {@code xdp} when there are virtual servers, else none
 * @param xdpMode {@code auto}, {@code native}, {@code generic}, {@code tc}
 * @param logTarget where the log goes
 * @param vrrp false with keepalived's {@code -C}
 * @param checkers false with keepalived's {@code -P}
 * @param pidFile null: the runtime directory's
 * @param keepPlane forwarding stays at SIGTERM
 * @param configId what conditional lines {@code @id} compare with; null: the short host name
 */
public record RunOptions(
    @Nullable Path configFile,
    RuntimeDir runtimeDir,
    @Nullable PlaneKind plane,
    String xdpMode,
    System.Logger.Level logLevel,
    LogTarget logTarget,
    boolean vrrp,
    boolean checkers,
    @Nullable Path pidFile,
    boolean keepPlane,
    @Nullable String configId) {

  /** Without a configuration id of its own. */
  public RunOptions(
      @Nullable Path configFile,
      RuntimeDir runtimeDir,
      @Nullable PlaneKind plane,
      String xdpMode,
      System.Logger.Level logLevel,
      LogTarget logTarget,
      boolean vrrp,
      boolean checkers,
      @Nullable Path pidFile,
      boolean keepPlane) {
    this(
        configFile,
        runtimeDir,
        plane,
        xdpMode,
        logLevel,
        logTarget,
        vrrp,
        checkers,
        pidFile,
        keepPlane,
        null);
  }

  /** {@code --plane}. */
  public enum PlaneKind {
    XDP,
    IPVS,
    NONE
  }

  /** Where the log goes. */
  public enum LogTarget {
    STDERR,
    SYSLOG
  }

  /** The defaults of {@code sluice run -f FILE}. */
  public static RunOptions of(@Nullable Path configFile, RuntimeDir runtimeDir) {
    return new RunOptions(
        configFile,
        runtimeDir,
        null,
        "auto",
        System.Logger.Level.INFO,
        LogTarget.STDERR,
        true,
        true,
        null,
        false);
  }
}
