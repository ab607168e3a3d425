package dev.sluice.linux;

/** The privileges of capabilities(7) that sluice uses, with their bit. */
public enum Capability {
  CHOWN(0),
  DAC_OVERRIDE(1),
  KILL(5),
  SETGID(6),
  SETUID(7),
  NET_BIND_SERVICE(10),
  NET_ADMIN(12),
  NET_RAW(13),
  IPC_LOCK(14),
  SYS_ADMIN(21),
  SYS_NICE(23),
  SYS_RESOURCE(24),
  PERFMON(38),
  BPF(39);

  private final int bit;

  Capability(int bit) {
    this.bit = bit;
  }

  /** As capabilities(7) writes it: CAP_NET_ADMIN. */
  public String kernelName() {
    return "CAP_" + name();
  }

  boolean in(long set) {
    return (set >>> bit & 1) != 0;
  }
}
