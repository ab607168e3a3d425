package dev.sluice.check.http;

import dev.sluice.config.model.Checker;
import java.util.BitSet;

/**
 * Whether a response meets what a URL asks for.
 *
 * @param passed all criteria match
 * @param evidence what came and, when it fails, what was expected
 */
public record HttpVerdict(boolean passed, String evidence) {

  /** Judges a finished response. */
  public static HttpVerdict of(Checker.Url url, HttpResponse response) {
    if (!response.problem().isEmpty() && !response.headComplete()) {
      return new HttpVerdict(false, response.problem());
    }
    int status = response.status();
    if (!url.statusCodes().get(status)) {
      return new HttpVerdict(false, "HTTP " + status + ", expected " + ranges(url.statusCodes()));
    }
    if (!response.problem().isEmpty()) {
      return new HttpVerdict(false, "HTTP " + status + ", " + response.problem());
    }
    String wanted = url.digest();
    if (wanted != null && !wanted.equalsIgnoreCase(response.digest())) {
      return new HttpVerdict(
          false,
          "HTTP %d, digest differs: %s over %d bytes, expected %s"
              .formatted(status, response.digest(), response.bodyLength(), wanted));
    }
    HttpVerdict matched = response.matched();
    if (matched != null && !matched.passed()) {
      return new HttpVerdict(false, "HTTP " + status + ", " + matched.evidence());
    }
    var text = new StringBuilder("HTTP ").append(status);
    if (wanted != null) {
      text.append(", digest matches");
    }
    if (matched != null) {
      text.append(", ").append(matched.evidence());
    }
    if (response.contentLength() >= 0
        && !response.bodyCut()
        && response.bodyLength() != response.contentLength()
        && !HttpRequests.method(url).equals("HEAD")
        && status != 304) {
      text.append(", body ended after ").append(response.bodyLength());
      text.append(" of ").append(response.contentLength()).append(" bytes");
    }
    return new HttpVerdict(true, text.toString());
  }

  /** Status codes as people write them: {@code 200-299, 404}. */
  static String ranges(BitSet codes) {
    var text = new StringBuilder();
    for (int from = codes.nextSetBit(0); from >= 0; ) {
      int to = codes.nextClearBit(from) - 1;
      text.append(text.isEmpty() ? "" : ", ").append(from);
      if (to > from) {
        text.append('-').append(to);
      }
      from = codes.nextSetBit(to + 1);
    }
    return text.isEmpty() ? "no status at all" : text.toString();
  }
}
