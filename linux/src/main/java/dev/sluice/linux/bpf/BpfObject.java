package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.sluice.linux.Errno;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.bpf.ElfVariables.Variable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The maps and programs of a loaded object; it owns their descriptors. */
public final class BpfObject implements AutoCloseable {
  private static final int OPEN_OPTS_BYTES = 80;

  private final String name;
  private final Map<String, BpfMap> maps;
  private final Map<String, BpfProgram> programs;

  private BpfObject(String name, Map<String, BpfMap> maps, Map<String, BpfProgram> programs) {
    this.name = name;
    this.maps = maps;
    this.programs = programs;
  }

  static BpfObject load(BpfSpec spec) {
    LibBpf.listen();
    String words = "";
    @Nullable MemorySegment object = null;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(OPEN_OPTS_BYTES, 8);
      options.set(JAVA_LONG, 0, OPEN_OPTS_BYTES);
      options.set(JAVA_LONG, 8, arena.allocateFrom(spec.name()).address());
      object = LibBpf.open(arena.allocateFrom(JAVA_BYTE, spec.elf()), options);
      if (object == null) {
        int errno = LibBpf.errno();
        words = LibBpf.words();
        throw refused(spec, "open", errno, words);
      }
      prepare(spec, object);
      int result = LibBpf.load(object);
      words = LibBpf.words();
      if (result < 0) {
        throw refused(spec, "load", -result, words);
      }
      return new BpfObject(spec.name(), maps(object), programs(object));
    } finally {
      String _ = LibBpf.words();
      if (object != null) {
        LibBpf.close(object);
      }
    }
  }

  private static void prepare(BpfSpec spec, MemorySegment object) {
    Map<String, MemorySegment> byName = new LinkedHashMap<>();
    for (MemorySegment m : mapHandles(object)) {
      byName.put(LibBpf.mapName(m), m);
    }
    spec.maxEntries()
        .forEach((map, entries) ->
            check(spec, map, LibBpf.setMaxEntries(get(spec, byName, map), entries)));
    spec.reused()
        .forEach((map, existing) ->
            check(spec, map, LibBpf.reuse(get(spec, byName, map), existing.fd())));
    spec.constants()
        .forEach((variable, value) -> {
          Variable v = spec.variable(variable);
          MemorySegment at = LibBpf.initialValue(get(spec, byName, v.section()));
          switch (v.size()) {
            case 1 -> at.set(JAVA_BYTE, v.offset(), (byte) (long) value);
            case 2 -> at.set(JAVA_SHORT_UNALIGNED, v.offset(), (short) (long) value);
            case 4 -> at.set(JAVA_INT_UNALIGNED, v.offset(), (int) (long) value);
            default -> at.set(JAVA_LONG_UNALIGNED, v.offset(), value);
          }
        });
  }

  private static MemorySegment get(BpfSpec spec, Map<String, MemorySegment> maps, String name) {
    MemorySegment map = maps.get(name);
    if (map == null) {
      throw new IllegalArgumentException(spec.name() + " has no map " + name);
    }
    return map;
  }

  private static void check(BpfSpec spec, String map, int result) {
    if (result < 0) {
      throw new SyscallException(
          "libbpf", -result, "prepare the map " + map + " of " + spec.name());
    }
  }

  private static BpfException refused(BpfSpec spec, String step, int errno, String words) {
    String what = "cannot " + step + " the BPF object " + spec.name() + ": ";
    String why =
        switch (errno) {
          case Errno.EPERM ->
              "not permitted. Run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";
          case Errno.EACCES -> "the kernel's verifier refused a program; its words are in the log";
          case Errno.ENOMEM -> "not enough memory for its maps";
          default ->
              Errno.name(errno)
                  + " ("
                  + Errno.text(errno)
                  + "); the kernel may be older than 5.15, which is the least";
        };
    return new BpfException(
        what + why + lastLines(words), words, new SyscallException("bpf", errno, step));
  }

  private static String lastLines(String words) {
    List<String> lines = words.lines().filter(l -> !l.isBlank()).toList();
    if (lines.isEmpty()) {
      return "";
    }
    return "\n  "
        + String.join("\n  ", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
  }

  private static List<MemorySegment> mapHandles(MemorySegment object) {
    List<MemorySegment> handles = new ArrayList<>();
    MemorySegment m = LibBpf.nextMap(object, MemorySegment.NULL);
    while (m != null) {
      handles.add(m);
      m = LibBpf.nextMap(object, m);
    }
    return handles;
  }

  private static Map<String, BpfMap> maps(MemorySegment object) {
    Map<String, BpfMap> maps = new LinkedHashMap<>();
    for (MemorySegment m : mapHandles(object)) {
      maps.put(LibBpf.mapName(m), BpfMap.adopt(Bpf.duplicate(LibBpf.mapFd(m))));
    }
    return maps;
  }

  private static Map<String, BpfProgram> programs(MemorySegment object) {
    Map<String, BpfProgram> programs = new LinkedHashMap<>();
    MemorySegment p = LibBpf.nextProgram(object, MemorySegment.NULL);
    while (p != null) {
      programs.put(LibBpf.programName(p), BpfProgram.adopt(Bpf.duplicate(LibBpf.programFd(p))));
      p = LibBpf.nextProgram(object, p);
    }
    return programs;
  }

  /** The maps by name; those of global variables by section: {@code .rodata}. */
  public Map<String, BpfMap> maps() {
    return Map.copyOf(maps);
  }

  /** A map by name. */
  public BpfMap map(String map) {
    BpfMap found = maps.get(map);
    if (found == null) {
      throw new IllegalArgumentException(name + " has no map " + map);
    }
    return found;
  }

  /** The programs by name. */
  public Map<String, BpfProgram> programs() {
    return Map.copyOf(programs);
  }

  /** A program by name. */
  public BpfProgram program(String program) {
    BpfProgram found = programs.get(program);
    if (found == null) {
      throw new IllegalArgumentException(name + " has no program " + program);
    }
    return found;
  }

  /** Closes every map and program; what is pinned or attached stays in the kernel. */
  @Override
  public void close() {
    programs.values().forEach(BpfProgram::close);
    maps.values().forEach(BpfMap::close);
  }
}
