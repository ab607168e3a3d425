package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import dev.sluice.check.talk.Talk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An exchange of {@code talk} as a conversation over one connection. */
final class TalkConversation implements Conversation {
  private final Talk talk;

  TalkConversation(Talk talk) {
    this.talk = talk;
  }

  @Override
  public void begin() {
    talk.begin();
  }

  @Override
  public void received(ByteBuffer bytes) {
    talk.received(bytes);
  }

  @Override
  public void closed() {
    talk.closed();
  }

  @Override
  public ByteBuffer toSend() {
    return talk.toSend();
  }

  @Override
  public @Nullable HttpVerdict verdict() {
    return talk.verdict();
  }

  @Override
  public boolean answering() {
    return talk.answering();
  }

  @Override
  public String awaited() {
    return talk.awaited();
  }
}
