package dev.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A netlink(7) socket: requests that the kernel acknowledges or answers, and dumps. It belongs to
 * one thread at a time. The kernel answers while we send, so a request never waits long; a time-out
 * guards against what cannot be.
 */
final class NetlinkSocket implements AutoCloseable {
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int NETLINK_GET_STRICT_CHK = 12;
  private static final long TIMEOUT_SECONDS = 5;
  private static final int BUFFER = 64 * 1024;

  private static final int TRANSACTION_BUFFER = 192 * 1024;
  private static final int BATCH_MESSAGES = 100;
  private static final int LONGEST_REQUEST = 4096;

  /** A dump that changed under the kernel's hands is asked again so many times. */
  private static final int DUMP_ATTEMPTS = 20;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(BUFFER, 8);
  private final NetlinkReader reader = new NetlinkReader();
  private final NetlinkWriter writer = new NetlinkWriter(arena.allocate(4096, 8));
  private @Nullable NetlinkWriter batch;
  private final int fd;
  private int sequence;
  private boolean closed;

  private NetlinkSocket(int protocol) {
    fd =
        Sockets.open(
            Sockaddr.AF_NETLINK, Sockets.SOCK_RAW, protocol, "open a netlink socket " + protocol);
    int length = Sockaddr.netlink(Scratch.mine().address, 0);
    Sockets.check(Sockets.bind(fd, length), "bind", "bind a netlink socket");
    // All three may be unknown to an old kernel, which costs us words and nothing else.
    int _ = Sockets.intOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    int _ = Sockets.intOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    int _ = Sockets.intOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    MemorySegment option = Scratch.mine().option;
    option.set(JAVA_LONG, 0, TIMEOUT_SECONDS);
    option.set(JAVA_LONG, 8, 0);
    int _ = Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVTIMEO, 16);
  }

  /** A socket of a netlink family (0 is NETLINK_ROUTE) in the calling thread's namespace. */
  static NetlinkSocket open(int protocol) {
    return new NetlinkSocket(protocol);
  }

  /** Starts a request; write its body, then call {@link #acknowledge} or {@link #dump}. */
  NetlinkWriter request(int type, int flags) {
    return writer.begin(type, flags | Rtm.NLM_F_REQUEST, ++sequence);
  }

  /**
   * Sends the request and reads up to its acknowledgement.
   *
   * @param answers told of each message before it, may be null
   * @return null for success, else what the kernel refused
   */
  @Nullable Refusal acknowledge(@Nullable Consumer<NetlinkReader> answers, String attempt) {
    send(attempt);
    while (true) {
      receive(attempt);
      while (reader.next()) {
        if (reader.sequence() != sequence) {
          continue;
        }
        if (reader.type() == Rtm.NLMSG_ERROR) {
          return refusal();
        }
        if (answers != null) {
          answers.accept(reader);
        }
      }
    }
  }

  /**
   * Sends many requests in few system calls and tells what became of each, in order. The kernel
   * carries out all of a datagram before we read; so many acknowledgements fit in the socket.
   */
  void exchange(List<RouteBatch.Entry> entries, Consumer<RouteBatch.Outcome> to) {
    NetlinkWriter out = batch;
    if (out == null) {
      out = new NetlinkWriter(arena.allocate(BUFFER, 8));
      batch = out;
    }
    int done = 0;
    while (done < entries.size()) {
      int first = sequence + 1;
      int end = done;
      while (end < entries.size()
          && end - done < BATCH_MESSAGES
          && (end == done || out.length() < BUFFER - LONGEST_REQUEST)) {
        RouteBatch.Entry entry = entries.get(end);
        int flags = entry.flags() | Rtm.NLM_F_REQUEST;
        NetlinkWriter message =
            end == done
                ? out.begin(entry.type(), flags, ++sequence)
                : out.next(entry.type(), flags, ++sequence);
        entry.body().accept(message);
        end++;
      }
      String attempt = entries.get(done).attempt();
      send(out, attempt);
      answers(entries.subList(done, end), first, attempt, to);
      done = end;
    }
  }

  /** Messages of nfnetlink that take effect together or not at all. */
  Transaction transaction() {
    return new Transaction();
  }

  /** See {@link #transaction}. */
  final class Transaction {
    private final Arena own = Arena.ofConfined();
    private final MemorySegment buffer = own.allocate(TRANSACTION_BUFFER, 8);
    private final NetlinkWriter out = new NetlinkWriter(buffer);
    private final int first = sequence + 1;
    private int lastStart;
    private int acknowledged;

    private Transaction() {}

    /** Starts a message; what follows its netlink header is the caller's. */
    NetlinkWriter message(int type, int flags) {
      NetlinkWriter message =
          out.length() == 0
              ? out.begin(type, flags | Rtm.NLM_F_REQUEST, ++sequence)
              : out.next(type, flags | Rtm.NLM_F_REQUEST, ++sequence);
      lastStart = message.length() - NetlinkReader.HEADER;
      return message;
    }

    /** Asks for the acknowledgement of the present message. */
    Transaction acknowledgeLast() {
      long flags = lastStart + 6L;
      short value = buffer.get(JAVA_SHORT_UNALIGNED, flags);
      buffer.set(JAVA_SHORT_UNALIGNED, flags, (short) (value | Rtm.NLM_F_ACK));
      acknowledged = sequence;
      return this;
    }

    /** Sends all; null for success, else the first refusal, and nothing has changed. */
    @Nullable Refusal commit(String attempt) {
      try (own) {
        send(out, attempt);
        while (true) {
          receive(attempt);
          while (reader.next()) {
            if (reader.type() != Rtm.NLMSG_ERROR || reader.sequence() < first) {
              continue;
            }
            Refusal refusal = refusal();
            if (refusal != null || reader.sequence() == acknowledged) {
              return refusal;
            }
          }
        }
      }
    }
  }

  private void answers(
      List<RouteBatch.Entry> entries, int first, String attempt, Consumer<RouteBatch.Outcome> to) {
    int answered = 0;
    while (answered < entries.size()) {
      receive(attempt);
      while (answered < entries.size() && reader.next()) {
        if (reader.type() == Rtm.NLMSG_ERROR && reader.sequence() == first + answered) {
          to.accept(RouteBatch.outcome(entries.get(answered), refusal()));
          answered++;
        }
      }
    }
  }

  /**
   * Sends a dump request and reads all of the answer.
   *
   * @param type of the request
   * @param body writes what follows the header
   * @param start called before each attempt: forget what came so far
   */
  void dump(
      int type,
      Consumer<NetlinkWriter> body,
      Runnable start,
      Consumer<NetlinkReader> each,
      String attempt) {
    for (int i = 0; i < DUMP_ATTEMPTS; i++) {
      start.run();
      body.accept(request(type, Rtm.NLM_F_DUMP));
      send(attempt);
      if (!interrupted(each, attempt)) {
        return;
      }
    }
    throw new SyscallException(
        "netlink", Errno.EAGAIN, attempt, "the table changed during every one of our readings");
  }

  /** Reads a dump to its end; answers whether the table changed meanwhile. */
  private boolean interrupted(Consumer<NetlinkReader> each, String attempt) {
    boolean interrupted = false;
    while (true) {
      receive(attempt);
      while (reader.next()) {
        if (reader.sequence() != sequence) {
          continue;
        }
        interrupted |= (reader.flags() & Rtm.NLM_F_DUMP_INTR) != 0;
        switch (reader.type()) {
          case Rtm.NLMSG_DONE -> {
            int error = reader.payload() >= 4 ? reader.u32(0) : 0;
            if (error < 0) {
              throw new SyscallException("netlink", -error, attempt);
            }
            return interrupted;
          }
          case Rtm.NLMSG_ERROR -> {
            Refusal refusal = refusal();
            if (refusal != null) {
              throw refusal.exception(attempt);
            }
          }
          default -> each.accept(reader);
        }
      }
    }
  }

  private void send(String attempt) {
    send(writer, attempt);
  }

  private void send(NetlinkWriter out, String attempt) {
    MemorySegment message = out.finish();
    int length = Sockaddr.netlink(Scratch.mine().address, 0);
    int sent = Sockets.sendTo(fd, message, message.byteSize(), length);
    Sockets.check(sent, "sendto", attempt);
  }

  private void receive(String attempt) {
    int n;
    do {
      n = Sockets.receiveFrom(fd, in, Sockets.MSG_TRUNC);
    } while (n == -Errno.EINTR || (n >= 0 && Sockaddr.netlinkPort(Scratch.mine().address) != 0));
    if (n == -Errno.EAGAIN) {
      throw new SyscallException("recvfrom", Errno.ETIMEDOUT, attempt, "the kernel did not answer");
    }
    Sockets.check(n, "recvfrom", attempt);
    if (n > BUFFER) {
      throw new SyscallException(
          "recvfrom", 90, attempt, "the kernel's answer has " + n + " bytes, we read " + BUFFER);
    }
    NetlinkReader _ = reader.over(in, n);
  }

  /** What an NLMSG_ERROR says; null for an acknowledgement. */
  private @Nullable Refusal refusal() {
    return refusal(reader);
  }

  /** As above, of any reader. */
  static @Nullable Refusal refusal(NetlinkReader reader) {
    int error = reader.payload() >= 4 ? reader.u32(0) : -Errno.EPROTO;
    if (error == 0) {
      return null;
    }
    String words = null;
    if ((reader.flags() & Rtm.NLM_F_ACK_TLVS) != 0
        && reader.payload() >= 4 + NetlinkReader.HEADER) {
      int request = (reader.flags() & Rtm.NLM_F_CAPPED) != 0 ? NetlinkReader.HEADER : reader.u32(4);
      reader.attributes(4L + request);
      while (reader.nextAttribute()) {
        if (reader.attributeType() == Rtm.NLMSGERR_ATTR_MSG) {
          words = reader.attributeString();
        }
      }
    }
    return new Refusal(-error, words);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
      arena.close();
    }
  }

  /**
   * The kernel's no.
   *
   * @param errno positive
   * @param words the kernel's own explanation, null when it gave none
   */
  record Refusal(int errno, @Nullable String words) {
    SyscallException exception(String attempt) {
      return words == null
          ? new SyscallException("netlink", errno, attempt)
          : new SyscallException("netlink", errno, attempt, words);
    }
  }
}
