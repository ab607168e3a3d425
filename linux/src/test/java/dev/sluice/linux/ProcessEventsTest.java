package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

@Timeout(120)
class ProcessEventsTest {
  private static void until(ProcessEvents events, Predicate<ProcessEvent> wanted) {
    List<ProcessEvent> seen = new ArrayList<>();
    boolean[] found = new boolean[1];
    EventLoop loop = EventLoop.open("processes");
    try {
      EventLoop.Watch _ =
          loop.watch(
              events.fd(),
              EventLoop.READ,
              _ -> {
                events.drain(event -> {
                  seen.add(event);
                  found[0] |= wanted.test(event);
                });
                if (found[0]) {
                  loop.stop();
                }
              });
      loop.timer(loop::stop).after(TimeUnit.SECONDS.toNanos(60));
      loop.run();
    } finally {
      loop.close();
    }
    assertThat(found[0]).as("seen: " + seen).isTrue();
  }

  private static void liveAndDie(ProcessEvents events) throws Exception {
    Process process = new ProcessBuilder("sleep", "300").start();
    int pid = (int) process.pid();
    try {
      // The parent may be the JVM's own helper, which becomes the program: fork, then exec.
      until(events, e -> e.equals(new ProcessEvent.Executed(pid)));
      assertThat(Processes.of(pid).orElseThrow().name()).isEqualTo("sleep");
    } finally {
      process.destroyForcibly();
    }
    until(
        events,
        e -> e instanceof ProcessEvent.Exited(int gone, int status) && gone == pid && status == 9);
  }

  @Test
  @Tag("netns")
  void aProcessIsBornAndDies() throws Exception {
    assumeTrue(Capabilities.has(Capability.NET_ADMIN), "process events need root");
    try (ProcessEvents events = open()) {
      liveAndDie(events);
    }
  }

  @Test
  @Tag("netns")
  void fromAnotherNetworkNamespace() throws Exception {
    try (TwoNamespaces pair = TwoNamespaces.make();
        ProcessEvents events = pair.inLeft(ProcessEventsTest::open)) {
      liveAndDie(events);
    }
  }

  private static ProcessEvents open() {
    try {
      return ProcessEvents.open();
    } catch (UnsupportedKernelException e) {
      throw new TestAbortedException(e.getMessage(), e);
    }
  }

  @Test
  void whatRuns() throws Exception {
    Process process = new ProcessBuilder("sleep", "301").start();
    try {
      int pid = (int) process.pid();
      while (!Processes.of(pid).orElseThrow().name().equals("sleep")) {
        Thread.onSpinWait();
      }
      assertThat(Processes.of(pid).orElseThrow().commandLine()).containsExactly("sleep", "301");
      assertThat(Processes.all()).anyMatch(p -> p.pid() == pid && !p.zombie());
      assertThat(Processes.all()).anyMatch(p -> p.pid() == (int) ProcessHandle.current().pid());
      assertThat(Processes.of(0)).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }
}
