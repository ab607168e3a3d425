package dev.sluice.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.core.script.ScriptRunner;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a notify script is told, and in which order: keepalived.md 13.1. */
class NotifyReaderTest {
  @TempDir Path folder;
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final NotifyReader reader = new NotifyReader(new ScriptRunner(timers));

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
    reader.configuration(loaded.configuration());
  }

  @AfterEach
  void end() {
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
