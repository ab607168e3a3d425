package dev.sluice.lab.vrrp;

import java.util.ArrayList;
import java.util.List;

/**
 * What one router is told: one VRRP instance called {@value #NAME}, as keepalived.conf and as
 * frr.conf. Immutable; every method but the texts answers a changed copy.
 *
 * @param advert the advert interval in seconds, as keepalived.conf has it
 * @param lines further lines of the instance
 * @param globals lines of {@code global_defs}
 * @param blocks further blocks of the file
 */
record Conf(
    String device,
    int vrid,
    int version,
    String advert,
    int priority,
    List<String> vips,
    List<String> lines,
    List<String> globals,
    List<String> blocks) {
  static final String NAME = "web";

  /** Version 2: whole seconds. */
  static Conf v2(String advert) {
    return new Conf(
        "eth0",
        51,
        2,
        advert,
        100,
        List.of(Duo.VIP + "/24"),
        List.of(),
        List.of("script_user root"),
        List.of());
  }

  static Conf v3(String advert) {
    Conf v2 = v2(advert);
    return new Conf(v2.device, v2.vrid, 3, advert, 100, v2.vips, v2.lines, v2.globals, v2.blocks);
  }

  Conf priority(int value) {
    return new Conf(device, vrid, version, advert, value, vips, lines, globals, blocks);
  }

  Conf vrid(int value) {
    return new Conf(device, value, version, advert, priority, vips, lines, globals, blocks);
  }

  Conf vips(String... values) {
    return new Conf(
        device, vrid, version, advert, priority, List.of(values), lines, globals, blocks);
  }

  Conf line(String line) {
    return new Conf(
        device, vrid, version, advert, priority, vips, plus(lines, line), globals, blocks);
  }

  Conf global(String line) {
    return new Conf(
        device, vrid, version, advert, priority, vips, lines, plus(globals, line), blocks);
  }

  Conf block(String block) {
    return new Conf(
        device, vrid, version, advert, priority, vips, lines, globals, plus(blocks, block));
  }

  /** {@code authentication} of that type. */
  Conf authentication(String type, String password) {
    return line(
        "authentication {\n    auth_type %s\n    auth_pass %s\n  }".formatted(type, password));
  }

  /** Adverts go to one peer instead of to the group. */
  Conf unicast(String own, String peer) {
    return line("unicast_src_ip " + own).line("unicast_peer {\n    %s\n  }".formatted(peer));
  }

  private static List<String> plus(List<String> list, String element) {
    List<String> more = new ArrayList<>(list);
    more.add(element);
    return List.copyOf(more);
  }

  /** The instance alone, under that name and on that device. */
  String instance(String name, String onDevice) {
    return """
    vrrp_instance %s {
      version %d
      interface %s
      virtual_router_id %d
      priority %d
      advert_int %s
      %s
      virtual_ipaddress {
        %s
      }
    }
    """
        .formatted(
            name,
            version,
            onDevice,
            vrid,
            priority,
            advert,
            String.join("\n  ", lines),
            String.join("\n    ", vips));
  }

  String keepalived() {
    return "global_defs {\n  "
        + String.join("\n  ", globals)
        + "\n}\n"
        + String.join("\n", blocks)
        + "\n"
        + instance(NAME, device);
  }

  /** FRR knows only these settings; {@code nopreempt} among the lines is understood. */
  String frr() {
    var text = new StringBuilder();
    text.append("interface ").append(device).append('\n');
    String head = " vrrp " + vrid + " ";
    text.append(head).append("version ").append(version).append('\n');
    text.append(head).append("priority ").append(priority).append('\n');
    text.append(head).append("advertisement-interval ").append(advertMillis()).append('\n');
    if (lines.contains("nopreempt")) {
      text.append(" no vrrp ").append(vrid).append(" preempt\n");
    }
    for (String vip : vips) {
      String address = vip.replaceFirst("/.*", "");
      text.append(head).append(address.contains(":") ? "ipv6 " : "ip ").append(address);
      text.append('\n');
    }
    return text.toString();
  }

  private long advertMillis() {
    return Math.round(Double.parseDouble(advert) * 1000);
  }
}
