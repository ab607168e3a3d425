package dev.sluice.lab;

import dev.sluice.linux.EventLoop;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.PacketSocket;
import dev.sluice.linux.RealTime;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/**
 * Everything that passes a segment's switch, heard on a packet socket of its own. Frames of an
 * isolated host do not pass. Time stamps are taken when the frame is read.
 */
public final class Wire {
  private static final int BUFFER = 2048;

  /** Guarded by itself. */
  private final List<Seen> seen = new ArrayList<>();

  private Wire() {}

  /** Listens until the lab is closed. */
  public static Wire on(Lab lab, Segment segment) {
    int ifindex = segment.listen();
    Wire wire = new Wire();
    FutureTask<EventLoop> opened =
        new FutureTask<>(() -> {
          NetworkNamespace.enter(segment.namespaceFile());
          return EventLoop.open("wire");
        });
    Thread thread =
        Thread.ofPlatform()
            .name("wire")
            .daemon()
            .start(() -> {
              opened.run();
              wire.listen(loop(opened), ifindex);
            });
    EventLoop loop = loop(opened);
    lab.onClose(
        "the capture",
        () -> {
          loop.stop();
          try {
            thread.join(5_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return wire;
  }

  private static EventLoop loop(FutureTask<EventLoop> opened) {
    try {
      return opened.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while opening the capture");
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot capture", e.getCause());
    }
  }

  private void listen(EventLoop loop, int ifindex) {
    // Its time stamps are taken here: a busy machine must not make others look late.
    boolean _ = RealTime.roundRobin(1);
    try (loop;
        Arena arena = Arena.ofConfined();
        PacketSocket socket = PacketSocket.listen(ifindex, PacketSocket.ALL)) {
      MemorySegment frame = arena.allocate(BUFFER);
      EventLoop.Watch _ =
          loop.watch(
              socket.fd(),
              EventLoop.READ,
              _ -> {
                for (int n = socket.receive(frame); n > 0; n = socket.receive(frame)) {
                  byte[] bytes =
                      frame.asSlice(0, Math.min(n, BUFFER)).toArray(ValueLayout.JAVA_BYTE);
                  Seen.of(System.nanoTime(), bytes).ifPresent(this::add);
                }
              });
      loop.run();
    }
  }

  private void add(Seen one) {
    synchronized (seen) {
      seen.add(one);
    }
  }

  private List<Seen> all() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  /** All adverts since that time, by {@link System#nanoTime}. */
  public List<Seen.Advert> adverts(long sinceNanos) {
    return all().stream()
        .filter(each -> each.nanos() - sinceNanos >= 0)
        .filter(Seen.Advert.class::isInstance)
        .map(Seen.Advert.class::cast)
        .toList();
  }

  /** The adverts of one sender since that time. */
  public List<Seen.Advert> adverts(long sinceNanos, String source) {
    return adverts(sinceNanos).stream().filter(each -> each.source().equals(source)).toList();
  }

  /** The first advert of a sender since that time. */
  public Optional<Seen.Advert> firstAdvert(long sinceNanos, String source) {
    return adverts(sinceNanos, source).stream().findFirst();
  }

  /** Gratuitous ARPs and unsolicited neighbour advertisements for an address since that time. */
  public List<Seen.Announcement> announcements(long sinceNanos, String address) {
    return all().stream()
        .filter(each -> each.nanos() - sinceNanos >= 0)
        .filter(Seen.Announcement.class::isInstance)
        .map(Seen.Announcement.class::cast)
        .filter(each -> each.address().equals(address))
        .toList();
  }

  /** The last frames, for a message. */
  public String tail() {
    List<Seen> all = all();
    return all.stream()
        .skip(Math.max(0, all.size() - 12))
        .map(Seen::toString)
        .collect(Collectors.joining("\n"));
  }
}
