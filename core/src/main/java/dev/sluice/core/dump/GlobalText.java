package dev.sluice.core.dump;

import dev.sluice.config.model.GarpSettings;
import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.GlobalSettings;
import dev.sluice.config.model.GlobalSettings.FlushOnStop;
import dev.sluice.config.model.GlobalSettings.ProcessPriority;
import dev.sluice.config.model.ProcessSettings;
import dev.sluice.linux.Addresses;
import org.jspecify.annotations.Nullable;

/** {@code < Global definitions >}, as keepalived's processes dump it, line by line. */
final class GlobalText {
  private GlobalText() {}

  /**
   * The section.
   *
   * @param parent as keepalived's parent process writes it, which knows nothing of interfaces
   */
  static void write(DumpInput input, boolean parent, Lines out) {
    String hostName = input.hostName();
    GlobalDefs global = input.configuration().global();
    GlobalSettings more = global.settings();
    var process = input.configuration().further().process();
    out.section("Global definitions");
    out.head("Network namespace = " + or(process.networkNamespace(), "(default)"));
    out.head("Network namespace ipvs = " + ipvs(process));
    if (process.instance() != null) {
      out.head("Instance = " + process.instance());
    }
    out.head("Router ID = " + or(global.routerId(), hostName));
    mail(more.mail(), hostName, out);
    out.head("Checkers log all failures = " + more.processes().checkerLogAllFailures());
    out.head(
        more.files().reloadCheckLog() == null
            ? "No test config before reload"
            : "Test config before reload");
    out.head("Dynamic interfaces = " + more.vrrp().dynamicInterfaces());
    if (!parent) {
      out.head("Default interface = " + more.vrrp().defaultInterface());
    }
    out.head("Disable local IGMP = " + Words.yes(more.vrrp().disableLocalIgmp()));
    out.head("LVS flush = " + more.lvs().flush());
    out.head("LVS flush on stop = " + flush(more.lvs().flushOnStop()));
    fifo("Global", more.fifos().all(), global, out);
    fifo("LVS", more.fifos().lvs(), global, out);
    fifo("VRRP", more.fifos().vrrp(), global, out);
    out.head("FIFO write vrrp states on reload = " + more.fifos().statesOnReload());
    out.head("VRRP notify priority changes = " + global.notifyPriorityChanges());
    out.head("VRRP IPv4 mcast group = " + Addresses.text(global.vrrpMcastGroup4()));
    out.head("VRRP IPv6 mcast group = " + Addresses.text(more.vrrp().multicastGroup6()));
    garp(global.garp(), out);
    out.head("Num adverts before down = " + global.downTimerAdverts());
    out.head(
        "Gratuitous ARP for each secondary VMAC = "
            + more.vrrp().garpExtraInterfaceSeconds()
            + "s");
    out.head("Send advert after receive lower priority advert = " + !global.lowerPrioNoAdvert());
    out.head("Send advert after receive higher priority advert = " + global.higherPrioSendAdvert());
    out.head("Gratuitous ARP interval = " + Words.seconds(global.garp().interval()));
    out.head("Gratuitous NA interval = " + Words.seconds(more.vrrp().gnaInterval()));
    out.head("VRRP default protocol version = " + global.vrrpVersion());
    out.head("nftables " + (more.firewall().nftablesCounters() ? "with" : "without") + " counters");
    out.head("VRRP check unicast_src = " + global.checkUnicastSource());
    out.head("VRRP skip check advert addresses = " + global.skipCheckAdvAddr());
    out.head("VRRP strict mode = " + global.vrrpStrict());
    out.head("Max auto priority = " + more.processes().maxAutoPriority());
    out.head(
        "Min auto priority delay = "
            + more.processes().minAutoPriorityDelay().toNanos() / 1000
            + " usecs");
    priority("VRRP", more.processes().vrrp(), out);
    priority("Checker", more.processes().checker(), out);
    priority("BFD", more.processes().bfd(), out);
    out.head("SNMP vrrp " + Words.enabled(more.snmp().vrrp()));
    out.head("SNMP checker " + Words.enabled(more.snmp().checker()));
    out.head("SNMP RFCv2 " + Words.enabled(more.snmp().rfcV2()));
    out.head("SNMP RFCv3 " + Words.enabled(more.snmp().rfcV3()));
    out.head("SNMP traps " + Words.enabled(more.snmp().traps()));
    out.head("DBus " + Words.enabled(more.dbus().enabled()));
    out.head("Script security " + Words.enabled(global.enableScriptSecurity()));
    out.head("Default script uid:gid " + Words.owner(global.scriptUser(), null));
    out.head("rs_init_notifies = " + (more.lvs().notifyInitialState() ? 1 : 0));
    out.head("no_checker_emails = " + (more.mail().noChecker() ? 1 : 0));
    out.head("umask = " + more.processes().umask());
  }

  private static String ipvs(ProcessSettings process) {
    String name = process.ipvsNamespace() != null ? process.ipvsNamespace() : "";
    return name.isEmpty() ? or(process.networkNamespace(), "(main namespace)") : name;
  }

  private static String flush(FlushOnStop when) {
    return switch (when) {
      case NO -> "disabled";
      case ALL -> "true";
      case VIRTUAL_SERVERS -> "VS";
    };
  }

  private static void fifo(String whose, GlobalSettings.Fifo fifo, GlobalDefs global, Lines out) {
    if (fifo.path() != null) {
      out.head(
          whose
              + " notify fifo = "
              + fifo.path()
              + ", uid:gid "
              + Words.owner(fifo.user() != null ? fifo.user() : global.scriptUser(), null));
    }
  }

  private static String or(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }

  private static void mail(GlobalSettings.Mail mail, String hostName, Lines out) {
    if (mail.server() != null) {
      out.head("Smtp server = " + mail.server());
      out.head("Smtp server port = " + mail.port());
      out.head("Smtp HELO name = " + or(mail.heloName(), hostName));
      out.head("Smtp server connection timeout = " + mail.connectTimeout().toSeconds());
    }
    if (mail.from() != null) {
      out.head("Email notification from = " + mail.from());
    }
    if (!mail.to().isEmpty()) {
      out.head("Email notification to:");
      mail.to().forEach(out::property);
    }
    out.head("Default smtp_alert = " + alert(mail.alert()));
    out.head("Default smtp_alert_vrrp = " + alert(mail.alertVrrp()));
    out.head("Default smtp_alert_checker = " + alert(mail.alertChecker()));
  }

  private static String alert(@Nullable Boolean alert) {
    if (alert == null) {
      return "unset";
    }
    return alert ? "on" : "off";
  }

  private static void garp(GarpSettings garp, Lines out) {
    out.head("Gratuitous ARP delay = " + garp.delay().toSeconds());
    out.head("Gratuitous ARP repeat = " + garp.repeat());
    out.head("Gratuitous ARP refresh timer = " + garp.refresh().toSeconds());
    out.head("Gratuitous ARP refresh repeat = " + garp.refreshRepeat());
    out.head("Gratuitous ARP lower priority delay = " + garp.lowerPrioDelay().toSeconds());
    out.head("Gratuitous ARP lower priority repeat = " + garp.lowerPrioRepeat());
  }

  private static void priority(String who, ProcessPriority p, Lines out) {
    out.head(who + " process priority = " + p.nice());
    out.head(who + " don't swap = " + p.noSwap());
    out.head(who + " realtime priority = " + p.realTime());
    out.head(who + " realtime limit = " + p.realTimeLimitMicros());
  }
}
