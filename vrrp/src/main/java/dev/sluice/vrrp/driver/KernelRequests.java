package dev.sluice.vrrp.driver;

import dev.sluice.linux.Errno;
import dev.sluice.linux.RouteBatch;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.SyscallException;
import dev.sluice.vrrp.objects.KernelObject;
import dev.sluice.vrrp.objects.Lifetime;
import java.util.ArrayList;
import java.util.List;

/** Requests about addresses, routes and rules, collected and sent to the kernel together. */
final class KernelRequests {
  private final RouteBatch batch;
  private final Interfaces interfaces;

  KernelRequests(RouteNetlink netlink, Interfaces interfaces) {
    this.batch = netlink.batch();
    this.interfaces = interfaces;
  }

  /**
   * What the kernel said.
   *
   * @param already it was there, or was not there, already
   * @param failure in words; empty: none
   */
  record Answer(boolean already, String failure) {
    boolean ok() {
      return failure.isEmpty();
    }
  }

  /** Adds an address or, where it is there, gives it this lifetime. */
  void put(KernelObject.Address address, int ifindex, Lifetime lifetime) {
    RouteBatch _ = batch.replace(ObjectWire.address(address.config(), ifindex, lifetime));
  }

  void remove(KernelObject.Address address, int ifindex) {
    RouteBatch _ =
        batch.delete(
            ObjectWire.address(address.config(), ifindex, Lifetime.of(address.config(), 0)));
  }

  /**
   * Adds a route; one that is there already stays.
   *
   * @throws IllegalArgumentException when it cannot be asked for, in words for the operator
   */
  void put(KernelObject.Route route) {
    RouteBatch _ =
        batch.add(ObjectWire.route(route.spec(), interfaces), ObjectWire.insertion(route.spec()));
  }

  /** Removes a route; throws as {@link #put(KernelObject.Route)}. */
  void remove(KernelObject.Route route) {
    RouteBatch _ = batch.delete(ObjectWire.route(route.spec(), interfaces));
  }

  /** Adds a rule; one that is there already stays. Throws as for a route. */
  void put(KernelObject.Rule rule) {
    RouteBatch _ = batch.add(ObjectWire.rule(rule.spec()));
  }

  /** Removes a rule; throws as for a route. */
  void remove(KernelObject.Rule rule) {
    RouteBatch _ = batch.delete(ObjectWire.rule(rule.spec()));
  }

  /** Sends all; the answers in their order. */
  List<Answer> send() {
    List<Answer> answers = new ArrayList<>(batch.size());
    for (RouteBatch.Outcome outcome : batch.send()) {
      SyscallException failure = outcome.failure();
      answers.add(
          new Answer(
              outcome.already(),
              failure == null
                  ? ""
                  : failure.getMessage() == null
                      ? Errno.name(failure.errno())
                      : failure.getMessage()));
    }
    return answers;
  }
}
