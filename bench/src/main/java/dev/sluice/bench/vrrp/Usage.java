package dev.sluice.bench.vrrp;

import dev.sluice.lab.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a daemon and its children have used so far. */
record Usage(double cpuSeconds, double megabytes) {
  private static final double TICKS_PER_SECOND = 100;
  private static final int UTIME = 11;
  private static final int STIME = 12;

  /** Of the process and its descendants: processor time, and memory as its proportional share. */
  static Usage of(LabProcess process) {
    double cpu = 0;
    double memory = 0;
    List<Long> pids =
        ProcessHandle.of(process.pid()).stream()
            .flatMap(one -> Stream.concat(Stream.of(one), one.descendants()))
            .map(ProcessHandle::pid)
            .toList();
    for (long pid : pids) {
      try {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        cpu += (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
        memory +=
            Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
      } catch (IOException _) {
        // It ended between the list and the look: what it used is lost, and small.
      }
    }
    return new Usage(cpu, memory);
  }
}
