package dev.sluice.check.talk;

import dev.sluice.check.talk.Hpack.Header;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One request on a connection of HTTP/2 (RFC 9113), begun with the client's preface: on a plain
 * connection that is prior knowledge, inside TLS the server has agreed to {@code h2} by ALPN.
 * Memory is bounded by the largest frame and {@link #MAX_HEAD}.
 */
abstract class Http2Talk extends Talk {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int MAX_FRAME = 16 * 1024;

  /** Bytes of a block of headers. */
  private static final int MAX_HEAD = 64 * 1024;

  /** Frames of a connection that never comes to the point. */
  private static final int MAX_FRAMES = 100_000;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PUSH_PROMISE = 5;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 32;

  private final List<Header> request;
  private final byte[] body;
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private boolean inBlock;
  private boolean lastBlock;
  private int frames;

  /**
   * A client with one request.
   *
   * @param body sent after the headers; empty: none
   */
  Http2Talk(List<Header> request, byte[] body) {
    this.request = List.copyOf(request);
    this.body = body.clone();
  }

  /** A block of headers or trailers came. */
  protected abstract void headers(List<Header> headers, boolean last);

  /** A portion of the answer's body. */
  protected abstract void data(ByteBuffer part);

  /** The server has said all. */
  protected abstract void ended();

  @Override
  public final void begin() {
    say(PREFACE.getBytes(StandardCharsets.US_ASCII));
    // HEADER_TABLE_SIZE 0, ENABLE_PUSH 0
    frame(SETTINGS, 0, 0, new byte[] {0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0});
    byte[] head = Hpack.encode(request);
    int sent = Math.min(head.length, MAX_FRAME);
    boolean alone = body.length == 0;
    int flags = (alone ? END_STREAM : 0) | (sent == head.length ? END_HEADERS : 0);
    frame(HEADERS, flags, 1, java.util.Arrays.copyOf(head, sent));
    while (sent < head.length) {
      int n = Math.min(head.length - sent, MAX_FRAME);
      byte[] part = java.util.Arrays.copyOfRange(head, sent, sent + n);
      sent += n;
      frame(CONTINUATION, sent == head.length ? END_HEADERS : 0, 1, part);
    }
    for (int from = 0; from < body.length; from += MAX_FRAME) {
      int to = Math.min(body.length, from + MAX_FRAME);
      int end = to == body.length ? END_STREAM : 0;
      frame(DATA, end, 1, java.util.Arrays.copyOfRange(body, from, to));
    }
  }

  private void frame(int type, int flags, int stream, byte[] payload) {
    ByteBuffer all = ByteBuffer.allocate(9 + payload.length);
    all.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    all.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    say(all.array());
  }

  @Override
  protected final void hear(ByteBuffer all) {
    if (all.remaining() < 9) {
      if (frames == 0 && all.remaining() >= 5 && all.get(all.position()) == 'H') {
        fail("answers in HTTP/1, not in HTTP/2");
      }
      return;
    }
    int at = all.position();
    int length = ((all.get(at) & 0xff) << 16) | (all.getShort(at + 1) & 0xffff);
    int type = all.get(at + 3) & 0xff;
    if (frames == 0 && type != SETTINGS) {
      boolean old = all.get(at) == 'H' && all.get(at + 1) == 'T';
      fail(old ? "answers in HTTP/1, not in HTTP/2" : "not an answer of HTTP/2");
      return;
    }
    if (length > MAX_FRAME) {
      fail("a frame of " + length + " bytes, longer than allowed");
      return;
    }
    if (all.remaining() < 9 + length) {
      return;
    }
    int flags = all.get(at + 4) & 0xff;
    int stream = all.getInt(at + 5) & 0x7fffffff;
    ByteBuffer payload = all.slice(at + 9, length);
    all.position(at + 9 + length);
    if (++frames > MAX_FRAMES) {
      fail("more than " + MAX_FRAMES + " frames");
      return;
    }
    frame(type, flags, stream, payload);
  }

  private void frame(int type, int flags, int stream, ByteBuffer payload) {
    switch (type) {
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          frame(SETTINGS, ACK, 0, new byte[0]);
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          byte[] echo = new byte[payload.remaining()];
          payload.get(echo);
          frame(PING, ACK, 0, echo);
        }
      }
      case GOAWAY -> {
        int error = payload.remaining() < 8 ? 0 : payload.getInt(4);
        int last = payload.remaining() < 8 ? 0 : payload.getInt(0);
        if (last < 1 || error != 0) {
          fail("the server ends the connection: " + error(error));
        }
      }
      case RST_STREAM ->
          fail(
              "the server resets the request: "
                  + error(payload.remaining() < 4 ? 0 : payload.getInt()));
      case PUSH_PROMISE -> fail("the server pushes, which it was told not to");
      case HEADERS, CONTINUATION -> {
        if (stream == 1) {
          block(type, flags, payload);
        }
      }
      case DATA -> {
        if (stream == 1) {
          body(flags, payload);
        }
      }
      default -> {} // priorities, windows, what came after this was written
    }
  }

  private void block(int type, int flags, ByteBuffer payload) {
    if (type == HEADERS) {
      if (!unpad(flags, payload)) {
        return;
      }
      if ((flags & PRIORITY) != 0) {
        payload.position(Math.min(payload.limit(), payload.position() + 5));
      }
      lastBlock = (flags & END_STREAM) != 0;
      inBlock = true;
    }
    if (!inBlock || block.size() + payload.remaining() > MAX_HEAD) {
      fail(inBlock ? "the headers are longer than " + MAX_HEAD + " bytes" : "headers out of order");
      return;
    }
    byte[] part = new byte[payload.remaining()];
    payload.get(part);
    block.writeBytes(part);
    if ((flags & END_HEADERS) == 0) {
      return;
    }
    inBlock = false;
    byte[] whole = block.toByteArray();
    block.reset();
    List<Header> headers = new ArrayList<>();
    try {
      headers.addAll(Hpack.decode(whole));
    } catch (Hpack.BadBlock e) {
      fail("a block of headers " + e.getMessage());
      return;
    }
    headers(headers, lastBlock);
    if (lastBlock && verdict() == null) {
      ended();
    }
  }

  private void body(int flags, ByteBuffer payload) {
    int length = payload.remaining();
    if (!unpad(flags, payload)) {
      return;
    }
    boolean last = (flags & END_STREAM) != 0;
    if (length > 0 && !last) {
      byte[] window = {0, 0, (byte) (length >> 8), (byte) length};
      frame(WINDOW_UPDATE, 0, 0, window);
      frame(WINDOW_UPDATE, 0, 1, window);
    }
    data(payload);
    if (last && verdict() == null) {
      ended();
    }
  }

  private boolean unpad(int flags, ByteBuffer payload) {
    if ((flags & PADDED) == 0) {
      return true;
    }
    int padding = payload.hasRemaining() ? payload.get() & 0xff : 256;
    if (padding > payload.remaining()) {
      fail("a frame has more padding than bytes");
      return false;
    }
    payload.limit(payload.limit() - padding);
    return true;
  }

  private static String error(int code) {
    return switch (code) {
      case 0 -> "NO_ERROR";
      case 1 -> "PROTOCOL_ERROR";
      case 2 -> "INTERNAL_ERROR";
      case 3 -> "FLOW_CONTROL_ERROR";
      case 5 -> "STREAM_CLOSED";
      case 7 -> "REFUSED_STREAM";
      case 8 -> "CANCEL";
      case 11 -> "ENHANCE_YOUR_CALM";
      case 13 -> "HTTP_1_1_REQUIRED";
      default -> "error " + code;
    };
  }

  @Override
  public String awaited() {
    return "answer";
  }
}
