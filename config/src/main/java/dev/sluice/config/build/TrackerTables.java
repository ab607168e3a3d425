package dev.sluice.config.build;

import dev.sluice.config.model.TrackProcess;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.util.Map;

/** {@code track_file}, {@code vrrp_track_process}, {@code bfd_instance}. */
final class TrackerTables {
  static final Block<TrackFileBuilder> FILE = Block.named("track_file");
  static final Block<TrackProcessBuilder> PROCESS = Block.named("vrrp_track_process");
  static final Block<BfdBuilder> BFD = Block.named("bfd_instance");

  private TrackerTables() {}

  private static void file() {
    FILE.row("file", Types.text("PATH"), (b, v) -> b.file = v)
        .absentIsError()
        .meaning("The file that holds the number. Required.");
    FILE.row(
            "weight",
            Types.weight(254),
            (b, v) -> {
              b.weight = v.value();
              b.reverse = v.reverse();
            })
        .standard("1")
        .meaning("What the number is multiplied with.");
    FILE.rowAt("init_file", Types.flag(), TrackerTables::initFile)
        .meaning("[VALUE] [overwrite]: the file is created at the start.");
  }

  private static void initFile(TrackFileBuilder b, Boolean present, Args args) {
    b.initialValue = 0;
    Word word;
    while ((word = args.poll()) != null) {
      if (word.text().equals("overwrite")) {
        b.overwrite = true;
      } else if (word.text().matches("-?\\d{1,9}")) {
        b.initialValue = Integer.valueOf(word.text());
      } else {
        args.invalid(
            word,
            "unknown-option",
            "init_file does not know '" + word.text() + "'",
            "[VALUE] [overwrite]");
      }
    }
  }

  private static void process() {
    PROCESS
        .row("process", Types.commandOnly(), (b, v) -> b.command = v.command())
        .meaning("Name, or quoted command with the arguments that must match. Required.");
    PROCESS
        .row(
            "param_match",
            Types.oneOf(
                Map.of(
                    "initial", TrackProcess.Match.INITIAL, "partial", TrackProcess.Match.PARTIAL)),
            (b, v) -> b.match = v)
        .standard("exact, when arguments are given,")
        .meaning("How arguments are compared.");
    PROCESS
        .flag("full_command", b -> b.fullCommand = true)
        .meaning("Compare the whole command, not the process's short name.");
    PROCESS
        .row(
            "weight",
            Types.weight(254),
            (b, v) -> {
              b.weight = v.value();
              b.reverse = v.reverse();
            })
        .standard("0")
        .meaning("Added to the priority; 0: a FAULT.");
    PROCESS
        .row("quorum", Types.integer(1, 65535), (b, v) -> b.quorum = v.intValue())
        .standard("1")
        .meaning("The least number of processes.");
    PROCESS
        .row("quorum_max", Types.integer(0, 65535), (b, v) -> b.quorumMax = v.intValue())
        .standard("unlimited")
        .meaning("The largest number of processes.");
    PROCESS
        .row(
            "delay",
            Types.seconds("0.000001", "3600"),
            (b, v) -> {
              b.terminateDelay = v;
              b.forkDelay = v;
            })
        .standard("0")
        .meaning("Seconds before a change counts.");
    PROCESS
        .row("terminate_delay", Types.seconds("0.000001", "3600"), (b, v) -> b.terminateDelay = v)
        .standard("0")
        .meaning("Seconds before an end counts.");
    PROCESS
        .row("fork_delay", Types.seconds("0.000001", "3600"), (b, v) -> b.forkDelay = v)
        .standard("0")
        .meaning("Seconds before a start counts.");
  }

  private static void bfd() {
    BFD.row("neighbor_ip", Types.address(), (b, v) -> b.neighbour = v)
        .alias("neighbour_ip")
        .meaning("The other end. Required.");
    BFD.rowAt(
            "source_ip",
            Types.address(),
            (b, v, a) -> {
              b.source = v;
              b.sourceAt = a.end();
            })
        .standard("the kernel's choice")
        .meaning("Our address, of the same family.");
    BFD.row("min_rx", Types.milliseconds(1, 4294967), (b, v) -> b.minRx = v)
        .standard("10")
        .meaning("Least milliseconds between packets we can take.");
    BFD.row("min_tx", Types.milliseconds(1, 4294967), (b, v) -> b.minTx = v)
        .standard("10")
        .meaning("Least milliseconds between packets we send.");
    BFD.row("idle_tx", Types.milliseconds(1000, 4294967), (b, v) -> b.idleTx = v)
        .standard("1000")
        .meaning("Milliseconds between packets while the session is not up.");
    BFD.row("multiplier", Types.integer(1, 255), (b, v) -> b.multiplier = v.intValue())
        .standard("5")
        .meaning("Packets that may be missing.");
    BFD.flag("passive", b -> b.passive = true).meaning("Wait for the other end to begin.");
    BFD.row("ttl", Types.integer(1, 255), (b, v) -> b.ttl = v.intValue())
        .alias("hoplimit")
        .standard("255, with IPv6 64,")
        .meaning("TTL of what is sent.");
    BFD.row("max_hops", Types.integer(-1, 255), (b, v) -> b.maxHops = v.intValue())
        .standard("0")
        .meaning("Hops that a packet may have taken; 255: not checked.");
    BFD.row("multihop", Types.optionalBool(), (b, v) -> b.multihop = v)
        .since("2.4")
        .standard("off")
        .meaning("Port 4784 and not 3784.");
    BFD.row(
            "weight",
            Types.weight(253),
            (b, v) -> {
              b.weight = v.value();
              b.reverse = v.reverse();
            })
        .standard("0")
        .meaning("Added to the priority; 0: a FAULT.");
    BFD.flag("vrrp", b -> b.vrrp = true).meaning("VRRP hears of the session.");
    BFD.flag("checker", b -> b.checker = true).meaning("Checkers hear of the session.");
  }

  static {
    file();
    process();
    bfd();
  }
}
