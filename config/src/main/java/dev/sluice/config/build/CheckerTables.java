package dev.sluice.config.build;

import dev.sluice.config.build.CheckerBuilder.Kind;
import dev.sluice.config.build.CheckerBuilder.UrlBuilder;
import dev.sluice.config.model.Checker;
import dev.sluice.config.model.Regex;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Keyword;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checkers of a real server. */
final class CheckerTables {
  static final Block<UrlBuilder> URL = Block.named("url");

  private CheckerTables() {}

  static void rows(Block<RealServerBuilder> table) {
    url();
    checker(table, Kind.TCP, "A connection can be made.");
    checker(table, Kind.HTTP, "Every URL answers as it should.");
    checker(table, Kind.SSL, "Every URL answers as it should, over TLS.");
    checker(table, Kind.MISC, "A command ends with status 0.");
    checker(table, Kind.SMTP, "A mail server greets.");
    checker(table, Kind.DNS, "A name server answers.");
    checker(table, Kind.UDP, "No ICMP error comes back, or a fitting reply.");
    checker(table, Kind.PING, "An echo comes back.");
    checker(table, Kind.FILE, "A number in a file moves the weight.");
    checker(table, Kind.BFD, "A BFD session is up.").notYet();
    own(table, Kind.MYSQL, "MySQL or MariaDB greets, or lets a user in.");
    own(table, Kind.POSTGRESQL, "PostgreSQL accepts connections.");
    own(table, Kind.REDIS, "Redis answers PING.");
    own(table, Kind.LDAP, "An LDAP server accepts an anonymous bind.");
    own(table, Kind.MEMCACHED, "memcached tells its version.");
    own(table, Kind.SSH, "An SSH server of version 2 identifies itself.");
    own(table, Kind.GRPC, "gRPC's health protocol says SERVING.");
    OwnCheckerTables.rhythm(
        table,
        b -> {
          if (b.rhythm == null) {
            b.rhythm = new RhythmBuilder();
          }
          return b.rhythm;
        },
        (b, retry) -> b.retry = retry);
  }

  private static void own(Block<RealServerBuilder> table, Kind kind, String meaning) {
    checker(table, kind, meaning).since("sluice");
  }

  private static Keyword<RealServerBuilder> checker(
      Block<RealServerBuilder> table, Kind kind, String meaning) {
    Block<CheckerBuilder> block = Block.named(kind.keyword);
    switch (kind) {
      case HTTP, SSL -> http(block, kind);
      case MISC -> misc(block);
      case SMTP -> FurtherCheckerTables.smtp(block);
      case DNS -> FurtherCheckerTables.dns(block);
      case UDP -> FurtherCheckerTables.udp(block);
      case FILE -> FurtherCheckerTables.file(block);
      case BFD -> FurtherCheckerTables.bfd(block);
      case TCP, PING -> {}
      case MYSQL, POSTGRESQL, REDIS, LDAP, MEMCACHED, SSH, GRPC ->
          OwnCheckerTables.greeting(block, kind);
    }
    if (kind != Kind.MISC && kind != Kind.FILE && kind != Kind.BFD) {
      connection(block);
    }
    if (kind == Kind.BFD || kind == Kind.FILE) {
      alpha(block);
    } else {
      control(block, kind);
    }
    return table
        .block(
            kind.keyword,
            "",
            block,
            (b, args) -> new CheckerBuilder(kind, args.at()),
            (b, child, context) -> {
              b.checkers.add(child);
              b.checked = true;
            })
        .meaning(meaning);
  }

  static void connection(Block<CheckerBuilder> table) {
    table
        .row("connect_ip", Types.address(), (b, v) -> b.connectAddress = v)
        .standard("the real server's")
        .meaning("Address to connect to.");
    table
        .row("connect_port", Types.integer(1, 65535), (b, v) -> b.connectPort = v.intValue())
        .standard("the real server's")
        .meaning("Port to connect to.");
    table
        .row("bindto", Types.address(), (b, v) -> b.bindAddress = v)
        .standard("the kernel's choice")
        .meaning("Source address.");
    table
        .row("bind_port", Types.integer(1, 65535), (b, v) -> b.bindPort = v.intValue())
        .standard("the kernel's choice")
        .meaning("Source port.");
    table
        .rowAt("bind_if", Types.text("INTERFACE"), (b, v, a) -> b.bindInterface = v)
        .standard("the kernel's choice")
        .meaning("Interface to send from.");
    table
        .row("connect_timeout", Types.secondsFrom("0.000001"), (b, v) -> b.connectTimeout = v)
        .standard("5")
        .meaning("Seconds to wait.");
    table
        .row("fwmark", Types.integer(0, 0xffffffffL), (b, v) -> b.fwmark = v.intValue())
        .standard("0")
        .meaning("Firewall mark of the check's packets.");
  }

  private static void alpha(Block<CheckerBuilder> table) {
    table
        .row("alpha", Types.optionalBool(), (b, v) -> b.alpha = v)
        .standard("the real server's")
        .meaning("Down until the first success.");
  }

  private static void control(Block<CheckerBuilder> table, Kind kind) {
    boolean http = kind == Kind.HTTP || kind == Kind.SSL;
    table
        .row("retry", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.retry = v.intValue())
        .standard(kind == Kind.MISC ? "0" : kind == Kind.DNS ? "3" : "1")
        .meaning("Further tries after the first failure.");
    table
        .row("delay_before_retry", Types.seconds(), (b, v) -> b.delayBeforeRetry = v)
        .standard(kind == Kind.DNS ? "delay_loop" : http ? "3" : "1")
        .meaning("Seconds between tries.");
    table
        .row("delay_loop", Types.secondsFrom("0.000001"), (b, v) -> b.delayLoop = v)
        .standard("the virtual server's")
        .meaning("Seconds between two rounds.");
    table
        .row("warmup", Types.seconds(), (b, v) -> b.warmup = v)
        .standard("delay_loop")
        .meaning("The first round starts at a random moment within it.");
    alpha(table);
    table
        .row("log_all_failures", Types.optionalBool(), (b, v) -> b.logAllFailures = v)
        .standard("checker_log_all_failures")
        .meaning("Log every failed try.");
    OwnCheckerTables.rhythm(
        table,
        b -> {
          if (b.rhythm == null) {
            b.rhythm = new RhythmBuilder();
          }
          return b.rhythm;
        },
        (b, retry) -> b.retry = retry);
  }

  private static void http(Block<CheckerBuilder> table, Kind kind) {
    table
        .row("nb_get_retry", Types.integer(0, Integer.MAX_VALUE), (b, v) -> b.retry = v.intValue())
        .meaning("Old name of retry.");
    table
        .row("virtualhost", Types.text("NAME"), (b, v) -> b.details().virtualHost = v)
        .standard("the real server's")
        .absentIsError()
        .meaning("Host header.");
    table
        .row(
            "http_protocol",
            Types.oneOf(
                new java.util.TreeMap<>(
                    Map.of(
                        "1.0", Checker.HttpVersion.HTTP_1_0,
                        "1.0C", Checker.HttpVersion.HTTP_1_0_CLOSE,
                        "1.1", Checker.HttpVersion.HTTP_1_1,
                        "2", Checker.HttpVersion.HTTP_2))),
            (b, v) -> b.details().httpVersion = v)
        .standard("1.0")
        .meaning(
            "HTTP version; 1.0C and 1.1 add Connection: close. 2 is sluice's own: by ALPN in SSL_GET, with prior knowledge in HTTP_GET.");
    table
        .row("enable_sni", Types.optionalBool(), (b, v) -> b.details().sni = v)
        .standard("off")
        .meaning("Send the host name in the TLS handshake.");
    table
        .row("sni_name", Types.text("NAME"), (b, v) -> b.details().sniName = v)
        .since("2.4")
        .meaning("Host name of the TLS handshake.");
    table
        .row("fast_recovery", Types.optionalBool(), (b, v) -> b.details().fastRecovery = v)
        .standard("off")
        .meaning("After a failure, check all URLs at once and not one per round.");
    if (kind == Kind.SSL) {
      table
          .row("tls_compliant", Types.optionalBool(), (b, v) -> b.details().tlsCompliant = v)
          .since("2.3")
          .standard("off")
          .meaning("Insist on an orderly end of TLS.");
    }
    table
        .block(
            "url",
            "",
            URL,
            (b, args) -> new UrlBuilder(args.at()),
            (b, child, context) -> {
              if (child.path == null) {
                context
                    .diagnostics()
                    .error(
                        child.at,
                        "missing-path",
                        "the url block has no path",
                        "it is left out",
                        "path /");
              } else {
                b.details().urls.add(child);
              }
            })
        .meaning("One page that must answer.");
  }

  private static void url() {
    if (!URL.rows().isEmpty()) {
      return;
    }
    URL.row("path", Types.text("PATH"), (b, v) -> b.path = v).meaning("What to ask for. Required.");
    URL.row("digest", DIGEST, (b, v) -> b.digest = v).meaning("MD5 of the body.");
    URL.row(
            "status_code",
            STATUS,
            (b, v) -> {
              b.statusCodes.or(v);
            })
        .standard("200-299")
        .meaning("Status codes that pass.");
    URL.row("virtualhost", Types.text("NAME"), (b, v) -> b.virtualHost = v)
        .standard("the checker's")
        .absentIsError()
        .meaning("Host header.");
    URL.row("regex", REGEX, (b, v) -> b.regex = v).meaning("The body must match.");
    URL.flag("regex_no_match", b -> b.regexNoMatch = true).meaning("The body must not match.");
    URL.rowAt(
            "regex_options",
            Types.text("OPTION …"),
            (b, v, a) -> {
              regexOption(b, a, a.words().get(1));
              a.rest().forEach(word -> regexOption(b, a, word));
            })
        .meaning("PCRE2 options: caseless, multiline, dotall …");
    URL.row(
            "regex_min_offset",
            Types.integer(0, Integer.MAX_VALUE),
            (b, v) -> b.regexMinOffset = v.intValue())
        .standard("0")
        .meaning("Where the match may begin.");
    URL.row(
            "regex_max_offset",
            Types.integer(1, Integer.MAX_VALUE),
            (b, v) -> b.regexMaxOffset = v.intValue())
        .standard("unlimited")
        .meaning("Where the match must have begun.");
    URL.rowAt("regex_stack", Types.text("START MAX"), (b, v, a) -> a.rest())
        .noEffect()
        .meaning("PCRE2 stack sizes.");
    URL.row("tls_compliant", Types.optionalBool(), (b, v) -> b.tlsCompliant = v)
        .since("2.3")
        .standard("the checker's")
        .meaning("Insist on an orderly end of TLS.");
    OwnCheckerTables.url(URL);
  }

  private static void regexOption(UrlBuilder b, Args args, Word word) {
    if (Regex.OPTIONS.contains(word.text())) {
      b.regexOptions.add(word.text());
    } else {
      args.notYet(word, "the regex option " + word.text());
    }
  }

  private static final ValueType<String> REGEX =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "REGEX";
        }

        @Override
        public boolean escaped() {
          return true;
        }

        @Override
        public @Nullable String read(Args args) {
          Word word = args.require("a regular expression");
          return word == null ? null : word.text();
        }
      };

  private static final ValueType<String> DIGEST =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "MD5";
        }

        @Override
        public @Nullable String read(Args args) {
          Word word = args.require("32 hexadecimal digits");
          if (word == null) {
            return null;
          }
          if (!word.text().matches("[0-9a-fA-F]{32}")) {
            args.invalid(
                word,
                "not-a-digest",
                "'" + word.text() + "' is no MD5",
                "32 hexadecimal digits are expected");
            return null;
          }
          return word.text().toLowerCase(Locale.ROOT);
        }

        @Override
        public List<String> accepted() {
          return List.of("640205b7b0fc66c1ea91c463fac6334d");
        }

        @Override
        public List<String> refused() {
          return List.of("640205", "zz0205b7b0fc66c1ea91c463fac6334d");
        }
      };

  private static final ValueType<BitSet> STATUS =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "[CODE|FROM-TO …]";
        }

        @Override
        public boolean required() {
          return false;
        }

        @Override
        public @Nullable BitSet read(Args args) {
          if (!args.hasNext()) {
            return new BitSet();
          }
          BitSet codes = new BitSet();
          for (Word word : args.rest()) {
            String[] ends = word.text().split("-", 2);
            Long from = code(ends[0]);
            Long to = ends.length == 1 ? from : code(ends[1]);
            if (from != null && to != null && from <= to) {
              codes.set(from.intValue(), to.intValue() + 1);
            } else {
              args.invalid(
                  word,
                  "out-of-range",
                  "'" + word.text() + "' is no status code",
                  "a code from 100 to 599, or FROM-TO");
            }
          }
          return codes;
        }

        private @Nullable Long code(String text) {
          return text.matches("[1-5][0-9][0-9]") ? Long.valueOf(text) : null;
        }

        @Override
        public List<String> accepted() {
          return List.of("200", "200-299 404", "100", "599");
        }

        @Override
        public List<String> refused() {
          return List.of("99", "600", "ok");
        }
      };

  private static void misc(Block<CheckerBuilder> table) {
    table
        .row("misc_path", Types.commandOnly(), (b, v) -> b.details().miscPath = v)
        .absentIsError()
        .meaning("The command. Required.");
    table
        .row("misc_timeout", Types.secondsFrom("0.000001"), (b, v) -> b.details().miscTimeout = v)
        .standard("delay_loop")
        .meaning("Seconds after which the command is ended and counts as failed.");
    table
        .row("misc_dynamic", Types.optionalBool(), (b, v) -> b.details().miscDynamic = v)
        .standard("off")
        .meaning("Statuses 2 to 255 set the weight to the status minus 2.");
    table
        .row(
            "user",
            Types.orElse(Types.user(), Scripts.NO_USER),
            (b, v) -> {
              b.details().miscUser = v;
              b.details().userFaulty = v.equals(Scripts.NO_USER);
            })
        .standard("script_user")
        .meaning("Whom the command runs as.");
  }
}
