package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulateTest {
  @TempDir Path folder;

  @BeforeEach
  void aPair() throws IOException {
    write("a", instance("VI_1", 51, 150, ""));
    write("b", instance("VI_1", 51, 100, ""));
  }

  private static String instance(String name, int vrid, int priority, String more) {
    return """
    vrrp_instance %s {
        state BACKUP
        interface eth0
        virtual_router_id %d
        priority %d
        advert_int 1
        virtual_ipaddress {
            10.0.0.%d/24
        }
        %s
    }
    """
        .formatted(name, vrid, priority, vrid, more);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name + ".conf"), text);
  }

  private CommandLine simulate(String... words) {
    List<String> line = new ArrayList<>(List.of("simulate"));
    for (String word : words) {
      line.add(word.endsWith(".conf") ? folder.resolve(word).toString() : word);
    }
    return CommandLine.run(line.toArray(String[]::new));
  }

  @Test
  void aPowerCutAndAPartition() {
    CommandLine result =
        simulate(
            "a.conf",
            "b.conf",
            "--kill",
            "a@5s",
            "--start",
            "a@12s",
            "--partition",
            "a,b@20s..25s",
            "--until",
            "30s");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .isEqualTo(
            """
            a  VI_1  vrid 51  eth0  192.0.2.1  priority 150
            b  VI_1  vrid 51  eth0  192.0.2.2  priority 100

               0.000 s  *     a starts
               0.000 s  VI_1  a INIT -> BACKUP: started
               0.000 s  *     b starts
               0.000 s  VI_1  b INIT -> BACKUP: started
               3.414 s  VI_1  a BACKUP -> MASTER: no master heard
               5.000 s  *     a is killed
               8.024 s  VI_1  b BACKUP -> MASTER: no better advert than that of 192.0.2.1 within Master_Down_Interval
              12.000 s  *     a starts
              12.000 s  VI_1  a INIT -> BACKUP: started
              15.414 s  VI_1  a BACKUP -> MASTER: no better advert than that of 192.0.2.2 within Master_Down_Interval
              15.415 s  VI_1  b MASTER -> BACKUP: 192.0.2.1 has the higher priority 150
              20.000 s  *     b no longer hears a
              20.000 s  *     a no longer hears b
              23.026 s  VI_1  b BACKUP -> MASTER: no better advert than that of 192.0.2.1 within Master_Down_Interval
              25.000 s  *     b hears a again
              25.000 s  *     a hears b again
              25.028 s  VI_1  b MASTER -> BACKUP: 192.0.2.1 has the higher priority 150

            VI_1 (vrid 51, eth0)
                 0.000 s -    3.414 s  nobody  3414 ms
                 3.414 s -    5.000 s  a
                 5.000 s -    8.024 s  nobody  outage 3024 ms
                 8.024 s -   15.414 s  b
                15.414 s -   15.415 s  a and b
                15.415 s -   23.026 s  a
                23.026 s -   25.028 s  a and b
                25.028 s -   30.000 s  a

            warnings
              VI_1 has 2 masters (a, b) for 2002 ms from 23.026 s
            """);
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
  }

  @Test
  void aPartitionThatStaysIsTheAnswerNo() {
    CommandLine result = simulate("a.conf", "b.conf", "--partition", "a,b@5s", "--until", "15s");
    assertThat(result.exitCode()).isEqualTo(ExitCode.NO);
    assertThat(result.out()).contains("a and b").contains("2 masters (a, b)");
  }

  @Test
  void aStopCostsTheSkewAndAPriorityMovesTheMaster() {
    assertThat(simulate("a.conf", "b.conf", "--stop", "a@5s").out())
        .contains("a stops")
        .contains("b BACKUP -> MASTER: master 192.0.2.1 left")
        .contains("no warnings");
    assertThat(simulate("a.conf", "b.conf", "--priority", "a:VI_1:-60@5s").out())
        .contains("a: script simulated adds -60 to VI_1")
        .contains("a MASTER -> BACKUP: 192.0.2.2 has the higher priority 100");
  }

  @Test
  void anInterfaceFailsAndTheGroupMovesWithIt() throws IOException {
    for (String name : List.of("a", "b")) {
      int priority = name.equals("a") ? 150 : 100;
      write(
          name,
          instance("IN", 51, priority, "")
              + instance("OUT", 52, priority, "").replace("eth0", "eth1")
              + "vrrp_sync_group G {\n  group {\n    IN\n    OUT\n  }\n}\n");
    }
    CommandLine result = simulate("a.conf", "b.conf", "--fault", "a:eth1@8s..20s");
    assertThat(result.out())
        .contains("a MASTER -> FAULT: interface eth1 is down")
        .contains("a MASTER -> FAULT: sync group member OUT is in FAULT")
        .contains("b BACKUP -> MASTER")
        .contains("a FAULT -> BACKUP");
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
  }

  @Test
  void unicastPeersKnowEachOthersAddresses() throws IOException {
    write("a", instance("VI_1", 51, 100, "unicast_peer { 10.1.0.2 }"));
    write("b", instance("VI_1", 51, 100, "unicast_peer { 10.1.0.1 }"));
    assertThat(simulate("a.conf", "b.conf").out())
        .contains("10.1.0.1  priority 100")
        .contains("10.1.0.2  priority 100");
    assertThat(simulate("a.conf", "b.conf").exitCode()).isEqualTo(ExitCode.OK);
  }

  @Test
  void whatDoesNotFitTogetherIsSaid() throws IOException {
    write("b", instance("VI_1", 51, 100, "version 3"));
    CommandLine versions = simulate("a.conf", "b.conf");
    assertThat(versions.exitCode()).isEqualTo(ExitCode.NO);
    assertThat(versions.out()).contains("a drops what b sends for VI_1: version 3, expected 2");
    write("b", instance("VI_1", 52, 100, ""));
    assertThat(simulate("a.conf", "b.conf").out())
        .contains("VI_1 is served by a alone: no other file has virtual_router_id 51");
  }

  @Test
  void theSameSeedGivesTheSameAnswer() {
    String[] line = {"a.conf", "b.conf", "--loss", "40%", "--seed", "7", "--until", "60s"};
    assertThat(simulate(line).out()).isEqualTo(simulate(line).out());
  }

  @Test
  void jsonIsOneObject() {
    CommandLine result = simulate("a.conf", "b.conf", "--stop", "a@5s", "--json");
    assertThat(result.out())
        .startsWith("{\"routers\":[{\"name\":\"a\"")
        .contains("\"two_masters_ms\":0.0", "\"master\":[\"b\"]", "\"warnings\":[]", "\"ok\":true")
        .endsWith("}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--kill|c@5s|there is no router 'c' (known: a, b)",
        "--kill|a|when? Add @5s",
        "--kill|a@5|is no time: expected 5s",
        "--kill|a@1s..2s|this happens at a moment",
        "--freeze|a@4s..3s|it ends before it begins",
        "--partition|a@5s|name two routers or more",
        "--fault|a:eth1@5s|nothing in it depends on eth1 (known for a: eth0)",
        "--priority|a:VI_2:-20@5s|a has no instance VI_2 (it has VI_1)",
        "--priority|a:VI_1:x@5s|'x' is no number",
        "--loss|5|is no share: expected 5%",
        "--delay|1|is no time",
        "--address|c=192.0.2.9|expected ROUTER=ADDRESS",
        "--address|a=x|'x' is no address",
        "--seed|x|'x' is no number",
      })
  void aMistakeIsASentence(String option, String value, String complaint) {
    CommandLine result = simulate("a.conf", "b.conf", option, value);
    assertThat(result.err()).contains(option).contains(complaint);
    assertThat(result.out()).isEmpty();
    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void oneFileIsNoGroupAndTwoNeedTwoNames() throws IOException {
    assertThat(simulate("a.conf").exitCode()).isEqualTo(ExitCode.USAGE);
    Path other = Files.createDirectory(folder.resolve("other")).resolve("a.conf");
    Files.copy(folder.resolve("a.conf"), other);
    CommandLine result =
        CommandLine.run("simulate", folder.resolve("a.conf").toString(), other.toString());
    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("would both be called 'a'");
  }
}
