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
	__builtin_memcpy(p->eth->h_dest, hop->dst, ETH_ALEN);
	__builtin_memcpy(p->eth->h_source, hop->src, ETH_ALEN);
	return VERDICT_FORWARDED;
}

#endif
