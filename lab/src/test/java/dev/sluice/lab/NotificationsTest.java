package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A start, a tracked file's change and a stop (keepalived.md 13.3), under sluice and under the
 * distribution's keepalived, each alone in its network: the lines in the pipe are the same for
 * every object, in the same order among a group and its members, and so are a notify script's
 * arguments.
 */
@Tag("netns")
@ExtendWith(LabExtension.class)
class NotificationsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final List<List<String>> EXPECTED =
      List.of(
          List.of(
              "INSTANCE \"A\" BACKUP 100", "INSTANCE \"A\" MASTER 100", "INSTANCE \"A\" STOP 100"),
          List.of(
              "INSTANCE \"B\" BACKUP 100", "INSTANCE \"B\" MASTER 100", "INSTANCE \"B\" STOP 100"),
          List.of(
              "INSTANCE \"C\" BACKUP 90",
              "INSTANCE \"C\" MASTER 90",
              "INSTANCE \"C\" MASTER_PRIORITY 96",
              "INSTANCE \"C\" STOP 96"),
          List.of("GROUP \"G\" BACKUP 0", "GROUP \"G\" MASTER 0", "GROUP \"G\" STOP 0"));

  @Test
  void sluiceTellsEveryObjectInKeepalivedsWords(Lab lab) throws IOException {
    tells(lab, Needs.sluice());
  }

  @Test
  @Tag("keepalived")
  void keepalivedTellsTheSame(Lab lab) throws IOException {
    tells(lab, Needs.keepalived());
  }

  private static String configuration(Path folder) {
    return """
    global_defs {
      enable_script_security
      script_user root
      vrrp_notify_fifo %1$s/fifo
    }
    track_file number {
      file %1$s/number
      weight 2
    }
    vrrp_sync_group G {
      group {
        A
        B
      }
    }
    vrrp_instance A {
      interface eth0
      virtual_router_id 1
      version 3
      advert_int 0.3
      virtual_ipaddress {
        10.90.0.101/24
      }
      notify "/bin/sh -c 'echo $* >> %1$s/calls' notify"
    }
    vrrp_instance B {
      interface eth0
      virtual_router_id 2
      version 3
      advert_int 0.3
      virtual_ipaddress {
        10.90.0.102/24
      }
    }
    vrrp_instance C {
      interface eth0
      virtual_router_id 3
      version 3
      advert_int 0.3
      priority 90
      virtual_ipaddress {
        10.90.0.103/24
      }
      track_file {
        number
      }
      notify_priority_changes
    }
    """
        .formatted(folder);
  }

  private static void tells(Lab lab, Director.Program program) throws IOException {
    Path folder = lab.folder("notify");
    Path number = Files.writeString(folder.resolve("number"), "0\n");
    Host host = lab.segment("lan").join(lab.host("one"), "10.90.0.1/24");
    Director director = Director.of(host, program, configuration(folder));
    director.start();
    Path fifo = folder.resolve("fifo");
    Await.until("the pipe", DEADLINE, () -> Files.exists(fifo), director.process()::log);
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    // The daemon holds it open, too: opening does not wait, and its end is the daemon's.
    Thread reader = Thread.ofPlatform().daemon().start(() -> read(fifo, lines));
    seen(lines, "INSTANCE \"C\" MASTER 90", director);
    seen(lines, "GROUP \"G\" MASTER 0", director);
    Path _ = Files.writeString(number, "3\n");
    seen(lines, "INSTANCE \"C\" MASTER_PRIORITY 96", director);
    director.process().signal("TERM");
    Await.until("the end", DEADLINE, () -> !reader.isAlive(), director.process()::log);

    List<String> objects = List.of("INSTANCE \"A\"", "INSTANCE \"B\"", "INSTANCE \"C\"", "GROUP");
    assertThat(
            objects.stream()
                .map(object -> lines.stream().filter(line -> line.startsWith(object)).toList())
                .toList())
        .isEqualTo(EXPECTED);
    // A group comes before its members when it starts, later after them.
    List<String> ofGroup =
        lines.stream().filter(line -> !line.startsWith("INSTANCE \"C\"")).toList();
    assertThat(ofGroup.getFirst()).isEqualTo("GROUP \"G\" BACKUP 0");
    assertThat(ofGroup.subList(1, 3)).allMatch(line -> line.endsWith("BACKUP 100"));
    assertThat(ofGroup.get(5)).isEqualTo("GROUP \"G\" MASTER 0");
    assertThat(ofGroup.getLast()).isEqualTo("GROUP \"G\" STOP 0");
    Path calls = folder.resolve("calls");
    Await.until(
        "the scripts",
        DEADLINE,
        () -> Files.exists(calls) && linesOf(calls).size() >= 3,
        director.process()::log);
    // keepalived's run side by side, so only their words are compared.
    assertThat(linesOf(calls))
        .containsExactlyInAnyOrder(
            "INSTANCE A BACKUP 100", "INSTANCE A MASTER 100", "INSTANCE A STOP 100");
  }

  private static void seen(Queue<String> lines, String line, Director director) {
    Await.until(line, DEADLINE, () -> lines.contains(line), director.process()::log);
  }

  private static void read(Path fifo, Queue<String> into) {
    try (var in = Files.newBufferedReader(fifo)) {
      in.lines().forEach(into::add);
    } catch (IOException e) {
      into.add(e.toString());
    }
  }

  private static List<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
