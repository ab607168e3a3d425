/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/* What both hooks ask the routing table. */
#ifndef SLUICE_HOOK_H
#define SLUICE_HOOK_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "cursor.h"
#include "verdict.h"

#define AF_INET 2

/* The way to a reply's client, as the kernel would forward it from the virtual address. */
static __always_inline int route_reply(void *ctx, struct packet *p, struct bpf_fib_lookup *way,
				       __u32 ifindex)
{
	way->family = AF_INET;
	way->tos = p->ip->tos;
	way->l4_protocol = p->protocol;
	way->ipv4_src = p->new_address;
	way->ipv4_dst = p->ip->daddr;
	way->ifindex = ifindex;
	return bpf_fib_lookup(ctx, way, sizeof(*way), 0);
}

#endif
