package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The same configuration under sluice and under the distribution's keepalived, each alone in its
 * network, asked for dumps by the same signals: what a monitor reads must be the same.
 */
@Tag("netns")
@ExtendWith(LabExtension.class)
class DumpsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIP = "10.90.0.100";

  /** keepalived's own sockets, and a default that sluice sets otherwise. */
  private static final List<String> ITS_OWN =
      List.of("fd_in", "Send advert after receive higher priority advert");

  private static final String CONFIGURATION =
      """
      global_defs {
        router_id one
      }
      vrrp_instance web {
        state BACKUP
        interface eth0
        virtual_router_id 51
        priority 150
        advert_int 1
        authentication {
          auth_type PASS
          auth_pass sesame
        }
        virtual_ipaddress {
          10.90.0.100/24
          10.90.0.101 dev eth0 label eth0:two
        }
        virtual_ipaddress_excluded {
          10.90.1.1/24
        }
      }
      """;

  @Test
  @Tag("keepalived")
  void monitorsReadTheSameFromBoth(Lab lab) throws IOException {
    Director ours = alone(lab, "ours", Needs.sluice());
    Director theirs = alone(lab, "theirs", Needs.keepalived());
    Path temporary = lab.folder("tmp");
    ours.start();
    theirs.start();
    for (Director each : List.of(ours, theirs)) {
      Await.until("it to be MASTER", DEADLINE, () -> each.isMaster("web", VIP), () -> lab.logs(20));
    }

    String ourData = dump(ours, "USR1", temporary, "keepalived.data");
    String theirData = dump(theirs, "USR1", temporary, "keepalived.data");
    assertThat(instance(ourData)).isEqualTo(instance(theirData));
    assertThat(ourData.lines().filter(l -> l.startsWith("------<")))
        .containsSubsequence(
            "------< Global definitions >------",
            "------< VRRP Topology >------",
            "------< Interfaces >------");

    String theirParent = dump(theirs, "USR1", temporary, "keepalived_parent.data");
    String ourParent = dump(ours, "USR1", temporary, "keepalived_parent.data");
    assertThat(globals(ourParent)).isEqualTo(globals(theirParent));

    String ourStats = dump(ours, "USR2", temporary, "keepalived.stats");
    String theirStats = dump(theirs, "USR2", temporary, "keepalived.stats");
    assertThat(withoutNumbers(ourStats)).isEqualTo(withoutNumbers(theirStats));
    assertThat(ourStats).contains("Became master: 1");

    Json ourJson = Json.parse(dump(ours, "RTMIN+2", temporary, "keepalived.json"));
    Json theirJson = Json.parse(dump(theirs, "RTMIN+2", temporary, "keepalived.json"));
    for (String field :
        List.of(
            "iname",
            "state",
            "wantstate",
            "ifp_ifname",
            "garp_delay",
            "vrid",
            "vips",
            "evips",
            "effective_priority",
            "adver_int",
            "vipset",
            "auth_type")) {
      assertThat(data(ourJson, field)).as(field).isEqualTo(data(theirJson, field));
    }

    // Cleared: what comes now counts from zero.
    dump(ours, "RTMAX-1", temporary, "keepalived.stats");
    assertThat(dump(ours, "USR2", temporary, "keepalived.stats")).contains("Became master: 0");
  }

  private static String data(Json dump, String field) {
    Json value = dump.items().getFirst().get("data").get(field);
    return field.endsWith("vips") ? value.items().toString() : value.text();
  }

  private static Director alone(Lab lab, String name, Director.Program program) {
    Host host = lab.segment(name + "-lan").join(lab.host(name), "10.90.0.1/24");
    return Director.of(host, program, CONFIGURATION);
  }

  /** Both write to the same folder: the file is removed, asked for, awaited whole. */
  private static String dump(Director of, String signal, Path folder, String name)
      throws IOException {
    Path file = folder.resolve(name);
    Files.deleteIfExists(file);
    of.process().signal(signal);
    Await.until(
        name + " from " + of,
        DEADLINE,
        () -> Files.exists(file) && complete(file),
        of.process()::log);
    return Files.readString(file);
  }

  /** keepalived writes its texts in place: whole is what ends with the last thing it writes. */
  private static boolean complete(Path file) {
    try {
      String text = Files.readString(file);
      return text.strip().endsWith("]")
          || (text.contains("Priority Zero") && text.endsWith("\n"))
          || (text.contains("------< Interfaces >------\n") && text.endsWith("\n"))
          || (text.contains(" umask = ") && !text.contains("< Interfaces") && text.endsWith("\n"));
    } catch (IOException _) {
      return false;
    }
  }

  /** The lines of the instance, without those that differ from moment to moment. */
  private static List<String> instance(String data) {
    List<String> lines = new ArrayList<>();
    boolean inside = false;
    for (String line : data.lines().toList()) {
      if (line.startsWith("------<")) {
        inside = line.contains("VRRP Topology");
      }
      if (inside && ITS_OWN.stream().noneMatch(line::contains)) {
        // Times differ, and Debian's version still shows the password.
        lines.add(line.replaceFirst("(transition|timeout|Password) = .*", "$1"));
      }
    }
    return lines;
  }

  /** Without what is keepalived's own: libraries, sockets, values that stand for "not yet". */
  private static List<String> globals(String data) {
    return data.lines()
        .filter(line ->
            !line.matches(
                " (libnftnl|SNMP socket|DBus service|rx_bufs|Send advert after receive higher|"
                    + "Gratuitous ARP lower priority|\\w+_rcv_bufs).*"))
        .toList();
  }

  private static String withoutNumbers(String stats) {
    return stats.replaceAll(": [0-9]+", ": N");
  }
}
