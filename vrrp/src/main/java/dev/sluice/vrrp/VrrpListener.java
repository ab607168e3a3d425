package dev.sluice.vrrp;

/** Hears what happens, on the VRRP thread: must not wait for anything, nor throw. */
@FunctionalInterface
public interface VrrpListener {
  /** Something happened. */
  void on(VrrpEvent event);
}
