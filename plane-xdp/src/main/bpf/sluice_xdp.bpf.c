// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/* The plane at the driver: XDP. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "stages/story.h"

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

static __always_inline int xdp_forward(struct xdp_md *ctx, struct device *device, struct hop *hop)
{
	if (hop->ifindex == ctx->ingress_ifindex && device->flags & DEVICE_TX)
		return XDP_TX;
	return bpf_redirect(hop->ifindex, 0);
}

SEC("xdp")
int sluice_xdp(struct xdp_md *ctx)
{
	struct device *device;
	struct packet p;
	__u32 verdict;

	p.data = (void *)(long)ctx->data;
	p.data_end = (void *)(long)ctx->data_end;
	p.hop = 0;
	if (p.data + sizeof(struct ethhdr) > p.data_end)
		return XDP_PASS;
	p.frame_bytes = p.data_end - p.data;
	device = own_device(ctx, &p);
	if (!device) {
		count(VERDICT_OTHER_HOST);
		return XDP_PASS;
	}
	verdict = story(&p);
	if (verdict == VERDICT_NEIGHBOUR) /* only the stack can wait for a neighbour */
		verdict = VERDICT_UNRESOLVED;
	count(verdict);
	if (verdict == VERDICT_FORWARDED)
		return xdp_forward(ctx, device, p.hop);
	return VERDICT_PASSES(verdict) ? XDP_PASS : XDP_DROP;
}

/* Jiffies, for the sweep: the answer to a test-run. */
SEC("xdp")
int sluice_clock(struct xdp_md *ctx)
{
	return (int)(__u32)bpf_jiffies64();
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
