package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SubprocessTest {
  private static Subprocess.Exit exitOf(Subprocess process) throws Exception {
    return process.exit().get(60, TimeUnit.SECONDS);
  }

  private static int statusOf(Subprocess process) throws Exception {
    return exitOf(process) instanceof Subprocess.Exit.Exited(int status) ? status : -1;
  }

  private static Subprocess shell(String script) {
    return Subprocess.start(Subprocess.Spec.of("/bin/sh", "-c", script));
  }

  @Test
  void tellsTheStatusAndTheOutput() throws Exception {
    Subprocess process = shell("echo out; echo err >&2; exit 3");
    assertThat(statusOf(process)).isEqualTo(3);
    assertThat(process.output()).isEqualTo("out\nerr\n");
    assertThat(process.pid()).isPositive();
  }

  @Test
  void keepsTheEndOfMuchOutputAndNeverBlocksTheWriter() throws Exception {
    Subprocess process = shell("i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done");
    assertThat(statusOf(process)).isZero();
    assertThat(process.output()).startsWith("…").endsWith("line 29999\n");
    assertThat(process.output()).hasSize(Subprocess.OUTPUT_KEPT + 1);
  }

  @Test
  void anUnknownProgramIs127() throws Exception {
    Subprocess process = Subprocess.start(Subprocess.Spec.of("/nonexistent/slc-program"));
    assertThat(statusOf(process)).isEqualTo(127);
    assertThat(process.output()).contains("/nonexistent/slc-program");
  }

  @Test
  void argumentsMeetNoShell() throws Exception {
    Subprocess process = Subprocess.start(Subprocess.Spec.of("printf", "%s|", "$HOME", "a b", ""));
    assertThat(statusOf(process)).isZero();
    assertThat(process.output()).isEqualTo("$HOME|a b||");
  }

  @Test
  void theEnvironmentIsWhatWasGiven() throws Exception {
    Subprocess process =
        Subprocess.start(
            new Subprocess.Spec(List.of("env"), null, null, Map.of("SLUICE_STATE", "MASTER")));
    assertThat(statusOf(process)).isZero();
    assertThat(process.output().lines())
        .containsExactlyInAnyOrder(
            "SLUICE_STATE=MASTER",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  }

  @Test
  void killReachesTheWholeGroup() throws Exception {
    // The shell waits for its child; both are in the group.
    Subprocess process = shell("sleep 1000 & echo $!; wait");
    long child = numberWritten(process);
    assertThat(alive(child)).isTrue();
    process.kill();
    assertThat(exitOf(process)).isEqualTo(new Subprocess.Exit.Signalled(9));
    until(() -> !alive(child));
  }

  @Test
  void aStatusLikeASignalsIsAStatus() throws Exception {
    assertThat(exitOf(shell("exit 137"))).isEqualTo(new Subprocess.Exit.Exited(137));
    assertThat(exitOf(shell("kill -SEGV $$"))).isEqualTo(new Subprocess.Exit.Signalled(11));
  }

  @Test
  void killReachesTheGroupOfATerminatedLeader() throws Exception {
    Subprocess process =
        shell("sh -c \"trap '' TERM; echo ready; while :; do sleep 0.05; done\" & echo $!; wait");
    until(() -> process.output().lines().filter(line -> !line.isBlank()).count() == 2);
    long child =
        Long.parseLong(
            process
                .output()
                .lines()
                .filter(line -> !line.equals("ready"))
                .findFirst()
                .orElseThrow());
    process.terminate();
    assertThat(exitOf(process)).isEqualTo(new Subprocess.Exit.Signalled(15));
    assertThat(alive(child)).isTrue();
    process.kill();
    until(() -> !alive(child));
  }

  /** The daemon's launcher blocks signals for its threads; a script must not inherit that. */
  @Test
  void noSignalIsBlockedOrIgnored() throws Exception {
    Subprocess process =
        Subprocess.start(
            Subprocess.Spec.of(
                "sed", "-n", "s/^Sig\\(Blk\\|Ign\\):[^0-9a-f]*//p", "/proc/self/status"));
    assertThat(statusOf(process)).isZero();
    long internal = 3L << 31; // 32 and 33 are the C library's own, and it ignores them in a child
    assertThat(process.output().lines())
        .hasSize(2)
        .allMatch(mask -> (Long.parseUnsignedLong(mask, 16) & ~internal) == 0);
  }

  @Test
  void noDescriptorOfOursIsInherited() throws Exception {
    try (var _ = java.nio.channels.ServerSocketChannel.open()) {
      Subprocess process = shell("ls /proc/$$/fd");
      assertThat(statusOf(process)).isZero();
      assertThat(process.output().lines()).containsExactly("0", "1", "2");
    }
  }

  @Test
  void terminateIsSigterm() throws Exception {
    Subprocess process =
        shell("trap 'echo bye; exit 7' TERM; echo $$; while :; do sleep 0.05; done");
    long pid = numberWritten(process);
    assertThat(pid).isEqualTo(process.pid());
    process.terminate();
    assertThat(statusOf(process)).isEqualTo(7);
    assertThat(process.output()).endsWith("bye\n");
    process.terminate(); // of what has ended: nothing
    process.kill();
  }

  @Test
  void aDaemonThatKeepsThePipeDoesNotKeepTheExit() throws Exception {
    Subprocess process = shell("sleep 1000 & echo $!");
    assertThat(statusOf(process)).isZero();
    long daemon = Long.parseLong(process.output().strip());
    assertThat(alive(daemon)).isTrue();
    assertThat(ProcessHandle.of(daemon).orElseThrow().destroyForcibly()).isTrue();
  }

  @Test
  void manyAtOnceLeaveNoDescriptorBehind() throws Exception {
    assertThat(statusOf(shell("true"))).isZero(); // what is opened once is open now
    long before = descriptors();
    List<Subprocess> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(shell("echo " + i + "; exit " + i));
    }
    for (int i = 0; i < 60; i++) {
      assertThat(statusOf(all.get(i))).isEqualTo(i);
      assertThat(all.get(i).output()).isEqualTo(i + "\n");
    }
    until(() -> descriptors() <= before);
  }

  private static long descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anUnknownUserFailsTheStart() {
    assumeTrue(Capabilities.has(Capability.SETUID), "needs root to become somebody else");
    Subprocess process =
        Subprocess.start(new Subprocess.Spec(List.of("true"), "slc-no-user", null, Map.of()));
    assertThatThrownBy(() -> statusOf(process))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("cannot run true: there is no user slc-no-user");
  }

  @Test
  void runsAsAnotherUser() throws Exception {
    assumeTrue(Capabilities.has(Capability.SETUID), "needs root to become somebody else");
    Accounts.User nobody = Accounts.user("nobody").orElseThrow();
    Subprocess process =
        Subprocess.start(
            new Subprocess.Spec(
                List.of("/bin/sh", "-c", "id -u; id -g; id -G"), "nobody", null, Map.of()));
    assertThat(statusOf(process)).isZero();
    assertThat(process.output())
        .isEqualTo(nobody.uid() + "\n" + nobody.gid() + "\n" + nobody.gid() + "\n");
    Subprocess withAll =
        Subprocess.start(
            new Subprocess.Spec(List.of("id", "-G"), "nobody", "daemon", Map.of(), true));
    assertThat(statusOf(withAll)).isZero();
    assertThat(withAll.output().strip().split(" "))
        .contains(Integer.toString(Accounts.group("daemon").orElseThrow()));
    Subprocess grouped =
        Subprocess.start(
            new Subprocess.Spec(
                List.of("/bin/sh", "-c", "id -u; id -g"), "nobody", "daemon", Map.of()));
    assertThat(statusOf(grouped)).isZero();
    assertThat(grouped.output())
        .isEqualTo(nobody.uid() + "\n" + Accounts.group("daemon").orElseThrow() + "\n");
  }

  /** The program that the next test kills: it starts a process, tells its number, and stays. */
  public static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws Exception {
      String user = Capabilities.has(Capability.SETUID) ? "nobody" : null;
      Subprocess child =
          Subprocess.start(new Subprocess.Spec(List.of("sleep", "1000"), user, null, Map.of()));
      Path told = Path.of(args[0]);
      for (boolean running = false; !running; ) {
        running =
            child.pid() != 0
                && Files.readString(Path.of("/proc/" + child.pid() + "/comm")).equals("sleep\n");
        LockSupport.parkNanos(1_000_000);
      }
      Path whole = Files.writeString(told.resolveSibling("whole"), Long.toString(child.pid()));
      Path _ = Files.move(whole, told);
      Subprocess.Exit _ = child.exit().get();
    }
  }

  @Test
  void diesWithItsParent(@TempDir Path directory) throws Exception {
    Path told = directory.resolve("pid");
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                told.toString())
            .inheritIO()
            .start();
    try {
      until(() -> Files.exists(told) || !parent.isAlive());
      long child = Long.parseLong(Files.readString(told));
      assertThat(alive(child)).isTrue();
      Process _ = parent.destroyForcibly();
      until(() -> !alive(child));
    } finally {
      Process _ = parent.destroyForcibly();
    }
  }

  private static long numberWritten(Subprocess process) {
    until(() -> process.output().endsWith("\n"));
    return Long.parseLong(process.output().strip());
  }

  /** Whether there is such a process and it is not a zombie. */
  private static boolean alive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException _) {
      return false;
    }
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("a minute has passed").isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }
}
