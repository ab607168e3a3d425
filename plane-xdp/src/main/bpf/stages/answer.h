/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * answer: an ICMP error to the client, from the virtual address, instead of its packet
 * (lvs.md a.1.8, a.2, a.4): time exceeded, fragmentation needed or packet too big, port unreachable.
 *
 * in:       a verdict, the packet as it came (too big: one hop later)
 * out:      the error in the packet's place
 * maps:     none but the budget below
 * verdicts: none; the packet's own verdict is counted
 *
 * The stack cannot do it: for it, the packet is addressed to itself. The answer goes back to where
 * the packet came from. At most ERRORS_PER_SECOND are made, as many as the kernel would.
 */
#ifndef SLUICE_ANSWER_H
#define SLUICE_ANSWER_H

#include "../include/cursor.h"
#include "../include/maps.h"
#include "tunnel.h"

#define ERRORS_PER_SECOND 1000

/* RFC 1812, 4.3.2.3; RFC 4443, 2.4 (c): the error is no longer than this. */
#define ERROR4_AT_MOST 576
#define ERROR6_AT_MOST 1280
#define ERROR4_HEADERS (20 + 8)
#define ERROR6_HEADERS (40 + 8)

/* The hook that has the program counts by itself; two processors may both take the last one. */
struct budget {
	__u64 second;
	__u64 made;
};
volatile struct budget budget SEC(".data.budget");

struct complaint {
	__u8 mac[12]; /* as the frame goes back */
	struct address from;
	struct address to;
	__u32 type;   /* and code << 8, as in the packet */
	__u32 value;  /* the second word */
	__u32 quoted; /* bytes */
	__u32 headers; /* bytes */
	__u8 tos;
	__u8 ipv6;
};

/* Does the client hear of it? */
static __always_inline int is_told(struct packet *p, __u32 verdict)
{
	if (verdict == VERDICT_TTL_EXPIRED || verdict == VERDICT_TOO_BIG)
		return p->room;
	return verdict == VERDICT_NO_SERVER;
}

static __always_inline int within_budget(void)
{
	__u64 second = bpf_ktime_get_ns() >> 30;

	if (READ(budget.second) != second) {
		WRITE(budget.second, second);
		WRITE(budget.made, 0);
	}
	if (READ(budget.made) >= ERRORS_PER_SECOND)
		return 0;
	WRITE(budget.made, READ(budget.made) + 1);
	return 1;
}

static __always_inline void complaint_type(struct complaint *e, __u32 verdict, __u32 room)
{
	e->value = 0;
	if (verdict == VERDICT_TTL_EXPIRED) {
		e->type = e->ipv6 ? 3 : 11;
	} else if (verdict == VERDICT_TOO_BIG) {
		e->type = e->ipv6 ? 2 : 3 | 4 << 8;
		e->value = bpf_htonl(room);
	} else {
		e->type = e->ipv6 ? 1 | 4 << 8 : 3 | 3 << 8;
	}
}

/* Nobody is answered who is not one host. */
static __always_inline int is_host(struct complaint *e)
{
	__u32 first = bpf_ntohl(e->to.word[0]) >> 24;

	if (e->ipv6)
		return first != 0xff && (e->to.word[0] | e->to.word[1] | e->to.word[2] | e->to.word[3]);
	return first != 0 && first != 127 && first < 224;
}

/* What the error needs of the packet; 0: no error is made about it. */
static __always_inline int read_complaint(struct complaint *e, void *data, void *end, __u32 verdict,
				       __u32 room)
{
	struct iphdr *ip = data + 14;
	struct ipv6hdr *ip6 = data + 14;
	__u32 bytes, most;

	if (data + 14 + 20 > end)
		return 0;
	__builtin_memcpy(e->mac, data + 6, 6);
	__builtin_memcpy(e->mac + 6, data, 6);
	e->ipv6 = ip->version == 6;
	complaint_type(e, verdict, room);
	if (e->ipv6) {
		if (data + 14 + 40 > end)
			return 0;
		__builtin_memcpy(&e->from, &ip6->daddr, 16);
		__builtin_memcpy(&e->to, &ip6->saddr, 16);
		e->headers = ERROR6_HEADERS;
		bytes = 40 + bpf_ntohs(ip6->payload_len);
		most = ERROR6_AT_MOST - ERROR6_HEADERS;
	} else {
		e->from.word[0] = ip->daddr;
		e->to.word[0] = ip->saddr;
		e->tos = (ip->tos & 0x1e) | 0xc0;
		e->headers = ERROR4_HEADERS;
		bytes = bpf_ntohs(ip->tot_len);
		most = ERROR4_AT_MOST - ERROR4_HEADERS;
	}
	e->quoted = bytes < most ? bytes : most;
	return is_host(e);
}

/* Words of the ICMP message; the longest has 1240 bytes. */
#define WORDS_AT_MOST ((ERROR6_AT_MOST - 40) / 4)

static __always_inline __u64 sum_to(void *from, void *end)
{
	__u32 *word = from;
	__u8 *rest;
	__u64 sum = 0;

	for (int i = 0; i < WORDS_AT_MOST; i++) {
		if ((void *)(word + 1) > end)
			break;
		sum += *word++;
	}
	rest = (__u8 *)word;
	if ((void *)(rest + 1) > end)
		return sum;
	sum += rest[0];
	if ((void *)(rest + 2) > end)
		return sum;
	sum += (__u32)rest[1] << 8;
	if ((void *)(rest + 3) > end)
		return sum;
	return sum + ((__u32)rest[2] << 16);
}

static __always_inline void write_complaint4(struct complaint *e, struct iphdr *ip)
{
	__u32 *word = (__u32 *)ip;
	__u64 sum = 0;

	ip->version = 4;
	ip->ihl = 5;
	ip->tos = e->tos;
	ip->tot_len = bpf_htons(e->headers + e->quoted);
	ip->id = bpf_get_prandom_u32();
	ip->frag_off = 0;
	ip->ttl = 64;
	ip->protocol = IPPROTO_ICMP;
	ip->check = 0;
	ip->saddr = e->from.word[0];
	ip->daddr = e->to.word[0];
#pragma unroll
	for (int i = 0; i < 5; i++)
		sum += word[i];
	ip->check = ~carry(sum);
}

static __always_inline void write_complaint6(struct complaint *e, struct ipv6hdr *ip)
{
	*(__u32 *)ip = bpf_htonl(6U << 28);
	ip->payload_len = bpf_htons(8 + e->quoted);
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->hop_limit = 64;
	__builtin_memcpy(&ip->saddr, &e->from, 16);
	__builtin_memcpy(&ip->daddr, &e->to, 16);
}

/* The error around what is quoted, which lies in its place; 0 when the frame has another length. */
static __always_inline int write_complaint(struct complaint *e, void *data, void *end)
{
	__u16 *type = data + 12;
	__u32 *icmp = data + 14 + (e->ipv6 ? 40 : 20);
	__u64 sum;

	if (data + 14 + ERROR4_HEADERS > end || (void *)(icmp + 2) > end)
		return 0;
	__builtin_memcpy(data, e->mac, 12);
	if (e->ipv6) {
		if (data + 14 + ERROR6_HEADERS > end)
			return 0;
		*type = bpf_htons(ETH_P_IPV6);
		write_complaint6(e, data + 14);
		sum = sum_of(&e->from) + sum_of(&e->to) + bpf_htonl(8 + e->quoted) +
		      bpf_htonl(IPPROTO_ICMPV6);
	} else {
		*type = bpf_htons(ETH_P_IP);
		write_complaint4(e, data + 14);
		sum = 0;
	}
	icmp[0] = e->type;
	icmp[1] = e->value;
	sum += sum_to(icmp, end);
	icmp[0] = e->type | (__u32)(__u16)~carry(sum) << 16;
	return 1;
}

#endif
