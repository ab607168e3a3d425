/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/* What both hooks ask the routing table. */
#ifndef SLUICE_HOOK_H
#define SLUICE_HOOK_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "cursor.h"
#include "maps.h"
#include "verdict.h"

#define IP6_FLOWINFO 0x0fffffff /* traffic class and flow label */

/* The programs of IPv6, in the hook's array of them. */
#define FAMILY_ALL 0
#define FAMILY_ICMP 1
#define FAMILY_PROGRAMS 2

/* 0 -> a question to the routing table, instead of the stack, which is short. */
PERCPU_MAP(ways, struct bpf_fib_lookup, 1);

static __always_inline struct bpf_fib_lookup *way_space(void)
{
	struct bpf_fib_lookup *way;
	__u32 first = 0;

	way = bpf_map_lookup_elem(&ways, &first);
	if (way)
		__builtin_memset(way, 0, sizeof(*way));
	return way;
}

/* The way to a reply's client, as the kernel would forward it from the virtual address. */
static __always_inline int route_reply(void *ctx, struct packet *p, struct bpf_fib_lookup *way,
				       __u32 ifindex)
{
	way->family = p->family;
	way->l4_protocol = p->protocol;
	way->ifindex = ifindex;
	if (is_ipv6(p)) {
		way->flowinfo = *(__be32 *)p->ip6 & bpf_htonl(IP6_FLOWINFO);
		__builtin_memcpy(way->ipv6_src, p->translated, sizeof(way->ipv6_src));
		__builtin_memcpy(way->ipv6_dst, &p->ip6->daddr, sizeof(way->ipv6_dst));
	} else {
		way->tos = p->ip->tos;
		way->ipv4_src = p->new_address;
		way->ipv4_dst = p->ip->daddr;
	}
	return bpf_fib_lookup(ctx, way, sizeof(*way), 0);
}

#endif
