package dev.sluice.vrrp.driver;

import dev.sluice.config.model.GlobalSettings.ProcessPriority;
import dev.sluice.linux.RealTime;
import dev.sluice.linux.SyscallException;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpListener;

/** Puts the VRRP thread into the real-time class where that is permitted. */
final class ThreadClass {
  /** Above ordinary threads, below the kernel's own. */
  private static final int PRIORITY = 10;

  private ThreadClass() {}

  /** What the configuration asks for beside that: {@code vrrp_rt_priority} and its like. */
  static void apply(ProcessPriority wanted, VrrpListener listener) {
    try {
      if (wanted.realTime() > 0 && !RealTime.roundRobin(wanted.realTime())) {
        refused("vrrp_rt_priority", "CAP_SYS_NICE", listener);
      }
      if (wanted.noSwap() && !RealTime.lockMemory()) {
        refused("vrrp_no_swap", "CAP_IPC_LOCK", listener);
      }
      if (!wanted.cpus().isEmpty()) {
        RealTime.affinity(wanted.cpus());
      }
    } catch (SyscallException e) {
      listener.on(new VrrpEvent.Warning("", String.valueOf(e.getMessage())));
    }
  }

  private static void refused(String keyword, String capability, VrrpListener listener) {
    listener.on(new VrrpEvent.Warning("", keyword + " has no effect: it needs " + capability));
  }

  /** Whether it worked; where not, the listener is told what that means. */
  static boolean realTime(VrrpListener listener) {
    try {
      RealTime.timerSlack(1);
      if (RealTime.roundRobin(PRIORITY)) {
        return true;
      }
      listener.on(
          new VrrpEvent.Warning(
              "",
              "the VRRP thread runs without real-time priority (needs CAP_SYS_NICE or an rtprio"
                  + " limit): on a busy machine adverts may be late"));
    } catch (SyscallException e) {
      listener.on(
          new VrrpEvent.Warning("", e.getMessage() + ": on a busy machine adverts may be late"));
    }
    return false;
  }
}
