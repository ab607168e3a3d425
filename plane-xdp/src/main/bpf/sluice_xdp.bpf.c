// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/* The plane at the driver: XDP. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "include/hook.h"
#include "stages/story.h"

#define HOOK_CTX struct xdp_md

/* XDP has the headers between data and data_end. */
static __always_inline void hook_pull(struct xdp_md *ctx, __u32 bytes)
{
}

#include "stages/answer.h"
#include "stages/icmp6.h"
#include "stages/tunnel.h"

/* The outer header of 20, 24, … 52 bytes; the packet behind it has 28 at least. */
static __always_inline int xdp_write_outer(__u32 *to, void *end, struct wrapping *w)
{
	if ((void *)(to + 10) > end)
		return 0;
#pragma unroll
	for (int i = 0; i < 5; i++)
		to[i] = w->header[i];
	if (w->length <= 20)
		return 1;
	if ((void *)to + OUTER_AT_MOST > end)
		return 0;
#pragma unroll
	for (int i = 5; i < OUTER_AT_MOST / 4; i++) {
		if (w->length > i * 4)
			to[i] = w->header[i];
	}
	return 1;
}

/* A header in front of the packet, on its way to this real server; 0: it could not be. */
__noinline int xdp_wrap(struct xdp_md *ctx, __u32 real)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct wrapping w = { .real = real };
	__u32 mac[3];

	if (!describe(&w, data, end))
		return 0;
	__builtin_memcpy(mac, data, sizeof(mac));
	make_outer(&w);
	if (!w.length || bpf_xdp_adjust_head(ctx, -(int)w.length))
		return 0;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (!xdp_write_outer(data + sizeof(struct ethhdr), end, &w))
		return 0;
	__builtin_memcpy(data, mac, sizeof(mac));
	*((__u16 *)data + 6) = bpf_htons(w.outer6 ? ETH_P_IPV6 : ETH_P_IP);
	return 1;
}

/* The ICMP error in the packet's place; 0: there is none. */
__noinline int xdp_answer(struct xdp_md *ctx, __u32 verdict, __u32 room)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct complaint e = {};
	__s64 surplus = end - data;

	if (!read_complaint(&e, data, end, verdict, room) || !within_budget())
		return 0;
	OPAQUE(surplus); /* else clang subtracts pointers in 32 bits */
	surplus -= sizeof(struct ethhdr) + e.quoted;
	if (surplus < 0 || (surplus && bpf_xdp_adjust_tail(ctx, -surplus)))
		return 0;
	if (bpf_xdp_adjust_head(ctx, -(int)e.headers))
		return 0;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	return write_complaint(&e, data, end);
}

/* Addressed to the device itself? The device, or 0. */
static __always_inline struct device *own_device(struct xdp_md *ctx, struct packet *p)
{
	__u32 number = ctx->ingress_ifindex % DEVICES;
	struct device *device = bpf_map_lookup_elem(&devices, &number);
	__u16 *head = p->data;
	__u32 *tail = p->data + 2;

	if (!device || device->ifindex != ctx->ingress_ifindex)
		return 0;
	_Static_assert(__builtin_offsetof(struct device, mac) == 6, "the words below are aligned");
	if (*head != *(__u16 *)&device->mac[0] || *tail != *(__u32 *)&device->mac[2])
		return 0;
	return device;
}

static __always_inline int xdp_forward(struct xdp_md *ctx, struct device *device, __u32 ifindex)
{
	if (ifindex == ctx->ingress_ifindex && device->flags & DEVICE_TX)
		return XDP_TX;
	return bpf_redirect(ifindex, 0);
}

/* Port and checksum above IP; a UDP checksum of 0 stays: there is none. */
static __always_inline void xdp_translate(struct packet *p)
{
	__u32 udp = p->protocol == IPPROTO_UDP;
	__u16 *ports = p->l4;
	__u16 *check = p->l4 + (udp ? 6 : 16);
	__u16 sum;

	if ((void *)(ports + 2) > p->data_end || (void *)(check + 1) > p->data_end)
		return;
	if (p->nat == NAT_SOURCE)
		ports[0] = p->new_port;
	else
		ports[1] = p->new_port;
	if (udp && *check == 0)
		return;
	sum = is_ipv6(p) ? csum_add(*check, p->difference) :
			   csum_replace4(*check, p->old_address, p->new_address);
	sum = csum_replace2(sum, p->old_port, p->new_port);
	*check = udp && sum == 0 ? 0xffff : sum;
}

static __always_inline __u32 xdp_reply(struct xdp_md *ctx, struct packet *p, int *action)
{
	struct bpf_fib_lookup *way = way_space();
	int found;

	if (!way)
		return VERDICT_BROKEN;
	found = route_reply(ctx, p, way, ctx->ingress_ifindex);

	if (found == BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_UNRESOLVED;
	if (found != BPF_FIB_LKUP_RET_SUCCESS)
		return VERDICT_NO_ROUTE;
	if (is_for_above(p->tags, p->ingress, way->ifindex))
		return VERDICT_TAGGED;
	set_source(p);
	if (p->nat)
		xdp_translate(p);
	__builtin_memcpy(p->eth->h_dest, way->dmac, 6);
	__builtin_memcpy(p->eth->h_source, way->smac, 6);
	*action = bpf_redirect(way->ifindex, 0);
	return VERDICT_REPLY;
}

static __always_inline int xdp_icmp(struct xdp_md *ctx, struct device *device, struct packet *p)
{
	struct way_out out = {
		.l3 = (is_ipv6(p) ? (void *)p->ip6 : (void *)p->ip) - p->data,
		.ingress = p->ingress,
		.tags = p->tags,
	};
	__u32 verdict = is_ipv6(p) ? icmp6_story(ctx, &out) : icmp_story(ctx, &out);

	if (verdict == VERDICT_NEIGHBOUR)
		verdict = VERDICT_UNRESOLVED;
	count(verdict);
	if (verdict == VERDICT_FORWARDED && out.tunnel && (p->tags || !xdp_wrap(ctx, out.real_number)))
		return XDP_DROP;
	if (verdict == VERDICT_FORWARDED || verdict == VERDICT_REPLY)
		return xdp_forward(ctx, device, out.ifindex);
	return VERDICT_PASSES(verdict) ? XDP_PASS : XDP_DROP;
}

/* IPv6 has a program of its own, and so a stack of its own: the way of IPv4 stays as short as it is. */
int sluice_xdp6(struct xdp_md *ctx);
int sluice_xdp_icmp6(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, FAMILY_PROGRAMS);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct xdp_md *));
} families_xdp SEC(".maps") = {
	.values = { [FAMILY_ALL] = &sluice_xdp6, [FAMILY_ICMP] = &sluice_xdp_icmp6 },
};

/* What a program of either family does with a packet; the family is a constant. */
static __always_inline int xdp_serve(struct xdp_md *ctx, __u32 family)
{
	struct device *device;
	struct packet p;
	__u32 verdict;
	int action = XDP_DROP;

	p.data = (void *)(long)ctx->data;
	p.data_end = (void *)(long)ctx->data_end;
	p.family = family;
	p.hop = 0;
	p.nat = NAT_NONE;
	p.ingress = ctx->ingress_ifindex;
	p.tags = 0;
	p.room = 0;
	p.segment = 0;
	if (p.data + sizeof(struct ethhdr) > p.data_end)
		return XDP_PASS;
	p.frame_bytes = p.data_end - p.data;
	device = own_device(ctx, &p);
	if (!device) {
		count(VERDICT_OTHER_HOST);
		return XDP_PASS;
	}
	nothing_yet(&p);
	verdict = story(&p);
	if (verdict == VERDICT_NOT_IP && family == FAMILY_IPV4)
		bpf_tail_call(ctx, &families_xdp, FAMILY_ALL);
	if (verdict == VERDICT_ICMP && family == FAMILY_IPV6) {
		bpf_tail_call(ctx, &families_xdp, FAMILY_ICMP);
		return XDP_PASS;
	}
	if (verdict == VERDICT_ICMP)
		return xdp_icmp(ctx, device, &p);
	if (verdict == VERDICT_NEIGHBOUR) /* only the stack can wait for a neighbour */
		verdict = VERDICT_UNRESOLVED;
	if (verdict == VERDICT_REPLY)
		verdict = xdp_reply(ctx, &p, &action);
	count(verdict);
	if (verdict == VERDICT_REPLY)
		return action;
	if (verdict == VERDICT_FORWARDED) {
		if (p.nat == NAT_TUNNEL) {
			if (p.tags || !xdp_wrap(ctx, p.real_number))
				return XDP_DROP;
		} else if (p.nat) {
			xdp_translate(&p);
		}
		return xdp_forward(ctx, device, p.hop->ifindex);
	}
	if (is_told(&p, verdict) && !p.tags &&
	    xdp_answer(ctx, verdict, p.room))
		return xdp_forward(ctx, device, ctx->ingress_ifindex);
	return VERDICT_PASSES(verdict) ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int sluice_xdp(struct xdp_md *ctx)
{
	return xdp_serve(ctx, FAMILY_IPV4);
}

SEC("xdp")
int sluice_xdp6(struct xdp_md *ctx)
{
	return xdp_serve(ctx, FAMILY_IPV6);
}

/* ICMPv6 that sluice_xdp6 met; again, for the sake of the stack. */
SEC("xdp")
int sluice_xdp_icmp6(struct xdp_md *ctx)
{
	struct device *device;
	struct packet p;

	p.data = (void *)(long)ctx->data;
	p.data_end = (void *)(long)ctx->data_end;
	if (p.data + sizeof(struct ethhdr) > p.data_end)
		return XDP_PASS;
	p.family = FAMILY_IPV6;
	p.frame_bytes = p.data_end - p.data;
	p.ingress = ctx->ingress_ifindex;
	p.tags = 0;
	p.segment = 0;
	device = own_device(ctx, &p);
	if (!device || parse6(&p) != VERDICT_ICMP)
		return XDP_PASS;
	return xdp_icmp(ctx, device, &p);
}

/* Jiffies, for the sweep: the answer to a test-run. */
SEC("xdp")
int sluice_clock(struct xdp_md *ctx)
{
	return (int)(__u32)bpf_jiffies64();
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
