package dev.sluice.core.api;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;

/** JSON text of the API's records and back. */
public final class Api {
  private static final Jsonb JSONB = Jsonb.builder().serializeNulls(true).build();
  private static final JsonType<StatusReport> STATUS = JSONB.type(StatusReport.class);
  private static final JsonType<Why> WHY = JSONB.type(Why.class);
  private static final JsonType<WhyReal> WHY_REAL = JSONB.type(WhyReal.class);
  private static final JsonType<Request> REQUEST = JSONB.type(Request.class);
  private static final JsonType<Failure> FAILURE = JSONB.type(Failure.class);
  private static final JsonType<IpvsTable> IPVS_TABLE = JSONB.type(IpvsTable.class);
  private static final JsonType<IpvsRules> IPVS_RULES = JSONB.type(IpvsRules.class);
  private static final JsonType<IpvsAnswer> IPVS_ANSWER = JSONB.type(IpvsAnswer.class);

  private Api() {}

  /** One line. */
  public static String toJson(StatusReport report) {
    return STATUS.toJson(report);
  }

  /** One line. */
  public static String toJson(Why why) {
    return WHY.toJson(why);
  }

  /** One line. */
  public static String toJson(WhyReal why) {
    return WHY_REAL.toJson(why);
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

  /** One line. */
  public static String toJson(IpvsTable table) {
    return IPVS_TABLE.toJson(table);
  }

  /** The table of a line. */
  public static IpvsTable ipvsTableFrom(String json) {
    return IPVS_TABLE.fromJson(json);
  }

  /** One line. */
  public static String toJson(IpvsAnswer answer) {
    return IPVS_ANSWER.toJson(answer);
  }

  /** The answer of a line. */
  public static IpvsAnswer ipvsAnswerFrom(String json) {
    return IPVS_ANSWER.fromJson(json);
  }

  /** One line. */
  public static String toJson(IpvsRules rules) {
    return IPVS_RULES.toJson(rules);
  }

  /** The rules of a line. */
  public static IpvsRules ipvsRulesFrom(String json) {
    return IPVS_RULES.fromJson(json);
  }
}
