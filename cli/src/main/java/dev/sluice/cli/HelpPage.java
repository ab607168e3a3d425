package dev.sluice.cli;

/** What {@code sluice help} prints. */
public final class HelpPage {
  private HelpPage() {}

  /** The whole page. */
  public static String text() {
    var text = new StringBuilder();
    text.append("sluice balances TCP and UDP over real servers and survives the death of any of");
    text.append(" its machines.\n\n");
    text.append("Usage: sluice VERB [OPTIONS]\n");
    text.append("       sluice -n -l -D -f FILE    keepalived's own options\n");
    var lines = new Table("  ");
    for (Verbs.Group group : Verbs.GROUPS) {
      lines.heading("").heading(group.title() + ":");
      for (Verbs.Entry entry : group.entries()) {
        lines.row(entry.name(), entry.arguments(), entry.summary());
      }
    }
    text.append(lines.text());
    text.append("\nEvery verb takes --runtime-dir DIR (or SLUICE_RUNTIME_DIR): which daemon.\n");
    text.append("Exit codes: 0 ok, 1 failed, 2 bad usage, 3 the answer is no.\n");
    text.append("'sluice help VERB' explains one verb.\n");
    return text.toString();
  }
}
