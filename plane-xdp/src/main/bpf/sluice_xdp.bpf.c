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

#include "stages/icmp.h"

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
	sum = csum_replace4(*check, p->old_address, p->new_address);
	sum = csum_replace2(sum, p->old_port, p->new_port);
	*check = udp && sum == 0 ? 0xffff : sum;
}

static __always_inline __u32 xdp_reply(struct xdp_md *ctx, struct packet *p, int *action)
{
	struct bpf_fib_lookup way = {};
	int found = route_reply(ctx, p, &way, ctx->ingress_ifindex);

	if (found == BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_UNRESOLVED;
	if (found != BPF_FIB_LKUP_RET_SUCCESS)
		return VERDICT_NO_ROUTE;
	if (is_for_above(p->tags, p->ingress, way.ifindex))
		return VERDICT_TAGGED;
	set_source(p);
	if (p->nat)
		xdp_translate(p);
	__builtin_memcpy(p->eth->h_dest, way.dmac, 6);
	__builtin_memcpy(p->eth->h_source, way.smac, 6);
	*action = bpf_redirect(way.ifindex, 0);
	return VERDICT_REPLY;
}

static __always_inline int xdp_icmp(struct xdp_md *ctx, struct device *device, struct packet *p)
{
	struct way_out out = {
		.l3 = (void *)p->ip - p->data,
		.ingress = p->ingress,
		.tags = p->tags,
	};
	__u32 verdict = icmp_story(ctx, &out);

	if (verdict == VERDICT_NEIGHBOUR)
		verdict = VERDICT_UNRESOLVED;
	count(verdict);
	if (verdict == VERDICT_FORWARDED || verdict == VERDICT_REPLY)
		return xdp_forward(ctx, device, out.ifindex);
	return VERDICT_PASSES(verdict) ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int sluice_xdp(struct xdp_md *ctx)
{
	struct device *device;
	struct packet p;
	__u32 verdict;
	int action = XDP_DROP;

	p.data = (void *)(long)ctx->data;
	p.data_end = (void *)(long)ctx->data_end;
	p.hop = 0;
	p.nat = NAT_NONE;
	p.ingress = ctx->ingress_ifindex;
	p.tags = 0;
	if (p.data + sizeof(struct ethhdr) > p.data_end)
		return XDP_PASS;
	p.frame_bytes = p.data_end - p.data;
	device = own_device(ctx, &p);
	if (!device) {
		count(VERDICT_OTHER_HOST);
		return XDP_PASS;
	}
	verdict = story(&p);
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
		if (p.nat)
			xdp_translate(&p);
		return xdp_forward(ctx, device, p.hop->ifindex);
	}
	return VERDICT_PASSES(verdict) ? XDP_PASS : XDP_DROP;
}

/* Jiffies, for the sweep: the answer to a test-run. */
SEC("xdp")
int sluice_clock(struct xdp_md *ctx)
{
	return (int)(__u32)bpf_jiffies64();
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
