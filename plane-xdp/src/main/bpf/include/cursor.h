/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * The packet on its way through the stages. A stage fills what the next ones read.
 */
#ifndef SLUICE_CURSOR_H
#define SLUICE_CURSOR_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

#include "types.h"

/* What the connection table of a TCP packet looks at, in the order of their rank. */
enum tcp_event {
	EV_RST = 0,
	EV_SYN = 1,
	EV_FIN = 2,
	EV_ACK = 3,
	EV_NONE = 4,
};

struct packet {
	void *data;
	void *data_end;
	__u32 frame_bytes; /* the whole frame, also what does not lie between data and data_end */
	__u32 ingress;	   /* the device's index */
	__u32 tags;	   /* VLAN tags before IP, in the frame or beside it */
	__u32 segment;	   /* the device will cut this into packets with so many bytes above TCP or UDP; 0: it is one */
	__u32 headers;	   /* bytes from IP's header to there */

	/* parse */
	struct ethhdr *eth;
	__u32 family; /* known where a program is compiled: each family has its own */
	struct iphdr *ip;    /* where family is FAMILY_IPV4 */
	struct ipv6hdr *ip6; /* where it is FAMILY_IPV6 */
	void *l4;
	__u16 source_port;
	__u16 destination_port;
	__u8 protocol;
	__u8 event;
	__u32 ip_bytes; /* of the datagram with its header */
	__u32 datagram;	  /* IPv6: what its fragments have in common; 0: it is whole */
	__u8 next_header; /* IPv6: behind the fragment header */

	/* service */
	__u32 service;
	__u8 own_port; /* the service is of many ports: the packet's is kept */

	/* connection */
	struct real *real;
	__u32 real_number;
	struct hop *hop;
	__u32 room; /* the largest packet on that way; 0: the client is not to hear of errors */

	/* rewrite: what the hook has to do to the ports and the checksum above them */
	__u32 old_address; /* IPv4 */
	__u32 new_address;
	struct address *translated; /* IPv6: the new address; not changed by the hook */
	__u32 difference;	    /* IPv6: of the sums of new and old address */
	__u16 old_port;
	__u16 new_port;
	__u64 nat;   /* NAT_NONE, …; 64 bits, as the verifier remembers no shorter ones */
};

enum nat {
	NAT_NONE = 0,
	NAT_DESTINATION = 1,
	NAT_SOURCE = 2,
	NAT_TUNNEL = 3, /* a header in front instead */
};

static __always_inline int is_ipv6(struct packet *p)
{
	return p->family == FAMILY_IPV6;
}

static __always_inline __u8 *hops_left(struct packet *p)
{
	return is_ipv6(p) ? &p->ip6->hop_limit : &p->ip->ttl;
}

/* What the verifier could take for read before it is written, as the compiler keeps it in registers. */
static __always_inline void nothing_yet(struct packet *p)
{
	if (!is_ipv6(p))
		return;
	p->l4 = 0;
	p->hop = 0;
	p->translated = 0;
	p->difference = 0;
	p->source_port = 0;
	p->destination_port = 0;
	p->old_port = 0;
	p->new_port = 0;
	p->protocol = 0;
	p->event = 0;
	p->own_port = 0;
	p->next_header = 0;
	p->real_number = 0;
	p->service = 0;
}

/* 0, without the verifier knowing: it would walk what follows once for every way. */
static __always_inline __u64 opaque_zero(__u64 any)
{
	__u64 same = any;

	asm volatile("%0 -= %1" : "+r"(any) : "r"(same));
	return any;
}

/* Moves the cursor over a header of this many bytes; 0 when the frame ends before. */
static __always_inline void *take(void **cursor, void *end, __u32 bytes)
{
	void *header = *cursor;

	if (header + bytes > end)
		return 0;
	*cursor = header + bytes;
	return header;
}

#endif
