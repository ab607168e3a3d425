package dev.sluice.cli.realserver;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * What {@code realserver add} changed and the last {@code remove} undoes. Kept in the state
 * directory as lines of words, because an operator may want to read it.
 *
 * @param bootId the start of the machine it belongs to
 * @param vips those that stand on lo
 * @param sysctls by dotted name, in the order they were changed
 * @param links those we set up
 */
record Memory(
    String bootId,
    SequencedSet<InetAddress> vips,
    Map<String, Change> sysctls,
    SequencedSet<String> links) {

  /** A sysctl's value before us, and ours. */
  record Change(String former, String ours) {}

  /** Nothing changed yet. */
  static Memory empty(String bootId) {
    return new Memory(bootId, new LinkedHashSet<>(), new LinkedHashMap<>(), new LinkedHashSet<>());
  }

  /** Whether there is nothing to undo. */
  boolean isEmpty() {
    return vips.isEmpty() && sysctls.isEmpty() && links.isEmpty();
  }

  /** The file's lines. */
  List<String> toLines() {
    List<String> lines = new ArrayList<>();
    lines.add("# what 'sluice realserver add' changed; the last 'remove' undoes it");
    lines.add("boot " + bootId);
    vips.forEach(vip -> lines.add("vip " + vip.getHostAddress()));
    sysctls.forEach((name, c) -> lines.add("sysctl " + name + " " + c.former() + " " + c.ours()));
    links.forEach(link -> lines.add("link " + link));
    return lines;
  }

  /** A memory of another start of the machine is empty: the settings died with it. */
  static Memory fromLines(List<String> lines, String bootId) {
    Memory memory = empty(bootId);
    boolean ours = false;
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "boot" -> ours = words.length == 2 && words[1].equals(bootId);
        case "vip" -> {
          if (words.length == 2) {
            memory.vips.add(InetAddress.ofLiteral(words[1]));
          }
        }
        case "sysctl" -> {
          if (words.length == 4) {
            memory.sysctls.put(words[1], new Change(words[2], words[3]));
          }
        }
        case "link" -> {
          if (words.length == 2) {
            memory.links.add(words[1]);
          }
        }
        default -> {
          // A comment.
        }
      }
    }
    return ours ? memory : empty(bootId);
  }
}
