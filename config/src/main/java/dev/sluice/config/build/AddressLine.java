package dev.sluice.config.build;

import dev.sluice.config.model.AddressOptions;
import dev.sluice.config.model.RuleSpec.Prefix;
import dev.sluice.config.model.VirtualAddress;
import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ADDRESS[/LENGTH] [options]}: a line of virtual_ipaddress and its like. */
final class AddressLine {
  /** The scopes the kernel has names for. */
  static final Map<String, Integer> SCOPES =
      Map.of("global", 0, "universe", 0, "nowhere", 255, "host", 254, "link", 253, "site", 200);

  private AddressLine() {}

  /** An address and the device it is about, as text, for messages. */
  record Parsed(VirtualAddress address, Word word, boolean unknownDevice) {}

  /** Reads one line; null when it is dropped, which is reported. */
  static @Nullable Parsed read(Plan plan, Args args, boolean fixed) {
    Word word = args.tolerant().poll();
    if (word == null) {
      return null;
    }
    String text = word.text();
    int slash = text.indexOf('/');
    InetAddress address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      args.diagnostics()
          .error(
              word.at(),
              "not-an-address",
              "'" + text + "' is no IP address",
              "the line is skipped",
              "write ADDRESS/LENGTH, for example 192.0.2.10/24");
      skip(args);
      return null;
    }
    boolean v4 = address instanceof Inet4Address;
    int full = v4 ? 32 : 128;
    int length = full;
    if (slash >= 0) {
      Args lengthArgs =
          new Args(args.context(), "prefix length", full + " is used", args.words(), 0);
      Word lengthWord =
          new Word(
              text.substring(slash + 1), word.line(), word.from() + slash + 1, word.to(), false);
      Long given = Types.integer(lengthArgs, lengthWord, 0, full);
      length = given == null ? full : given.intValue();
    }
    return options(plan, args, word, address, length, fixed);
  }

  private static @Nullable Parsed options(
      Plan plan, Args args, Word word, InetAddress address, int length, boolean fixed) {
    boolean v4 = address instanceof Inet4Address;
    Prefix peer = null;
    boolean home = false;
    boolean noDad = false;
    boolean manageTemporary = false;
    boolean autoJoin = false;
    Duration preferred = null;
    boolean useVmac = false;
    String trackGroup = null;
    String device = null;
    String label = null;
    InetAddress broadcast = null;
    int scope = 0;
    boolean noPrefixRoute = false;
    boolean tracked = true;
    boolean unknownDevice = false;
    boolean dropped = false;
    Word option;
    while ((option = args.poll()) != null) {
      switch (option.text()) {
        case "dev" -> {
          Word value = args.require("an interface behind dev");
          if (value != null) {
            device = value.text();
            unknownDevice = Interfaces.missing(args.context(), value);
          }
        }
        case "label" -> {
          Word value = args.require("a label");
          if (value != null && value.text().length() > 15) {
            args.diagnostics()
                .error(
                    value.at(),
                    "too-long",
                    "label '" + value.text() + "' is longer than 15 characters",
                    "the address is left out",
                    "");
            dropped = true;
          } else if (value != null) {
            label = value.text();
          }
        }
        case "brd", "broadcast" -> {
          Word value = args.require("a broadcast address, + or -");
          broadcast = value == null ? null : broadcast(args, value, address, length);
        }
        case "scope" -> {
          Word value = args.require("a scope");
          Integer found = value == null ? null : scope(args, value, v4);
          scope = found == null ? 0 : found;
        }
        case "peer" -> {
          Word value = args.require("an address behind peer");
          peer = value == null ? null : RouteLine.prefix(args, value);
          if (value != null && peer == null) {
            args.diagnostics()
                .error(
                    value.at(),
                    "not-an-address",
                    "peer '" + value.text() + "' is no IP address",
                    "it is ignored",
                    "");
          }
        }
        case "preferred_lft" -> {
          Word value = args.require("forever or seconds");
          preferred = value == null ? null : lifetime(args, value);
        }
        case "track_group" -> {
          Word value = args.require("a track group");
          trackGroup = value == null ? null : TrackGroups.named(plan, args, value, fixed);
        }
        case "noprefixroute" -> noPrefixRoute = true;
        case "no_track" -> tracked = false;
        case "home" -> home = true;
        case "-nodad" -> noDad = true;
        case "mngtmpaddr" -> manageTemporary = true;
        case "autojoin" -> autoJoin = true;
        case "use_vmac" -> useVmac = true;
        default ->
            args.diagnostics()
                .error(
                    option.at(),
                    "unknown-option",
                    "unknown word '" + option.text() + "' in an address line",
                    "it is skipped",
                    "options are dev, label, brd, scope, peer, noprefixroute, no_track …");
      }
    }
    if (dropped) {
      return null;
    }
    AddressOptions options =
        peer == null
                && !home
                && !noDad
                && !manageTemporary
                && !autoJoin
                && preferred == null
                && !useVmac
                && trackGroup == null
            ? AddressOptions.none()
            : new AddressOptions(
                peer == null ? null : peer.address(),
                peer == null ? 0 : peer.length(),
                home,
                noDad,
                manageTemporary,
                autoJoin,
                preferred,
                useVmac,
                trackGroup);
    return new Parsed(
        new VirtualAddress(
            address, length, device, label, broadcast, scope, noPrefixRoute, tracked, options),
        word,
        unknownDevice);
  }

  private static @Nullable Duration lifetime(Args args, Word word) {
    if (word.text().equals("forever")) {
      return Duration.ofSeconds(0xffffffffL);
    }
    Args named = new Args(args.context(), "preferred_lft", "", args.words(), 0);
    Long seconds = Types.integer(named, word, 0, 0xffffffffL);
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  private static void skip(Args args) {
    args.rest();
  }

  private static @Nullable Integer scope(Args args, Word word, boolean v4) {
    if (!v4) {
      args.diagnostics()
          .error(
              word.at(),
              "scope-ipv6",
              "an IPv6 address has the scope it has",
              "the scope is ignored",
              "leave it out");
      return null;
    }
    Integer scope = SCOPES.get(word.text());
    if (scope == null) {
      scope = args.context().environment().routeName("rt_scopes", word.text()).orElse(null);
    }
    if (scope == null && word.text().matches("\\d{1,3}") && Integer.parseInt(word.text()) < 256) {
      scope = Integer.valueOf(word.text());
    }
    if (scope == null) {
      args.diagnostics()
          .error(
              word.at(),
              "unknown-value",
              "unknown scope '" + word.text() + "'",
              "it is ignored",
              "global, site, link, host or a number");
    }
    return scope;
  }

  private static @Nullable InetAddress broadcast(
      Args args, Word word, InetAddress address, int length) {
    if (!(address instanceof Inet4Address)) {
      args.diagnostics()
          .error(word.at(), "brd-ipv6", "IPv6 has no broadcast", "it is ignored", "leave it out");
      return null;
    }
    boolean ones = word.text().equals("+");
    if (ones || word.text().equals("-")) {
      byte[] bytes = address.getAddress();
      for (int bit = length; bit < 32; bit++) {
        int mask = 0x80 >> (bit & 7);
        bytes[bit >> 3] = (byte) (ones ? bytes[bit >> 3] | mask : bytes[bit >> 3] & ~mask);
      }
      try {
        return InetAddress.getByAddress(bytes);
      } catch (java.net.UnknownHostException e) {
        throw new IllegalStateException(e);
      }
    }
    InetAddress given = Addresses.parse(word.text());
    if (!(given instanceof Inet4Address)) {
      args.invalid(word, "not-an-address", "'" + word.text() + "' is no IPv4 address", "");
      return null;
    }
    return given;
  }
}
