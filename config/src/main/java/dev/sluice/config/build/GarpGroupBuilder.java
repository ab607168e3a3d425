package dev.sluice.config.build;

import dev.sluice.config.model.GarpGroup;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code garp_group} while it is read, and its table. */
final class GarpGroupBuilder {
  static final Block<GarpGroupBuilder> TABLE = Block.named("garp_group");

  final Plan plan;
  final At at;
  @Nullable Duration garpInterval;
  @Nullable Duration gnaInterval;
  final List<String> interfaces = new ArrayList<>();

  GarpGroupBuilder(Plan plan, At at) {
    this.plan = plan;
    this.at = at;
  }

  GarpGroup build() {
    return new GarpGroup(
        garpInterval == null ? Duration.ZERO : garpInterval,
        gnaInterval == null ? Duration.ZERO : gnaInterval,
        interfaces);
  }

  private static void add(GarpGroupBuilder b, Word word, Args args) {
    if (!b.plan.garpInterfaces.add(word.text())) {
      args.diagnostics()
          .error(
              word.at(),
              "duplicate",
              "interface " + word.text() + " already is in a garp_group",
              "it is ignored",
              "");
      return;
    }
    b.plan.unknownDevice |= Interfaces.missing(args.context(), word);
    b.interfaces.add(word.text());
  }

  static {
    TABLE
        .row("garp_interval", Types.seconds(), (b, v) -> b.garpInterval = v)
        .standard("0")
        .meaning("Seconds between two packets of gratuitous ARP.");
    TABLE
        .row("gna_interval", Types.seconds(), (b, v) -> b.gnaInterval = v)
        .standard("0")
        .meaning("Seconds between two neighbour advertisements.");
    TABLE
        .rowAt("interface", Types.text("INTERFACE"), (b, v, a) -> add(b, a.words().get(1), a))
        .meaning("The interface that is limited.");
    TABLE
        .lines(
            "interfaces",
            "INTERFACE",
            _ -> {},
            (b, args) -> args.rest().forEach(word -> add(b, word, args)))
        .meaning("Interfaces that share the limit.");
  }
}
