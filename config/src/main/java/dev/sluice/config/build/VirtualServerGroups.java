package dev.sluice.config.build;

import dev.sluice.config.model.VirtualServerGroup;
import dev.sluice.config.model.VirtualServerGroup.Entry;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Word;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines of {@code virtual_server_group}. */
final class VirtualServerGroups {
  private VirtualServerGroups() {}

  /** A group while it is read. */
  static final class Builder {
    final String name;
    final At at;
    final List<Entry> entries = new ArrayList<>();

    Builder(String name, At at) {
      this.name = name;
      this.at = at;
    }

    VirtualServerGroup build() {
      return new VirtualServerGroup(name, entries);
    }
  }

  static void line(Builder group, Args args) {
    Word word = args.poll();
    if (word == null) {
      return;
    }
    if (word.text().equals("fwmark")) {
      mark(group, args);
      return;
    }
    Entry entry = range(args, word);
    if (entry != null) {
      group.entries.add(entry);
    }
  }

  private static void mark(Builder group, Args args) {
    Word number = args.require("a firewall mark");
    Long mark = number == null ? null : Types.integer(args, number, 0, 0xffffffffL);
    int family = args.take("inet") ? 4 : args.take("inet6") ? 6 : 0;
    if (mark != null) {
      group.entries.add(new Entry.Mark(mark, family));
    }
  }

  private static @Nullable Entry range(Args args, Word word) {
    String text = word.text();
    int dash = text.indexOf('-');
    int slash = text.indexOf('/');
    int end = dash >= 0 ? dash : slash >= 0 ? slash : text.length();
    InetAddress first = Addresses.parse(text.substring(0, end));
    InetAddress last = first;
    if (first != null && dash >= 0) {
      last = rangeEnd(first, text.substring(dash + 1));
    } else if (first != null && slash >= 0) {
      last = blockEnd(first, text.substring(slash + 1));
    }
    if (first == null || last == null) {
      args.rest();
      args.diagnostics()
          .error(
              word.at(),
              "not-an-address",
              "'" + text + "' is no address or range of a virtual_server_group",
              "the line is skipped",
              "ADDRESS, ADDRESS-LAST or ADDRESS/LENGTH, then a port; or fwmark NUMBER");
      return null;
    }
    Integer port = VirtualServerTable.port(args, "the line is skipped");
    return port == null ? null : new Entry.Range(first, last, port);
  }

  /** The last byte (IPv4) or word (IPv6, hexadecimal) of the range's end. */
  private static @Nullable InetAddress rangeEnd(InetAddress first, String text) {
    byte[] bytes = first.getAddress();
    try {
      if (first instanceof Inet4Address) {
        int end = Integer.parseInt(text);
        if (end > 255 || end <= (bytes[3] & 255)) {
          return null;
        }
        bytes[3] = (byte) end;
      } else {
        int end = Integer.parseInt(text, 16);
        if (end > 0xffff || end <= ((bytes[14] & 255) << 8 | (bytes[15] & 255))) {
          return null;
        }
        bytes[14] = (byte) (end >> 8);
        bytes[15] = (byte) end;
      }
      return InetAddress.getByAddress(bytes);
    } catch (NumberFormatException | UnknownHostException e) {
      return null;
    }
  }

  private static @Nullable InetAddress blockEnd(InetAddress first, String text) {
    byte[] bytes = first.getAddress();
    int bits = bytes.length * 8;
    if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > bits) {
      return null;
    }
    BigInteger size = BigInteger.ONE.shiftLeft(bits - Integer.parseInt(text));
    BigInteger end = new BigInteger(1, bytes).or(size.subtract(BigInteger.ONE));
    byte[] raw = end.toByteArray();
    byte[] result = new byte[bytes.length];
    for (int i = 0; i < Math.min(raw.length, result.length); i++) {
      result[result.length - 1 - i] = raw[raw.length - 1 - i];
    }
    try {
      return InetAddress.getByAddress(result);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
