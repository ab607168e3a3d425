package dev.sluice.core.notify;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Properties;

/**
 * Hands mail to a server as keepalived does: plain SMTP with HELO, MAIL, RCPT and DATA, without TLS
 * or login. The only class that names the mail library, so that nothing of it is loaded before the
 * first mail.
 */
final class SmtpTransport implements Mailer.Carrier {

  @Override
  public void send(MailAccount account, Alert alert) throws IOException {
    Thread.currentThread().setContextClassLoader(SmtpTransport.class.getClassLoader());
    Session session = Session.getInstance(settings(account));
    try {
      MimeMessage message = new MimeMessage(session);
      message.setFrom(new InternetAddress(account.from(), false));
      for (String recipient : account.to()) {
        message.addRecipient(Message.RecipientType.TO, new InternetAddress(recipient, false));
      }
      message.setSubject("[" + account.router() + "] " + alert.subject(), "UTF-8");
      message.setHeader(
          "Date",
          DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneId.systemDefault())));
      message.setHeader("X-Mailer", "sluice");
      message.setText(alert.body(), "UTF-8");
      Transport.send(message);
    } catch (MessagingException e) {
      throw new IOException(reason(e), e);
    }
  }

  private static Properties settings(MailAccount account) {
    String millis = Long.toString(Math.max(1, account.timeout().toMillis()));
    Properties settings = new Properties();
    settings.setProperty("mail.transport.protocol", "smtp");
    settings.setProperty("mail.smtp.host", account.server());
    settings.setProperty("mail.smtp.port", Integer.toString(account.port()));
    settings.setProperty("mail.smtp.localhost", account.heloName());
    settings.setProperty("mail.smtp.ehlo", "false");
    settings.setProperty("mail.smtp.auth", "false");
    settings.setProperty("mail.smtp.starttls.enable", "false");
    // One recipient that does not exist must not keep the others from their mail.
    settings.setProperty("mail.smtp.sendpartial", "true");
    settings.setProperty("mail.smtp.connectiontimeout", millis);
    settings.setProperty("mail.smtp.timeout", millis);
    settings.setProperty("mail.smtp.writetimeout", millis);
    return settings;
  }

  /** What went wrong first: the library wraps it. */
  private static String reason(MessagingException e) {
    Throwable last = e;
    while (last instanceof MessagingException m && m.getNextException() != null) {
      last = m.getNextException();
    }
    return String.valueOf(last.getMessage()).strip();
  }
}
