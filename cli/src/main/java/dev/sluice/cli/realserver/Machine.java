package dev.sluice.cli.realserver;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** What a real server's set-up asks of the kernel. Tests answer from a table. */
public interface Machine {

  /**
   * An address as an interface carries it.
   *
   * @param device the interface's name
   */
  record Held(String device, InetAddress address, int prefixLength) {}

  /** Whether we may change addresses and sysctls: CAP_NET_ADMIN. */
  boolean mayConfigure();

  /** Which start of the machine this is: settings do not outlive it. */
  String bootId();

  /** Which network namespace this is, as long as it lives: its inode number. */
  long namespace();

  /** Every address of every interface. */
  List<Held> addresses();

  /** Adds a VIP to lo as a host address; an IPv6 one without duplicate address detection. */
  void addToLoopback(InetAddress vip);

  /** Removes a VIP from lo. */
  void removeFromLoopback(InetAddress vip);

  /** Whether a link is up; empty when there is none of this name. */
  Optional<Boolean> linkUp(String name);

  /** Sets a link up or down. */
  void setLink(String name, boolean up);

  /** Asks for a kernel module; silent when that is not possible, as it may be built in. */
  void loadModule(String name);

  /** A sysctl's value, by its dotted name; empty when there is none. */
  Optional<String> sysctl(String name);

  /** Sets a sysctl. */
  void setSysctl(String name, String value);
}
