package dev.sluice.core.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.core.RuntimeDir;
import dev.sluice.core.api.Api;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlTest {
  @TempDir Path folder;
  private RuntimeDir runtime;

  @BeforeEach
  void place() {
    runtime = new RuntimeDir(folder.resolve("run"), folder.resolve("state"));
  }

  @Test
  void answersAndLeavesNoSocketBehind() throws Exception {
    try (var _ = ControlServer.open(runtime, request -> "{\"verb\":\"" + request.verb() + "\"}")) {
      assertThat(ControlClient.request(runtime, "status")).isEqualTo("{\"verb\":\"status\"}");
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(runtime.controlSocket())))
          .isEqualTo("rw-rw----");
    }
    assertThat(runtime.controlSocket()).doesNotExist();
  }

  @Test
  void withoutADaemonTheClientSaysWhatToDo() {
    assertThatThrownBy(() -> ControlClient.request(runtime, "status"))
        .isInstanceOf(ControlClient.NoDaemonException.class)
        .hasMessageContaining(runtime.controlSocket().toString())
        .hasMessageContaining("sluice run -f FILE");
  }

  @Test
  void aStaleSocketIsReplacedAndALivingOneIsNot() throws Exception {
    Files.createDirectories(runtime.directory());
    Files.createFile(runtime.controlSocket());
    try (var _ = ControlServer.open(runtime, _ -> "{}")) {
      assertThatThrownBy(() -> ControlServer.open(runtime, _ -> "{}"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another sluice serves");
    }
  }

  @Test
  void rubbishGetsASentenceAndTheDaemonGoesOn() throws Exception {
    try (var _ =
        ControlServer.open(
            runtime,
            request -> {
              if (request.verb().equals("boom")) {
                throw new IllegalStateException("secret detail");
              }
              return "{}";
            })) {
      assertThat(Api.failureFrom(raw("certainly not json\n")).error()).contains("not a request");
      assertThat(Api.failureFrom(raw("{}\n")).error()).isNotEmpty();
      assertThat(Api.failureFrom(ControlClient.request(runtime, "boom")).error())
          .contains("boom")
          .doesNotContain("secret");
      assertThat(raw("x".repeat(200_000))).isEmpty();
      assertThat(ControlClient.request(runtime, "status")).isEqualTo("{}");
    }
  }

  private String raw(String text) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(runtime.controlSocket()));
      try {
        ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (out.hasRemaining()) {
          channel.write(out);
        }
        ByteBuffer in = ByteBuffer.allocate(4096);
        int n = channel.read(in);
        return n <= 0 ? "" : new String(in.array(), 0, n, StandardCharsets.UTF_8).strip();
      } catch (IOException closed) {
        return "";
      }
    }
  }
}
