package dev.sluice.lab.vrrp;

import dev.sluice.lab.Director;
import dev.sluice.lab.Host;
import dev.sluice.lab.LabProcess;

/** sluice or keepalived: what reads keepalived.conf. */
record KeepalivedRouter(Director director, String address) implements Router {
  @Override
  public Host host() {
    return director.host();
  }

  @Override
  public Router start() {
    director.start();
    return this;
  }

  @Override
  public void configure(Conf conf) {
    director.configure(conf.keepalived());
  }

  @Override
  public void reload() {
    director.reload();
  }

  @Override
  public LabProcess process() {
    return director.process();
  }

  @Override
  public int timesBackup() {
    String words = isSluice() ? "-> BACKUP" : "Entering BACKUP STATE";
    return (int) process().log().lines().filter(line -> line.contains(words)).count();
  }

  /** Whether it is sluice, which can be asked. */
  boolean isSluice() {
    return director.programName().equals("sluice");
  }
}
