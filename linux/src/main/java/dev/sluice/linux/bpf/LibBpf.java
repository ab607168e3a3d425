package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** {@code libbpf.so.1}: the functions that loading needs, and its log. */
final class LibBpf {
  private static final System.Logger LOG = System.getLogger("dev.sluice.linux.bpf");

  private static final SymbolLookup LIBRARY = library();

  private static final MethodHandle OPEN_MEM =
      bind("bpf_object__open_mem", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle LOAD =
      bind("bpf_object__load", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle CLOSE =
      bind("bpf_object__close", FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle NEXT_MAP =
      bind("bpf_object__next_map", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle NEXT_PROGRAM =
      bind("bpf_object__next_program", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle MAP_NAME =
      bind("bpf_map__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
  private static final MethodHandle MAP_FD =
      bind("bpf_map__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle MAP_SET_MAX_ENTRIES =
      bind("bpf_map__set_max_entries", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle MAP_REUSE_FD =
      bind("bpf_map__reuse_fd", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle MAP_INITIAL_VALUE =
      bind("bpf_map__initial_value", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle PROGRAM_NAME =
      bind("bpf_program__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
  private static final MethodHandle PROGRAM_FD =
      bind("bpf_program__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle SET_PRINT =
      bind("libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS));
  private static final MethodHandle POSSIBLE_CPUS =
      bind("libbpf_num_possible_cpus", FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle VSNPRINTF =
      Sys.bind("vsnprintf", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

  private static final int LINE_BYTES = 1 << 20;
  private static final ThreadLocal<Context> CONTEXT = ThreadLocal.withInitial(Context::new);
  private static final int CPUS = installPrintAndCountCpus();

  private LibBpf() {}

  /** What one thread's calls need, and the words of the load that it is in. */
  private static final class Context {
    final Arena arena = Arena.ofAuto();
    final Sys.CallState state = Sys.CallState.in(arena);
    final MemorySegment size = arena.allocate(JAVA_LONG);
    @Nullable StringBuilder words;
  }

  private static SymbolLookup library() {
    try {
      return SymbolLookup.libraryLookup("libbpf.so.1", Arena.global());
    } catch (IllegalArgumentException e) {
      throw new BpfException(
          "cannot load libbpf.so.1; install the package libbpf1 (Debian) or libbpf (Fedora)", e);
    }
  }

  private static MethodHandle bind(String name, FunctionDescriptor type) {
    return Sys.bind(LIBRARY, name, type);
  }

  private static int installPrintAndCountCpus() {
    try {
      MethodHandle print =
          MethodHandles.lookup()
              .findStatic(
                  LibBpf.class,
                  "print",
                  MethodType.methodType(
                      int.class, int.class, MemorySegment.class, MemorySegment.class));
      MemorySegment stub =
          Sys.upcall(
              print, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), Arena.global());
      Context context = CONTEXT.get();
      MemorySegment _ = (MemorySegment) SET_PRINT.invokeExact(context.state.state(), stub);
      return (int) POSSIBLE_CPUS.invokeExact(context.state.state());
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** libbpf's log: an exception here would end the JVM. */
  @SuppressWarnings("unused") // called from C
  private static int print(int level, MemorySegment format, MemorySegment arguments) {
    try {
      Context context = CONTEXT.get();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment line = arena.allocate(LINE_BYTES);
        int _ =
            (int)
                VSNPRINTF.invokeExact(
                    context.state.state(), line, (long) LINE_BYTES, format, arguments);
        String text = line.getString(0);
        StringBuilder words = context.words;
        if (words != null && level <= 1) {
          words.append(text);
        } else {
          LOG.log(
              level == 0 ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
              text.stripTrailing());
        }
      }
    } catch (Throwable t) {
      LOG.log(System.Logger.Level.WARNING, "a line of libbpf's log was lost", t);
    }
    return 0;
  }

  static int possibleCpus() {
    return CPUS;
  }

  /** Collects libbpf's words until {@link #words}. */
  static void listen() {
    CONTEXT.get().words = new StringBuilder();
  }

  static String words() {
    Context context = CONTEXT.get();
    StringBuilder words = context.words;
    context.words = null;
    return words == null ? "" : words.toString();
  }

  /** Null when it failed; then {@link #errno}. */
  static @Nullable MemorySegment open(MemorySegment elf, MemorySegment options) {
    try {
      MemorySegment object =
          (MemorySegment)
              OPEN_MEM.invokeExact(CONTEXT.get().state.state(), elf, elf.byteSize(), options);
      return object.address() == 0 ? null : object;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  static int errno() {
    return CONTEXT.get().state.errno();
  }

  /** 0 or {@code -errno}. */
  static int load(MemorySegment object) {
    try {
      return (int) LOAD.invokeExact(CONTEXT.get().state.state(), object);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  static void close(MemorySegment object) {
    try {
      CLOSE.invokeExact(CONTEXT.get().state.state(), object);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** The map after {@code previous} (NULL: the first), or null. */
  static @Nullable MemorySegment nextMap(MemorySegment object, MemorySegment previous) {
    return next(true, object, previous);
  }

  /** The program after {@code previous} (NULL: the first), or null. */
  static @Nullable MemorySegment nextProgram(MemorySegment object, MemorySegment previous) {
    return next(false, object, previous);
  }

  private static @Nullable MemorySegment next(
      boolean map, MemorySegment object, MemorySegment previous) {
    MemorySegment state = CONTEXT.get().state.state();
    try {
      MemorySegment found =
          map
              ? (MemorySegment) NEXT_MAP.invokeExact(state, object, previous)
              : (MemorySegment) NEXT_PROGRAM.invokeExact(state, object, previous);
      return found.address() == 0 ? null : found;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** The map's name; of a section with global variables the section's: {@code .rodata}. */
  static String mapName(MemorySegment map) {
    try {
      MemorySegment name = (MemorySegment) MAP_NAME.invokeExact(CONTEXT.get().state.state(), map);
      String text = name.reinterpret(256).getString(0);
      return text.substring(Math.max(0, text.indexOf('.')));
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  static String programName(MemorySegment program) {
    try {
      MemorySegment name =
          (MemorySegment) PROGRAM_NAME.invokeExact(CONTEXT.get().state.state(), program);
      return name.reinterpret(256).getString(0);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  static int mapFd(MemorySegment map) {
    try {
      return (int) MAP_FD.invokeExact(CONTEXT.get().state.state(), map);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  static int programFd(MemorySegment program) {
    try {
      return (int) PROGRAM_FD.invokeExact(CONTEXT.get().state.state(), program);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  static int setMaxEntries(MemorySegment map, int entries) {
    try {
      return (int) MAP_SET_MAX_ENTRIES.invokeExact(CONTEXT.get().state.state(), map, entries);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  static int reuse(MemorySegment map, int fd) {
    try {
      return (int) MAP_REUSE_FD.invokeExact(CONTEXT.get().state.state(), map, fd);
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** The initial contents of a section that becomes a map; before loading only. */
  static MemorySegment initialValue(MemorySegment map) {
    Context context = CONTEXT.get();
    try {
      MemorySegment value =
          (MemorySegment) MAP_INITIAL_VALUE.invokeExact(context.state.state(), map, context.size);
      return value.reinterpret(context.size.get(JAVA_LONG, 0));
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }
}
