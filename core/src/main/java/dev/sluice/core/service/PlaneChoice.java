package dev.sluice.core.service;

import dev.sluice.core.ExitCode;
import dev.sluice.core.RunOptions;
import dev.sluice.core.StartException;
import dev.sluice.plane.xdp.Options;
import dev.sluice.plane.xdp.XdpMode;
import dev.sluice.plane.xdp.XdpPlane;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which plane an operator asked for. */
public final class PlaneChoice {
  private PlaneChoice() {}

  /** Refuses what this version does not have, before anything is started. */
  public static void check(RunOptions options) throws StartException {
    if (options.plane() == RunOptions.PlaneKind.IPVS) {
      throw new StartException(
          ExitCode.FAILED,
          "this version cannot drive the kernel's IPVS: leave --plane out (the XDP plane forwards), or use --plane none");
    }
  }

  /**
   * Opens the plane.
   *
   * @param making what the configuration says of it
   * @return null with {@code --plane none}
   * @throws dev.sluice.lvs.PlaneException when this machine cannot carry it; the message says why
   */
  public static @Nullable XdpPlane open(RunOptions options, PlaneMaking making) {
    if (options.plane() == RunOptions.PlaneKind.NONE) {
      return null;
    }
    return XdpPlane.open(
        making.over(
            Options.of(
                options.runtimeDir().directory(),
                XdpMode.valueOf(options.xdpMode().toUpperCase(Locale.ROOT)),
                List.of())));
  }
}
