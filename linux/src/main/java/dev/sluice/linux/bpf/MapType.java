package dev.sluice.linux.bpf;

/** The kernel's map types that we use, with their number in {@code enum bpf_map_type}. */
public enum MapType {
  HASH(1),
  ARRAY(2),
  PROG_ARRAY(3),
  PERCPU_ARRAY(6),
  LRU_HASH(9),
  LPM_TRIE(11),
  RINGBUF(27);

  private final int number;

  MapType(int number) {
    this.number = number;
  }

  /** The kernel's number. */
  public int number() {
    return number;
  }
}
