package dev.sluice.config.model;

import java.util.List;

/**
 * A virtual server that is named by a firewall mark or by a group of addresses.
 *
 * @param matches which packets carry the mark
 * @param service everything but what selects it: its address is the any-address, its port 0
 */
public record SelectedService(Selector selector, VirtualServer service, List<MarkMatch> matches) {

  public SelectedService {
    matches = List.copyOf(matches);
  }

  /** What selects it. */
  public sealed interface Selector {
    /**
     * {@code virtual_server fwmark N}.
     *
     * @param ipVersion 4 or 6
     */
    record Mark(long mark, int ipVersion) implements Selector {}

    /** {@code virtual_server group NAME}. */
    record Group(String name) implements Selector {}
  }
}
