package dev.sluice.config.build;

import dev.sluice.config.table.Args;
import dev.sluice.config.text.Word;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers that iproute2 has names for. */
final class RouteNames {
  private static final Map<String, Integer> TABLES =
      Map.of("default", 253, "main", 254, "local", 255);
  private static final Map<String, Integer> PROTOCOLS =
      Map.of(
          "redirect",
          1,
          "kernel",
          2,
          "boot",
          3,
          "static",
          4,
          "ra",
          9,
          "dhcp",
          16,
          "keepalived",
          18);

  private RouteNames() {}

  static @Nullable Integer table(Args args, Word word) {
    return of(args, word, "rt_tables", TABLES, Integer.MAX_VALUE);
  }

  static @Nullable Integer protocol(Args args, Word word) {
    return of(args, word, "rt_protos", PROTOCOLS, 255);
  }

  static @Nullable Integer scope(Args args, Word word) {
    return of(args, word, "rt_scopes", AddressLine.SCOPES, 255);
  }

  static @Nullable Integer tos(Args args, Word word) {
    return of(args, word, "rt_dsfield", Map.of(), 255);
  }

  private static @Nullable Integer of(
      Args args, Word word, String kind, Map<String, Integer> known, int most) {
    Integer found = known.get(word.text());
    if (found == null) {
      found = args.context().environment().routeName(kind, word.text()).orElse(null);
    }
    if (found == null) {
      found = number(word.text(), most);
    }
    if (found == null) {
      args.diagnostics()
          .error(
              word.at(),
              "unknown-value",
              "'" + word.text() + "' is neither a number nor a name of " + kind,
              "it is ignored",
              "a number up to " + most + ", or a name of /etc/iproute2/" + kind);
    }
    return found;
  }

  private static @Nullable Integer number(String text, int most) {
    try {
      long value =
          text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
      return value >= 0 && value <= most ? (int) value : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
