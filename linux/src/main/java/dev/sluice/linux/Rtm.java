package dev.sluice.linux;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** Numbers and fixed headers of netlink(7) and rtnetlink(7). */
final class Rtm {
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;

  static final int NLM_F_REQUEST = 0x1;
  static final int NLM_F_ACK = 0x4;
  static final int NLM_F_DUMP_INTR = 0x10;
  static final int NLM_F_REPLACE = 0x100;
  static final int NLM_F_EXCL = 0x200;
  static final int NLM_F_CREATE = 0x400;
  static final int NLM_F_APPEND = 0x800;
  static final int NLM_F_DUMP = 0x300;

  /** In an acknowledgement: the request is not repeated in full; attributes follow. */
  static final int NLM_F_CAPPED = 0x100;

  static final int NLM_F_ACK_TLVS = 0x200;
  static final int NLMSGERR_ATTR_MSG = 1;

  static final int NEWLINK = 16;
  static final int DELLINK = 17;
  static final int GETLINK = 18;
  static final int NEWADDR = 20;
  static final int DELADDR = 21;
  static final int GETADDR = 22;
  static final int NEWROUTE = 24;
  static final int DELROUTE = 25;
  static final int GETROUTE = 26;
  static final int NEWNEIGH = 28;
  static final int DELNEIGH = 29;
  static final int GETNEIGH = 30;
  static final int NEWRULE = 32;
  static final int DELRULE = 33;
  static final int GETRULE = 34;

  static final int IFLA_ADDRESS = 1;
  static final int IFLA_IFNAME = 3;
  static final int IFLA_MTU = 4;
  static final int IFLA_LINK = 5;
  static final int IFLA_MASTER = 10;
  static final int IFLA_OPERSTATE = 16;
  static final int IFLA_LINKINFO = 18;
  static final int IFLA_LINK_NETNSID = 37;
  static final int IFLA_ALT_IFNAME = 53;
  static final int IFLA_INFO_KIND = 1;

  static final int IFA_ADDRESS = 1;
  static final int IFA_LOCAL = 2;
  static final int IFA_LABEL = 3;
  static final int IFA_BROADCAST = 4;
  static final int IFA_CACHEINFO = 6;
  static final int IFA_FLAGS = 8;
  static final int IFA_PROTO = 11;

  static final int NDA_DST = 1;
  static final int NDA_LLADDR = 2;
  static final int NTF_USE = 0x01;
  static final int NTF_PROXY = 0x08;

  static final int RTA_DST = 1;
  static final int RTA_SRC = 2;
  static final int RTA_OIF = 4;
  static final int RTA_GATEWAY = 5;
  static final int RTA_PRIORITY = 6;
  static final int RTA_PREFSRC = 7;
  static final int RTA_METRICS = 8;
  static final int RTA_MULTIPATH = 9;
  static final int RTA_FLOW = 11;
  static final int RTA_TABLE = 15;
  static final int RTA_VIA = 18;
  static final int RTA_PREF = 20;
  static final int RTA_ENCAP_TYPE = 21;
  static final int RTA_ENCAP = 22;
  static final int RTA_EXPIRES = 23;
  static final int RTA_TTL_PROPAGATE = 26;
  static final int RTM_F_CLONED = 0x200;

  static final StructLayout NLMSGHDR =
      structLayout(
              JAVA_INT_UNALIGNED.withName("nlmsg_len"),
              JAVA_SHORT_UNALIGNED.withName("nlmsg_type"),
              JAVA_SHORT_UNALIGNED.withName("nlmsg_flags"),
              JAVA_INT_UNALIGNED.withName("nlmsg_seq"),
              JAVA_INT_UNALIGNED.withName("nlmsg_pid"))
          .withName("nlmsghdr");

  static final StructLayout RTATTR =
      structLayout(
              JAVA_SHORT_UNALIGNED.withName("rta_len"), JAVA_SHORT_UNALIGNED.withName("rta_type"))
          .withName("rtattr");

  static final StructLayout IFINFOMSG =
      structLayout(
              JAVA_BYTE.withName("ifi_family"),
              MemoryLayout.paddingLayout(1),
              JAVA_SHORT_UNALIGNED.withName("ifi_type"),
              JAVA_INT_UNALIGNED.withName("ifi_index"),
              JAVA_INT_UNALIGNED.withName("ifi_flags"),
              JAVA_INT_UNALIGNED.withName("ifi_change"))
          .withName("ifinfomsg");

  static final StructLayout IFADDRMSG =
      structLayout(
              JAVA_BYTE.withName("ifa_family"),
              JAVA_BYTE.withName("ifa_prefixlen"),
              JAVA_BYTE.withName("ifa_flags"),
              JAVA_BYTE.withName("ifa_scope"),
              JAVA_INT_UNALIGNED.withName("ifa_index"))
          .withName("ifaddrmsg");

  static final StructLayout NDMSG =
      structLayout(
              JAVA_BYTE.withName("ndm_family"),
              MemoryLayout.paddingLayout(3),
              JAVA_INT_UNALIGNED.withName("ndm_ifindex"),
              JAVA_SHORT_UNALIGNED.withName("ndm_state"),
              JAVA_BYTE.withName("ndm_flags"),
              JAVA_BYTE.withName("ndm_type"))
          .withName("ndmsg");

  static final StructLayout RTMSG =
      structLayout(
              JAVA_BYTE.withName("rtm_family"),
              JAVA_BYTE.withName("rtm_dst_len"),
              JAVA_BYTE.withName("rtm_src_len"),
              JAVA_BYTE.withName("rtm_tos"),
              JAVA_BYTE.withName("rtm_table"),
              JAVA_BYTE.withName("rtm_protocol"),
              JAVA_BYTE.withName("rtm_scope"),
              JAVA_BYTE.withName("rtm_type"),
              JAVA_INT_UNALIGNED.withName("rtm_flags"))
          .withName("rtmsg");

  static final StructLayout RTNEXTHOP =
      structLayout(
              JAVA_SHORT_UNALIGNED.withName("rtnh_len"),
              JAVA_BYTE.withName("rtnh_flags"),
              JAVA_BYTE.withName("rtnh_hops"),
              JAVA_INT_UNALIGNED.withName("rtnh_ifindex"))
          .withName("rtnexthop");

  private Rtm() {}
}
