package dev.sluice.check.http;

import dev.sluice.config.model.Checker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether a body holds a text, and a value in its JSON is what it should be. */
final class BodyText implements BodyJudge {
  private static final int SHOWN = 60;

  private final @Nullable String contains;
  private final Checker.@Nullable JsonMatch json;
  private final KeptBody body = new KeptBody();

  BodyText(@Nullable String contains, Checker.@Nullable JsonMatch json) {
    this.contains = contains;
    this.json = json;
  }

  @Override
  public void feed(ByteBuffer part) {
    body.feed(part);
  }

  @Override
  public HttpVerdict verdict() {
    String text = body.text(StandardCharsets.UTF_8);
    if (contains != null && !text.contains(contains)) {
      return new HttpVerdict(false, "'" + contains + "' is not found in " + body.size());
    }
    if (json == null) {
      return new HttpVerdict(true, "the text is found");
    }
    if (body.cut()) {
      return new HttpVerdict(
          false, "the body is longer than the JSON that is read: " + body.size());
    }
    Object found;
    try {
      found = Json.at(Json.parse(text), json.path());
    } catch (Json.NotJson e) {
      return new HttpVerdict(false, "the body is not JSON: " + e.getMessage());
    }
    if (Json.ABSENT.equals(found)) {
      return new HttpVerdict(false, "there is no " + json.path() + " in the JSON");
    }
    String value = Json.text(found);
    if (!value.equals(json.value())) {
      String shown = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
      return new HttpVerdict(
          false,
          "%s is '%s', expected '%s'"
              .formatted(json.path(), shown.replaceAll("\\p{Cntrl}", "?"), json.value()));
    }
    return new HttpVerdict(true, json.path() + " is '" + json.value() + "'");
  }
}
