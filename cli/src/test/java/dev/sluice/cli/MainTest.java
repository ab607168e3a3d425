package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @Test
  void helpListsTheVerbs() {
    CommandLine help = CommandLine.run("help");
    assertThat(help.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(help.err()).isEmpty();
    assertThat(help.out())
        .isEqualTo(
            """
            sluice balances TCP and UDP over real servers and survives the death of any of its machines.

            Usage: sluice VERB [OPTIONS]
                   sluice -n -l -D -f FILE    keepalived's own options

            On a director:
              run         [-f FILE]          run the daemon in the foreground
              check       FILE               test a configuration file, as keepalived -t does
              fmt         FILE               lay a configuration file out
              status      [--json]           what the daemon does now, and why
              get         OBJECT...          list instances, groups, scripts, services, ...
              ipvsadm     [OPTION...]        list and change services by hand
              why         KIND NAME          who is master, who is down, and why
              simulate    FILE FILE...       play a failure before it happens
              genhash     -s ADDRESS         the digest of a page, for a check
              doctor      [-f FILE]          what this machine lacks, and how to mend it

            On a real server:
              realserver  add|remove VIP...  hold a VIP on lo, hidden from ARP

            To see it work:
              demo        [nginx]            a whole cluster on this machine, with a failover

            About sluice:
              help        [VERB]             this page, or one verb's
              version                        which sluice this is

            Every verb takes --runtime-dir DIR (or SLUICE_RUNTIME_DIR): which daemon.
            Exit codes: 0 ok, 1 failed, 2 bad usage, 3 the answer is no.
            'sluice help VERB' explains one verb.
            """);
  }

  @Test
  void helpOfOneVerb() {
    CommandLine help = CommandLine.run("help", "status");
    assertThat(help.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(help.out())
        .isEqualTo(
            """
            Usage: sluice status [-h] [-o=FORM] [--json] [--runtime-dir=DIR]
            Asks the running daemon what it does now, and shows it on one screen.
              -o, --output=FORM       table, wide or json (default: table)
                  --json              the same as -o json
              -h, --help              this page
                  --runtime-dir=DIR   of the daemon meant; or SLUICE_RUNTIME_DIR (default: /run/sluice)
            """);
    assertThat(CommandLine.run("status", "--help").out()).isEqualTo(help.out());
  }

  @Test
  void everyVerbHasAPage() {
    for (String name : Verbs.names()) {
      CommandLine help = CommandLine.run("help", name);
      assertThat(help.exitCode()).as(name).isEqualTo(ExitCode.OK);
      assertThat(help.out()).as(name).startsWith("Usage: sluice " + name);
      assertThat(help.out().lines()).as(name).allMatch(line -> line.length() <= 100);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stauts | there is no verb 'stauts'; did you mean 'status'?",
        "frobnicate | there is no verb 'frobnicate'; 'sluice help' lists them",
        "help nope | there is no verb 'nope'",
        "status --jsn | status: there is no option '--jsn'; did you mean '--json'?",
        "status extra | status: unexpected 'extra'",
        "status -o yaml | -o 'yaml': expected table, wide or json",
        "check | check: which file?",
        "check --explain virtual_router_if | there is no keyword 'virtual_router_if'; did you mean 'virtual_router_id'?",
        "get | get: missing required parameter: 'OBJECT'",
        "get sevices | get: there is no kind 'sevices'",
        "run --plane xpd | --plane 'xpd': expected xdp, ipvs, none; did you mean 'xdp'?",
        "run --xdp-mode fast | --xdp-mode 'fast': expected auto, native, generic, tc",
        "run --log-level loud | --log-level 'loud': expected error, warning, info, debug",
        "status --runtime-dir | --runtime-dir needs a directory",
        "-f | option '-f' needs a value",
        "-t | -t needs -f FILE",
        "realserver frob 192.0.2.1 | realserver: expected 'add' or 'remove', not 'frob'",
        "realserver add 192.0.2.300 | realserver: '192.0.2.300' is not an IPv4 or IPv6 address",
        "realserver add 192.0.2.1/24 | realserver: '192.0.2.1/24': a hidden VIP is a single",
        "realserver add 127.0.0.1 | realserver: '127.0.0.1' is not an address that clients",
        "realserver add fe80::1 | realserver: 'fe80::1' is link-local",
      })
  void badUsageIsOneLineAndTwo(String line, String beginning) {
    CommandLine result = CommandLine.run(line.split(" ", -1));
    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("sluice: " + beginning).hasLineCount(1);
  }

  @Test
  void nothingAsksForHelpOnStandardError() {
    CommandLine result = CommandLine.run();
    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("Usage: sluice VERB");
  }

  @Test
  void namesOfLaterVerbsAreNotTaken() {
    for (String later : new String[] {"drain", "which", "trace", "top"}) {
      assertThat(Verbs.create(later)).as(later).isNull();
    }
  }

  @Test
  void completionKnowsEveryVerbAndObject() {
    CommandLine result = CommandLine.run("help", "--completion");
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains(Verbs.names()).contains(GetVerb.OBJECTS);
  }

  @Test
  void versionSaysWhatExportersAskFor() {
    CommandLine result = CommandLine.run("-v");
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).startsWith("sluice ");
    // keepalived-exporter takes the second word of the first line, without its first letter.
    assertThat(result.err().lines().findFirst().orElse("").split(" ", -1)[1]).matches("v[0-9.]+");
    assertThat(result.err()).contains("--enable-json").contains("\n");
  }

  @Test
  void whyNeedsAKindAndADaemon(@TempDir Path dir) {
    assertThat(CommandLine.run("why", "moon", "x").exitCode()).isEqualTo(ExitCode.USAGE);
    CommandLine result = CommandLine.run("why", "instance", "x", "--runtime-dir", dir.toString());
    assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("no daemon answers at").hasLineCount(1);
  }

  @Test
  void noDaemonIsOneSentence(@TempDir Path dir) {
    CommandLine result = CommandLine.run("status", "--runtime-dir", dir.toString(), "--json");
    assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .startsWith("sluice: no daemon answers at " + dir.resolve("control.sock"))
        .contains("sluice run -f FILE")
        .hasLineCount(1);
  }

  @Test
  void theRuntimeDirectoryMayStandAnywhere(@TempDir Path dir) {
    String expected = "no daemon answers at " + dir.resolve("control.sock");
    String path = dir.toString();
    assertThat(CommandLine.run("--runtime-dir", path, "status").err()).contains(expected);
    assertThat(CommandLine.run("--runtime-dir=" + path, "status").err()).contains(expected);
    assertThat(CommandLine.run("status", "--runtime-dir=" + path).err()).contains(expected);
    var environment = Map.of("SLUICE_RUNTIME_DIR", path);
    assertThat(CommandLine.run(environment, "status").err()).contains(expected);
    assertThat(CommandLine.run(environment, "get", "vrrp").err()).contains(expected);
  }

  @Test
  void ipvsIsRefusedInWords() {
    CommandLine result = CommandLine.run("run", "--plane", "ipvs");
    assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("--plane ipvs").contains("--plane xdp").hasLineCount(1);
  }

  @Test
  void aMissingFileIsRefusedInWords(@TempDir Path dir) {
    Path absent = dir.resolve("absent.conf");
    CommandLine result = CommandLine.run("run", "-f", absent.toString());
    assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).isEqualTo("sluice: there is no file " + absent + "\n");
    assertThat(CommandLine.run("doctor", "-f", dir.toString()).err())
        .isEqualTo("sluice: " + dir + " is a directory; name the file in it\n");
  }

  @Test
  void signalNumbersAsKeepalivedPrintsThem() {
    assertThat(CommandLine.run("--signum=RELOAD").out()).isEqualTo("1\n");
    assertThat(CommandLine.run("--signum", "STATS_CLEAR").out()).isEqualTo("63\n");
    assertThat(CommandLine.run("--signum=TDUMP").exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void checkAnswersKeepalivedsStatus(@TempDir Path dir) throws Exception {
    Path empty = Files.writeString(dir.resolve("empty.conf"), "global_defs {\n}\n");
    assertThat(CommandLine.run("check", empty.toString()).exitCode()).isZero();
    CommandLine test = CommandLine.run("-t", "-f", empty.toString());
    assertThat(test.exitCode()).isZero();
    assertThat(test.out()).isEmpty();
    CommandLine json = CommandLine.run("check", "--json", empty.toString());
    assertThat(json.out())
        .isEqualTo(
            "{\"file\":\"%s\",\"exit_status\":0,\"startable\":true,\"diagnostics\":[]}\n"
                .formatted(empty));
  }

  @Test
  void anUnknownKeywordIsFive(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("bad.conf"), "global_defs {\n  router_if x\n}\n");
    CommandLine check = CommandLine.run("check", file.toString());
    assertThat(check.exitCode()).isEqualTo(5);
    assertThat(check.out()).contains(file + ":2:3: error:").contains("router_id");
    assertThat(check.err()).isEqualTo(file + ": 1 error; the daemon starts with it (status 5)\n");
    assertThat(CommandLine.run("-tf", file.toString()).exitCode()).isEqualTo(2);
    assertThat(CommandLine.run("-t", "-f", file.toString()).exitCode()).isEqualTo(5);
    Path log = dir.resolve("log");
    CommandLine logged = CommandLine.run("-t" + log, "-f", file.toString());
    assertThat(logged.exitCode()).isEqualTo(5);
    assertThat(logged.out()).isEmpty();
    assertThat(log).content().contains("router_if");
    assertThat(CommandLine.run("check", "--json", file.toString()).out())
        .contains("\"severity\":\"error\"", "\"line\":2", "\"column\":3");
  }

  @Test
  void conditionalLinesCompareWithTheId(@TempDir Path dir) throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("id.conf"), "@blue $WORD=router_if\nglobal_defs {\n  ${WORD} x\n}\n");
    CommandLine blue = CommandLine.run("check", "--config-id", "blue", "--json", file.toString());
    assertThat(blue.out())
        .contains("unknown keyword 'router_if'")
        .contains("\"notes\":[{\"file\":\"" + file + "\",\"line\":1");
    assertThat(CommandLine.run("-t", "-i", "blue", "-f", file.toString()).out())
        .contains("unknown keyword 'router_if'");
    assertThat(CommandLine.run("-t", "-i", "red", "-f", file.toString()).out())
        .doesNotContain("router_if'");
  }
}
