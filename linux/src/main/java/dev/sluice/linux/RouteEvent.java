package dev.sluice.linux;

/** A change in the kernel's network configuration, as rtnetlink(7) tells it. */
public sealed interface RouteEvent {
  /** A link is new, or something about it changed. */
  record LinkChanged(Link link) implements RouteEvent {}

  /** A link is gone, or has left this namespace. */
  record LinkRemoved(Link link) implements RouteEvent {}

  /** An address is new, or its flags or lifetimes changed. */
  record AddressAdded(InterfaceAddress address) implements RouteEvent {}

  /** An address is gone. */
  record AddressRemoved(InterfaceAddress address) implements RouteEvent {}

  /** A neighbour is new, or its state or hardware address changed. */
  record NeighbourChanged(Neighbour neighbour) implements RouteEvent {}

  /** A neighbour was forgotten. */
  record NeighbourRemoved(Neighbour neighbour) implements RouteEvent {}

  /** A route is new or was replaced. */
  record RouteChanged(Route route) implements RouteEvent {}

  /** A route is gone. */
  record RouteRemoved(Route route) implements RouteEvent {}

  /** A rule is new. */
  record RuleChanged(RuleRequest rule) implements RouteEvent {}

  /** A rule is gone. */
  record RuleRemoved(RuleRequest rule) implements RouteEvent {}

  /** The kernel dropped messages as we did not keep up: dump everything again. */
  record Overrun() implements RouteEvent {}
}
