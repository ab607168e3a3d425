package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the C compiler for the size and the offsets of every struct that we have a layout of. */
class StructLayoutTest {
  private static final List<StructLayout> LAYOUTS =
      List.of(
          Epoll.EVENT,
          Epoll.TIMESPEC,
          Sockaddr.IN,
          Sockaddr.IN6,
          Sockaddr.LL,
          Sockaddr.NL,
          Sockaddr.UN,
          RawIpSocket.MREQN,
          RawIpSocket.MREQ6,
          Message.MSGHDR,
          Message.IOVEC,
          Message.CMSGHDR,
          RealTime.SCHED_PARAM,
          Accounts.PASSWD,
          Accounts.GROUP,
          Rtm.NLMSGHDR,
          Rtm.RTATTR,
          Rtm.IFINFOMSG,
          Rtm.IFADDRMSG,
          Rtm.NDMSG,
          Rtm.RTMSG,
          Rtm.RTNEXTHOP,
          RuleCodec.HEADER);

  /** Constants that we write as numbers, by their C names. */
  private static final List<Constant> CONSTANTS =
      List.of(
          new Constant("SYS_epoll_pwait2", 441),
          new Constant("EPOLLIN", Epoll.IN),
          new Constant("EPOLLOUT", Epoll.OUT),
          new Constant("EPOLLERR", Epoll.ERR),
          new Constant("EPOLLHUP", Epoll.HUP),
          new Constant("O_NONBLOCK", Fd.O_NONBLOCK),
          new Constant("O_CLOEXEC", Fd.O_CLOEXEC),
          new Constant("EPOLL_CLOEXEC", Fd.O_CLOEXEC),
          new Constant("EFD_NONBLOCK", Fd.O_NONBLOCK),
          new Constant("SOCK_NONBLOCK", Sockets.SOCK_NONBLOCK),
          new Constant("SOCK_CLOEXEC", Sockets.SOCK_CLOEXEC),
          new Constant("AF_PACKET", Sockaddr.AF_PACKET),
          new Constant("AF_NETLINK", Sockaddr.AF_NETLINK),
          new Constant("AF_INET6", Sockaddr.AF_INET6),
          new Constant("SOL_SOCKET", Sockets.SOL_SOCKET),
          new Constant("SO_ERROR", Sockets.SO_ERROR),
          new Constant("SO_RCVBUF", Sockets.SO_RCVBUF),
          new Constant("SO_PRIORITY", Sockets.SO_PRIORITY),
          new Constant("SO_LINGER", Sockets.SO_LINGER),
          new Constant("SO_RCVTIMEO", Sockets.SO_RCVTIMEO),
          new Constant("SO_BINDTODEVICE", Sockets.SO_BINDTODEVICE),
          new Constant("SO_RCVBUFFORCE", Sockets.SO_RCVBUFFORCE),
          new Constant("SO_MARK", Sockets.SO_MARK),
          new Constant("IP_ADD_MEMBERSHIP", 35),
          new Constant("IP_DROP_MEMBERSHIP", 36),
          new Constant("IP_MULTICAST_IF", 32),
          new Constant("IP_MULTICAST_TTL", 33),
          new Constant("IP_MULTICAST_LOOP", 34),
          new Constant("IP_MULTICAST_ALL", 49),
          new Constant("IP_HDRINCL", 3),
          new Constant("IP_FREEBIND", 15),
          new Constant("SO_TIMESTAMPNS", Sockets.SO_TIMESTAMPNS),
          new Constant("MSG_TRUNC", Sockets.MSG_TRUNC),
          new Constant("SOL_IPV6", RawIpSocket.SOL_IPV6),
          new Constant("IP_PKTINFO", PacketBuffer.IP_PKTINFO),
          new Constant("IPV6_CHECKSUM", 7),
          new Constant("IPV6_UNICAST_HOPS", 16),
          new Constant("IPV6_MULTICAST_IF", 17),
          new Constant("IPV6_MULTICAST_HOPS", 18),
          new Constant("IPV6_MULTICAST_LOOP", 19),
          new Constant("IPV6_ADD_MEMBERSHIP", 20),
          new Constant("IPV6_DROP_MEMBERSHIP", 21),
          new Constant("IPV6_MULTICAST_ALL", 29),
          new Constant("IPV6_HDRINCL", 36),
          new Constant("IPV6_RECVPKTINFO", 49),
          new Constant("IPV6_PKTINFO", PacketBuffer.IPV6_PKTINFO),
          new Constant("IPV6_RECVHOPLIMIT", 51),
          new Constant("IPV6_HOPLIMIT", PacketBuffer.IPV6_HOPLIMIT),
          new Constant("IPV6_RECVTCLASS", 66),
          new Constant("IPV6_TCLASS", PacketBuffer.IPV6_TCLASS),
          new Constant("IPV6_FREEBIND", 78),
          new Constant("IFLA_LINKINFO", Rtm.IFLA_LINKINFO),
          new Constant("IFLA_OPERSTATE", Rtm.IFLA_OPERSTATE),
          new Constant("IFLA_LINK_NETNSID", Rtm.IFLA_LINK_NETNSID),
          new Constant("IFA_FLAGS", Rtm.IFA_FLAGS),
          new Constant("IFA_F_NOPREFIXROUTE", InterfaceAddress.NOPREFIXROUTE),
          new Constant("IFA_F_NODAD", InterfaceAddress.NODAD),
          new Constant("RTA_MULTIPATH", Rtm.RTA_MULTIPATH),
          new Constant("RTA_TABLE", Rtm.RTA_TABLE),
          new Constant("RTA_VIA", Rtm.RTA_VIA),
          new Constant("NTF_USE", Rtm.NTF_USE),
          new Constant("NUD_PERMANENT", Neighbour.PERMANENT),
          new Constant("NLM_F_DUMP", Rtm.NLM_F_DUMP),
          new Constant("NLM_F_DUMP_INTR", Rtm.NLM_F_DUMP_INTR),
          new Constant("RTM_GETNEIGH", Rtm.GETNEIGH),
          new Constant("RTM_NEWRULE", Rtm.NEWRULE),
          new Constant("NLM_F_APPEND", Rtm.NLM_F_APPEND),
          new Constant("RTA_METRICS", Rtm.RTA_METRICS),
          new Constant("RTA_FLOW", Rtm.RTA_FLOW),
          new Constant("RTA_PREF", Rtm.RTA_PREF),
          new Constant("RTA_ENCAP_TYPE", Rtm.RTA_ENCAP_TYPE),
          new Constant("RTA_ENCAP", Rtm.RTA_ENCAP),
          new Constant("RTA_EXPIRES", Rtm.RTA_EXPIRES),
          new Constant("RTA_TTL_PROPAGATE", Rtm.RTA_TTL_PROPAGATE),
          new Constant("RTAX_FASTOPEN_NO_COOKIE", 17),
          new Constant("RTAX_CC_ALGO", 16),
          new Constant("RTAX_RTO_MIN", 13),
          new Constant("FRA_DPORT_RANGE", 24),
          new Constant("FRA_L3MDEV", 19),
          new Constant("FRA_SUPPRESS_PREFIXLEN", 14),
          new Constant("IFA_CACHEINFO", Rtm.IFA_CACHEINFO),
          new Constant("RTM_NEWROUTE", Rtm.NEWROUTE));

  private record Constant(String name, int value) {}

  @TempDir Path directory;

  @Test
  void everyLayoutIsTheCompilers() throws Exception {
    String compiler = compiler();
    List<String> prints = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (StructLayout layout : LAYOUTS) {
      String struct = "struct " + layout.name().orElseThrow();
      prints.add(print(struct, "(long) sizeof(" + struct + ")"));
      expected.add(struct + " " + layout.byteSize());
      for (MemoryLayout member : layout.memberLayouts()) {
        if (member.name().isPresent()) {
          String field = member.name().get();
          prints.add(print(struct + "." + field, "(long) offsetof(" + struct + ", " + field + ")"));
          expected.add(
              struct + "." + field + " " + layout.byteOffset(PathElement.groupElement(field)));
        }
      }
    }
    for (Constant constant : CONSTANTS) {
      prints.add(print(constant.name, "(long) " + constant.name));
      expected.add(constant.name + " " + constant.value);
    }
    Path source = directory.resolve("layout.c");
    Path _ =
        Files.writeString(
            source,
            """
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <stdio.h>
            #include <time.h>
            #include <grp.h>
            #include <pwd.h>
            #include <sched.h>
            #include <fcntl.h>
            #include <netinet/in.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <sys/un.h>
            #include <linux/if_packet.h>
            #include <linux/netlink.h>
            #include <linux/rtnetlink.h>
            #include <linux/neighbour.h>
            #include <linux/fib_rules.h>
            int main(void) {
            %s  return 0;
            }
            """
                .formatted(String.join("", prints)));
    Path program = directory.resolve("layout");
    run(compiler, "-o", program.toString(), source.toString());
    assertThat(run(program.toString())).containsExactlyElementsOf(expected);
  }

  private static String print(String name, String value) {
    return "  printf(\"" + name + " %ld\\n\", " + value + ");\n";
  }

  private static String compiler() {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String name : List.of("cc", "gcc", "clang")) {
      boolean found =
          Stream.of(path.split(File.pathSeparator, -1))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
      if (found) {
        return name;
      }
    }
    assumeTrue(false, "no C compiler (cc, gcc or clang) to ask");
    return "";
  }

  private static List<String> run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
