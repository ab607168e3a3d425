package dev.sluice.plane.xdp;

/** {@code --xdp-mode}: which hook to take. */
public enum XdpMode {
  /** The rule: native XDP on physical and virtio drivers, tc on veth and everything virtual. */
  AUTO,
  NATIVE,
  GENERIC,
  TC
}
