package dev.sluice.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.script.ScriptRunner;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a notify script is told, and in which order: keepalived.md 13.1. */
class NotifierTest {
  @TempDir Path folder;
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final Queue<JournalEvent> journal = new ConcurrentLinkedQueue<>();
  private final Notifier reader = new Notifier(new ScriptRunner(timers), timers, journal::add);

  @BeforeEach
  void configure() throws IOException {
    // The first call is slow: order must come from waiting for it, not from luck.
    script("any", "[ \"$3\" = BACKUP ] && sleep 0.3; echo \"any $*\" >> " + folder + "/log");
    script("master", "echo \"master $*\" >> " + folder + "/log");
    String text =
        """
        vrrp_instance VI_1 {
          interface eth0
          virtual_router_id 51
          virtual_ipaddress {
            10.0.0.1
          }
          notify_master "%1$s/master one 'two words'"
          notify %1$s/any
        }
        vrrp_sync_group G {
          group {
            VI_1
          }
          notify %1$s/any
        }
        """
            .formatted(folder);
    var loaded = ConfigLoader.parse("test.conf", text, machineWithEth0());
    reader.configuration(loaded.configuration(), null);
  }

  @AfterEach
  void end() {
    reader.close();
    timers.shutdownNow();
  }

  private void script(String name, String body) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void happened(VrrpEvent event) {
    reader.read(new JournalEvent.Vrrp(event));
  }

  @Test
  void commandsOfOneInstanceRunInTheOrderOfItsEvents() throws IOException {
    happened(new VrrpEvent.StateChanged("VI_1", VrrpState.INIT, VrrpState.BACKUP, "started", 100));
    happened(new VrrpEvent.StateChanged("VI_1", VrrpState.BACKUP, VrrpState.MASTER, "silence", 90));
    happened(new VrrpEvent.InstanceStopped("VI_1", VrrpState.MASTER, 90));
    reader.await(30_000);
    assertThat(Files.readAllLines(folder.resolve("log")))
        .containsExactly(
            "any INSTANCE VI_1 BACKUP 100",
            "master one two words",
            "any INSTANCE VI_1 MASTER 90",
            "any INSTANCE VI_1 STOP 90");
    assertThat(journal)
        .filteredOn(JournalEvent.ScriptEnded.class::isInstance)
        .hasSize(4)
        .extracting(e -> ((JournalEvent.ScriptEnded) e).object())
        .containsOnly("INSTANCE VI_1");
  }

  @Test
  void aFailureIsInTheJournalWithStatusAndOutput() throws IOException {
    script("any", "echo first; echo the reason >&2; exit 3");
    happened(new VrrpEvent.StateChanged("VI_1", VrrpState.INIT, VrrpState.BACKUP, "started", 100));
    reader.await(30_000);
    assertThat(journal).hasSize(1);
    assertThat(journal.element())
        .isInstanceOfSatisfying(
            JournalEvent.ScriptEnded.class,
            e -> {
              assertThat(e.success()).isFalse();
              assertThat(e.command()).endsWith("/any INSTANCE VI_1 BACKUP 100");
              assertThat(e.evidence()).isEqualTo("exit status 3: the reason");
              assertThat(e.output()).isEqualTo("first\nthe reason");
            });
  }

  @Test
  void aGroupHasPriorityZero() throws IOException {
    happened(new VrrpEvent.GroupStateChanged("G", VrrpState.BACKUP, VrrpState.MASTER));
    reader.await(30_000);
    assertThat(Files.readAllLines(folder.resolve("log")))
        .isEqualTo(List.of("any GROUP G MASTER 0"));
  }

  @Test
  void priorityChangesAreToldOnlyWhereAskedFor() {
    happened(new VrrpEvent.PriorityChanged("VI_1", VrrpState.MASTER, 100, 90, "base 100 -10 chk"));
    reader.await(30_000);
    assertThat(folder.resolve("log")).doesNotExist();
  }

  /** This machine, but with an eth0 whatever it really has. */
  private static ConfigEnvironment machineWithEth0() {
    ConfigEnvironment real = ConfigEnvironment.ofThisMachine();
    return (ConfigEnvironment)
        Proxy.newProxyInstance(
            ConfigEnvironment.class.getClassLoader(),
            new Class<?>[] {ConfigEnvironment.class},
            (_, method, arguments) ->
                method.getName().equals("interfaceExists")
                    ? (Object) "eth0".equals(arguments[0])
                    : method.invoke(real, arguments));
  }
}
