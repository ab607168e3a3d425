package dev.sluice.core.api;

import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a real server takes traffic or not: itself, in every service that has it.
 *
 * @param places in the order of the configuration
 */
@Json(naming = Json.Naming.LowerUnderscore)
public record WhyReal(List<Place> places) {

  /** A real server in one service. */
  @Json(naming = Json.Naming.LowerUnderscore)
  public record Place(
      String vip, int port, String protocol, boolean sorryServerActive, StatusReport.Real real) {}

  /** The real server of this address, with or without its port; no places: there is none. */
  public static WhyReal of(StatusReport report, String name) {
    var places = new ArrayList<Place>();
    for (StatusReport.Service s : report.services()) {
      for (StatusReport.Real r : s.reals()) {
        if (name.equals(r.address()) || name.equals(endpoint(r.address(), r.port()))) {
          places.add(new Place(s.vip(), s.port(), s.protocol(), s.sorryServerActive(), r));
        }
      }
    }
    return new WhyReal(places);
  }

  /** Address and port of every real server. */
  public static List<String> known(StatusReport report) {
    return report.services().stream()
        .flatMap(s -> s.reals().stream())
        .map(r -> endpoint(r.address(), r.port()))
        .distinct()
        .toList();
  }

  /** Address and port as people write them. */
  public static String endpoint(String address, int port) {
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
  }
}
