package dev.sluice.plane.xdp;

import dev.sluice.lab.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code forward.jsonl}: what the kernel's IPVS made of single packets. */
final class ForwardVectors {
  /** Settings stand in their own list, and some only in the note. */
  private static final Pattern SETTING =
      Pattern.compile(
          "\\b(cache_bypass|nat_icmp_send|pmtu_disc|expire_nodest_conn|schedule_icmp|sloppy_tcp"
              + "|conn_reuse_mode|snat_reroute)=(\\d+)");

  private ForwardVectors() {}

  /**
   * A recording.
   *
   * @param config lines as {@code ipvsadm} takes them
   * @param settings of {@code net.ipv4.vs}, by their last word
   * @param continues begins with what the recording before it left
   */
  record Vector(
      String id,
      String note,
      List<String> config,
      Map<String, Integer> settings,
      boolean continues,
      List<Packet> sent,
      List<Packet> emitted) {
    /** Whether the link to the servers was narrow when it was recorded. */
    boolean narrow() {
      return id.startsWith("mtu");
    }

    /** What is not built yet; empty: nothing. */
    Optional<String> obstacle() {
      if (sent.stream().noneMatch(Packet::fragment)
          && emitted.stream().anyMatch(Packet::fragment)) {
        return Optional.of("nothing is fragmented on the way out yet");
      }
      if (note.contains("a router on the way")) {
        return Optional.of("ICMP errors that quote the tunnel's packet are not carried yet");
      }
      if (id.equals("udp-masq-nocsum")) {
        return Optional.of("an absent UDP checksum stays absent");
      }
      return Optional.empty();
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /**
   * A packet, from its IP header on.
   *
   * @param server sent by a server, or towards the servers; else the client's
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Packet(boolean server, byte[] ip, String decoded) {
    boolean fragment() {
      return ip[0] >> 4 == 4 && ((ip[6] & 0x3f) != 0 || ip[7] != 0);
    }

    boolean icmpError() {
      return ip[0] >> 4 == 4
          ? ip[9] == 1 && ip[20] != 0 && ip[20] != 8
          : ip[6] == 58 && ip[40] >= 0;
    }
  }

  static List<Vector> read(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> !line.isBlank())
          .map(line -> vector(Json.parse(line)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static Vector vector(Json line) {
    Map<String, Integer> settings = new HashMap<>();
    String note = line.get("note").text();
    settings(note, settings);
    line.get("sysctl").items().forEach(s -> settings(s.text(), settings));
    return new Vector(
        line.get("id").text(),
        note,
        line.get("config").items().stream().map(Json::text).toList(),
        settings,
        Boolean.TRUE.equals(line.get("keeps_previous_state").value()),
        line.get("sent").items().stream().map(p -> packet(p, "by", "ip_hex", 0)).toList(),
        line.get("director_emits").items().stream()
            .map(p -> packet(p, "to", "eth_hex", 14))
            .toList());
  }

  private static void settings(String text, Map<String, Integer> into) {
    var found = SETTING.matcher(text);
    while (found.find()) {
      into.put(found.group(1), Integer.parseInt(found.group(2)));
    }
  }

  private static Packet packet(Json json, String side, String hex, int skip) {
    byte[] bytes = HexFormat.of().parseHex(json.get(hex).text());
    return new Packet(
        json.get(side).text().startsWith("server"),
        java.util.Arrays.copyOfRange(bytes, skip, bytes.length),
        json.get("decoded").text());
  }
}
