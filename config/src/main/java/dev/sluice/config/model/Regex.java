package dev.sluice.config.model;

import java.util.List;

/**
 * What a page's body must match.
 *
 * @param options PCRE2's words: caseless, multiline …
 * @param noMatch the body must not match
 * @param maxOffset where the match must have begun; {@link Integer#MAX_VALUE}: anywhere
 */
public record Regex(
    String pattern, List<String> options, boolean noMatch, int minOffset, int maxOffset) {
  public Regex {
    options = List.copyOf(options);
  }
}
