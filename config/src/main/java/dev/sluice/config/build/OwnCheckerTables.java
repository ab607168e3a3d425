package dev.sluice.config.build;

import dev.sluice.config.build.CheckerBuilder.Kind;
import dev.sluice.config.build.CheckerBuilder.UrlBuilder;
import dev.sluice.config.model.Checker;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.table.ValueType;
import dev.sluice.config.text.Word;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What checks can be told beyond keepalived. */
final class OwnCheckerTables {
  private static final String OWN = "sluice";

  private OwnCheckerTables() {}

  /** How many tries turn a check over, and how far they are apart. */
  static <B> void rhythm(
      Block<B> table, Function<B, RhythmBuilder> of, BiConsumer<B, Integer> retry) {
    table
        .row("rise", Types.integer(1, 1_000_000), (b, v) -> of.apply(b).rise = v.intValue())
        .since(OWN)
        .standard("1")
        .meaning("Successes in a row that bring a server that is down back.");
    table
        .row("fall", Types.integer(1, 1_000_000), (b, v) -> retry.accept(b, v.intValue() - 1))
        .since(OWN)
        .meaning("Failures in a row that take a server out: one more than retry.");
    table
        .row("delay_rising", Types.secondsFrom("0.000001"), (b, v) -> of.apply(b).rising = v)
        .since(OWN)
        .standard("delay_loop")
        .meaning("Seconds between the successes of rise.");
    table
        .row("delay_down", Types.secondsFrom("0.000001"), (b, v) -> of.apply(b).down = v)
        .since(OWN)
        .standard("delay_loop")
        .meaning("Seconds between two rounds while the check is down.");
  }

  /** What a greeting's check is told beside where and when. */
  static void greeting(Block<CheckerBuilder> table, Kind kind) {
    boolean tls = kind == Kind.REDIS || kind == Kind.LDAP || kind == Kind.MEMCACHED;
    if (tls || kind == Kind.GRPC) {
      table
          .row("tls", Types.optionalBool(), (b, v) -> b.details().tls = v)
          .standard("off")
          .meaning("Speak TLS from the first byte; the server's certificate is not verified.");
      table
          .row("server_name", Types.text("NAME"), (b, v) -> b.details().serverName = v)
          .absentIsError()
          .meaning(
              kind == Kind.GRPC
                  ? "Host name of the request and of the TLS handshake."
                  : "Host name of the TLS handshake.");
    }
    if (kind == Kind.MYSQL || kind == Kind.POSTGRESQL || kind == Kind.REDIS) {
      table
          .row("user", Types.text("NAME"), (b, v) -> b.details().user = v)
          .absentIsError()
          .meaning(
              switch (kind) {
                case MYSQL ->
                    "Log in as this user, who has no password; without one the greeting is all, and MySQL counts a broken connection.";
                case POSTGRESQL ->
                    "Log in as this user, as far as the question for a password; without one a refusal of the user counts as success.";
                default -> "User of the password.";
              });
    }
    if (kind == Kind.REDIS) {
      table
          .row("password", Types.text("PASSWORD"), (b, v) -> b.details().password = v)
          .absentIsError()
          .meaning("Authenticate before PING.");
    }
    if (kind == Kind.POSTGRESQL) {
      table
          .row("database", Types.text("NAME"), (b, v) -> b.details().name = v)
          .absentIsError()
          .standard("the user's name")
          .meaning("Database to ask for.");
    }
    if (kind == Kind.GRPC) {
      table
          .row("service", Types.text("NAME"), (b, v) -> b.details().name = v)
          .absentIsError()
          .standard("the server as a whole")
          .meaning("Service whose health is asked for.");
    }
  }

  /** What else a URL can ask and expect. */
  static void url(Block<UrlBuilder> table) {
    table
        .row("method", METHOD, (b, v) -> b.method = v)
        .since(OWN)
        .standard("GET")
        .meaning("Method of the request.");
    table
        .row("header", HEADER, (b, v) -> b.headers.add(v))
        .since(OWN)
        .meaning(
            "A header of the request, quoted; as often as needed. Replaces ours of that name.");
    table
        .row("body", Types.text("TEXT"), (b, v) -> b.body = v)
        .since(OWN)
        .meaning("What the request carries.");
    table
        .row("contains", Types.text("TEXT"), (b, v) -> b.contains = v)
        .since(OWN)
        .meaning("The answer's first 256 kB must hold this text.");
    table
        .row("json_match", JSON, (b, v) -> b.json = v)
        .since(OWN)
        .meaning("The answer must be JSON with this value there, as in $.checks[0].status UP.");
    table
        .row("redirects", Types.integer(0, 20), (b, v) -> b.redirects = v.intValue())
        .since(OWN)
        .standard("0")
        .meaning("How many redirects are followed, always on the same real server.");
  }

  private static final ValueType<String> METHOD =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "METHOD";
        }

        @Override
        public @Nullable String read(Args args) {
          Word word = args.require("a method");
          if (word != null && !word.text().matches("[A-Z]{1,20}")) {
            args.invalid(
                word,
                "not-a-method",
                "'" + word.text() + "' is no method",
                "HEAD, POST, OPTIONS …");
            return null;
          }
          return word == null ? null : word.text();
        }

        @Override
        public List<String> accepted() {
          return List.of("GET", "HEAD", "POST");
        }

        @Override
        public List<String> refused() {
          return List.of("get", "1");
        }
      };

  private static final ValueType<String> HEADER =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "\"NAME: VALUE\"";
        }

        @Override
        public @Nullable String read(Args args) {
          Word word = args.require("a header");
          if (word == null) {
            return null;
          }
          // RFC 9110 section 5.1: a name is a token; a line end would begin another header.
          if (!word.text().matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\\p{Cntrl}]*")) {
            args.invalid(
                word,
                "not-a-header",
                "'" + word.text() + "' is no header",
                "\"NAME: VALUE\", quoted");
            args.rest();
            return null;
          }
          return word.text();
        }

        @Override
        public List<String> accepted() {
          return List.of("\"X-Check: 1\"", "Accept:text/plain");
        }

        @Override
        public List<String> refused() {
          return List.of("\"no header\"", ":x");
        }
      };

  private static final ValueType<Checker.JsonMatch> JSON =
      new ValueType<>() {
        @Override
        public String syntax() {
          return "PATH VALUE";
        }

        @Override
        public Checker.@Nullable JsonMatch read(Args args) {
          Word path = args.require("a path into the JSON");
          if (path == null) {
            return null;
          }
          Word value = args.tolerant().require("the value");
          if (value == null) {
            return null;
          }
          return new Checker.JsonMatch(path.text(), value.text());
        }

        @Override
        public List<String> accepted() {
          return List.of("$.status UP", "status \"all is well\"");
        }

        @Override
        public List<String> refused() {
          return List.of("$.status");
        }
      };
}
