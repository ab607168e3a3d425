package dev.sluice.config.build;

import dev.sluice.config.build.CheckerBuilder.Kind;
import dev.sluice.config.model.Checker;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keywords of SMTP_CHECK, DNS_CHECK, UDP_CHECK, FILE_CHECK and BFD_CHECK. */
final class FurtherCheckerTables {
  private FurtherCheckerTables() {}

  static void smtp(Block<CheckerBuilder> table) {
    table
        .row("helo_name", Types.text("NAME"), (b, v) -> b.details().heloName = v)
        .absentIsError()
        .standard("smtpchecker.keepalived.org")
        .meaning("Name in the greeting.");
    Block<CheckerBuilder> host = Block.named("host");
    CheckerTables.connection(host);
    table
        .block(
            "host",
            "",
            host,
            (b, args) -> new CheckerBuilder(Kind.SMTP, args.at()),
            (b, child, context) -> b.details().hosts.add(child))
        .meaning("Another place to connect to; the old way.");
  }

  static void dns(Block<CheckerBuilder> table) {
    Map<String, String> types = new LinkedHashMap<>();
    for (String type : List.of("A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", "RRSIG", "DNSKEY")) {
      types.put(type, type);
    }
    table
        .row("type", Types.oneOf(types), (b, v) -> b.details().dnsType = v)
        .standard("SOA")
        .meaning("Record type to ask for.");
    table
        .rowAt(
            "name",
            Types.text("NAME"),
            (b, v, a) -> {
              if (v.length() > 253 || v.contains("..") || (v.startsWith(".") && v.length() > 1)) {
                a.invalid(
                    a.words().get(1),
                    "not-a-name",
                    "'" + v + "' is no domain name",
                    "an empty label, or longer than 253");
              } else {
                b.details().dnsName = v;
              }
            })
        .standard(".")
        .meaning("Name to ask for; . is the root.");
  }

  static void udp(Block<CheckerBuilder> table) {
    table
        .row("payload", new Hex(false), (b, v) -> b.details().payload = v)
        .absentIsError()
        .meaning("What is sent, in hexadecimal.");
    table
        .row(
            "require_reply",
            Types.optional(new Hex(true), new Checker.Bytes("")),
            (b, v) -> {
              b.details().requireReply = true;
              b.details().reply = v.pattern().isEmpty() ? null : v;
            })
        .meaning("A reply must come, one that begins so; X stands for any digit.");
    table
        .row(
            "min_reply_length",
            Types.integer(0, 65535),
            (b, v) -> b.details().minReplyLength = v.intValue())
        .standard("0")
        .meaning("Bytes the reply must have.");
    table
        .row(
            "max_reply_length",
            Types.integer(0, 65535),
            (b, v) -> b.details().maxReplyLength = v.intValue())
        .standard("255")
        .meaning("Bytes the reply may have.");
  }

  static void file(Block<CheckerBuilder> table) {
    table
        .rowAt(
            "track_file", Types.text("NAME"), (b, v, a) -> b.details().trackFile = a.words().get(1))
        .meaning("The track_file, defined above. Required.");
    table
        .row(
            "weight",
            Types.weight(2_147_483_647),
            (b, v) -> {
              b.details().weight = v.value();
              b.details().reverse = v.reverse();
            })
        .standard("the track_file's")
        .meaning("What the number is multiplied with.");
  }

  static void bfd(Block<CheckerBuilder> table) {
    table
        .rowAt("name", Types.text("BFD"), (b, v, a) -> b.details().bfd = a.words().get(1))
        .absentIsError()
        .meaning("The bfd_instance, defined above. Required.");
  }

  /** Hexadecimal digits, blanks between bytes allowed. */
  private record Hex(boolean wildcards) implements ValueType<Checker.Bytes> {
    @Override
    public String syntax() {
      return "HEX";
    }

    @Override
    public Checker.@Nullable Bytes read(Args args) {
      if (!args.hasNext()) {
        args.missing("hexadecimal digits");
        return null;
      }
      StringBuilder digits = new StringBuilder();
      Word first = args.peek();
      for (Word word : args.rest()) {
        digits.append(word.text());
      }
      String text = digits.toString();
      boolean good = text.matches(wildcards ? "([0-9a-fA-FxX]{2})+" : "([0-9a-fA-F]{2})+");
      if (!good && first != null) {
        args.invalid(
            first, "not-hex", "'" + text + "' is no hexadecimal string", "two digits per byte");
      }
      return good ? new Checker.Bytes(text.replace('x', 'X')) : null;
    }

    @Override
    public List<String> accepted() {
      return wildcards ? List.of("00ff", "0XX1") : List.of("00ff", "00 ff");
    }

    @Override
    public List<String> refused() {
      return List.of("zz", "0");
    }
  }
}
