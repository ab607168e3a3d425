/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * rewrite: the packet as the real server shall get it. Direct routing: a new frame header and one
 * hop less; address and port stay.
 *
 * in:       eth, ip, real
 * out:      the packet's bytes; hop
 * maps:     traffic (counts)
 * verdicts: local, ttl_expired, forwarded; neighbour when the hop's MAC is missing (the hook decides)
 */
#ifndef SLUICE_REWRITE_H
#define SLUICE_REWRITE_H

#include "../include/csum.h"
#include "../include/cursor.h"
#include "../include/maps.h"
#include "parse.h"

static __always_inline void count_traffic(struct packet *p)
{
	struct traffic *total = bpf_map_lookup_elem(&traffic, &p->real_number);

	if (total) {
		total->packets += 1;
		total->bytes += p->ip_bytes;
	}
}

/* Both MACs in three words; a memcpy of six bytes would become twelve loads and stores. */
static __always_inline void write_macs(struct ethhdr *eth, struct hop *hop)
{
	__u32 *to = (__u32 *)eth;
	const __u32 *from = (const __u32 *)hop;

	_Static_assert(__builtin_offsetof(struct hop, src) == 6, "dst and src are neighbours");
	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
}

static __always_inline __u32 rewrite(struct packet *p)
{
	struct hop *hop = p->real->flags & REAL_HOP ? &p->real->hop[1] : &p->real->hop[0];
	__u32 flags = hop->flags;

	count_traffic(p);
	if (flags & HOP_LOCAL)
		return VERDICT_LOCAL;
	if (p->ip->ttl <= 1)
		return VERDICT_TTL_EXPIRED;
	p->hop = hop;
	if (!(flags & HOP_RESOLVED))
		return hop->ifindex ? VERDICT_NEIGHBOUR : VERDICT_UNRESOLVED;
	decrement_ttl(p->ip);
	write_macs(p->eth, hop);
	return VERDICT_FORWARDED;
}

#endif
