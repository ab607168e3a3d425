package dev.sluice.core.notify;

import dev.sluice.config.model.Configuration;
import dev.sluice.config.model.ScriptUser;
import dev.sluice.core.journal.Journal;
import dev.sluice.core.journal.JournalEvent;
import dev.sluice.core.script.ScriptRunner;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells scripts, pipes and mail what the journal says. What it has to tell itself, of scripts that
 * failed and pipes that nobody reads, goes into the journal, too.
 */
public final class Notifier implements Journal.Reader, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ScriptQueue scripts;
  private final Fifos fifos;
  private final Mailer mailer;
  private volatile Notices notices = new Notices(Configuration.empty());

  /** Tells nothing until there is a configuration. */
  public Notifier(
      ScriptRunner runner, ScheduledExecutorService timers, Consumer<JournalEvent> journal) {
    this.scripts = new ScriptQueue(runner, LIMIT, journal);
    this.fifos = new Fifos(runner, timers, journal);
    this.mailer = new Mailer(new SmtpTransport(), journal);
  }

  /**
   * What is configured from now on.
   *
   * @param scriptUser whom pipes belong to that say nothing of it; null: who we are
   */
  public void configuration(Configuration next, @Nullable ScriptUser scriptUser) {
    fifos.apply(next.global().settings().fifos(), scriptUser);
    scripts.limit(next.global().settings().scripts().notifyTimeout());
    mailer.account(MailAccount.of(next.global()).orElse(null));
    notices = new Notices(next);
  }

  @Override
  public void read(JournalEvent event) {
    for (Notice notice : notices.of(event)) {
      notice.calls().forEach(call -> scripts.add(notice.object(), call));
      if (!notice.line().isEmpty()) {
        fifos.write(notice.pipes(), notice.line());
      }
      if (notice.alert() != null) {
        mailer.send(notice.alert());
      }
    }
  }

  /** Waits for the scripts under way, at most this long. */
  public void await(long timeoutMillis) {
    scripts.await(timeoutMillis);
  }

  /** Closes the pipes, and gives mails on their way a moment. */
  @Override
  public void close() {
    close(Mailer.GOODBYE_MILLIS);
  }

  /** As above; mails have this long at most. */
  public void close(long patienceMillis) {
    fifos.close();
    mailer.close(Math.min(patienceMillis, Mailer.GOODBYE_MILLIS));
  }
}
