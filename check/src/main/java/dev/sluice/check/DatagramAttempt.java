package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import dev.sluice.config.model.Checker;
import dev.sluice.linux.ConnectedDatagram;
import dev.sluice.linux.Errno;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.StreamSocket;
import dev.sluice.linux.SyscallException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A try by one datagram, in the loop.
 *
 * <pre>
 *   start    bound, connected, sent: WAITING; a fault on the way: failed
 *   WAITING  a datagram that the exchange takes: its verdict
 *            an ICMP error: failed
 *            connect_timeout over: what silence means to the exchange
 * </pre>
 *
 * <p>Nothing is sent again within a try: {@code retry} is what the operator set for loss.
 */
final class DatagramAttempt implements Attempt {
  /** So that a flood of foreign datagrams does not hold up the other checks. */
  private static final int READS_PER_TURN = 8;

  /** Opens the socket. */
  @FunctionalInterface
  interface Opener {
    ConnectedDatagram open(StreamSocket.Options options);
  }

  private final EventLoop loop;
  private final Scratchpad scratch;
  private final Checker.Connection target;
  private final Opener opener;
  private final Exchange exchange;
  private final EventLoop.Timer timer;
  private @Nullable ConnectedDatagram socket;
  private EventLoop.@Nullable Watch watch;
  private @Nullable Consumer<End> whenEnded;
  private long startedNanos;
  private long sentNanos = -1;

  DatagramAttempt(
      EventLoop loop,
      Scratchpad scratch,
      Checker.Connection target,
      Opener opener,
      Exchange exchange) {
    this.loop = loop;
    this.scratch = scratch;
    this.target = target;
    this.opener = opener;
    this.exchange = exchange;
    this.timer = loop.timer(this::late);
  }

  @Override
  public void start(Consumer<End> ended) {
    whenEnded = ended;
    startedNanos = System.nanoTime();
    ConnectedDatagram s;
    try {
      s =
          opener.open(
              new StreamSocket.Options(
                  target.bindAddress(),
                  target.bindPort(),
                  target.bindInterface(),
                  target.fwmark()));
    } catch (SyscallException e) {
      String why = e.getMessage() == null ? Errno.text(e.errno()) : e.getMessage();
      if (LocalFaults.noDescriptor(e.errno())) {
        finish(new End.Exhausted(why));
      } else if (LocalFaults.isOne(e.errno(), true)) {
        finish(new End.Inconclusive(why));
      } else {
        end(new HttpVerdict(false, why));
      }
      return;
    }
    socket = s;
    int errno = s.startError();
    if (errno != 0) {
      refused(errno, s.failedCall().equals("connect"), s.failedCall());
      return;
    }
    byte[] request = exchange.request();
    int n = s.write(scratch.memory(), 0, scratch.fill(ByteBuffer.wrap(request)));
    if (n < 0) {
      refused(-n, true, "send");
      return;
    }
    sentNanos = System.nanoTime() - startedNanos;
    watch = loop.watch(s.fd(), EventLoop.READ, this::ready);
    timer.at(startedNanos + target.timeout().toNanos());
  }

  private void refused(int errno, boolean connecting, String call) {
    if (LocalFaults.isOne(errno, connecting)) {
      finish(new End.Inconclusive(call + ": " + Errno.text(errno)));
    } else {
      String where = call.equals("connect") || call.equals("send") ? "" : call + ": ";
      end(new HttpVerdict(false, where + Errno.text(errno)));
    }
  }

  private void ready(int events) {
    ConnectedDatagram s = socket;
    for (int i = 0; s != null && i < READS_PER_TURN; i++) {
      int n = s.read(scratch.memory());
      if (n == -Errno.EAGAIN) {
        int errno = (events & EventLoop.ERROR) == 0 ? 0 : s.pendingError();
        if (errno != 0) {
          end(new HttpVerdict(false, Errno.text(errno)));
        }
        return;
      }
      if (n < 0) {
        end(new HttpVerdict(false, Errno.text(-n)));
        return;
      }
      byte[] datagram = new byte[n];
      scratch.filled(n).get(datagram);
      HttpVerdict verdict = exchange.received(datagram);
      if (verdict != null) {
        end(verdict);
        return;
      }
    }
  }

  private void late() {
    end(exchange.silence(Texts.duration(target.timeout().toNanos())));
  }

  private void end(HttpVerdict verdict) {
    long total = System.nanoTime() - startedNanos;
    finish(
        new End.Judged(
            new CheckOutcome(verdict.passed(), null, verdict.evidence(), sentNanos, -1, total)));
  }

  private void finish(End how) {
    Consumer<End> tell = whenEnded;
    cancel();
    if (tell != null) {
      tell.accept(how);
    }
  }

  @Override
  public void cancel() {
    whenEnded = null;
    timer.cancel();
    if (watch != null) {
      watch.closeWithDescriptor();
      watch = null;
    }
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
