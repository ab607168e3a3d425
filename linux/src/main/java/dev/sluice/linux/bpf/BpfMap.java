package dev.sluice.linux.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.linux.Errno;
import dev.sluice.linux.SyscallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** A map in the kernel, by a descriptor that this object owns. */
public final class BpfMap implements AutoCloseable {
  /** Map flag: the values can be mapped into memory. */
  public static final int MMAPABLE = 1 << 10;

  private final int fd;
  private final MapInfo info;
  private final Arena arena = Arena.ofShared();

  private BpfMap(int fd, MapInfo info) {
    this.fd = fd;
    this.info = info;
  }

  /** What the kernel says a map is; equal shapes can stand for each other. */
  public record MapInfo(
      int type, int id, int keySize, int valueSize, int maxEntries, int flags, String name) {
    /** Whether programs compiled for one work with the other. The number of entries may differ. */
    public boolean sameShape(MapInfo other) {
      return type == other.type
          && keySize == other.keySize
          && valueSize == other.valueSize
          && flags == other.flags;
    }
  }

  /**
   * A new map.
   *
   * @param name at most 15 characters
   */
  public static BpfMap create(
      MapType type, String name, int keySize, int valueSize, int maxEntries, int flags) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, type.number())
        .putInt(4, keySize)
        .putInt(8, valueSize)
        .putInt(12, maxEntries)
        .putInt(16, flags);
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, call.attr, 28, Math.min(bytes.length, 15));
    return adopt(call.bpf(Bpf.MAP_CREATE, "create the BPF map " + name));
  }

  /** Takes over a descriptor; closes it when it is not a map's. */
  public static BpfMap adopt(int fd) {
    try {
      MemorySegment i = Bpf.info(fd, "read the description of a BPF map");
      return new BpfMap(
          fd,
          new MapInfo(
              i.get(JAVA_INT, 0),
              i.get(JAVA_INT, 4),
              i.get(JAVA_INT, 8),
              i.get(JAVA_INT, 12),
              i.get(JAVA_INT, 16),
              i.get(JAVA_INT, 20),
              Bpf.fixedString(i, 24, 16)));
    } catch (RuntimeException e) {
      Bpf.close(fd);
      throw e;
    }
  }

  /** The descriptor; this object closes it. */
  public int fd() {
    return fd;
  }

  /** The kernel's description. */
  public MapInfo info() {
    return info;
  }

  /** Bytes from one value of a mapped array to the next. */
  public long stride() {
    return (info.valueSize + 7L) & ~7L;
  }

  /**
   * The values of an array made with {@link #MMAPABLE}: what Java writes, programs see, and the
   * reverse. Readable and writable until {@link #close}.
   */
  public MemorySegment mmap() {
    return Bpf.map(fd, stride() * info.maxEntries, arena, "the BPF map " + info.name);
  }

  /**
   * The value of an array's element.
   *
   * @param value room for {@code valueSize} bytes, of a per-CPU array {@link #perCpuBytes}
   */
  public void lookup(int index, MemorySegment value) {
    Bpf.Call call = Bpf.call();
    call.key.set(JAVA_INT, 0, index);
    if (!lookup(call, value)) {
      throw new SyscallException(
          "bpf", Errno.ENOENT, "read element " + index + " of the BPF map " + info.name);
    }
  }

  /** The value of a key; false when it is not there. */
  public boolean lookup(MemorySegment key, MemorySegment value) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, fd).putAddress(8, key).putAddress(16, value);
    return answered(call.bpf(Bpf.MAP_LOOKUP));
  }

  private boolean lookup(Bpf.Call call, MemorySegment value) {
    call.putInt(0, fd).putAddress(8, call.key).putAddress(16, value);
    return answered(call.bpf(Bpf.MAP_LOOKUP));
  }

  private boolean answered(int result) {
    if (result == -Errno.ENOENT) {
      return false;
    }
    if (result < 0) {
      throw Bpf.failure(-result, "read the BPF map " + info.name);
    }
    return true;
  }

  /** Sets an array's element; of a per-CPU array on every CPU. */
  public void update(int index, MemorySegment value) {
    Bpf.Call call = Bpf.call();
    call.key.set(JAVA_INT, 0, index);
    call.putInt(0, fd).putAddress(8, call.key).putAddress(16, value);
    call.bpf(Bpf.MAP_UPDATE, "write element " + index + " of the BPF map " + info.name);
  }

  /** Sets the value of a key. */
  public void update(MemorySegment key, MemorySegment value) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, fd).putAddress(8, key).putAddress(16, value);
    call.bpf(Bpf.MAP_UPDATE, "write the BPF map " + info.name);
  }

  /** Takes a key out; false when it is not there. */
  public boolean delete(MemorySegment key) {
    Bpf.Call call = Bpf.call();
    call.putInt(0, fd).putAddress(8, key);
    return answered(call.bpf(Bpf.MAP_DELETE));
  }

  /**
   * Many values at once, from the first on.
   *
   * @param keys room for {@code limit} keys
   * @param values room for {@code limit} values
   * @return how many were read
   */
  public int lookupBatch(MemorySegment keys, MemorySegment values, int limit) {
    Bpf.Call call = Bpf.call();
    call.putLong(0, 0)
        .putAddress(8, call.key)
        .putAddress(16, keys)
        .putAddress(24, values)
        .putInt(32, limit)
        .putInt(36, fd);
    int result = call.bpf(Bpf.MAP_LOOKUP_BATCH);
    if (result < 0 && result != -Errno.ENOENT) {
      throw Bpf.failure(-result, "read the BPF map " + info.name);
    }
    return call.getInt(32);
  }

  /** Bytes that one element of a per-CPU map takes for all CPUs. */
  public long perCpuBytes() {
    return stride() * LibBpf.possibleCpus();
  }

  /**
   * The sum over all CPUs of the 64-bit words of a per-CPU array's element.
   *
   * @param buffer {@link #perCpuBytes}, aligned to 8
   */
  public long[] sumPerCpu(int index, MemorySegment buffer) {
    lookup(index, buffer);
    long[] sums = new long[info.valueSize / 8];
    int cpus = LibBpf.possibleCpus();
    for (int cpu = 0; cpu < cpus; cpu++) {
      for (int word = 0; word < sums.length; word++) {
        sums[word] += buffer.get(JAVA_LONG, cpu * stride() + word * 8L);
      }
    }
    return sums;
  }

  /** Another object for the same map. */
  public BpfMap duplicate() {
    return new BpfMap(Bpf.duplicate(fd), info);
  }

  /** Unmaps the memory and closes the descriptor; a pin or a program keeps the map alive. */
  @Override
  public void close() {
    arena.close();
    Bpf.close(fd);
  }
}
