package dev.sluice.core.dump;

/** Text of a data dump: sections, objects one blank in, properties three, list items five. */
final class Lines {
  private final StringBuilder text = new StringBuilder();

  void section(String title) {
    text.append("------< ").append(title).append(" >------\n");
  }

  void head(String line) {
    text.append(' ').append(line).append('\n');
  }

  void property(String line) {
    text.append("   ").append(line).append('\n');
  }

  void property(String name, Object value) {
    property(name + " = " + value);
  }

  void item(String line) {
    text.append("     ").append(line).append('\n');
  }

  /** A heading and its items; nothing when there is none. */
  void list(String title, Iterable<String> items) {
    boolean first = true;
    for (String item : items) {
      if (first) {
        property(title + " :");
        first = false;
      }
      item(item);
    }
  }

  String text() {
    return text.toString();
  }
}
