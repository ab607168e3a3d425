package dev.sluice.config.build;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.model.Tunnel;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code lb_kind}: {@code NAT}, {@code DR}, {@code TUN [type …]}. */
final class LbKind implements ValueType<LbKind.Value> {
  /** A method, and how it wraps. */
  record Value(ForwardingMethod method, Tunnel tunnel) {}

  private static final List<String> NAMES = List.of("NAT", "DR", "TUN");

  /** Says once that a method is not built. */
  static void announce(Context context, At at, ForwardingMethod method) {
    if (method == ForwardingMethod.TUN || method == ForwardingMethod.FULLNAT) {
      context.notYet(at, "'lb_kind " + method + "'");
    }
  }

  @Override
  public String syntax() {
    return "NAT|DR|TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]";
  }

  @Override
  public @Nullable Value read(Args args) {
    Word word = args.require("NAT, DR or TUN");
    if (word == null) {
      return null;
    }
    Word surplus = args.peek();
    if (surplus != null && (word.text().equals("NAT") || word.text().equals("DR"))) {
      args.rest();
      args.invalid(
          surplus,
          "unknown-option",
          word.text() + " does not take '" + surplus.text() + "'",
          "only TUN has options");
      return null;
    }
    return switch (word.text()) {
      case "NAT" -> new Value(ForwardingMethod.NAT, Tunnel.ipip());
      case "DR" -> new Value(ForwardingMethod.DR, Tunnel.ipip());
      case "TUN" -> tunnel(args);
      default -> {
        args.invalid(
            word,
            "unknown-value",
            "unknown forwarding method '" + word.text() + "'",
            word.text().equals("FNAT")
                ? "FNAT belongs to the Alibaba and DPVS dialects; keepalived knows NAT, DR and TUN"
                : Nearest.of(word.text(), NAMES)
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("NAT, DR or TUN, in upper case"));
        yield null;
      }
    };
  }

  private static @Nullable Value tunnel(Args args) {
    Tunnel.Type type = Tunnel.Type.IPIP;
    Tunnel.Checksum checksum = Tunnel.Checksum.NONE;
    int port = 0;
    Word word;
    while ((word = args.poll()) != null) {
      switch (word.text()) {
        case "type" -> {
          Word name = args.require("ipip, gue or gre");
          if (name == null) {
            return null;
          }
          switch (name.text()) {
            case "ipip" -> type = Tunnel.Type.IPIP;
            case "gue" -> type = Tunnel.Type.GUE;
            case "gre" -> type = Tunnel.Type.GRE;
            default -> {
              args.invalid(
                  name,
                  "unknown-value",
                  "unknown tunnel type '" + name.text() + "'",
                  "ipip, gue or gre");
              args.rest();
              return null;
            }
          }
        }
        case "port" -> {
          Word number = args.require("a port");
          Long value = number == null ? null : Types.integer(args, number, 1, 65535);
          if (value == null) {
            args.rest();
            return null;
          }
          port = value.intValue();
        }
        case "nocsum" -> checksum = Tunnel.Checksum.NONE;
        case "csum" -> checksum = Tunnel.Checksum.CSUM;
        case "remcsum" -> checksum = Tunnel.Checksum.REMCSUM;
        default -> {
          args.invalid(
              word,
              "unknown-option",
              "unknown word '" + word.text() + "' of a tunnel",
              "type, port, csum");
          args.rest();
          return null;
        }
      }
    }
    if ((type == Tunnel.Type.GUE) != (port != 0)) {
      args.diagnostics()
          .error(
              args.line(),
              "tunnel-port",
              "a gue tunnel needs a port, and only that",
              args.ignored(),
              "TUN type gue port NUMBER");
      return null;
    }
    return new Value(ForwardingMethod.TUN, new Tunnel(type, port, checksum));
  }

  @Override
  public List<String> accepted() {
    return List.of("NAT", "DR", "TUN", "TUN type gue port 6080", "TUN type gre csum");
  }

  @Override
  public List<String> refused() {
    return List.of("dr", "FNAT", "TUN type gue");
  }

  @Override
  public List<String> words() {
    return NAMES;
  }
}
