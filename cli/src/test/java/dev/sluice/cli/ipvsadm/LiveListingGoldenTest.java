package dev.sluice.cli.ipvsadm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsServer;
import dev.sluice.core.api.IpvsTable;
import dev.sluice.core.api.IpvsTable.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** lvs.md f.2 with traffic: what a busy director printed, made again from the numbers in it. */
@Tag("golden")
class LiveListingGoldenTest {
  private static final String RULES =
      """
      -A -t 10.9.9.9:80 -s wrr
      -a -t 10.9.9.9:80 -r 10.2.0.11:80 -m -w 2
      -a -t 10.9.9.9:80 -r 10.2.0.12:80 -m -w 1
      -A -t 10.9.9.9:8080 -s rr -p 120
      -a -t 10.9.9.9:8080 -r 10.2.0.13:80 -m -w 1
      -A -u 10.9.9.9:53 -s rr
      -a -u 10.9.9.9:53 -r 10.2.0.12:53 -m -w 1
      -A -u 10.9.9.9:5060 -s rr -p 60 --pe sip
      -a -u 10.9.9.9:5060 -r 10.2.0.11:5060 -m -w 1
      -A -t [2001:db8:9::9]:80 -s rr
      -a -t [2001:db8:9::9]:80 -r [2001:db8:2::11]:80 -m -w 1
      """;

  @ParameterizedTest
  @ValueSource(strings = {"b3-stats", "b4-rate", "b5-Ln", "b6-persistent-conn"})
  void servicesWithTraffic(String name) {
    var rules = new MemoryTable();
    Tables.make(rules, RULES);
    Recordings.Recording recording = Recordings.read(name + ".txt");
    Run run = Run.of(new FixedTable(filled(rules.services())), recording.words());
    assertThat(run.out()).isEqualTo(recording.output());
  }

  /** The numbers of the listings, line by line behind the first 33 columns. */
  private static IpvsTable filled(IpvsTable rules) {
    List<String> stats = Recordings.lines("b3-stats.txt").stream().skip(4).toList();
    List<String> rates = Recordings.lines("b4-rate.txt").stream().skip(4).toList();
    List<String> plain = Recordings.lines("b5-Ln.txt").stream().skip(4).toList();
    List<String> templates = Recordings.lines("b6-persistent-conn.txt").stream().skip(4).toList();
    int line = 0;
    var services = new ArrayList<IpvsTable.Service>();
    for (IpvsTable.Service s : rules.services()) {
      IpvsTable.Statistics own = statistics(stats.get(line), rates.get(line));
      line++;
      var servers = new ArrayList<IpvsTable.Server>();
      for (IpvsTable.Server r : s.servers()) {
        List<Long> load = numbers(plain.get(line).substring(41));
        IpvsServer server = r.server();
        servers.add(
            new IpvsTable.Server(
                server,
                load.get(1),
                load.get(2),
                numbers(templates.get(line).substring(33)).get(1),
                statistics(stats.get(line), rates.get(line))));
        line++;
      }
      services.add(new IpvsTable.Service(s.service(), true, own, servers));
    }
    return new IpvsTable(4096, IpvsChange.Timeouts.DEFAULT, services, List.of());
  }

  private static IpvsTable.Statistics statistics(String counters, String rates) {
    List<Long> c = numbers(counters.substring(33));
    List<Long> r = numbers(rates.substring(33));
    return new IpvsTable.Statistics(
        c.get(0), c.get(1), c.get(2), c.get(3), c.get(4), r.get(0), r.get(1), r.get(2), r.get(3),
        r.get(4));
  }

  private static List<Long> numbers(String text) {
    return List.of(text.strip().split(" +", -1)).stream().map(Long::parseLong).toList();
  }

  @ParameterizedTest
  @CsvSource({"b0-Lnc, false, true", "b1-Lc, false, false", "b2-Lnc-persistent-conn, true, true"})
  void entries(String name, boolean engines, boolean numeric) {
    Recordings.Recording recording = Recordings.read(name + ".txt");
    var entries = new ArrayList<Connection>();
    List<String> expiries = recording.output().lines().skip(2).toList();
    List<String> whole = Recordings.lines("b2-Lnc-persistent-conn.txt");
    for (int i = 0; i < expiries.size(); i++) {
      entries.add(entry(whole.get(i + 3), expiries.get(i).split(" +", -1)[1]));
    }
    assertThat(ConnectionListing.of(entries, engines, numeric ? Names.NUMERIC : Run.LIVE_NAMES))
        .isEqualTo(recording.output());
  }

  private static Connection entry(String line, String expires) {
    String[] words = line.strip().split(" +", -1);
    String[] minutes = expires.split(":", -1);
    Place client = place(words[3]);
    Place virtual = place(words[4]);
    Place server = place(words[5]);
    @Nullable String engine = words.length > 6 ? words[6] : null;
    @Nullable String data = words.length > 7 ? words[7] : null;
    return new Connection(
        words[0],
        Long.parseLong(minutes[0]) * 60 + Long.parseLong(minutes[1]),
        words[2],
        client.address(),
        client.port().orElse(0),
        virtual.address(),
        virtual.port().orElse(0),
        server.address(),
        server.port().orElse(0),
        engine,
        data);
  }

  private static Place place(String text) {
    return Place.parse(text, dev.sluice.core.api.IpvsKey.Kind.TCP, Names.NUMERIC).orElseThrow();
  }
}
