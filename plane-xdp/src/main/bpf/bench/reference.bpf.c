// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/*
 * What the plane is measured against, in the kernel's test-run. The sender writes a flow into the
 * packet and calls the candidate, so that a test-run of one packet visits as many flows as asked.
 *
 * R0 nothing; R1 parse, exchange MACs, redirect; R2 what the plane does, with the kernel's LRU hash
 * as connection table.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "stages/rewrite.h"
#include "stages/service.h"
#include "stages/table.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} candidate SEC(".maps");

/* Written by Java: which flows, and what segment. */
struct plan {
	__u32 mask; /* flows - 1 */
	__u32 in_turn; /* else at random */
	__u32 flags; /* the 14th byte of the TCP header */
	__u32 next;
	__u32 random;
	__u32 spare;
};
volatile struct plan plan SEC(".data.plan");

static __always_inline __u32 next_flow(void)
{
	__u32 r = plan.random;

	if (plan.in_turn) {
		r = plan.next;
		plan.next = r + 1;
		return r & plan.mask;
	}
	r ^= r << 13;
	r ^= r >> 17;
	r ^= r << 5;
	plan.random = r;
	return r & plan.mask;
}

SEC("xdp")
int sender(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = take(&data, end, sizeof(*eth));
	struct iphdr *ip = eth ? take(&data, end, sizeof(*ip)) : 0;
	__u8 *tcp = ip ? take(&data, end, sizeof(struct tcphdr)) : 0;

	if (!tcp)
		return XDP_ABORTED;
	/* What the candidate rewrote: a repeated test-run does not reset the packet. */
	__builtin_memset(eth, 0, 2 * ETH_ALEN);
	ip->ttl = 64;
	ip->saddr = bpf_htonl(0x0a000000 + next_flow());
	tcp[13] = plan.flags;
	bpf_tail_call(ctx, &candidate, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int r0_nothing(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int r1_swap(struct xdp_md *ctx)
{
	struct packet p = {
		.data = (void *)(long)ctx->data,
		.data_end = (void *)(long)ctx->data_end,
		.family = FAMILY_IPV4,
	};
	__u8 mac[ETH_ALEN];

	p.frame_bytes = p.data_end - p.data;
	if (parse(&p) != STAGE_OK)
		return XDP_PASS;
	__builtin_memcpy(mac, p.eth->h_dest, ETH_ALEN);
	__builtin_memcpy(p.eth->h_dest, p.eth->h_source, ETH_ALEN);
	__builtin_memcpy(p.eth->h_source, mac, ETH_ALEN);
	return bpf_redirect(1, 0);
}

struct lru_key {
	__u32 client;
	__u32 vip;
	__u16 client_port;
	__u16 port;
	__u32 protocol;
};

struct lru_value {
	__u32 real;
	__u32 state;
	__u64 seen;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1048576);
	__type(key, struct lru_key);
	__type(value, struct lru_value);
} lru SEC(".maps");

/* Opens a connection with server 1 or 2 in turn. */
static __always_inline __u32 lru_open(struct lru_key *key, __u64 now)
{
	struct lru_value made = { .real = 1 + (plan.random++ & 1), .state = ST_SYN_RECV, .seen = now };
	struct traffic *total;

	bpf_map_update_elem(&lru, key, &made, BPF_ANY);
	enter_load(made.real, made.state);
	total = bpf_map_lookup_elem(&traffic, &made.real);
	if (total)
		total->connections++;
	return made.real;
}

SEC("xdp")
int r2_lru(struct xdp_md *ctx)
{
	struct packet p = {
		.data = (void *)(long)ctx->data,
		.data_end = (void *)(long)ctx->data_end,
		.family = FAMILY_IPV4,
	};
	struct lru_key key = {};
	struct lru_value *found;
	__u64 now = bpf_jiffies64();
	__u32 number, verdict;

	p.frame_bytes = p.data_end - p.data;
	if (parse(&p) != STAGE_OK || find_service(&p) != STAGE_OK)
		return XDP_PASS;
	key.client = p.ip->saddr;
	key.vip = p.ip->daddr;
	key.client_port = p.source_port;
	key.port = p.destination_port;
	key.protocol = p.protocol;
	found = bpf_map_lookup_elem(&lru, &key);
	if (found) {
		number = found->real;
		if (found->state != ST_ESTABLISHED && p.event == EV_ACK)
			found->state = ST_ESTABLISHED;
		if (found->seen != now)
			found->seen = now;
	} else {
		number = lru_open(&key, now);
	}
	p.real_number = number;
	p.real = bpf_map_lookup_elem(&reals, &number);
	if (!p.real)
		return XDP_PASS;
	verdict = rewrite(&p);
	count(verdict);
	return verdict == VERDICT_FORWARDED && p.hop ? bpf_redirect(p.hop->ifindex, 0) : XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
