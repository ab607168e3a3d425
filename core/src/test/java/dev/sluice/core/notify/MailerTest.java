package dev.sluice.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.Await;
import dev.sluice.core.journal.JournalEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mail against a server of our own: keepalived.md 13.4. */
@Timeout(60)
class MailerTest {
  private final Queue<JournalEvent> journal = new ConcurrentLinkedQueue<>();

  private static MailAccount account(int port) {
    return new MailAccount(
        "lb-1",
        "127.0.0.1",
        port,
        "director.example",
        Duration.ofSeconds(10),
        "keepalived@example.org",
        List.of("ops@example.org", "boss@example.org"));
  }

  @Test
  void oneMailAsKeepalivedSpeaks() throws IOException {
    try (SmtpSink sink = SmtpSink.open();
        Mailer mailer = new Mailer(new SmtpTransport(), journal::add)) {
      mailer.account(account(sink.port()));
      mailer.send(new Alert("VRRP Instance VI_1 - Entering MASTER state", "It is.\nWhy: ü.\n"));
      Await.until("the mail", () -> !sink.mails().isEmpty() || !journal.isEmpty());
      SmtpSink.Mail mail = sink.mails().element();
      assertThat(mail.commands())
          .containsExactly(
              "HELO director.example",
              "MAIL FROM:<keepalived@example.org>",
              "RCPT TO:<ops@example.org>",
              "RCPT TO:<boss@example.org>",
              "DATA");
      assertThat(mail.lines())
          .contains(
              "From: keepalived@example.org",
              "Subject: [lb-1] VRRP Instance VI_1 - Entering MASTER state",
              "X-Mailer: sluice",
              "It is.")
          .anyMatch(line -> line.startsWith("To: ops@example.org"));
      Await.until("the journal", () -> !journal.isEmpty());
      assertThat(journal)
          .containsExactly(
              new JournalEvent.MailSent("VRRP Instance VI_1 - Entering MASTER state", 2));
    }
  }

  @Test
  void aServerThatRefusesIsAnEventAndTheNextMailGoesOut() throws IOException {
    try (SmtpSink sink = SmtpSink.open();
        Mailer mailer = new Mailer(new SmtpTransport(), journal::add)) {
      mailer.account(account(sink.port()));
      sink.refuseNext();
      mailer.send(new Alert("first", "x\n"));
      mailer.send(new Alert("second", "x\n"));
      Await.until("both", () -> journal.size() == 2);
      assertThat(journal.poll())
          .isInstanceOfSatisfying(
              JournalEvent.NotifyFailed.class,
              e -> assertThat(e.text()).contains("mail 'first'").contains("554 go away"));
      assertThat(journal.poll()).isEqualTo(new JournalEvent.MailSent("second", 2));
    }
  }

  @Test
  void noMoreThanAQueuefulWaits() {
    var go = new CountDownLatch(1);
    int many = Mailer.WAITING + 10;
    try (Mailer mailer =
        new Mailer(
            (_, _) -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            },
            journal::add)) {
      mailer.account(account(25));
      for (int i = 0; i < many; i++) {
        mailer.send(new Alert("n" + i, "x\n"));
      }
      assertThat(journal).isNotEmpty().allMatch(e -> e instanceof JournalEvent.NotifyFailed);
      go.countDown();
      Await.until(
          "those that wait",
          () ->
              journal.stream().filter(JournalEvent.MailSent.class::isInstance).count()
                  >= Mailer.WAITING);
    }
  }

  @Test
  void withoutAnAccountNothingIsSent() {
    try (Mailer mailer = new Mailer(new SmtpTransport(), journal::add)) {
      mailer.send(new Alert("s", "x\n"));
    }
    assertThat(journal).isEmpty();
  }
}
