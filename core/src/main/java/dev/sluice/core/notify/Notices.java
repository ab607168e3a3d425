package dev.sluice.core.notify;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.GlobalSettings;
import dev.sluice.config.model.NotifyScripts;
import dev.sluice.config.model.RealServer;
import dev.sluice.config.model.Script;
import dev.sluice.config.model.VirtualServer;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.config.model.VrrpSyncGroup;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.notify.Notice.Call;
import dev.sluice.core.notify.Notice.Pipes;
import dev.sluice.lvs.ServiceTable.RealKey;
import dev.sluice.lvs.pool.PoolEvent;
import dev.sluice.vrrp.VrrpEvent;
import dev.sluice.vrrp.VrrpSnapshot;
import dev.sluice.vrrp.VrrpState;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has to be told of an event under a configuration: pure. The lines and arguments are
 * keepalived's, as tools read them:
 *
 * <pre>
 * INSTANCE "name" STATE priority      GROUP "name" STATE 0
 * VS [ip]:tcp:80 UP|DOWN              RS [ip]:tcp:80 [vs]:tcp:80 UP|DOWN
 * </pre>
 *
 * STATE is MASTER, BACKUP, FAULT, DELETED, STOP, MASTER_RX_LOWER_PRI, MASTER_PRIORITY or
 * BACKUP_PRIORITY. DELETED is an instance whose interface is gone, told as FAULT unless {@code
 * notify_deleted} is given.
 */
final class Notices {
  private final Map<String, VrrpInstance> instances = new HashMap<>();
  private final Map<String, VrrpSyncGroup> groups = new HashMap<>();
  private final Map<String, VrrpSyncGroup> groupOf = new HashMap<>();
  private final Map<VirtualServer.Key, VirtualServer> services = new HashMap<>();
  private final GlobalSettings settings;

  Notices(Configuration configuration) {
    settings = configuration.global().settings();
    configuration.vrrpInstances().forEach(i -> instances.put(i.name(), i));
    for (VrrpSyncGroup group : configuration.syncGroups()) {
      groups.put(group.name(), group);
      group.members().forEach(member -> groupOf.putIfAbsent(member, group));
    }
    configuration.virtualServers().forEach(s -> services.put(s.key(), s));
  }

  /** What an event gives to be told, in order. */
  List<Notice> of(JournalEvent event) {
    return switch (event) {
      case JournalEvent.Vrrp(VrrpEvent vrrp) -> {
        Notice notice = vrrp(vrrp);
        yield notice == null ? List.of() : List.of(notice);
      }
      case JournalEvent.Pool(PoolEvent pool) -> {
        Notice notice = pool(pool);
        yield notice == null ? List.of() : List.of(notice);
      }
      case JournalEvent.VrrpReloaded(VrrpSnapshot states) ->
          settings.fifos().statesOnReload() ? states(states) : List.of();
      case JournalEvent.Started _,
          JournalEvent.ConfigurationAccepted _,
          JournalEvent.ConfigurationRejected _,
          JournalEvent.CheckFailed _,
          JournalEvent.PlaneChanged _,
          JournalEvent.PlaneFailed _,
          JournalEvent.ScriptEnded _,
          JournalEvent.NotifyFailed _,
          JournalEvent.MailSent _,
          JournalEvent.Stopping _ ->
          List.of();
    };
  }

  // --- VRRP -------------------------------------------------------------------------------------

  private @Nullable Notice vrrp(VrrpEvent event) {
    return switch (event) {
      case VrrpEvent.StateChanged e -> changed(e);
      case VrrpEvent.GroupStateChanged e -> changed(e);
      case VrrpEvent.InstanceStopped e -> {
        NotifyScripts scripts = scriptsOf(e.instance());
        yield instance(e.instance(), "STOP", e.priority(), scripts.stop(), scripts.any(), null);
      }
      case VrrpEvent.GroupStopped e -> {
        NotifyScripts scripts = scriptsOfGroup(e.group());
        yield group(e.group(), "STOP", scripts.stop(), scripts.any(), null);
      }
      case VrrpEvent.PriorityChanged e ->
          switch (e.state()) {
            case MASTER, BACKUP ->
                tellsPriority(e.instance())
                    ? instance(
                        e.instance(),
                        e.state() + "_PRIORITY",
                        e.to(),
                        null,
                        scriptsOf(e.instance()).any(),
                        null)
                    : null;
            case INIT, FAULT -> null;
          };
      case VrrpEvent.LowerPrioritySeen e -> {
        NotifyScripts scripts = scriptsOf(e.instance());
        yield instance(
            e.instance(),
            "MASTER_RX_LOWER_PRI",
            e.ours(),
            scripts.masterRxLowerPri(),
            scripts.any(),
            null);
      }
      case VrrpEvent.PacketRejected _,
          VrrpEvent.MasterSeen _,
          VrrpEvent.AddressAdded _,
          VrrpEvent.AddressRemoved _,
          VrrpEvent.AddressFailed _,
          VrrpEvent.ObjectChanged _,
          VrrpEvent.ConflictWon _,
          VrrpEvent.ObjectFailed _,
          VrrpEvent.Restored _,
          VrrpEvent.ScriptChanged _,
          VrrpEvent.Warning _ ->
          null;
    };
  }

  private @Nullable Notice changed(VrrpEvent.StateChanged e) {
    if (e.to() == VrrpState.INIT) {
      return null;
    }
    NotifyScripts scripts = scriptsOf(e.instance());
    boolean deleted = e.interfaceGone() && scripts.deleted() != null;
    String word = deleted ? "DELETED" : e.to().name();
    VrrpInstance config = instances.get(e.instance());
    boolean mails = config != null && config.options().smtpAlert();
    return instance(
        e.instance(),
        word,
        e.priority(),
        deleted ? scripts.deleted() : own(scripts, e.to()),
        scripts.any(),
        mails ? alert("VRRP Instance " + e.instance(), e.to(), e.cause()) : null);
  }

  private @Nullable Notice changed(VrrpEvent.GroupStateChanged e) {
    if (e.to() == VrrpState.INIT) {
      return null;
    }
    NotifyScripts scripts = scriptsOfGroup(e.group());
    VrrpSyncGroup config = groups.get(e.group());
    boolean mails = config != null && config.options().smtpAlert();
    return group(
        e.group(),
        e.to().name(),
        own(scripts, e.to()),
        scripts.any(),
        mails ? alert("VRRP Group " + e.group(), e.to(), "its members moved together") : null);
  }

  private static @Nullable Script own(NotifyScripts scripts, VrrpState state) {
    return switch (state) {
      case MASTER -> scripts.master();
      case BACKUP -> scripts.backup();
      case FAULT -> scripts.fault();
      case INIT -> null;
    };
  }

  private @Nullable Alert alert(String subject, VrrpState state, String cause) {
    if (state == VrrpState.FAULT && settings.mail().noFaults()) {
      return null;
    }
    return new Alert(
        subject + " - Entering " + state + " state",
        subject + " is now in state " + state + ".\nCause: " + cause + ".\n");
  }

  private boolean tellsPriority(String instance) {
    VrrpInstance config = instances.get(instance);
    VrrpSyncGroup group = groupOf.get(instance);
    return (config != null && config.notifyPriorityChanges())
        || (group != null && group.notifyPriorityChanges());
  }

  private NotifyScripts scriptsOf(String instance) {
    VrrpInstance config = instances.get(instance);
    return config == null ? NotifyScripts.none() : config.notifyScripts();
  }

  private NotifyScripts scriptsOfGroup(String group) {
    VrrpSyncGroup config = groups.get(group);
    return config == null ? NotifyScripts.none() : config.notifyScripts();
  }

  private static Notice instance(
      String name,
      String word,
      int priority,
      @Nullable Script own,
      @Nullable Script any,
      @Nullable Alert alert) {
    return notice("INSTANCE", name, word, priority, own, any, alert);
  }

  private static Notice group(
      String name, String word, @Nullable Script own, @Nullable Script any, @Nullable Alert alert) {
    return notice("GROUP", name, word, 0, own, any, alert);
  }

  private static Notice notice(
      String kind,
      String name,
      String word,
      int priority,
      @Nullable Script own,
      @Nullable Script any,
      @Nullable Alert alert) {
    List<Call> calls = new ArrayList<>(2);
    if (own != null) {
      calls.add(new Call(own, List.of()));
    }
    if (any != null) {
      calls.add(new Call(any, List.of(kind, name, word, Integer.toString(priority))));
    }
    return new Notice(
        Pipes.VRRP,
        kind + " " + name,
        kind + " \"" + name + "\" " + word + " " + priority,
        calls,
        alert);
  }

  private static List<Notice> states(VrrpSnapshot states) {
    List<Notice> all = new ArrayList<>();
    for (VrrpSnapshot.Instance i : states.instances()) {
      if (i.state() != VrrpState.INIT) {
        all.add(instance(i.name(), i.state().name(), i.effectivePriority(), null, null, null));
      }
    }
    for (VrrpSnapshot.Group g : states.groups()) {
      if (g.state() != VrrpState.INIT) {
        all.add(group(g.name(), g.state().name(), null, null, null));
      }
    }
    return all;
  }

  // --- services ---------------------------------------------------------------------------------

  private @Nullable Notice pool(PoolEvent event) {
    return switch (event) {
      case PoolEvent.RealUp e -> real(e, e.real(), "UP", e.cause());
      case PoolEvent.RealDown e -> real(e, e.real(), "DOWN", e.cause());
      case PoolEvent.QuorumGained e ->
          service(e, "UP", "the weight of its live real servers is " + e.weight());
      case PoolEvent.QuorumLost e -> service(e, "DOWN", e.cause());
      case PoolEvent.WeightChanged _,
          PoolEvent.SorryServerIn _,
          PoolEvent.SorryServerOut _,
          PoolEvent.FailOpenBegan _,
          PoolEvent.FailOpenEnded _ ->
          event.script() == null
              ? null
              : new Notice(Pipes.LVS, event.service().toString(), "", calls(event.script()), null);
    };
  }

  private Notice real(PoolEvent event, RealKey key, String word, String cause) {
    String service = name(event.service());
    String real = name(key.address(), event.service(), key.port());
    Alert alert =
        mails(event.service(), key)
            ? new Alert(
                "Realserver " + real + " of virtual server " + service + " - " + word,
                "Real server "
                    + real
                    + " of "
                    + service
                    + " is "
                    + word
                    + ".\nCause: "
                    + cause
                    + ".\n")
            : null;
    return new Notice(
        Pipes.LVS,
        event.service().toString(),
        "RS " + real + " " + service + " " + word,
        calls(event.script()),
        alert);
  }

  private Notice service(PoolEvent event, String word, String cause) {
    String name = name(event.service());
    VirtualServer config = services.get(event.service());
    Alert alert =
        config != null && config.options().smtpAlert()
            ? new Alert(
                "Virtualserver " + name + " - " + word,
                "Virtual server " + name + " is " + word + ".\nCause: " + cause + ".\n")
            : null;
    return new Notice(
        Pipes.LVS,
        event.service().toString(),
        "VS " + name + " " + word,
        calls(event.script()),
        alert);
  }

  private boolean mails(VirtualServer.Key service, RealKey key) {
    VirtualServer config = services.get(service);
    if (config == null || settings.mail().noChecker()) {
      return false;
    }
    for (RealServer real : config.realServers()) {
      if (real.address().equals(key.address()) && real.port() == key.port()) {
        return real.options().smtpAlert();
      }
    }
    return false;
  }

  private static List<Call> calls(@Nullable Script script) {
    return script == null ? List.of() : List.of(new Call(script, List.of()));
  }

  private static String name(VirtualServer.Key key) {
    return name(key.address(), key, key.port());
  }

  private static String name(InetAddress address, VirtualServer.Key of, int port) {
    return "["
        + address.getHostAddress()
        + "]:"
        + of.protocol().name().toLowerCase(Locale.ROOT)
        + ":"
        + port;
  }
}
