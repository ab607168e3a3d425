package dev.sluice.vrrp.machine;

import dev.sluice.vrrp.VrrpCounter;
import dev.sluice.vrrp.VrrpState;
import java.net.InetAddress;

/** What an instance wants done, in this order. */
public sealed interface Action {

  /** Send an advert, to the group or to each peer. */
  record SendAdvert(int priority) implements Action {}

  /** Add the virtual addresses, then the excluded ones. */
  record AddAddresses() implements Action {}

  /** Remove them. */
  record RemoveAddresses() implements Action {}

  /** Announce every address this many times. */
  record AnnounceAddresses(int repeat) implements Action {}

  /** Announce our own source address, that unicast peers reach us without ARP delay. */
  record AnnounceSource() implements Action {}

  /** Forget announcements not yet sent. */
  record DropAnnouncements() implements Action {}

  /** The state changed. */
  record StateChanged(VrrpState from, VrrpState to, String cause) implements Action {}

  /** The effective priority changed. */
  record PriorityChanged(int from, int to) implements Action {}

  /** Ask the sync group whether all may go to MASTER. */
  record AskGroup() implements Action {}

  /** A master, or another priority of it, was heard in BACKUP. */
  record MasterSeen(InetAddress master, int priority) implements Action {}

  /** We are MASTER and heard a router that loses against us. */
  record LowerPrioritySeen(InetAddress sender, int priority) implements Action {}

  /** Something an operator should know. */
  record Warned(String text) implements Action {}

  /** Another master met us and loses: it has been told, the addresses are announced again. */
  record ConflictWon(InetAddress loser, int priority) implements Action {}

  /** Something to be counted. */
  record Count(VrrpCounter counter, long by) implements Action {}

  /** The master we follow said that it leaves; the sync group's other members must know. */
  record MasterReleased(InetAddress master) implements Action {}

  /** The instance ended. */
  record Ended(VrrpState from) implements Action {}
}
