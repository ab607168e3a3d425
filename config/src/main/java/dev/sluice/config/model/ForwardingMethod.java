package dev.sluice.config.model;

/** {@code lb_kind}: how a packet reaches the real server. */
public enum ForwardingMethod {
  /** Direct routing: only the frame's addresses change. */
  DR,
  /** The destination is rewritten; replies come back through the director. */
  NAT,
  /** Encapsulated towards the real server. */
  TUN,
  /** Source and destination are rewritten. */
  FULLNAT
}
