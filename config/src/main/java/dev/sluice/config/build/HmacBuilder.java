package dev.sluice.config.build;

import dev.sluice.config.model.HmacAuthentication;
import dev.sluice.config.model.HmacAuthentication.Mode;
import dev.sluice.config.table.Args;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code auth_hmac} while it is read, and its table. */
final class HmacBuilder {
  static final Block<HmacBuilder> TABLE = Block.named("auth_hmac");

  final List<HmacAuthentication.Key> keys = new ArrayList<>();
  int activeKey;
  @Nullable Duration timeWindow;
  boolean byTime = true;
  Mode mode = Mode.ENFORCE;

  HmacAuthentication build(Duration advertInterval, boolean strict) {
    Duration window = timeWindow;
    if (window == null) {
      long seconds = Math.min(300, Math.max(5, 3 * advertInterval.toSeconds()));
      window = Duration.ofSeconds(seconds);
    }
    return new HmacAuthentication(keys, activeKey, window, byTime, strict ? Mode.ENFORCE : mode);
  }

  boolean activeKeyKnown() {
    return keys.stream().anyMatch(key -> key.id() == activeKey);
  }

  private static void key(HmacBuilder b, Long id, Args args) {
    Word word = args.require("key material");
    if (word == null) {
      return;
    }
    int length = length(word.text());
    if (length >= 0 && (length < 32 || length > 64)) {
      args.invalid(
          word,
          "key-length",
          "a key has 32 to 64 bytes, this one " + length,
          "openssl rand -hex 32 makes one: hex:…");
      return;
    }
    if (b.keys.stream().anyMatch(key -> key.id() == id)) {
      args.invalid(word, "duplicate", "key " + id + " is given a second time", "");
      return;
    }
    b.keys.add(new HmacAuthentication.Key(id.intValue(), word.text()));
  }

  /** Bytes of the material; -1 where it lies in a file. */
  private static int length(String material) {
    if (material.startsWith("file:")) {
      return -1;
    }
    if (material.startsWith("hex:")) {
      return material.substring(4).matches("([0-9a-fA-F]{2})*") ? (material.length() - 4) / 2 : 0;
    }
    return material.getBytes(StandardCharsets.UTF_8).length;
  }

  private static <T> Map<String, T> ordered(String a, T va, String b, T vb) {
    Map<String, T> map = new LinkedHashMap<>();
    map.put(a, va);
    map.put(b, vb);
    return map;
  }

  static {
    TABLE
        .rowAt(
            "key",
            Types.samples(
                Types.integer(1, 255),
                List.of("1 0123456789abcdef0123456789abcdef"),
                List.of("0 0123456789abcdef0123456789abcdef", "1 short", "1 hex:00")),
            HmacBuilder::key)
        .meaning(
            "ID MATERIAL: plain text, hex:… or file:PATH, 32 to 64 bytes; several for rotation.");
    TABLE
        .row("active_key", Types.integer(1, 255), (b, v) -> b.activeKey = v.intValue())
        .meaning("The key used for sending.");
    TABLE
        .row("time_window", Types.integer(1, 300), (b, v) -> b.timeWindow = Duration.ofSeconds(v))
        .standard("3 × advert_int, at least 5,")
        .meaning("Seconds a clock may differ.");
    TABLE
        .row(
            "anti_replay",
            Types.oneOf(ordered("time", true, "monotonic", false)),
            (b, v) -> b.byTime = v)
        .standard("time")
        .meaning("How repeated adverts are recognised.");
    Map<String, Mode> modes = ordered("enforce", Mode.ENFORCE, "permissive", Mode.PERMISSIVE);
    modes.put("receive-only", Mode.RECEIVE_ONLY);
    TABLE
        .row("mode", Types.oneOf(modes), (b, v) -> b.mode = v)
        .standard("enforce")
        .meaning("What happens with adverts that carry no HMAC.");
  }
}
