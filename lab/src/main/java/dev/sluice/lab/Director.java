package dev.sluice.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host that runs a VRRP router (and, where it is sluice, a load balancer) from a keepalived.conf.
 * Which program that is is a {@link Program}, so a scenario written once runs with sluice beside
 * keepalived, either way round.
 */
public final class Director {
  private static final Duration STATUS_DEADLINE = Duration.ofSeconds(30);

  private final Host host;
  private final Program program;
  private final Path folder;
  private @Nullable LabProcess process;
  private int starts;

  /** The daemon of a director. */
  public sealed interface Program {
    /** {@code sluice run}, started by the launcher at that path. */
    record Sluice(Path launcher) implements Program {}

    /** The distribution's keepalived. */
    record Keepalived(Path binary) implements Program {}

    /** The distribution's keepalived, where installed. */
    static Keepalived keepalived() {
      return new Keepalived(
          Command.find("keepalived")
              .orElseThrow(() ->
                  new LabException("keepalived is not installed: apt-get install keepalived")));
    }
  }

  private Director(Host host, Program program, String configuration) {
    this.host = host;
    this.program = program;
    this.folder = host.lab().folder(host.name());
    configure(configuration);
  }

  /** A director that runs {@code program} with this keepalived.conf; not started yet. */
  public static Director of(Host host, Program program, String configuration) {
    return new Director(host, program, configuration);
  }

  /** A director that runs sluice. */
  public static Director sluice(Host host, Path launcher, String configuration) {
    return of(host, new Program.Sluice(launcher), configuration);
  }

  /** A director that runs the distribution's keepalived. */
  public static Director keepalived(Host host, String configuration) {
    return of(host, Program.keepalived(), configuration);
  }

  /** The host. */
  public Host host() {
    return host;
  }

  /** Writes the configuration file; a running daemon reads it on {@link #reload}. */
  public void configure(String configuration) {
    try {
      Files.writeString(configurationFile(), configuration);
    } catch (IOException e) {
      throw new LabException("cannot write %s: %s".formatted(configurationFile(), e.getMessage()));
    }
  }

  /** Where its keepalived.conf lies. */
  public Path configurationFile() {
    return folder.resolve("keepalived.conf");
  }

  /** The daemon's runtime directory (sluice). */
  public Path runtimeDirectory() {
    return folder.resolve("run");
  }

  /** Starts the daemon and returns at once. */
  public Director start() {
    starts++;
    process = host.start(programName(), command());
    return this;
  }

  /** The daemon's process. */
  public LabProcess process() {
    LabProcess running = process;
    if (running == null) {
      throw new LabException(host + ": the daemon was never started");
    }
    return running;
  }

  /** {@code sluice} or {@code keepalived}. */
  public String programName() {
    return switch (program) {
      case Program.Sluice _ -> "sluice";
      case Program.Keepalived _ -> "keepalived";
    };
  }

  /** SIGHUP. */
  public void reload() {
    process().signal("HUP");
  }

  /**
   * Whether it holds the VIP on any device: the kernel's own answer, whatever the daemon believes.
   */
  public boolean holds(String vip) {
    return host.holds(vip);
  }

  /**
   * {@code sluice status --json}; absent while the daemon does not answer. Only where the program
   * is sluice.
   */
  public Json status() {
    Command.Result result = verb("status", "--json");
    return result.status() == 0 ? Json.parse(result.out()) : new Json(null);
  }

  /**
   * The daemon's answer to a verb, asked at its control socket, which costs no process as {@link
   * #verb} does; absent while nobody answers. Only where the program is sluice.
   */
  public Json ask(String verb) {
    var socket = UnixDomainSocketAddress.of(runtimeDirectory().resolve("control.sock"));
    try (var channel = SocketChannel.open(socket)) {
      ByteBuffer request =
          ByteBuffer.wrap("{\"verb\":\"%s\"}%n".formatted(verb).getBytes(StandardCharsets.UTF_8));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      var in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      String answer = in.readLine();
      return answer == null ? new Json(null) : Json.parse(answer);
    } catch (IOException _) {
      return new Json(null);
    }
  }

  /** The VRRP instance of that name in the daemon's status; absent while unknown. */
  public Json vrrp(String instance) {
    return ask("status").get("vrrp").items().stream()
        .filter(each -> each.get("name").text().equals(instance))
        .findFirst()
        .orElse(new Json(null));
  }

  /** The state word of the VRRP instance of that name; empty while unknown. */
  public String vrrpState(String instance) {
    return vrrp(instance).get("state").text();
  }

  /**
   * The state word of a real server in {@link #status}, whichever service it is in; empty while
   * unknown.
   */
  public String realState(String address) {
    return ask("status").get("services").items().stream()
        .flatMap(service -> service.get("reals").items().stream())
        .filter(real -> real.get("address").text().equals(address))
        .map(real -> real.get("state").text())
        .findFirst()
        .orElse("");
  }

  /**
   * Whether it is MASTER: it holds the VIP and, where the program is sluice, says so. A killed
   * daemon leaves its VIP behind, so the address alone does not tell. Fails when the daemon has
   * ended: nothing is to be waited for.
   */
  public boolean isMaster(String instance, String vip) {
    if (!process().alive()) {
      throw new LabException("the daemon has ended: %s%n%s".formatted(process(), process().log()));
    }
    return holds(vip)
        && switch (program) {
          case Program.Sluice _ -> vrrpState(instance).equals("MASTER");
          case Program.Keepalived _ -> true;
        };
  }

  /** Runs a sluice verb against this daemon. */
  public Command.Result verb(String... words) {
    if (!(program instanceof Program.Sluice sluice)) {
      throw new LabException(host + " runs keepalived, which has no verbs");
    }
    List<String> command = new java.util.ArrayList<>(List.of(sluice.launcher().toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--runtime-dir", runtimeDirectory().toString()));
    return Command.run(host.inside(command), "", STATUS_DEADLINE);
  }

  private List<String> command() {
    return switch (program) {
      case Program.Sluice sluice ->
          List.of(
              sluice.launcher().toString(),
              "run",
              "-f",
              configurationFile().toString(),
              "--runtime-dir",
              runtimeDirectory().toString());
      case Program.Keepalived keepalived ->
          List.of(
              keepalived.binary().toString(),
              "--dont-fork",
              "--log-console",
              "--log-detail",
              "--vrrp",
              "--use-file",
              configurationFile().toString(),
              "--pid",
              pidFile("keepalived").toString(),
              "--vrrp_pid",
              pidFile("vrrp").toString(),
              "--checkers_pid",
              pidFile("checkers").toString());
    };
  }

  /**
   * A new one for each start: keepalived refuses to start while the pid in an old file exists, and
   * a killed child exists, as a zombie, until the machine's init cares to reap it.
   */
  private Path pidFile(String part) {
    return folder.resolve(part + "-" + starts + ".pid");
  }

  @Override
  public String toString() {
    return host + " (" + programName() + ")";
  }
}
