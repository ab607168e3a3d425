package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import dev.sluice.config.model.Checker;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * DNS_CHECK: a question over UDP and an answer with RCODE 0 (RFC 1035 section 4). A datagram with
 * another identifier, or about another question, is somebody else's and does not count.
 */
final class DnsExchange implements Exchange {
  private final Record question;
  private final Message query;

  /**
   * A question.
   *
   * @param id of the message, 0..65535
   * @throws IllegalArgumentException when the name is no domain name; the configuration tells
   *     before
   */
  DnsExchange(Checker.Dns check, int id) {
    try {
      Name name = Name.fromString(check.name(), Name.root);
      question = Record.newRecord(name, Type.value(check.type()), DClass.IN);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("'" + check.name() + "' is no domain name", e);
    }
    query = Message.newQuery(question);
    query.getHeader().setID(id);
  }

  @Override
  public byte[] request() {
    return query.toWire();
  }

  @Override
  public @Nullable HttpVerdict received(byte[] datagram) {
    if (datagram.length < 2
        || (((datagram[0] & 0xff) << 8) | (datagram[1] & 0xff)) != query.getHeader().getID()) {
      return null;
    }
    Message answer;
    try {
      answer = new Message(datagram);
    } catch (IOException | IllegalArgumentException e) {
      return new HttpVerdict(false, "not a DNS message: " + e.getMessage());
    }
    if (!answer.getHeader().getFlag(Flags.QR)) {
      return new HttpVerdict(false, "the answer is a question");
    }
    Record asked = answer.getQuestion();
    if (asked != null && !Objects.equals(asked, question)) {
      return null;
    }
    int code = answer.getRcode();
    if (code != Rcode.NOERROR) {
      return new HttpVerdict(false, Rcode.string(code) + ", expected NOERROR");
    }
    return new HttpVerdict(
        true, "NOERROR, " + answer.getSection(Section.ANSWER).size() + " records");
  }

  @Override
  public HttpVerdict silence(String waited) {
    return new HttpVerdict(false, "no answer within " + waited);
  }
}
