package dev.sluice.core.notify;

import dev.sluice.core.journal.JournalEvent;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends mails one after the other, on a thread that exists while there are some. At most {@link
 * #WAITING} wait; more are dropped, and the journal is told. What became of each is an event.
 */
final class Mailer implements AutoCloseable {
  static final int WAITING = 256;

  private static final long IDLE_SECONDS = 10;

  /** keepalived loses the mails of its end; ours have a moment. */
  static final long GOODBYE_MILLIS = 700;

  private final Carrier carrier;
  private final Consumer<JournalEvent> journal;
  private final AtomicLong dropped = new AtomicLong();
  private final ThreadPoolExecutor executor;
  private volatile @Nullable MailAccount account;

  /** Hands over one mail. */
  @FunctionalInterface
  interface Carrier {
    /** May take as long as the account's time limits allow. */
    void send(MailAccount account, Alert alert) throws IOException;
  }

  Mailer(Carrier carrier, Consumer<JournalEvent> journal) {
    this.carrier = carrier;
    this.journal = journal;
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> Thread.ofPlatform().name("sluice-mail").daemon().unstarted(task));
    executor.allowCoreThreadTimeOut(true);
  }

  /** Where mail goes from now on; null: nowhere. */
  void account(@Nullable MailAccount next) {
    account = next;
  }

  /** Sends it when its turn comes. */
  void send(Alert alert) {
    MailAccount to = account;
    if (to == null) {
      return;
    }
    try {
      executor.execute(() -> sendNow(to, alert));
    } catch (RejectedExecutionException e) {
      long lost = dropped.incrementAndGet();
      if (Long.bitCount(lost) == 1) {
        journal.accept(
            new JournalEvent.NotifyFailed(
                "the mail server "
                    + to.server()
                    + " is too slow or away: "
                    + lost
                    + " mails were dropped so far"));
      }
    }
  }

  private void sendNow(MailAccount to, Alert alert) {
    try {
      carrier.send(to, alert);
      journal.accept(new JournalEvent.MailSent(alert.subject(), to.to().size()));
    } catch (IOException | RuntimeException e) {
      failed(to, alert, String.valueOf(e.getMessage()));
    } catch (LinkageError e) {
      failed(to, alert, "this build lacks the mail library (" + e.getMessage() + ")");
    }
  }

  private void failed(MailAccount to, Alert alert, String why) {
    journal.accept(
        new JournalEvent.NotifyFailed(
            "mail '"
                + alert.subject()
                + "' was not sent by "
                + to.server()
                + " port "
                + to.port()
                + ": "
                + why));
  }

  @Override
  public void close() {
    close(GOODBYE_MILLIS);
  }

  /** Ends; mails on their way have this long. */
  void close(long patienceMillis) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(patienceMillis, TimeUnit.MILLISECONDS)) {
        var lost = executor.shutdownNow();
        if (!lost.isEmpty()) {
          journal.accept(
              new JournalEvent.NotifyFailed(lost.size() + " mails were not sent before the end"));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
