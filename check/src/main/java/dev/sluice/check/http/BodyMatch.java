package dev.sluice.check.http;

import dev.sluice.config.model.Regex;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a page's body matches a regular expression. A server decides what the body is, so the
 * work is bounded: the first {@link #MAX_BODY} bytes count, and after {@link #MAX_STEPS} looks at a
 * character the match is given up and the check fails with the reason (catastrophic backtracking
 * would otherwise hold up every other check).
 */
public final class BodyMatch implements BodyJudge {
  /** Bytes of a body that are kept. */
  public static final int MAX_BODY = KeptBody.MAX_BYTES;

  /** Some 10 ms of matching. */
  static final int MAX_STEPS = 4_000_000;

  private final Regex regex;
  private final Pattern pattern;
  private final boolean utf;
  private final KeptBody body = new KeptBody();

  /**
   * A match to be fed.
   *
   * @throws java.util.regex.PatternSyntaxException the configuration refuses such a pattern before
   */
  public BodyMatch(Regex regex) {
    this.regex = regex;
    this.pattern = regex.compiled();
    this.utf = regex.options().contains("utf");
  }

  @Override
  public void feed(ByteBuffer part) {
    body.feed(part);
  }

  @Override
  public HttpVerdict verdict() {
    var text =
        new Bounded(
            body.text(utf ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
            new Steps(MAX_STEPS));
    boolean found;
    try {
      found = found(text);
    } catch (TooMuchWork | StackOverflowError e) {
      return new HttpVerdict(
          false,
          "the pattern '%s' takes too long over a body of %d bytes: make it simpler"
              .formatted(regex.pattern(), body.length()));
    }
    String over = " in " + body.size();
    if (found == regex.noMatch()) {
      return new HttpVerdict(
          false,
          "the pattern '%s' %s%s"
              .formatted(regex.pattern(), found ? "is found" : "is not found", over));
    }
    return new HttpVerdict(true, found ? "the pattern matches" : "the pattern does not match");
  }

  private boolean found(CharSequence text) {
    if (regex.minOffset() > text.length()) {
      return false;
    }
    Matcher m = pattern.matcher(text);
    m.useAnchoringBounds(false).useTransparentBounds(true);
    m.region(regex.minOffset(), text.length());
    boolean found = regex.options().contains("anchored") ? m.lookingAt() : m.find();
    return found && m.start() <= regex.maxOffset();
  }

  private static final class TooMuchWork extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooMuchWork() {
      super("too many steps", null, false, false);
    }
  }

  /** A text that counts how often it is looked at. */
  private record Bounded(String text, Steps left) implements CharSequence {

    @Override
    public char charAt(int index) {
      left.one();
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Bounded(text.substring(start, end), left);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class Steps {
    private int left;

    Steps(int left) {
      this.left = left;
    }

    void one() {
      if (--left < 0) {
        throw new TooMuchWork();
      }
    }
  }
}
