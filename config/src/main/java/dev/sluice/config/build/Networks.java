package dev.sluice.config.build;

import dev.sluice.config.model.MarkMatch;
import dev.sluice.config.model.ServicePolicy.Net;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Networks, one or more in a line: {@code 198.51.100.0/24 2001:db8::/32}. */
final class Networks implements ValueType<List<Net>> {
  @Override
  public String syntax() {
    return "NET…";
  }

  @Override
  public @Nullable List<Net> read(Args args) {
    Word word = args.require("a network");
    List<Net> nets = new ArrayList<>();
    while (word != null) {
      MarkMatch.Net net = MatchLine.net(word.text());
      if (net == null) {
        args.invalid(
            word,
            "not-a-network",
            "'" + word.text() + "' is no network",
            "ADDRESS or ADDRESS/LENGTH: 198.51.100.0/24");
        args.rest();
        return null;
      }
      nets.add(new Net(net.address(), net.bits()));
      word = args.poll();
    }
    return nets.isEmpty() ? null : nets;
  }

  @Override
  public List<String> accepted() {
    return List.of("198.51.100.7", "198.51.100.0/24 203.0.113.0/24", "2001:db8::/32");
  }

  @Override
  public List<String> refused() {
    return List.of("10.0.0.0/33", "everybody");
  }
}
