package dev.sluice.config;

import dev.sluice.config.build.Language;
import dev.sluice.config.table.Block;
import dev.sluice.config.table.Keyword;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.table.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What every keyword means, from the same tables the parser runs on: for {@code check --explain},
 * the manual's page on the configuration, and editors.
 */
public final class KeywordDocs {
  private KeywordDocs() {}

  /** Whether the daemon does what a keyword says. */
  public enum Status {
    /** It does. */
    IN_FORCE,
    /** It is read, checked and kept; nothing acts on it yet. */
    NOT_YET,
    /** It has no effect, as in keepalived. */
    NO_EFFECT
  }

  /**
   * One keyword.
   *
   * @param path the blocks it stands in, outermost first; empty at the top level
   * @param syntax how its parameters are written; empty for a flag
   * @param standard what holds without it; empty: nothing
   * @param since the keepalived version that knows it first; empty: 2.2.7 or older
   * @param deprecation what to write instead; empty: it may be used
   * @param words fixed words that may follow
   */
  public record Entry(
      List<String> path,
      String keyword,
      List<String> aliases,
      List<String> oldNames,
      String syntax,
      String standard,
      String since,
      String meaning,
      String deprecation,
      Status status,
      boolean opensBlock,
      List<String> words) {
    public Entry {
      path = List.copyOf(path);
      aliases = List.copyOf(aliases);
      oldNames = List.copyOf(oldNames);
      words = List.copyOf(words);
    }

    /** Where it stands, as one reads it: {@code vrrp_instance > authentication}. */
    public String place() {
      return path.isEmpty() ? "top level" : String.join(" > ", path);
    }
  }

  /** Every keyword, block by block. */
  public static List<Entry> all() {
    List<Entry> entries = new ArrayList<>();
    collect(Language.root(), List.of(), entries);
    return entries;
  }

  private static void collect(Block<?> block, List<String> path, List<Entry> into) {
    for (Keyword<?> row : block.rows()) {
      if (!row.dialect().isEmpty()) {
        continue;
      }
      into.add(entry(row, path));
      Block<?> inner = row.block();
      if (inner != null && path.size() < 6) {
        List<String> deeper = new ArrayList<>(path);
        deeper.add(row.name());
        collect(inner, deeper, into);
      }
    }
  }

  private static Entry entry(Keyword<?> row, List<String> path) {
    ValueType<?> type = row.type();
    return new Entry(
        path,
        row.name(),
        row.aliases(),
        row.deprecatedNames(),
        row.syntax(),
        row.standard(),
        row.since(),
        row.meaning(),
        row.deprecation(),
        switch (row.built()) {
          case YES -> Status.IN_FORCE;
          case NOT_YET -> Status.NOT_YET;
          case NO_EFFECT -> Status.NO_EFFECT;
        },
        row.isBlock(),
        type == null ? List.of() : type.words());
  }

  /** Every place where a keyword may stand; empty when it is not known. */
  public static List<Entry> find(String keyword) {
    return all().stream()
        .filter(e ->
            e.keyword().equals(keyword)
                || e.aliases().contains(keyword)
                || e.oldNames().contains(keyword))
        .toList();
  }

  /** The known keyword nearest to a word; empty when none is near. */
  public static java.util.Optional<String> nearest(String word) {
    Set<String> names = new LinkedHashSet<>();
    all().forEach(e -> names.add(e.keyword()));
    return Nearest.of(word, names);
  }

  /** A keyword in words, several lines. */
  public static String explain(Entry entry) {
    StringBuilder out = new StringBuilder();
    out.append(entry.keyword());
    if (!entry.syntax().isEmpty()) {
      out.append(' ').append(entry.syntax());
    }
    out.append("\n  in:       ").append(entry.place());
    out.append("\n  meaning:  ").append(entry.meaning());
    line(out, "default", entry.standard());
    line(out, "also", String.join(", ", entry.aliases()));
    line(out, "old name", String.join(", ", entry.oldNames()));
    line(out, "since", entry.since().isEmpty() ? "" : "keepalived " + entry.since());
    line(out, "instead", entry.deprecation());
    line(out, "note", note(entry));
    return out.append('\n').toString();
  }

  private static String note(Entry entry) {
    return switch (entry.status()) {
      case IN_FORCE -> "";
      case NOT_YET -> "accepted, not yet acted on";
      case NO_EFFECT -> "accepted, without effect";
    };
  }

  private static void line(StringBuilder out, String name, String text) {
    if (!text.isEmpty()) {
      out.append("\n  ")
          .append(name)
          .append(':')
          .append(" ".repeat(9 - name.length()))
          .append(text);
    }
  }

  /** The manual's page: a table per block, in Markdown. */
  public static String markdown() {
    Map<String, List<Entry>> byPlace = new TreeMap<>();
    List<String> order = new ArrayList<>();
    for (Entry entry : all()) {
      String place = entry.place();
      if (!byPlace.containsKey(place)) {
        byPlace.put(place, new ArrayList<>());
        order.add(place);
      }
      byPlace.getOrDefault(place, new ArrayList<>()).add(entry);
    }
    StringBuilder out = new StringBuilder();
    out.append("# Configuration\n\n");
    out.append(
        "Every keyword of `keepalived.conf` that sluice reads, block by block. Generated from\n");
    out.append(
        "the tables the parser runs on; `sluice check --explain KEYWORD` prints one of them.\n\n");
    out.append("Marks: ○ accepted, not yet acted on · — accepted, without effect.\n");
    for (String place : order) {
      out.append("\n## ").append(place).append("\n\n");
      out.append("| Keyword | Value | Default | Meaning |\n|---|---|---|---|\n");
      for (Entry entry : byPlace.getOrDefault(place, List.of())) {
        row(out, entry);
      }
    }
    return out.toString();
  }

  private static void row(StringBuilder out, Entry entry) {
    out.append("| `").append(entry.keyword()).append('`');
    for (String alias : entry.aliases()) {
      out.append(", `").append(alias).append('`');
    }
    for (String old : entry.oldNames()) {
      out.append(" (old: `").append(old).append("`)");
    }
    switch (entry.status()) {
      case IN_FORCE -> {}
      case NOT_YET -> out.append(" ○");
      case NO_EFFECT -> out.append(" —");
    }
    out.append(" | ").append(cell(entry.syntax())).append(" | ").append(cell(entry.standard()));
    out.append(" | ").append(cell(entry.meaning()));
    if (!entry.since().isEmpty()) {
      out.append(" Since ").append(entry.since()).append('.');
    }
    if (!entry.deprecation().isEmpty()) {
      out.append(" Deprecated: ").append(cell(entry.deprecation())).append('.');
    }
    out.append(" |\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  /** Completion data for editors: block to keywords with syntax and meaning, as JSON. */
  public static String completionJson() {
    return ModelJson.of(
        all().stream()
            .map(e ->
                new Completion(
                    e.place(), e.keyword(), e.syntax(), e.words(), e.opensBlock(), e.meaning()))
            .toList());
  }

  /** One entry of {@link #completionJson}. */
  public record Completion(
      String place,
      String keyword,
      String syntax,
      List<String> words,
      boolean opensBlock,
      String meaning) {
    public Completion {
      words = List.copyOf(words);
    }
  }
}
