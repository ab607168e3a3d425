package dev.sluice.vrrp;

/** The state of a VRRP instance in keepalived's words. */
public enum VrrpState {
  INIT,
  BACKUP,
  MASTER,
  FAULT
}
