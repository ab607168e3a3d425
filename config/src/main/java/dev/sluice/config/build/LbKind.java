package dev.sluice.config.build;

import dev.sluice.config.model.ForwardingMethod;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code lb_kind}: {@code NAT}, {@code DR}, {@code TUN [type …]}. */
final class LbKind implements ValueType<ForwardingMethod> {
  private static final List<String> NAMES = List.of("NAT", "DR", "TUN");

  @Override
  public String syntax() {
    return "NAT|DR|TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]";
  }

  @Override
  public @Nullable ForwardingMethod read(Args args) {
    Word word = args.require("NAT, DR or TUN");
    if (word == null) {
      return null;
    }
    return switch (word.text()) {
      case "NAT" -> ForwardingMethod.NAT;
      case "DR" -> ForwardingMethod.DR;
      case "TUN" -> {
        args.rest();
        yield ForwardingMethod.TUN;
      }
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

  @Override
  public List<String> accepted() {
    return List.of("NAT", "DR", "TUN", "TUN type gue port 6080");
  }

  @Override
  public List<String> refused() {
    return List.of("dr", "FNAT");
  }

  @Override
  public List<String> words() {
    return NAMES;
  }
}
