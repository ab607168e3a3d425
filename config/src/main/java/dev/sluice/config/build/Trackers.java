package dev.sluice.config.build;

import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Nearest;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The {@code track_*} rows that instances and groups share. */
final class Trackers {
  private Trackers() {}

  static <B> void rows(Block<B> table, Function<B, Plan.Trackers> of) {
    table
        .lines(
            "track_interface",
            "INTERFACE [weight N [reverse]]",
            _ -> {},
            (b, args) -> interfaceLine(of.apply(b), args))
        .meaning("Interfaces whose failure is a FAULT, or lowers the priority.");
    table
        .lines(
            "track_script",
            "SCRIPT [weight N [reverse|noreverse]]",
            _ -> {},
            (b, args) -> {
              Plan.Trackers t = of.apply(b);
              String name = line(t, args, 253, "vrrp_script", t.plan.scripts.keySet(), t.scripts);
              ScriptBuilder script = name == null ? null : t.plan.scripts.get(name);
              if (script != null) {
                script.used = true;
              }
            })
        .meaning("vrrp_scripts whose failure is a FAULT, or moves the priority.");
    table
        .lines(
            "track_file",
            "FILE [weight N [reverse]]",
            _ -> {},
            (b, args) -> {
              Plan.Trackers t = of.apply(b);
              String name = line(t, args, 254, "track_file", t.plan.trackFiles.keySet(), t.files);
              TrackFileBuilder file = name == null ? null : t.plan.trackFiles.get(name);
              if (file != null) {
                file.used = true;
              }
            })
        .meaning("track_files whose number moves the priority.");
    table
        .lines(
            "track_process",
            "PROCESS [weight N [reverse]]",
            _ -> {},
            (b, args) -> {
              Plan.Trackers t = of.apply(b);
              String name =
                  line(
                      t,
                      args,
                      254,
                      "vrrp_track_process",
                      t.plan.trackProcesses.keySet(),
                      t.processes);
              TrackProcessBuilder process = name == null ? null : t.plan.trackProcesses.get(name);
              if (process != null) {
                process.used = true;
              }
            })
        .meaning("vrrp_track_processes whose absence is a FAULT, or moves the priority.");
    table
        .lines(
            "track_bfd",
            "BFD [weight N [reverse]]",
            _ -> {},
            (b, args) -> {
              Plan.Trackers t = of.apply(b);
              String name = line(t, args, 253, "bfd_instance", t.plan.bfds.keySet(), t.bfds);
              BfdBuilder bfd = name == null ? null : t.plan.bfds.get(name);
              if (bfd != null) {
                bfd.usedByVrrp = true;
              }
            })
        .notYet()
        .meaning("bfd_instances whose failure is a FAULT, or moves the priority.");
  }

  private static void interfaceLine(Plan.Trackers trackers, Args args) {
    TrackLines.Line line = TrackLines.read(args, 253, "interface");
    if (line == null || line.faulty() || duplicate(trackers, args, "interface", line)) {
      return;
    }
    trackers.plan.unknownDevice |= Interfaces.missing(args.context(), line.name());
    trackers.interfaces.add(new Plan.Tracked(line.name().text(), line.weight(), line.name().at()));
  }

  /** Reads a line that names something defined above; its name, or null when it is dropped. */
  private static @org.jspecify.annotations.Nullable String line(
      Plan.Trackers trackers,
      Args args,
      int limit,
      String kind,
      Set<String> defined,
      List<Plan.Tracked> into) {
    TrackLines.Line line = TrackLines.read(args, limit, kind);
    if (line == null) {
      return null;
    }
    String name = line.name().text();
    if (!defined.contains(name)) {
      args.diagnostics()
          .error(
              line.name().at(),
              "unknown-tracker",
              "there is no " + kind + " '" + name + "' above this line",
              "ignored",
              Nearest.of(name, defined)
                  .map(near -> "did you mean '" + near + "'?")
                  .orElse("a tracker must be defined before the block that names it"));
      return null;
    }
    if (line.faulty() || duplicate(trackers, args, kind, line)) {
      return name;
    }
    into.add(new Plan.Tracked(name, line.weight(), line.name().at()));
    return name;
  }

  private static boolean duplicate(
      Plan.Trackers trackers, Args args, String kind, TrackLines.Line line) {
    if (trackers.seen.putIfAbsent(kind + ' ' + line.name().text(), line.name().at()) == null) {
      return false;
    }
    args.diagnostics()
        .error(
            line.name().at(),
            "duplicate",
            kind + " '" + line.name().text() + "' is tracked a second time",
            "ignored",
            "");
    return true;
  }
}
