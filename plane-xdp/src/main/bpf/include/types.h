/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * What lies in the maps. Java has the same offsets in Layout.java; LayoutTest asks the compiler.
 * A change of anything here, or of a hash, needs a new SLUICE_LAYOUT: a starting daemon replaces a plane of
 * another layout instead of adopting it. Addresses and ports are in network order unless said.
 */
#ifndef SLUICE_TYPES_H
#define SLUICE_TYPES_H

#include <linux/types.h>

#define SLUICE_MAGIC 0x736c7563
#define SLUICE_LAYOUT 7

#define WAYS 4
#define STATES 16

/* An address of the family that stands beside it; IPv4: the first word, the others 0. */
struct address {
	__u32 word[4];
};

#define FAMILY_IPV4 2 /* AF_INET */
#define FAMILY_IPV6 10 /* AF_INET6 */

/* IPVS's states, and ours behind them: a fresh entry that has not yet proved to live. */
enum conn_state {
	ST_NONE = 0,
	ST_ESTABLISHED = 1,
	ST_SYN_SENT = 2,
	ST_SYN_RECV = 3,
	ST_FIN_WAIT = 4,
	ST_TIME_WAIT = 5,
	ST_CLOSE = 6,
	ST_CLOSE_WAIT = 7,
	ST_LAST_ACK = 8,
	ST_LISTEN = 9,
	ST_SYNACK = 10,
	ST_UDP = 11,
	ST_UDP_NEW = 12,
	ST_ESTABLISHED_NEW = 13,
	/* Not connections: where a client of a persistent service belongs. */
	ST_TEMPLATE = 14,
	ST_TEMPLATE_ASSURED = 15,
};

/*
 * key: address 32 | port << 32 | protocol << 48 | WAY_IPV6; 0 is an empty way. In the table of
 * services it leads to a service, in the table of NAT's servers to a real. Of an IPv6 address the
 * key has a hash: two ways may have the same key, and what it leads to has the whole address.
 */
#define WAY_IPV6 (1ULL << 56)

struct service_way {
	__u64 key;
	__u32 service;
	__u32 spare;
};

struct service_bucket {
	struct service_way way[WAYS];
};

/* How a service chooses; schedulers/ has a file for each kind. */
enum policy {
	POLICY_SEQUENCE = 0, /* rr, wrr: Java computed the order */
	POLICY_RR = 1,	     /* the same, looking at thresholds */
	POLICY_WRR = 2,
	POLICY_LC = 3,
	POLICY_WLC = 4,
	POLICY_SED = 5,
	POLICY_NQ = 6,
	POLICY_FO = 7,
	POLICY_OVF = 8,
	POLICY_TWOS = 9,
	POLICY_SH = 10,
	POLICY_DH = 11,
	POLICY_MH = 12,
	POLICY_LBLC = 13,
	POLICY_LBLCR = 14,
};

#define POLICY_MASK 0xff
#define POLICY_FALLBACK 0x100 /* sh, mh: another server instead of a refusal */
#define POLICY_PORT 0x200     /* sh, mh: the client's port counts */
#define POLICY_ALL_LOAD 0x400 /* connections without a state of their own (UDP) count as active */

/*
 * What to choose from: pool[base .. base + preamble + period).
 * sequence:  first `preamble` picks once, then `period` picks for ever; next: how many were taken.
 * rr, wrr:   `period` servers in list order, preamble: how far a level falls;
 *            next: 1 + the place of the last choice << 32 | level; 0: the head.
 * others:    `period` servers in list order, or slots of a hash table.
 * period 0: there is no server.
 */
struct ring {
	__u32 base;
	__u32 preamble;
	__u32 period;
	__u32 policy;
	__u64 next;
};

#define SERVICE_USED 1
#define SERVICE_REMOVED 2
#define SERVICE_ONE_PACKET 4  /* each datagram is scheduled, nothing is remembered */
#define SERVICE_LOST_DROP 8   /* what becomes of a removed server's connections; none of these: */
#define SERVICE_LOST_RESET 16 /* as expire_nodest_conn says */
#define SERVICE_LOST_RESCHEDULE 32
#define SERVICE_LISTED 64    /* prefixes in `access` say who may come */
#define SERVICE_STRANGERS 128 /* those whom no prefix names may come */
#define SERVICE_OWN_TIMES 256

/*
 * First line: what a new connection needs. Second line: for Java. Third line: who it is, and what
 * few services need. Writer: Java, but ring.next.
 */
struct service {
	__u32 flags;
	__u32 active;
	struct ring ring[2];
	__u32 persistence; /* jiffies that a client stays with its server; 0: no persistence */
	__u32 client_mask; /* IPv4 clients that agree in these bits are one */
	__u64 key;
	__u64 retired_connections;
	__u64 retired_packets;
	__u64 retired_bytes;
	__u32 top[2]; /* wrr: the level a round of that ring starts at */
	__u64 retired_out_packets;
	__u64 retired_out_bytes;
	__u32 epoch; /* another one when the scheduler begins anew; lblc, lblcr */
	__u32 spare;
	struct address address;
	__u8 family;
	__u8 protocol;
	__u16 port;
	__u8 client_prefix; /* IPv6 clients that agree in so many bits are one */
	__u8 spare3[3];
	__u32 mark; /* a service by firewall mark; 0: by address */
	__u32 spare5;
	__u32 own_time[4]; /* jiffies: established, after a FIN, UDP; SERVICE_OWN_TIMES */
	__u32 spare4[4];
};

#define HOP_RESOLVED 1
#define HOP_LOCAL 2
#define HOP_GATEWAY6 4 /* the gateway's address is IPv6 */

#define HOP_ROOM_SHIFT 16 /* above the flags: the largest packet that goes there whole; 0: not known */

struct hop {
	__u8 dst[6];
	__u8 src[6];
	__u32 ifindex;
	__u32 flags;
};

#define METHOD_DR 0
#define METHOD_NAT 1
#define METHOD_TUN 2

#define TUNNEL_IPIP 0
#define TUNNEL_GUE 1
#define TUNNEL_GRE 2

#define TUNNEL_CHECKSUM 1
#define TUNNEL_REMOTE_CHECKSUM 2

/* How a real server with METHOD_TUN is reached: the outer header's addresses and what follows it. */
struct tunnel {
	struct address source; /* ours on the way there */
	struct address address;
	__u16 port; /* of GUE */
	__u8 kind;
	__u8 flags;
	__u8 ipv6; /* the outer header */
	__u8 spare[3];
};

#define REAL_USED 1
#define REAL_REMOVED 2
#define REAL_HOP 4 /* which of the two hops counts: the other one can be written */

/*
 * First line: what a packet needs whose entry is known. The family may differ from the service's
 * with METHOD_TUN.
 */
struct real {
	__u16 port;
	__u8 method;
	__u8 flags;
	__u32 service;
	__u32 weight;
	__u8 family;
	__u8 spare[11];
	struct hop hop[2];
	struct address address;
	struct address gateway[2]; /* of the hop with the same number */
	__u32 spare2[4];
};

/*
 * Connections of a real server by activity; atomics from both sides. Overloaded is set when their
 * sum reaches upper and cleared when it falls below lower (lvs.md b.12); upper 0: never.
 */
struct load {
	__u64 active;
	__u64 inactive;
	__u32 upper;
	__u32 lower;
	__u32 overloaded;
	__u32 same; /* the next real with the same address and port: replies look there, too; 0: none */
};

/* Per CPU. */
struct traffic {
	__u64 connections;
	__u64 packets;
	__u64 bytes;
	__u64 out_packets;
	__u64 out_bytes;
};

#define POOL_LINE 16

struct pool_line {
	__u32 pick[POOL_LINE];
};

/*
 * key:  client address 32 (IPv6: a hash, never 0) | client port << 32 | service << 48 | KEY_LOCK;
 *       0 is a free way.
 * meta: real 20 | state << 20 | generation << 24. A new generation each time a way is claimed, so
 *       that a compare-and-swap by somebody who looked before can only fail.
 * seen: jiffies of the last packet.
 */
struct conn {
	__u64 key;
	__u32 meta;
	__u32 seen;
};

struct conn_set {
	struct conn way[WAYS];
};

/*
 * The clients of an IPv6 service's connections: beside the set of the same number. The entry's key
 * has a hash of it. Written while the key is locked.
 */
struct client_set {
	struct address way[WAYS];
};

#define KEY_LOCK (1ULL << 63)
#define SERVICE_SHIFT 48
#define MAX_SERVICES 32768
#define REAL_MASK 0xfffffU
#define STATE_SHIFT 20
#define STATE_MASK 0xfU
#define GENERATION_SHIFT 24

/* Which datagram a fragment belongs to; an IPv4 address in the first word, the others 0. */
struct datagram {
	struct address source;
	struct address destination;
	__u32 id;
	__u32 protocol;
};

/* Where its first fragment went. */
struct trail {
	__u32 real;
	__u32 service;
	__u32 seen; /* jiffies */
	__u32 nat;  /* NAT_SOURCE: an answer */
};

#define DEVICE_TX 1 /* send out of the same device with XDP_TX */
#define DEVICES 4096

struct device {
	__u32 ifindex;
	__u16 flags;
	__u8 mac[6];
	__u32 spare;
};

/*
 * Which packets carry a firewall mark. Marks do not exist yet when a packet comes here, so rules of
 * the configuration stand for them: all of what is set must fit. Ports in host order.
 */
struct rule {
	__u32 service;
	__u32 ifindex; /* 0: any */
	__u32 source[4];
	__u32 source_mask[4];
	__u32 destination[4];
	__u32 destination_mask[4];
	__u16 source_ports[2]; /* first, last */
	__u16 destination_ports[2];
	__u8 protocol; /* 0: any */
	__u8 family;   /* 4, 6 */
	__u16 spare;
	__u32 spare2[3];
};

#define RULES 64

/* Whose destination's requests lblc, lblcr keep together. */
struct place_key {
	__u32 service;
	__u32 epoch;
	__u32 address[4];
};

#define PLACE_MEMBERS 16

/* Newest member first; jiffies. */
struct place {
	__u32 count;
	__u32 used;
	__u32 changed;
	__u32 spare;
	__u32 member[PLACE_MEMBERS];
};

/* Who may come to a service: the longest prefix that fits decides. */
struct access_key {
	__u32 bits; /* 32 for the service, and the prefix's */
	__u32 service;
	__u32 address[4];
};

/* Services other than of one address, port and protocol: what a lookup that fails tries. */
#define WIDE_RULES 1
#define WIDE_FTP 2
#define WIDE_PORTS 4
#define WIDE_TIMES 8 /* a service has times of its own */

/* The kernel's net.ipv4.vs.* that decide here. */
#define KNOB_SLOPPY_TCP 1
#define KNOB_SECURE_TCP 2
#define KNOB_EXPIRE_NODEST 4
#define KNOB_EXPIRE_QUIESCENT 8
#define KNOB_NO_PMTU_DISC 0x100 /* outer headers without DF */

/* Written by Java; timeouts in jiffies. */
struct config {
	__u32 magic;
	__u32 layout;
	__u64 seed;
	__u32 timeout[STATES];
	__u32 settle;
	__u32 nat; /* servers whose replies come through here; 0: replies are not looked for */
	__u64 clock;
	__u32 knobs;
	__u32 conn_reuse_mode;
	__u32 wide;
	__u32 rules; /* how many */
	__u32 lblc_expiration;
	__u32 lblcr_expiration;
	__u32 drop_rate; /* every so many-th new connection is dropped; 0: none */
	__s32 drop_counter; /* programs */
};

#endif
