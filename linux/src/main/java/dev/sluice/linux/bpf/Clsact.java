package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.Errno;
import dev.sluice.linux.Sys;
import dev.sluice.linux.SyscallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * A program at the ingress of a clsact queueing discipline, for kernels before tcx. It stays with
 * the device, whoever made it; our filter is the one with this handle and priority.
 */
public final class Clsact {
  private static final SymbolLookup LIBRARY =
      SymbolLookup.libraryLookup("libbpf.so.1", Arena.global());
  private static final FunctionDescriptor TWO = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle HOOK_CREATE =
      Sys.bind(LIBRARY, "bpf_tc_hook_create", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ATTACH = Sys.bind(LIBRARY, "bpf_tc_attach", TWO);
  private static final MethodHandle DETACH = Sys.bind(LIBRARY, "bpf_tc_detach", TWO);
  private static final MethodHandle QUERY = Sys.bind(LIBRARY, "bpf_tc_query", TWO);

  private static final int HOOK_BYTES = 24;
  private static final int OPTS_BYTES = 32;
  private static final int INGRESS = 1;
  private static final int HANDLE = 0x51c;
  private static final int PRIORITY = 0x51c;
  private static final int REPLACE = 1;

  private Clsact() {}

  /** Attaches; a filter of ours that is there already is replaced without a gap. */
  public static void attachIngress(BpfProgram program, int ifindex) {
    String attempt = "attach to clsact ingress of the device with index " + ifindex;
    try (Arena arena = Arena.ofConfined()) {
      Sys.CallState state = Sys.CallState.in(arena);
      MemorySegment hook = hook(arena, ifindex);
      int result = (int) HOOK_CREATE.invokeExact(state.state(), hook);
      if (result < 0 && result != -Errno.EEXIST) {
        throw new SyscallException("netlink", -result, attempt);
      }
      MemorySegment opts = opts(arena);
      opts.set(JAVA_INT, 8, program.fd());
      opts.set(JAVA_INT, 12, REPLACE);
      result = (int) ATTACH.invokeExact(state.state(), hook, opts);
      if (result < 0) {
        throw new SyscallException("netlink", -result, attempt);
      }
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Takes our filter away; false when there is none. */
  public static boolean detachIngress(int ifindex) {
    try (Arena arena = Arena.ofConfined()) {
      Sys.CallState state = Sys.CallState.in(arena);
      int result = (int) DETACH.invokeExact(state.state(), hook(arena, ifindex), opts(arena));
      return result == 0;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  /** Whether our filter is there. */
  public static boolean attachedIngress(int ifindex) {
    try (Arena arena = Arena.ofConfined()) {
      Sys.CallState state = Sys.CallState.in(arena);
      int result = (int) QUERY.invokeExact(state.state(), hook(arena, ifindex), opts(arena));
      return result == 0;
    } catch (Throwable t) {
      throw Sys.rethrow(t);
    }
  }

  private static MemorySegment hook(Arena arena, int ifindex) {
    MemorySegment hook = arena.allocate(HOOK_BYTES, 8);
    hook.set(JAVA_LONG, 0, HOOK_BYTES);
    hook.set(JAVA_INT, 8, ifindex);
    hook.set(JAVA_INT, 12, INGRESS);
    return hook;
  }

  private static MemorySegment opts(Arena arena) {
    MemorySegment opts = arena.allocate(OPTS_BYTES, 8);
    opts.set(JAVA_LONG, 0, OPTS_BYTES);
    opts.set(JAVA_INT, 20, HANDLE);
    opts.set(JAVA_INT, 24, PRIORITY);
    return opts;
  }
}
