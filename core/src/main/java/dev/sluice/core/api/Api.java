package dev.sluice.core.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;

/** JSON text of the API's records and back. */
public final class Api {
  private static final Jsonb JSONB = Jsonb.builder().serializeNulls(true).build();
  private static final JsonType<StatusReport> STATUS = JSONB.type(StatusReport.class);
  private static final JsonType<Why> WHY = JSONB.type(Why.class);
  private static final JsonType<Request> REQUEST = JSONB.type(Request.class);
  private static final JsonType<Failure> FAILURE = JSONB.type(Failure.class);

  private Api() {}

  /** One line. */
  public static String toJson(StatusReport report) {
    return STATUS.toJson(report);
  }

  /** One line. */
  public static String toJson(Why why) {
    return WHY.toJson(why);
  }

  /** Indented, for people. */
  public static String toPrettyJson(StatusReport report) {
    return STATUS.toJsonPretty(report);
  }

  /** The report of a line. */
  public static StatusReport statusFrom(String json) {
    return STATUS.fromJson(json);
  }

  /** One line. */
  public static String toJson(Request request) {
    return REQUEST.toJson(request);
  }

  /** The request of a line. */
  public static Request requestFrom(String json) {
    return REQUEST.fromJson(json);
  }

  /** One line. */
  public static String toJson(Failure failure) {
    return FAILURE.toJson(failure);
  }

  /** The failure of a line. */
  public static Failure failureFrom(String json) {
    return FAILURE.fromJson(json);
  }
}
