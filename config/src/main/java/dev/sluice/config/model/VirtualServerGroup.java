package dev.sluice.config.model;

import java.net.InetAddress;
import java.util.List;

/** {@code virtual_server_group}. */
public record VirtualServerGroup(String name, List<Entry> entries) {
  public VirtualServerGroup {
    entries = List.copyOf(entries);
  }

  /** A line of it. */
  public sealed interface Entry {
    /**
     * Addresses that follow one another.
     *
     * @param last equal to first for a single one
     * @param port 0: all
     */
    record Range(InetAddress first, InetAddress last, int port) implements Entry {}

    /**
     * A firewall mark.
     *
     * @param ipVersion 4, 6, or 0: the real servers' tell
     */
    record Mark(long mark, int ipVersion) implements Entry {}
  }
}
