package dev.sluice.config.model;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

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

  /**
   * The options of PCRE2 that mean something to the matcher; others are told when they are read.
   */
  public static final Set<String> OPTIONS =
      Set.of("anchored", "caseless", "dotall", "extended", "multiline", "utf", "literal");

  /**
   * The pattern, ready to match.
   *
   * @throws java.util.regex.PatternSyntaxException when it is none
   */
  public Pattern compiled() {
    int flags = 0;
    for (String option : options) {
      flags |=
          switch (option) {
            case "caseless" -> Pattern.CASE_INSENSITIVE;
            case "dotall" -> Pattern.DOTALL;
            case "extended" -> Pattern.COMMENTS;
            case "multiline" -> Pattern.MULTILINE;
            case "utf" -> Pattern.UNICODE_CASE;
            case "literal" -> Pattern.LITERAL;
            default -> 0;
          };
    }
    return Pattern.compile(pattern, flags | Pattern.UNIX_LINES);
  }
}
