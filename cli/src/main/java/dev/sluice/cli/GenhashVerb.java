package dev.sluice.cli;

import dev.sluice.check.PageDigest;
import dev.sluice.config.model.Checker;
import dev.sluice.core.ExitCode;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice genhash}: the digest that an HTTP_GET or SSL_GET check is to expect. */
final class GenhashVerb implements Verb {
  private static final Map<String, Checker.HttpVersion> PROTOCOLS =
      Map.of(
          "1.0", Checker.HttpVersion.HTTP_1_0,
          "1.0c", Checker.HttpVersion.HTTP_1_0_CLOSE,
          "1.1", Checker.HttpVersion.HTTP_1_1);

  @Override
  public void declare(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Fetches a page as a health check does and prints the MD5 of its body, as"
                + " keepalived's genhash does: the value for 'digest' in a url block.");
    option(spec, "ADDRESS", "the real server's address", "-s", "--server");
    option(spec, "PORT", "its port; 80, with -S 443", "-p", "--port");
    option(spec, "PATH", "the page; /", "-u", "--url");
    option(spec, "NAME", "Host header", "-V", "--use-virtualhost");
    option(spec, "VERSION", "1.0, 1.0c (with Connection: close) or 1.1", "-P", "--protocol");
    option(spec, "SECONDS", "how long to wait; 5", "-t", "--timeout");
    option(spec, "MARK", "firewall mark of the connection", "-m", "--fwmark");
    flag(spec, "over TLS", "-S", "--use-ssl");
    flag(spec, "name the virtual host in the TLS handshake", "-I", "--use-sni");
    flag(spec, "say on stderr what came", "-v", "--verbose");
  }

  private static void option(CommandSpec spec, String label, String what, String... names) {
    spec.addOption(
        OptionSpec.builder(names).type(String.class).paramLabel(label).description(what).build());
  }

  private static void flag(CommandSpec spec, String what, String... names) {
    spec.addOption(OptionSpec.builder(names).type(boolean.class).description(what).build());
  }

  @Override
  public int run(ParseResult line, Context context) {
    String server = line.matchedOptionValue("-s", (String) null);
    if (server == null) {
      throw CommandException.usage("genhash: which server? -s ADDRESS");
    }
    boolean tls = line.hasMatchedOption("-S");
    var to =
        new Checker.Connection(
            address(server),
            number(line, "-p", tls ? 443 : 80, 1, 65535),
            null,
            0,
            null,
            number(line, "-m", 0, 0, Integer.MAX_VALUE),
            Duration.ofSeconds(number(line, "-t", 5, 1, 3600)));
    String protocol = line.matchedOptionValue("-P", "1.0");
    Checker.HttpVersion version = PROTOCOLS.get(protocol.toLowerCase(java.util.Locale.ROOT));
    if (version == null) {
      throw CommandException.usage("genhash: -P " + protocol + ": 1.0, 1.0c or 1.1");
    }
    PageDigest.Answer answer =
        PageDigest.fetch(
            to,
            tls,
            line.hasMatchedOption("-I"),
            line.<@Nullable String>matchedOptionValue("-V", null),
            version,
            line.matchedOptionValue("-u", "/"));
    return tell(answer, line.hasMatchedOption("-v"), context);
  }

  private static int tell(PageDigest.Answer answer, boolean verbose, Context context) {
    String digest = answer.digest();
    if (digest == null) {
      context.terminal().err().println("genhash: " + answer.evidence());
      return ExitCode.FAILED;
    }
    if (verbose) {
      context
          .terminal()
          .err()
          .println(
              "HTTP %d, %d bytes, %.1f ms"
                  .formatted(answer.status(), answer.bodyBytes(), answer.totalNanos() / 1e6));
    }
    context.terminal().out().println(digest);
    return ExitCode.OK;
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("genhash: -s " + text + ": an address is expected, no name");
    }
  }

  private static int number(ParseResult line, String option, int otherwise, int from, int to) {
    String text = line.matchedOptionValue(option, (String) null);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= from && value <= to) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw CommandException.usage(
        "genhash: " + option + " " + text + ": a number from " + from + " to " + to);
  }
}
