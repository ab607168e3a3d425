package dev.sluice.core.service;

import dev.sluice.linux.EventLoop;
import dev.sluice.plane.xdp.XdpPlane;

/**
 * Tells the plane at once that a neighbour, a route or a link changed: a real server's new frame
 * address must not wait for the next housekeeping. Only waits for the kernel; what came is read on
 * the core thread, which owns the plane, and until it has been read nothing more is waited for.
 */
final class NetworkWatch implements AutoCloseable {
  private final EventLoop loop;

  private NetworkWatch(EventLoop loop) {
    this.loop = loop;
  }

  /** Starts the thread; after the plane {@code then} hears of a change, on the core thread. */
  static NetworkWatch start(XdpPlane plane, Services.CoreThread core, Runnable then) {
    EventLoop loop = EventLoop.open("netlink");
    var watch = new NetworkWatch(loop);
    var waiting = new EventLoop.Watch[1];
    waiting[0] =
        loop.watch(
            plane.networkFd(),
            EventLoop.READ,
            _ -> {
              waiting[0].interest(0);
              core.execute(() -> {
                try {
                  plane.onNetworkChange();
                  then.run();
                } finally {
                  loop.execute(() -> waiting[0].interest(EventLoop.READ));
                }
              });
            });
    Thread.ofPlatform().name("sluice-netlink").daemon().start(loop::run);
    return watch;
  }

  /** Ends the thread; the plane's descriptor may be closed afterwards. */
  @Override
  public void close() {
    loop.stop();
  }
}
