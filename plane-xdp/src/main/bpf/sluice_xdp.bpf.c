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
	struct ethhdr *eth = p->data;
	__u16 *to = (__u16 *)eth->h_dest;
	__u16 *own;

	if (!device || device->ifindex != ctx->ingress_ifindex)
		return 0;
	own = (__u16 *)device->mac;
	if ((to[0] ^ own[0]) | (to[1] ^ own[1]) | (to[2] ^ own[2]))
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
	struct packet p = {
		.data = (void *)(long)ctx->data,
		.data_end = (void *)(long)ctx->data_end,
	};
	struct device *device;
	__u32 verdict;

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
