package dev.sluice.check;

import dev.sluice.check.http.HttpVerdict;
import dev.sluice.config.model.Checker;
import dev.sluice.linux.Errno;
import dev.sluice.linux.EventLoop;
import dev.sluice.linux.StreamSocket;
import dev.sluice.linux.SyscallException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A try over TCP, in the loop.
 *
 * <pre>
 *   start      connect; failed at once: ended
 *   CONNECTING writable: no conversation: passed; else it begins: TALKING
 *              refused, timeout: failed
 *   TALKING    bytes both ways until the conversation has a verdict
 *              silent for the timeout, or longer than the whole may last: failed
 *   ended      descriptor closed, timer cancelled, outcome told
 * </pre>
 *
 * <p>As with keepalived, {@code connect_timeout} bounds the connecting and then every wait for more
 * bytes. A server that drips for ever is bounded by {@code wholeNanos} (keepalived waits on).
 */
final class ConnectionAttempt implements Attempt {

  /** Portions read in one turn, so that one huge body does not hold up the other checks. */
  private static final int READS_PER_TURN = 8;

  private final EventLoop loop;
  private final Scratchpad scratch;
  private final Checker.Connection target;
  private final @Nullable Conversation conversation;
  private final long wholeNanos;
  private final EventLoop.Timer timer;

  private @Nullable StreamSocket socket;
  private EventLoop.@Nullable Watch watch;
  private @Nullable Consumer<End> whenEnded;
  private boolean connected;
  private boolean peerClosed;
  private long startedNanos;
  private long silentSinceNanos;
  private long connectNanos = -1;
  private long firstByteNanos = -1;

  /**
   * A try.
   *
   * @param scratch memory for reads and writes, shared by all tries of the loop
   * @param conversation null: connecting is all
   */
  ConnectionAttempt(
      EventLoop loop,
      Scratchpad scratch,
      Checker.Connection target,
      @Nullable Conversation conversation,
      long wholeNanos) {
    this.loop = loop;
    this.scratch = scratch;
    this.target = target;
    this.conversation = conversation;
    this.wholeNanos = wholeNanos;
    this.timer = loop.timer(this::late);
  }

  @Override
  public void start(Consumer<End> ended) {
    whenEnded = ended;
    if (conversation != null) {
      conversation.whenProgressed(this::progressed);
    }
    startedNanos = System.nanoTime();
    silentSinceNanos = startedNanos;
    Conversation talk = conversation;
    boolean speakFirst = talk != null && talk.speakFirst();
    StreamSocket s;
    try {
      s = StreamSocket.connect(target.address(), target.port(), options(), !speakFirst);
    } catch (SyscallException e) {
      finish(faults(e));
      return;
    }
    socket = s;
    if (s.startError() != 0) {
      refused(s, s.startError());
      return;
    }
    try {
      if (speakFirst && talk != null) {
        talk.begin();
        // Over loopback, and to a container of this machine, the connection stands already.
        int n = s.write(scratch.memory(), 0, scratch.fill(talk.toSend()));
        if (n < 0 && n != -Errno.EAGAIN) {
          refused(s, -n);
          return;
        }
        if (n >= 0) {
          talk.toSend().position(talk.toSend().position() + n);
          stands();
        }
      }
      boolean sent = connected && talk != null && !talk.toSend().hasRemaining();
      watch = loop.watch(s.fd(), sent ? EventLoop.READ : EventLoop.WRITE, this::ready);
    } catch (SyscallException e) {
      finish(faults(e));
      return;
    }
    arm();
  }

  private StreamSocket.Options options() {
    return target.bindAddress() == null
            && target.bindPort() == 0
            && target.bindInterface() == null
            && target.fwmark() == 0
        ? StreamSocket.Options.NONE
        : new StreamSocket.Options(
            target.bindAddress(), target.bindPort(), target.bindInterface(), target.fwmark());
  }

  private static End faults(SyscallException e) {
    String why = e.getMessage() == null ? Errno.text(e.errno()) : e.getMessage();
    if (LocalFaults.noDescriptor(e.errno())) {
      return new End.Exhausted(why);
    }
    return LocalFaults.isOne(e.errno(), true)
        ? new End.Inconclusive(why)
        : new End.Judged(new CheckOutcome(false, null, why, -1, -1, 0));
  }

  private void stands() {
    connected = true;
    connectNanos = System.nanoTime() - startedNanos;
    silentSinceNanos = startedNanos + connectNanos;
  }

  @Override
  public void cancel() {
    whenEnded = null;
    release(true);
  }

  private void ready(int events) {
    StreamSocket s = socket;
    if (s == null) {
      return;
    }
    if (!connected) {
      boolean trouble = (events & (EventLoop.ERROR | EventLoop.HANGUP)) != 0;
      int errno = trouble ? s.connectError() : 0;
      if (errno != 0) {
        refused(s, errno);
        return;
      }
      stands();
      if (conversation == null) {
        end(true, "connected");
        return;
      }
      if (!conversation.speakFirst()) {
        conversation.begin();
      }
      if (flush(s, conversation)) {
        settle(conversation);
      }
      return;
    }
    if (conversation != null) {
      if ((events & EventLoop.READ) != 0 && !read(s, conversation)) {
        return;
      }
      if (conversation.verdict() == null && !flush(s, conversation)) {
        return;
      }
      settle(conversation);
    }
  }

  private void progressed() {
    StreamSocket s = socket;
    if (s != null && conversation != null) {
      if (conversation.verdict() == null && !flush(s, conversation)) {
        return;
      }
      settle(conversation);
    }
  }

  /** False: the try has ended. */
  private boolean read(StreamSocket s, Conversation talk) {
    for (int i = 0; i < READS_PER_TURN && talk.verdict() == null; i++) {
      int n = s.read(scratch.memory());
      if (n == -Errno.EAGAIN) {
        return true;
      }
      if (n < 0) {
        end(false, Errno.text(-n) + (talk.answering() ? " while answering" : ""));
        return false;
      }
      if (n == 0) {
        peerClosed = true;
        talk.closed();
        return true;
      }
      silentSinceNanos = System.nanoTime();
      talk.received(scratch.filled(n));
      if (firstByteNanos < 0 && talk.answering()) {
        firstByteNanos = silentSinceNanos - startedNanos;
      }
    }
    return true;
  }

  /** False: the try has ended. */
  private boolean flush(StreamSocket s, Conversation talk) {
    ByteBuffer out = talk.toSend();
    while (out.hasRemaining()) {
      int n = s.write(scratch.memory(), 0, scratch.fill(out));
      if (n == -Errno.EAGAIN) {
        return true;
      }
      if (n < 0) {
        end(false, "cannot send the request: " + Errno.text(-n));
        return false;
      }
      out.position(out.position() + n);
    }
    return true;
  }

  private void settle(Conversation talk) {
    HttpVerdict verdict = talk.verdict();
    if (verdict != null) {
      end(verdict.passed(), verdict.evidence());
      return;
    }
    if (watch != null) {
      int write = talk.toSend().hasRemaining() ? EventLoop.WRITE : 0;
      watch.interest(peerClosed ? write : write | EventLoop.READ);
    }
    arm();
  }

  private long deadlineNanos() {
    long silence = silentSinceNanos + target.timeout().toNanos();
    long whole = startedNanos + wholeNanos;
    return connected && whole - silence < 0 ? whole : silence;
  }

  private void arm() {
    long deadline = deadlineNanos();
    if (!timer.armed() || timer.deadlineNanos() != deadline) {
      timer.at(deadline);
    }
  }

  private void late() {
    if (!connected) {
      end(false, "no connection within " + Texts.duration(target.timeout().toNanos()));
      return;
    }
    String awaited = conversation == null ? "answer" : conversation.awaited();
    boolean answering = conversation != null && conversation.answering();
    if (System.nanoTime() - (silentSinceNanos + target.timeout().toNanos()) < 0) {
      end(false, "the " + awaited + " was not complete within " + Texts.duration(wholeNanos));
    } else {
      String timeout = Texts.duration(target.timeout().toNanos());
      end(
          false,
          answering ? "the answer stopped for " + timeout : "no " + awaited + " within " + timeout);
    }
  }

  private void refused(StreamSocket s, int errno) {
    boolean connecting = s.failedCall().equals("connect");
    String why = connecting ? Errno.text(errno) : s.failedCall() + ": " + Errno.text(errno);
    if (LocalFaults.isOne(errno, connecting)) {
      finish(new End.Inconclusive(why));
    } else {
      end(false, why);
    }
  }

  private void end(boolean passed, String evidence) {
    long total = System.nanoTime() - startedNanos;
    finish(
        new End.Judged(
            new CheckOutcome(passed, null, evidence, connectNanos, firstByteNanos, total)));
  }

  private void finish(End how) {
    Consumer<End> tell = whenEnded;
    whenEnded = null;
    // An answer that was all there needs no farewell: a RST saves both sides the closing.
    boolean answered = conversation != null && conversation.speakFirst() && !peerClosed;
    boolean failed = how instanceof End.Judged(CheckOutcome outcome) && !outcome.passed();
    release(connected && (answered || failed));
    if (tell != null) {
      tell.accept(how);
    }
  }

  private void release(boolean abruptly) {
    timer.cancel();
    if (watch != null) {
      watch.closeWithDescriptor();
      watch = null;
    }
    if (socket != null) {
      if (abruptly) {
        socket.reset();
      }
      socket.close();
      socket = null;
    }
  }
}
