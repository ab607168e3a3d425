package dev.sluice.lab.vrrp;

import dev.sluice.lab.Host;
import dev.sluice.lab.LabProcess;

/** A VRRP router of a scenario, whatever program it is. */
interface Router {
  Host host();

  /** The address it speaks from. */
  String address();

  Router start();

  /** What it shall be told; a running one reads it on {@link #reload}. */
  void configure(Conf conf);

  void reload();

  /** The process that speaks VRRP. */
  LabProcess process();

  /** SIGKILL to all of it. */
  default void kill() {
    process().kill();
  }

  /** Whether its log says that it waits as BACKUP: it hears adverts from now on. */
  default boolean isBackup() {
    return timesBackup() > 0;
  }

  /** How often, by its log, it became BACKUP: once at its start, then each time it lost. */
  int timesBackup();

  /** Whether its kernel would answer for that address. */
  default boolean holds(String vip) {
    return host().holds(vip);
  }
}
