package dev.sluice.linux.bpf;

import dev.sluice.linux.bpf.ElfVariables.Variable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A compiled object and what shall be different when it is loaded: sizes of maps, values of
 * constants, maps that exist already. A value; nothing of it is in the kernel before {@link #load}.
 */
public final class BpfSpec {
  private final String name;
  private final byte[] elf;
  private final Map<String, Variable> variables;
  private final Map<String, Integer> maxEntries;
  private final Map<String, Long> constants;
  private final Map<String, BpfMap> reused;

  private BpfSpec(
      String name,
      byte[] elf,
      Map<String, Variable> variables,
      Map<String, Integer> maxEntries,
      Map<String, Long> constants,
      Map<String, BpfMap> reused) {
    this.name = name;
    this.elf = elf;
    this.variables = variables;
    this.maxEntries = maxEntries;
    this.constants = constants;
    this.reused = reused;
  }

  /**
   * A spec of an object file.
   *
   * @param name what the kernel shows; its first characters prefix the maps of global variables
   * @throws BpfException when the bytes are not an ELF object
   */
  public static BpfSpec of(String name, byte[] elf) {
    return new BpfSpec(
        name, elf.clone(), ElfVariables.read(elf, name), Map.of(), Map.of(), Map.of());
  }

  /** With a map of this many entries. */
  public BpfSpec withMaxEntries(String map, int entries) {
    return new BpfSpec(name, elf, variables, plus(maxEntries, map, entries), constants, reused);
  }

  /**
   * With another initial value of a global variable of 1, 2, 4 or 8 bytes; for {@code const
   * volatile} ones the verifier then takes it as a constant.
   *
   * @throws IllegalArgumentException when the object has no such variable
   */
  public BpfSpec withConstant(String variable, long value) {
    Variable v = variables.get(variable);
    if (v == null || (v.size() != 1 && v.size() != 2 && v.size() != 4 && v.size() != 8)) {
      throw new IllegalArgumentException(name + " has no integer variable " + variable);
    }
    return new BpfSpec(name, elf, variables, maxEntries, plus(constants, variable, value), reused);
  }

  /** With an existing map in place of a new one; its size counts, not the spec's. */
  public BpfSpec withMap(String map, BpfMap existing) {
    return new BpfSpec(name, elf, variables, maxEntries, constants, plus(reused, map, existing));
  }

  private static <V> Map<String, V> plus(Map<String, V> map, String key, V value) {
    Map<String, V> copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return copy;
  }

  /**
   * Loads it: creates maps, relocates, passes the verifier.
   *
   * @throws BpfException when the kernel refused; {@link BpfException#log} has the verifier's words
   */
  public BpfObject load() {
    return BpfObject.load(this);
  }

  String name() {
    return name;
  }

  byte[] elf() {
    return elf;
  }

  Map<String, Integer> maxEntries() {
    return maxEntries;
  }

  Map<String, Long> constants() {
    return constants;
  }

  Map<String, BpfMap> reused() {
    return reused;
  }

  Variable variable(String variable) {
    Variable v = variables.get(variable);
    if (v == null) {
      throw new IllegalArgumentException(name + " has no variable " + variable);
    }
    return v;
  }

  /** Whether the programs use a map of this name. */
  public boolean hasMap(String map) {
    return variables.containsKey(map);
  }

  /** Offset of a global variable in the map of its section. */
  public int offsetOf(String variable) {
    return variable(variable).offset();
  }
}
