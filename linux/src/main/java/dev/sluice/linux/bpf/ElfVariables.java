package dev.sluice.linux.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The global variables of a compiled object: the symbol table of a little-endian 64-bit ELF. */
final class ElfVariables {
  private static final int SHT_SYMTAB = 2;
  private static final int STT_OBJECT = 1;
  private static final int SECTION_HEADER_BYTES = 64;
  private static final int SYMBOL_BYTES = 24;

  private ElfVariables() {}

  /** Where a variable lies. */
  record Variable(String section, int offset, int size) {}

  /**
   * Variables by name.
   *
   * @throws BpfException when the bytes are not an ELF object
   */
  static Map<String, Variable> read(byte[] elf, String name) {
    try {
      return readSymbols(ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new BpfException(name + " is not a BPF object file (a 64-bit ELF)", e);
    }
  }

  private static Map<String, Variable> readSymbols(ByteBuffer elf) {
    if (elf.getInt(0) != 0x464c457f || elf.get(4) != 2 || elf.get(5) != 1) {
      throw new IllegalArgumentException("no ELF header");
    }
    int sections = Math.toIntExact(elf.getLong(40));
    int count = elf.getShort(60);
    int names = Math.toIntExact(elf.getLong(header(sections, elf.getShort(62)) + 24));
    Map<String, Variable> variables = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      int at = header(sections, i);
      if (elf.getInt(at + 4) != SHT_SYMTAB) {
        continue;
      }
      int start = Math.toIntExact(elf.getLong(at + 24));
      int end = start + Math.toIntExact(elf.getLong(at + 32));
      int strings = Math.toIntExact(elf.getLong(header(sections, elf.getInt(at + 40)) + 24));
      for (int s = start; s < end; s += SYMBOL_BYTES) {
        int section = elf.getShort(s + 6) & 0xffff;
        if ((elf.get(s + 4) & 0xf) == STT_OBJECT && section < count) {
          variables.put(
              string(elf, strings + elf.getInt(s)),
              new Variable(
                  string(elf, names + elf.getInt(header(sections, section))),
                  Math.toIntExact(elf.getLong(s + 8)),
                  Math.toIntExact(elf.getLong(s + 16))));
        }
      }
    }
    return variables;
  }

  private static int header(int sections, int index) {
    return sections + index * SECTION_HEADER_BYTES;
  }

  private static String string(ByteBuffer elf, int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - at];
    elf.get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
