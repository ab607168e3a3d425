package dev.sluice.cli;

import io.avaje.json.mapper.JsonMapper;
import io.avaje.json.stream.JsonStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a status answer as JSON, under the names they have there. Works on the text's own tree,
 * so a field this command does not know yet is kept.
 */
final class StatusJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .jsonStream(JsonStream.builder().serializeNulls(true).serializeEmpty(true).build())
          .build();

  private StatusJson() {}

  /**
   * One kind: its list. Several: an object of lists. Real servers and checks also name their
   * service.
   */
  static String select(String answer, List<String> kinds) {
    Map<String, Object> status = JSON.fromJsonObject(answer);
    Map<String, Object> selected = new LinkedHashMap<>();
    for (String kind : kinds) {
      selected.put(
          kind,
          switch (kind) {
            case "reals" -> reals(status, false);
            case "checks" -> reals(status, true);
            case "instances" -> list(status, "vrrp");
            case "groups" -> list(status, "sync_groups");
            case "trackers" -> trackers(status);
            case "vips" -> vips(status);
            default -> list(status, kind);
          });
    }
    return kinds.size() == 1 ? JSON.toJson(selected.get(kinds.getFirst())) : JSON.toJson(selected);
  }

  private static List<Object> trackers(Map<String, Object> status) {
    List<Object> found = new ArrayList<>();
    for (Object instance : list(status, "vrrp")) {
      for (Object tracker : list(instance, "trackers")) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("instance", field(instance, "name"));
        ((Map<?, ?>) tracker).forEach((name, value) -> one.put(String.valueOf(name), value));
        found.add(one);
      }
    }
    return found;
  }

  private static List<Object> vips(Map<String, Object> status) {
    List<Object> found = new ArrayList<>();
    for (Object instance : list(status, "vrrp")) {
      for (Object vip : list(instance, "vips")) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("address", vip);
        one.put("instance", field(instance, "name"));
        one.put("state", field(instance, "state"));
        one.put("master", field(instance, "master"));
        found.add(one);
      }
    }
    return found;
  }

  private static List<Object> reals(Map<String, Object> status, boolean checks) {
    List<Object> found = new ArrayList<>();
    for (Object service : list(status, "services")) {
      for (Object real : list(service, "reals")) {
        Map<String, Object> one = new LinkedHashMap<>();
        for (String name : List.of("vip", "port", "protocol")) {
          one.put("service_" + name, field(service, name));
        }
        if (!checks) {
          ((Map<?, ?>) real).forEach((name, value) -> one.put(String.valueOf(name), value));
          found.add(one);
        } else if (field(real, "check") instanceof Map<?, ?> check) {
          one.put("address", field(real, "address"));
          one.put("port", field(real, "port"));
          check.forEach((name, value) -> one.put(String.valueOf(name), value));
          found.add(one);
        }
      }
    }
    return found;
  }

  private static List<?> list(Object from, String name) {
    return field(from, name) instanceof List<?> list ? list : List.of();
  }

  private static @Nullable Object field(Object from, String name) {
    return from instanceof Map<?, ?> map ? map.get(name) : null;
  }
}
