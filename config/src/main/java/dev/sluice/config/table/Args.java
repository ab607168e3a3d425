package dev.sluice.config.table;

import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The words of one line, handed out one by one to whoever reads the values. */
public final class Args {
  private final Context context;
  private final String subject;
  private final String fallback;
  private final List<Word> words;
  private int next;
  private boolean tolerant;

  /**
   * @param subject what messages call the value: the keyword
   * @param fallback what holds when the value is dropped: "default 1 s used"; empty when unknown
   * @param first index of the first word that is a value
   */
  public Args(Context context, String subject, String fallback, List<Word> words, int first) {
    this.context = context;
    this.subject = subject;
    this.fallback = fallback;
    this.words = words;
    this.next = first;
  }

  public Context context() {
    return context;
  }

  public Diagnostics diagnostics() {
    return context.diagnostics();
  }

  /** What messages call the value. */
  public String subject() {
    return subject;
  }

  /** "ignored", and what holds instead. */
  public String ignored() {
    return fallback.isEmpty() ? "ignored" : "ignored; " + fallback;
  }

  public boolean hasNext() {
    return next < words.size();
  }

  /** The next word without taking it; null behind the last. */
  public @Nullable Word peek() {
    return next < words.size() ? words.get(next) : null;
  }

  /** Takes the next word; null behind the last. */
  public @Nullable Word poll() {
    return next < words.size() ? words.get(next++) : null;
  }

  /** Takes the next word if it is this one. */
  public boolean take(String word) {
    if (next < words.size() && words.get(next).text().equals(word)) {
      next++;
      return true;
    }
    return false;
  }

  /** The next word; where there is none, that is reported as keepalived's one deadly mistake. */
  public @Nullable Word require(String what) {
    Word word = poll();
    if (word == null) {
      missing(what);
    }
    return word;
  }

  /** From here on an absent word is an ordinary mistake, not the deadly one. */
  public Args tolerant() {
    tolerant = true;
    return this;
  }

  /** Reports an absent parameter. */
  public void missing(String what) {
    if (tolerant) {
      context
          .diagnostics()
          .error(
              end(),
              "missing-parameter",
              end(words) + " lacks what follows it: " + what,
              ignored(),
              "");
      return;
    }
    context
        .diagnostics()
        .add(
            dev.sluice.config.Diagnostic.Severity.FATAL,
            Diagnostics.Effect.MISSING_PARAMETER,
            "missing-parameter",
            end(),
            "'" + subject + "' lacks its parameter: " + what,
            "keepalived stops reading here and does not start",
            "");
  }

  private static String end(List<Word> words) {
    return "'" + words.get(words.size() - 1).text() + "'";
  }

  /** All words. */
  public List<Word> words() {
    return words;
  }

  /** The words not taken yet. */
  public List<Word> rest() {
    List<Word> rest = words.subList(next, words.size());
    next = words.size();
    return rest;
  }

  /** The first word: where a message about the whole line points. */
  public At at() {
    return words.get(0).at();
  }

  /** The last word. */
  public At end() {
    return words.get(words.size() - 1).at();
  }

  /** From the first to the last word. */
  public At line() {
    Word first = words.get(0);
    return new At(first.line(), first.from(), words.get(words.size() - 1).to());
  }

  /**
   * Says that this value is understood and nothing acts on it yet.
   *
   * @param what as one would write it
   */
  public void notYet(Word word, String what) {
    context.notYet(word.at(), "'" + what + "'");
  }

  /** Reports a value that cannot be used. */
  public void invalid(Word word, String code, String message, String remedy) {
    context.diagnostics().error(word.at(), code, message, ignored(), remedy);
  }
}
