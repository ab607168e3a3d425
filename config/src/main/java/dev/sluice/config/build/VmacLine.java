package dev.sluice.config.build;

import dev.sluice.config.table.Addresses;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands behind {@code use_vmac} and {@code use_ipvlan}. */
final class VmacLine implements ValueType<VmacLine.Value> {
  /** Parsed words; null: not written. */
  record Value(
      @Nullable String name,
      @Nullable String mac,
      @Nullable String group,
      @Nullable String address,
      @Nullable String mode,
      boolean notifies) {}

  private static final List<String> MODES = List.of("bridge", "private", "vepa");

  private final boolean ipvlan;

  VmacLine(boolean ipvlan) {
    this.ipvlan = ipvlan;
  }

  @Override
  public String syntax() {
    return ipvlan
        ? "[[name] IF] [ADDRESS] [bridge|private|vepa] [group G]"
        : "[[name] IF] [MAC] [netlink_notify_msg] [group G]";
  }

  @Override
  public boolean required() {
    return false;
  }

  @Override
  public @Nullable Value read(Args args) {
    String name = null;
    String mac = null;
    String group = null;
    String address = null;
    String mode = null;
    boolean notifies = false;
    Word word;
    while ((word = args.poll()) != null) {
      String text = word.text();
      if (text.equals("name")) {
        Word named = args.poll();
        name = named == null ? null : named.text();
      } else if (text.equals("group")) {
        Word named = args.poll();
        group = named == null ? null : named.text();
      } else if (!ipvlan && text.equals("netlink_notify_msg")) {
        notifies = true;
      } else if (!ipvlan && text.matches("([0-9a-fA-F]{1,2}:){4,5}[0-9a-fA-F]{1,2}")) {
        mac = text;
      } else if (ipvlan && MODES.contains(text)) {
        mode = text;
      } else if (ipvlan && Addresses.parse(text.replaceFirst("/\\d+$", "")) != null) {
        address = text;
      } else if (name == null && text.length() <= 15) {
        name = text;
      } else {
        args.invalid(
            word,
            text.length() > 15 ? "too-long" : "unknown-option",
            "'" + text + "' is no name of an interface",
            "an interface name has 15 characters at most: " + syntax());
      }
    }
    return new Value(name, mac, group, address, mode, notifies);
  }

  @Override
  public List<String> accepted() {
    return List.of("", "vrrp.1", ipvlan ? "vrrp.1 10.0.0.1/24 bridge" : "vrrp.1 00:00:5e:00:01:07");
  }

  @Override
  public List<String> refused() {
    return List.of("a_name_that_is_too_long");
  }
}
