package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixDatagramTest {
  @TempDir Path directory;

  /** The daemon's side. */
  private static final class Receiver implements AutoCloseable {
    private final MemorySegment buffer = Arena.ofAuto().allocate(4096);
    private final int fd = Sockets.open(Sockaddr.AF_UNIX, Sockets.SOCK_DGRAM, 0, "make a receiver");

    Receiver(String name) {
      int length = Sockaddr.unix(Scratch.mine().address, name);
      assertThat(Sockets.bind(fd, length)).isZero();
    }

    String next() {
      int n = Sockets.receive(fd, buffer, Sockets.MSG_DONTWAIT);
      assertThat(n).isNotNegative();
      return new String(buffer.asSlice(0, n).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      Fd.close(fd);
    }
  }

  @Test
  void tellsAServiceManagerAtAPath() {
    tellsAServiceManager(directory.resolve("notify").toString());
  }

  @Test
  void tellsAServiceManagerAtAnAbstractName() {
    tellsAServiceManager("@slc-notify-" + ProcessHandle.current().pid());
  }

  private static void tellsAServiceManager(String name) {
    try (Receiver manager = new Receiver(name);
        SystemdNotify notify = SystemdNotify.at(name).orElseThrow()) {
      notify.ready();
      assertThat(manager.next()).isEqualTo("READY=1");
      notify.reloading();
      assertThat(manager.next()).matches("RELOADING=1\nMONOTONIC_USEC=\\d+");
      notify.status("two\nlines");
      assertThat(manager.next()).isEqualTo("STATUS=two lines");
      notify.stopping();
      assertThat(manager.next()).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void withoutAManagerNothingHappens() {
    assertThat(SystemdNotify.at(null)).isEmpty();
    assertThat(SystemdNotify.at("vsock:2:1234")).isEmpty();
    try (SystemdNotify notify = SystemdNotify.at("/run/slc-nobody-listens").orElseThrow()) {
      notify.ready();
    }
  }

  @Test
  void syslogLinesAreAsDaemonsExpect() {
    String path = directory.resolve("log").toString();
    try (Receiver daemon = new Receiver(path);
        Syslog syslog = Syslog.at(path, Syslog.DAEMON, "sluice")) {
      long pid = ProcessHandle.current().pid();
      assertThat(syslog.header(6, LocalDateTime.of(2026, 11, 3, 7, 8, 9)))
          .isEqualTo("<30>Nov  3 07:08:09 sluice[" + pid + "]: ");
      syslog.log(4, "VI_1: entering FAULT state");
      assertThat(daemon.next())
          .matches("<28>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d sluice\\[\\d+]: VI_1: .*");
      syslog.log(6, "x".repeat(5000));
      assertThat(daemon.next()).hasSize(2048);
      assertThat(syslog.lost()).isZero();
    }
  }

  @Test
  void syslogLinesThatNobodyTakesAreCounted() {
    try (Syslog syslog = Syslog.at(directory.resolve("none").toString(), 3, "sluice")) {
      syslog.log(6, "lost");
      assertThat(syslog.lost()).isEqualTo(1);
    }
  }
}
