package dev.sluice.check;

import dev.sluice.check.http.BodyJudge;
import dev.sluice.check.http.HttpRequests;
import dev.sluice.check.http.HttpResponse;
import dev.sluice.check.http.HttpVerdict;
import dev.sluice.config.model.Checker;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One request and its answer. */
final class HttpConversation implements Conversation {

  /** With a digest, a longer body is a failure; without one, reading stops here and it passes. */
  private static final long MAX_HASHED_BODY = 256L << 20;

  private static final long MAX_UNREAD_BODY = 1L << 20;

  private final Checker.Url url;
  private final HttpResponse response;
  private final ByteBuffer request;
  private boolean begun;

  HttpConversation(Checker.Http check, Checker.Url url) {
    this.url = url;
    this.response = reader(url);
    this.request = ByteBuffer.wrap(HttpRequests.get(check, url));
  }

  /** A reader for what this URL answers. */
  static HttpResponse reader(Checker.Url url) {
    boolean hash = url.digest() != null;
    var response =
        new HttpResponse(hash, hash ? MAX_HASHED_BODY : MAX_UNREAD_BODY, BodyJudge.of(url));
    return HttpRequests.method(url).equals("HEAD") ? response.withoutBody() : response;
  }

  /** What came. */
  HttpResponse response() {
    return response;
  }

  @Override
  public void begin() {
    begun = true;
  }

  @Override
  public boolean speakFirst() {
    return true;
  }

  @Override
  public void received(ByteBuffer bytes) {
    response.feed(bytes);
  }

  @Override
  public void closed() {
    response.endOfStream();
  }

  @Override
  public ByteBuffer toSend() {
    return begun ? request : EMPTY;
  }

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  @Override
  public @Nullable HttpVerdict verdict() {
    return response.finished() ? HttpVerdict.of(url, response) : null;
  }

  @Override
  public boolean answering() {
    return response.sawBytes();
  }

  @Override
  public String awaited() {
    return "answer";
  }
}
