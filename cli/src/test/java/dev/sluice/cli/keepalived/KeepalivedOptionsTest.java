package dev.sluice.cli.keepalived;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cli.keepalived.GnuOptions.BadLineException;
import dev.sluice.cli.keepalived.KeepalivedOptions.Action;
import dev.sluice.core.RunOptions;
import dev.sluice.core.RunOptions.LogTarget;
import dev.sluice.core.RunOptions.PlaneKind;
import dev.sluice.core.RuntimeDir;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** getopt_long's rules, with keepalived's table. */
class KeepalivedOptionsTest {
  private static KeepalivedOptions parse(String line) throws BadLineException {
    return KeepalivedOptions.parse(List.of(line.split(" ", -1)));
  }

  @ParameterizedTest
  @CsvSource({
    "-n -l -D -f a.conf",
    "-nlDf a.conf",
    "-nlDfa.conf",
    "--dont-fork --log-console --log-detail --use-file a.conf",
    "--dont-fork --log-console --log-detail --use-file=a.conf",
    "--dont-f --log-c --log-d --use a.conf",
    "-f b.conf -nlD -f a.conf",
    "-n -l -D -f a.conf --",
  })
  void manyWaysToSayTheSame(String line) throws BadLineException {
    KeepalivedOptions options = parse(line);
    assertThat(options.action()).isEqualTo(Action.RUN);
    assertThat(options.foreground()).isTrue();
    assertThat(options.logConsole()).isTrue();
    assertThat(options.logDetail()).isEqualTo(1);
    assertThat(options.configFile()).isEqualTo("a.conf");
    assertThat(options.vrrp()).isTrue();
    assertThat(options.checkers()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "-P, true, false",
    "-C, false, true",
    "-PC, true, true",
    "-D, true, true",
    "--all, true, true",
    "--vrrp, true, false",
    "--check, false, true",
  })
  void whichChildren(String line, boolean vrrp, boolean checkers) throws BadLineException {
    KeepalivedOptions options = parse(line);
    assertThat(options.vrrp()).isEqualTo(vrrp);
    assertThat(options.checkers()).isEqualTo(checkers);
  }

  @Test
  void anOptionalValueMustStick() throws BadLineException {
    assertThat(parse("-t -f a").testLog()).isNull();
    assertThat(parse("-tLOG -f a").testLog()).isEqualTo("LOG");
    assertThat(parse("--config-test=LOG -f a").testLog()).isEqualTo("LOG");
    assertThat(parse("--config-test -f a").testLog()).isNull();
    assertThat(parse("-f a --config-t").action()).isEqualTo(Action.TEST);
  }

  @Test
  void helpAndVersionWin() throws BadLineException {
    assertThat(parse("-t -v").action()).isEqualTo(Action.VERSION);
    assertThat(parse("-h -t").action()).isEqualTo(Action.HELP);
    assertThat(parse("--signum=JSON").signalName()).isEqualTo("JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-f | option '-f' needs a value",
        "--use-file | option '--use-file' needs a value",
        "-nq | there is no option '-q'",
        "--nonsense | there is no option '--nonsense'",
        "--vrrp=1 | option '--vrrp' takes no value",
        "--snm | option '--snm' is ambiguous: --snmp, --snmp-agent-socket",
        "-n stray | unexpected 'stray'",
        "-n -- -l | unexpected '-l'",
      })
  void badLines(String line, String message) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(BadLineException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void anExactNameIsNotAmbiguous() throws BadLineException {
    assertThat(parse("--snmp").without()).hasSize(1);
    assertThat(parse("-x -d -R").without()).hasSize(3);
    assertThat(parse("-n -l -D -P -I").without()).isEmpty();
  }

  @Test
  void aBackgroundChildGetsTheSameOptions(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("a.conf"), "");
    var options =
        new RunOptions(
            file,
            RuntimeDir.of(dir.toString(), Map.of()),
            PlaneKind.NONE,
            "tc",
            Level.DEBUG,
            LogTarget.SYSLOG,
            true,
            false,
            dir.resolve("my.pid"),
            true,
            "blue");
    List<String> words = Background.arguments(options);
    // --runtime-dir is taken off every line by Main.
    int at = words.indexOf("--runtime-dir");
    assertThat(words.get(at + 1)).isEqualTo(dir.toString());
    KeepalivedOptions parsed = KeepalivedOptions.parse(words.subList(0, at));
    assertThat(parsed.foreground()).isTrue();
    assertThat(KeepalivedCommand.runOptions(parsed, options.runtimeDir())).isEqualTo(options);
  }

  @Test
  void withoutLTheLogGoesToSyslog() throws BadLineException {
    RuntimeDir runtime = RuntimeDir.of(null, Map.of());
    assertThat(KeepalivedCommand.runOptions(parse("-n"), runtime).logTarget())
        .isEqualTo(LogTarget.SYSLOG);
    assertThat(KeepalivedCommand.runOptions(parse("-nl"), runtime).logTarget())
        .isEqualTo(LogTarget.STDERR);
    // In the background there is no console to log to.
    assertThat(KeepalivedCommand.runOptions(parse("-l"), runtime).logTarget())
        .isEqualTo(LogTarget.SYSLOG);
    assertThat(KeepalivedCommand.runOptions(parse("-nDD"), runtime).logLevel())
        .isEqualTo(Level.DEBUG);
  }
}
