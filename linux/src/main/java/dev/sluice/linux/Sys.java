package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The one place that talks to the linker. Public for the sibling package only: the module exports
 * nothing that needs it.
 */
public final class Sys {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(groupElement("errno"));

  private Sys() {}

  /** Where a thread's calls leave errno: one per owner (a loop, a socket), never one per call. */
  public record CallState(MemorySegment state) {
    /** A fresh one that lives as long as the arena. */
    public static CallState in(Arena arena) {
      return new CallState(arena.allocate(STATE));
    }

    /** The errno that the last call left. */
    public int errno() {
      return (int) ERRNO.get(state, 0L);
    }

    /** The kernel's own convention: a result, or {@code -errno}. */
    public long or(long result) {
      return result < 0 ? -errno() : result;
    }

    /** A result, or the exception that names the call. */
    public long orThrow(long result, String call, String attempt) {
      if (result < 0) {
        throw new SyscallException(call, errno(), attempt);
      }
      return result;
    }
  }

  /** A function of the C library that sets errno; its first argument becomes the call state. */
  public static MethodHandle bind(String name, FunctionDescriptor type, Linker.Option... more) {
    return bind(LINKER.defaultLookup(), name, type, more);
  }

  /** As {@link #bind}, for a function that not every C library has; null: this one does not. */
  public static @Nullable MethodHandle bindIfPresent(String name, FunctionDescriptor type) {
    return LINKER.defaultLookup().find(name).isPresent() ? bind(name, type) : null;
  }

  /** A function of another library that sets errno. */
  public static MethodHandle bind(
      SymbolLookup library, String name, FunctionDescriptor type, Linker.Option... more) {
    Linker.Option[] options = new Linker.Option[more.length + 1];
    options[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(more, 0, options, 1, more.length);
    return LINKER.downcallHandle(library.findOrThrow(name), type, options);
  }

  /** A Java method as a C function pointer; an exception in it would end the JVM. */
  public static MemorySegment upcall(MethodHandle target, FunctionDescriptor type, Arena arena) {
    return LINKER.upcallStub(target, type, arena);
  }

  /** For the catch that {@code invokeExact} asks for: passes on what we threw. */
  public static RuntimeException rethrow(Throwable t) {
    if (t instanceof RuntimeException e) {
      throw e;
    }
    if (t instanceof Error e) {
      throw e;
    }
    throw new AssertionError("a downcall threw", t);
  }
}
