package dev.sluice.core.notify;

import dev.sluice.config.model.GlobalDefs;
import dev.sluice.config.model.GlobalSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where mail goes, and from whom.
 *
 * @param router the name in brackets before every subject
 * @param server an address or a name
 * @param timeout for connecting, and for every answer
 */
record MailAccount(
    String router,
    String server,
    int port,
    String heloName,
    Duration timeout,
    String from,
    List<String> to) {
  MailAccount {
    to = List.copyOf(to);
  }

  /** As configured; empty where nothing says who shall get mail, or how. */
  static Optional<MailAccount> of(GlobalDefs global) {
    GlobalSettings.Mail mail = global.settings().mail();
    if (mail.server() == null || mail.to().isEmpty()) {
      return Optional.empty();
    }
    String host = hostName();
    return Optional.of(
        new MailAccount(
            Objects.requireNonNullElse(global.routerId(), host),
            mail.server(),
            mail.port(),
            Objects.requireNonNullElse(mail.heloName(), host),
            mail.connectTimeout(),
            Objects.requireNonNullElse(
                mail.from(), System.getProperty("user.name", "root") + "@" + host),
            mail.to()));
  }

  /** The kernel's, which asks no name service. */
  private static String hostName() {
    try {
      String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      return name.isEmpty() ? "localhost" : name;
    } catch (IOException e) {
      return "localhost";
    }
  }
}
