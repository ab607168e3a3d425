package dev.sluice.config.text;

import dev.sluice.config.Diagnostic;
import dev.sluice.config.Diagnostic.Note;
import dev.sluice.config.Diagnostic.Severity;
import dev.sluice.config.SourcePosition;
import dev.sluice.config.Verdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the messages of one load and, beside them, what keepalived's verdict rests on. */
public final class Diagnostics {

  /** What a message means for keepalived's exit status; the highest present class decides. */
  public enum Effect {
    /** keepalived says nothing, or says it without counting it. */
    NONE,
    /** A message: 5. */
    ERROR,
    /** A message (5) about something without which the daemon ends at once. */
    REFUSED,
    /** Scripts without script security: 6 when nothing stops the run before. */
    SECURITY,
    /** No configuration could be read: 6. */
    NO_CONFIGURATION,
    /** A keyword has no parameter: ends keepalived on the spot, 2. */
    MISSING_PARAMETER
  }

  private final List<Diagnostic> list = new ArrayList<>();
  private final EnumSet<Effect> effects = EnumSet.noneOf(Effect.class);
  private final Set<String> seen = new HashSet<>();
  private long dropped;
  private @Nullable SourceText mutedSource;
  private int mutedLine;

  /** Something is dropped or corrected; keepalived says so, too. */
  public void error(
      @Nullable At at, String code, String message, String consequence, String remedy) {
    add(Severity.ERROR, Effect.ERROR, code, at, message, consequence, remedy);
  }

  /** keepalived would not start. */
  public void refused(
      @Nullable At at, String code, String message, String consequence, String remedy) {
    add(Severity.FATAL, Effect.REFUSED, code, at, message, consequence, remedy);
  }

  /** Legal, probably not meant; keepalived says nothing. */
  public void lint(
      @Nullable At at, String code, String message, String consequence, String remedy) {
    add(Severity.WARNING, Effect.NONE, code, at, message, consequence, remedy);
  }

  /** Worth a message of keepalived's that counts, though nothing is dropped. */
  public void warning(
      @Nullable At at, String code, String message, String consequence, String remedy) {
    add(Severity.WARNING, Effect.ERROR, code, at, message, consequence, remedy);
  }

  /** Worth knowing. */
  public void info(
      @Nullable At at, String code, String message, String consequence, String remedy) {
    add(Severity.INFO, Effect.NONE, code, at, message, consequence, remedy);
  }

  /** Counts an effect that another message has already explained. */
  public void silently(Effect effect) {
    effects.add(effect);
  }

  /** What follows from a defect of this line is not told again; it still counts. */
  void muteLine(At at) {
    Origin origin = at.line().originAt(at.from());
    mutedSource = origin.source();
    mutedLine = origin.line();
  }

  private boolean muted(Effect effect, @Nullable At at) {
    if (mutedSource == null || at == null || effect != Effect.ERROR) {
      return false;
    }
    Origin origin = at.line().originAt(at.from());
    return origin.line() == mutedLine && Objects.equals(origin.source(), mutedSource);
  }

  /** Any message. */
  public void add(
      Severity severity,
      Effect effect,
      String code,
      @Nullable At at,
      String message,
      String consequence,
      String remedy) {
    effects.add(effect);
    if (muted(effect, at)) {
      return;
    }
    if (list.size() >= Limits.DIAGNOSTICS) {
      dropped++;
      return;
    }
    Diagnostic diagnostic = make(severity, effect, code, at, message, consequence, remedy);
    SourcePosition position = diagnostic.position();
    if (position != null && !seen.add(code + '\n' + position + '\n' + message)) {
      return;
    }
    list.add(diagnostic);
  }

  private static Diagnostic make(
      Severity severity,
      Effect effect,
      String code,
      @Nullable At at,
      String message,
      String consequence,
      String remedy) {
    boolean counted = effect != Effect.NONE;
    if (at == null) {
      return new Diagnostic(
          severity, code, null, null, message, consequence, remedy, counted, List.of());
    }
    Origin origin = at.line().originAt(at.from());
    List<Note> notes = new ArrayList<>(0);
    Origin definition = origin.definition();
    if (definition != null) {
      notes.add(
          new Note(
              position(definition, Math.max(1, at.to() - at.from())),
              definition.lineText(),
              "it comes from this definition"));
    }
    Origin included = origin.source().includedFrom();
    while (included != null && notes.size() < Limits.INCLUDE_DEPTH) {
      notes.add(
          new Note(position(included, included.lineText().length()), null, "included from here"));
      included = included.source().includedFrom();
    }
    return new Diagnostic(
        severity,
        code,
        position(origin, lengthIn(at, origin)),
        origin.lineText(),
        message,
        consequence,
        remedy,
        counted,
        notes);
  }

  /** Where a stretch begins, and how much of its line it covers. */
  public static SourcePosition position(At at) {
    Origin origin = at.line().originAt(at.from());
    return position(origin, lengthIn(at, origin));
  }

  private static int lengthIn(At at, Origin origin) {
    if (at.to() <= at.from()) {
      return 1;
    }
    Origin last = at.line().originAt(at.to() - 1);
    if (last.line() != origin.line() || !Objects.equals(last.source(), origin.source())) {
      return at.to() - at.from();
    }
    return last.column() + Math.max(1, last.length()) - origin.column();
  }

  private static SourcePosition position(Origin origin, int length) {
    return new SourcePosition(
        origin.source().name(),
        origin.line(),
        origin.column(),
        Math.max(1, origin.length() > 0 ? Math.max(origin.length(), length) : length));
  }

  /** The messages; those of a text keep its order. */
  public List<Diagnostic> list() {
    if (dropped == 0) {
      return list;
    }
    List<Diagnostic> all = new ArrayList<>(list);
    all.add(
        new Diagnostic(
            Severity.ERROR,
            "too-many-messages",
            null,
            null,
            dropped + " more messages are not shown",
            "",
            "mend the first ones and check again",
            true,
            List.of()));
    return all;
  }

  /** Whether no further message would be kept. */
  public boolean full() {
    return list.size() >= Limits.DIAGNOSTICS;
  }

  /** Whether a message of this effect was given. */
  public boolean has(Effect effect) {
    return effects.contains(effect);
  }

  /** keepalived's judgement of what was reported. */
  public Verdict verdict() {
    if (has(Effect.MISSING_PARAMETER)) {
      return new Verdict(2, false);
    }
    if (has(Effect.NO_CONFIGURATION)) {
      return new Verdict(6, false);
    }
    boolean startable = !has(Effect.REFUSED);
    if (has(Effect.SECURITY)) {
      return new Verdict(6, startable);
    }
    if (has(Effect.ERROR) || has(Effect.REFUSED)) {
      return new Verdict(5, startable);
    }
    return Verdict.CLEAN;
  }
}
