package dev.sluice.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.Protocol;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.pool.PoolEvent;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpState;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines and arguments of keepalived.md 13. */
class NoticesTest {
  private static final VirtualServer.Key SERVICE =
      new VirtualServer.Key(InetAddress.ofLiteral("10.0.0.1"), 80, Protocol.TCP);

  private static Configuration read(String text) {
    return ConfigLoader.parse("test.conf", text, machine()).configuration();
  }

  /** This machine, but with every interface. */
  private static ConfigEnvironment machine() {
    ConfigEnvironment real = ConfigEnvironment.ofThisMachine();
    return (ConfigEnvironment)
        Proxy.newProxyInstance(
            ConfigEnvironment.class.getClassLoader(),
            new Class<?>[] {ConfigEnvironment.class},
            (_, method, arguments) ->
                method.getName().equals("interfaceExists")
                    ? (Object) true
                    : method.invoke(real, arguments));
  }

  private static final String INSTANCE =
      """
      vrrp_instance A {
        interface eth0
        virtual_router_id 51
        virtual_ipaddress {
          10.0.0.1
        }
        %s
      }
      """;

  private static List<String> lines(String more, VrrpEvent event) {
    return lines(new Notices(read(INSTANCE.formatted(more))), new JournalEvent.Vrrp(event));
  }

  private static List<String> lines(Notices notices, JournalEvent event) {
    return notices.of(event).stream().map(Notice::line).toList();
  }

  private static VrrpEvent to(VrrpState state) {
    return new VrrpEvent.StateChanged("A", VrrpState.INIT, state, "because", 120);
  }

  @Test
  void statesOfInstancesAndGroups() {
    assertThat(lines("", to(VrrpState.MASTER))).containsExactly("INSTANCE \"A\" MASTER 120");
    assertThat(lines("", to(VrrpState.BACKUP))).containsExactly("INSTANCE \"A\" BACKUP 120");
    assertThat(lines("", to(VrrpState.FAULT))).containsExactly("INSTANCE \"A\" FAULT 120");
    assertThat(lines("", to(VrrpState.INIT))).isEmpty();
    assertThat(lines("", new VrrpEvent.InstanceStopped("A", VrrpState.MASTER, 96)))
        .containsExactly("INSTANCE \"A\" STOP 96");
    assertThat(
            lines("", new VrrpEvent.GroupStateChanged("G 1", VrrpState.BACKUP, VrrpState.MASTER)))
        .containsExactly("GROUP \"G 1\" MASTER 0");
    assertThat(lines("", new VrrpEvent.GroupStopped("G", VrrpState.MASTER)))
        .containsExactly("GROUP \"G\" STOP 0");
    assertThat(
            lines(
                "",
                new VrrpEvent.LowerPrioritySeen("A", InetAddress.ofLiteral("10.0.0.9"), 90, 120)))
        .containsExactly("INSTANCE \"A\" MASTER_RX_LOWER_PRI 120");
  }

  @Test
  void anInterfaceThatIsGoneIsDeletedOnlyForWhoAskedForIt() {
    var gone = new VrrpEvent.StateChanged("A", VrrpState.MASTER, VrrpState.FAULT, "gone", 1, true);
    assertThat(lines("notify /bin/true", gone)).containsExactly("INSTANCE \"A\" FAULT 1");
    Notices notices =
        new Notices(
            read(
                INSTANCE.formatted(
                    "notify /bin/true\nnotify_fault /bin/true\nnotify_deleted /bin/false")));
    Notice notice = notices.of(new JournalEvent.Vrrp(gone)).getFirst();
    assertThat(notice.line()).isEqualTo("INSTANCE \"A\" DELETED 1");
    assertThat(notice.calls())
        .extracting(c -> c.script().command().getFirst() + c.arguments())
        .containsExactly("/bin/false[]", "/bin/true[INSTANCE, A, DELETED, 1]");
  }

  @Test
  void prioritiesWhereTheInstanceOrItsGroupAsksForThem() {
    var moved = new VrrpEvent.PriorityChanged("A", VrrpState.MASTER, 90, 96, "base 90 +6 f");
    assertThat(lines("", moved)).isEmpty();
    assertThat(lines("notify_priority_changes", moved))
        .containsExactly("INSTANCE \"A\" MASTER_PRIORITY 96");
    assertThat(
            lines(
                "notify_priority_changes",
                new VrrpEvent.PriorityChanged("A", VrrpState.FAULT, 90, 96, "")))
        .isEmpty();
    Notices grouped =
        new Notices(
            read(
                INSTANCE.formatted("")
                    + "vrrp_sync_group G {\n group {\n A\n }\n notify_priority_changes\n}\n"));
    assertThat(
            lines(
                grouped,
                new JournalEvent.Vrrp(
                    new VrrpEvent.PriorityChanged("A", VrrpState.BACKUP, 90, 96, ""))))
        .containsExactly("INSTANCE \"A\" BACKUP_PRIORITY 96");
  }

  @Test
  void servicesAndRealServers() {
    Notices notices = new Notices(Configuration.empty());
    var real = new RealKey(InetAddress.ofLiteral("10.0.0.11"), 8080);
    assertThat(
            lines(
                notices,
                new JournalEvent.Pool(new PoolEvent.RealDown(SERVICE, real, "refused", null))))
        .containsExactly("RS [10.0.0.11]:tcp:8080 [10.0.0.1]:tcp:80 DOWN");
    assertThat(
            lines(
                notices,
                new JournalEvent.Pool(new PoolEvent.RealUp(SERVICE, real, "answers", null))))
        .containsExactly("RS [10.0.0.11]:tcp:8080 [10.0.0.1]:tcp:80 UP");
    assertThat(
            lines(
                notices,
                new JournalEvent.Pool(
                    new PoolEvent.QuorumLost(SERVICE, false, 0, 1, "below quorum", null))))
        .containsExactly("VS [10.0.0.1]:tcp:80 DOWN");
    assertThat(
            lines(
                notices,
                new JournalEvent.Pool(new PoolEvent.QuorumGained(SERVICE, false, 1, 1, null))))
        .containsExactly("VS [10.0.0.1]:tcp:80 UP");
  }
}
