package dev.sluice.plane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.plane.xdp.ForwardVectors.Packet;
import dev.sluice.plane.xdp.ForwardVectors.Vector;
import java.util.HexFormat;
import java.util.List;

/**
 * Compares packets with recorded ones byte by byte, but for what nobody can repeat: ids that the
 * director makes up, the source port of GUE, flow labels; and for what we do better on purpose
 * (lvs.md h): the checksum of a quoted packet, the first path MTU. Checksums that cover such a
 * field must be right.
 */
final class ForwardCompare {
  private static final int ICMP = 1;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int ICMPV6 = 58;

  private final Vector vector;

  ForwardCompare(Vector vector) {
    this.vector = vector;
  }

  void compare(String side, List<byte[]> heard, List<Packet> expected) {
    assertThat(heard)
        .as(
            "%s: packets to the %s side; expected %s; got %s",
            vector.id(),
            side,
            expected.stream().map(Packet::decoded).toList(),
            heard.stream().map(ForwardCompare::hex).toList())
        .hasSameSizeAs(expected);
    for (int i = 0; i < heard.size(); i++) {
      byte[] e = expected.get(i).ip().clone();
      byte[] a = heard.get(i).clone();
      if (a.length == e.length) {
        level(a, e, expected.get(i).decoded());
      }
      assertThat(hex(a))
          .as("%s: packet %d to the %s side, %s", vector.id(), i, side, expected.get(i).decoded())
          .isEqualTo(hex(e));
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Takes over what may differ, once it is consistent in itself. */
  private void level(byte[] a, byte[] e, String decoded) {
    boolean v6 = (e[0] & 0xff) >> 4 == 6;
    int l4 = v6 ? 40 : 20;
    int protocol = v6 ? e[6] : e[9];
    if (v6) {
      if (protocol == ICMPV6 && word(e, 2) != 0) {
        System.arraycopy(e, 1, a, 1, 3);
      }
    } else {
      assertThat(fold(sum(a, 0, 20, 0))).as("IP checksum of " + hex(a)).isEqualTo(0xffff);
      if (word(e, 4) != 0 && isNew(word(e, 4))) {
        System.arraycopy(e, 4, a, 4, 2);
        System.arraycopy(e, 10, a, 10, 2);
      }
    }
    if (decoded.contains("GUE") && protocol == UDP) {
      if (word(e, l4 + 6) != 0) {
        assertRight(a, v6, l4, protocol);
        System.arraycopy(e, l4 + 6, a, l4 + 6, 2);
      }
      System.arraycopy(e, l4, a, l4, 2);
    }
    if ((protocol == ICMP && e[l4] != 0 && e[l4] != 8) || (protocol == ICMPV6 && e[l4] >= 0)) {
      levelError(a, e, v6, l4, protocol);
    }
  }

  private void levelError(byte[] a, byte[] e, boolean v6, int l4, int protocol) {
    assertRight(a, v6, l4, protocol);
    int quoted = l4 + 8 + (v6 ? 40 : 20);
    int inner = v6 ? e[l4 + 8 + 6] : e[l4 + 8 + 9];
    int check = quoted + (inner == TCP ? 16 : 6);
    boolean other = false;
    if ((inner == TCP || inner == UDP)
        && check + 2 <= e.length
        && word(a, check) != word(e, check)) {
      System.arraycopy(e, check, a, check, 2);
      other = true;
    }
    if (vector.note().contains("a router on the way") && word(a, l4 + 6) != word(e, l4 + 6)) {
      assertThat(word(a, l4 + 6)).as("path MTU, less the tunnel").isEqualTo(1280);
      System.arraycopy(e, l4 + 6, a, l4 + 6, 2);
      other = true;
    }
    if (other) {
      System.arraycopy(e, l4 + 2, a, l4 + 2, 2);
    }
  }

  private static void assertRight(byte[] ip, boolean v6, int l4, int protocol) {
    int pseudo = 0;
    if (v6) {
      pseudo = sum(ip, 8, 40, protocol + ip.length - l4);
    } else if (protocol != ICMP) {
      pseudo = sum(ip, 12, 20, protocol + ip.length - l4);
    }
    assertThat(fold(sum(ip, l4, ip.length, pseudo)))
        .as("checksum of protocol %d in %s", protocol, hex(ip))
        .isEqualTo(0xffff);
  }

  /** An id that no packet brought along. */
  private boolean isNew(int id) {
    return vector.sent().stream()
        .map(Packet::ip)
        .filter(ip -> (ip[0] & 0xff) >> 4 == 4)
        .noneMatch(ip -> word(ip, 4) == id);
  }

  private static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  private static int sum(byte[] bytes, int from, int to, int start) {
    int sum = start;
    for (int i = from; i < to; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (i + 1 < to ? bytes[i + 1] & 0xff : 0);
    }
    return sum;
  }

  private static int fold(int sum) {
    int folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return folded;
  }
}
