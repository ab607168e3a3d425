package dev.sluice.check.talk;

import dev.sluice.check.talk.Hpack.Header;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * gRPC's health protocol: {@code grpc.health.v1.Health/Check} must answer SERVING. The request is
 * one message with the service's name in field 1, the answer one with the status in field 1.
 */
public final class GrpcTalk extends Http2Talk {
  private static final int MAX_MESSAGE = 4096;
  private static final int SERVING = 1;

  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private String httpStatus = "";
  private String grpcStatus = "";
  private String grpcMessage = "";

  /**
   * A question.
   *
   * @param service empty: the server as a whole
   */
  public GrpcTalk(String authority, boolean tls, String service) {
    super(
        List.of(
            new Header(":method", "POST"),
            new Header(":scheme", tls ? "https" : "http"),
            new Header(":authority", authority),
            new Header(":path", "/grpc.health.v1.Health/Check"),
            new Header("content-type", "application/grpc"),
            new Header("user-agent", "grpc-sluice"),
            new Header("te", "trailers")),
        request(service));
  }

  private static byte[] request(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0) {
      return new byte[5];
    }
    var field = new ByteArrayOutputStream();
    field.write(1 << 3 | 2); // field 1, a string
    int length = name.length;
    for (; length >= 128; length >>= 7) {
      field.write((length & 127) | 128);
    }
    field.write(length);
    field.writeBytes(name);
    ByteBuffer all = ByteBuffer.allocate(5 + field.size());
    all.put((byte) 0).putInt(field.size()).put(field.toByteArray());
    return all.array();
  }

  @Override
  protected void headers(List<Header> headers, boolean last) {
    for (Header h : headers) {
      switch (h.name()) {
        case ":status" -> httpStatus = h.value();
        case "grpc-status" -> grpcStatus = h.value();
        case "grpc-message" -> grpcMessage = h.value();
        default -> {}
      }
    }
    if (!httpStatus.isEmpty() && !httpStatus.startsWith("1") && !httpStatus.equals("200")) {
      fail("HTTP " + shown(httpStatus) + ", expected 200");
    }
  }

  @Override
  protected void data(ByteBuffer part) {
    if (message.size() + part.remaining() > MAX_MESSAGE) {
      fail("the answer is longer than " + MAX_MESSAGE + " bytes");
      return;
    }
    while (part.hasRemaining()) {
      message.write(part.get());
    }
  }

  @Override
  protected void ended() {
    if (!grpcStatus.equals("0")) {
      String text = grpcMessage.isEmpty() ? "" : ": " + shown(grpcMessage);
      fail(
          grpcStatus.isEmpty()
              ? "no gRPC status in the answer"
              : "gRPC status " + shown(grpcStatus) + name(grpcStatus) + text);
      return;
    }
    int status = status(message.toByteArray());
    String word =
        switch (status) {
          case 0 -> "UNKNOWN";
          case SERVING -> "SERVING";
          case 2 -> "NOT_SERVING";
          case 3 -> "SERVICE_UNKNOWN";
          default -> "no health status";
        };
    if (status == SERVING) {
      pass(word);
    } else {
      fail(word + ", expected SERVING");
    }
  }

  /** The status of a message; −1: it is none. */
  private static int status(byte[] framed) {
    if (framed.length < 5 || framed[0] != 0) {
      return -1;
    }
    ByteBuffer in = ByteBuffer.wrap(framed, 1, framed.length - 1);
    if (in.getInt() != in.remaining()) {
      return -1;
    }
    if (!in.hasRemaining()) {
      return 0; // the default value is not sent
    }
    return in.remaining() == 2 && in.get() == 1 << 3 ? in.get() : -1;
  }

  private static String name(String status) {
    return switch (status) {
      case "4" -> " (DEADLINE_EXCEEDED)";
      case "5" -> " (NOT_FOUND: the service is not known)";
      case "12" -> " (UNIMPLEMENTED: it has no health service)";
      case "14" -> " (UNAVAILABLE)";
      case "16" -> " (UNAUTHENTICATED)";
      default -> "";
    };
  }
}
