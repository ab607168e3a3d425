package dev.sluice.config.build;

import dev.sluice.config.model.UnicastPeer;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** What {@code vrrp_instance} says of unicast and of the packets' form. */
final class UnicastRows {
  private UnicastRows() {}

  static void add(Block<InstanceBuilder> table) {
    table
        .lines("unicast_peer", "ADDRESS [min_ttl N] [max_ttl N]", _ -> {}, UnicastRows::peer)
        .meaning("Adverts go to these routers and not to the multicast group.");
    table
        .rowAt(
            "unicast_src_ip",
            Types.address(),
            (b, v, a) -> {
              b.unicastSource = v;
              b.unicastAt = a.at();
            })
        .standard("the interface's first address")
        .meaning("Source address of unicast adverts.");
    table
        .row("mcast_src_ip", Types.address(), (b, v) -> b.multicastSource = v)
        .standard("the interface's first address")
        .meaning("Source address of adverts.");
    table
        .rowAt(
            "mcast_dst_ip",
            Types.samples(
                Types.address(), List.of("224.0.0.99", "ff02::99"), List.of("10.0.0.1", "x")),
            (b, v, a) -> {
              if (v.isMulticastAddress()) {
                b.multicastGroup = v;
                b.multicastGroupAt = a.end();
              } else {
                a.invalid(
                    a.words().get(1),
                    "not-multicast",
                    v.getHostAddress() + " is no multicast address",
                    "");
              }
            })
        .standard("vrrp_mcast_group4, vrrp_mcast_group6")
        .meaning("Multicast group of the adverts.");
    table
        .flag("track_src_ip", b -> b.trackSource = true)
        .meaning("A source address that disappears is a FAULT; with sluice it always is.");
    table
        .flag("unicast_fault_no_peer", b -> b.unicastFaultNoPeer = true)
        .meaning("Unicast without any peer is a FAULT, not multicast.");
    table
        .row("check_unicast_src", Types.optionalBool(), (b, v) -> b.checkUnicastSource = v)
        .standard("vrrp_check_unicast_src")
        .meaning("Accept adverts from listed peers only.");
    table
        .rowAt(
            "unicast_ttl",
            Types.integer(0, 255),
            (b, v, a) -> {
              b.unicastTtl = v.intValue();
              b.unicastAt = a.at();
            })
        .standard("255")
        .meaning("TTL of unicast adverts.");
    table
        .row(
            "old_unicast_checksum",
            Types.optional(Types.oneOf(Map.of("never", false)), true),
            (b, v) -> {
              b.oldChecksum = v;
              b.neverOldChecksum = !v;
            })
        .standard("detected")
        .meaning("Checksum of keepalived 1.3.6 and older.");
    table
        .row("v3_checksum_as_v2", Types.optionalBool(), (b, v) -> b.checksumAsV2 = v)
        .since("2.3")
        .standard("the global one")
        .meaning("Version 3 checksum without pseudo header, as RFC 9568 and Cisco have it.");
  }

  private static void peer(InstanceBuilder b, Args args) {
    Word word = args.tolerant().poll();
    if (word == null) {
      return;
    }
    b.unicastAt = word.at();
    InetAddress address = Addresses.parse(word.text());
    if (address == null) {
      args.rest();
      args.diagnostics()
          .error(
              word.at(),
              "not-an-address",
              "unicast peer '" + word.text() + "' is no IP address",
              "it is skipped",
              "");
      return;
    }
    int min = 0;
    int max = 255;
    Word option;
    while ((option = args.poll()) != null) {
      boolean least = option.text().equals("min_ttl");
      if (!least && !option.text().equals("max_ttl")) {
        args.diagnostics()
            .error(
                option.at(),
                "unknown-option",
                "unknown word '" + option.text() + "' for a unicast peer",
                "it is skipped",
                "min_ttl N, max_ttl N");
        continue;
      }
      Word number = args.require("a TTL");
      Long ttl = number == null ? null : Types.integer(args, number, 0, 255);
      if (ttl != null && least) {
        min = ttl.intValue();
      } else if (ttl != null) {
        max = ttl.intValue();
      }
    }
    b.peers.add(new UnicastPeer(address, min, max));
    b.peerWords.add(word);
  }
}
