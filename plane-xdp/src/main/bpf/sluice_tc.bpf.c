// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/* The plane behind the driver: tcx or clsact ingress, where segments are whole and offloads kept. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "include/hook.h"
#include "stages/story.h"

#define HOOK_CTX struct __sk_buff

static __always_inline void hook_pull(struct __sk_buff *skb, __u32 bytes)
{
	__u32 linear = skb->data_end - skb->data;

	if (linear < bytes && linear < skb->len)
		bpf_skb_pull_data(skb, skb->len < bytes ? skb->len : bytes);
}

#include "stages/icmp.h"

#define PACKET_HOST 0

/* Frame, IPv4 and TCP headers without options. */
#define HEADERS (14 + 20 + 20)
/* With the longest options of IPv4. */
#define HEADERS_AT_MOST (14 + 60 + 20)

/* The headers between data and data_end. */
static __always_inline void tc_pull(struct __sk_buff *skb)
{
	__u32 linear = skb->data_end - skb->data;

	if (linear >= HEADERS_AT_MOST || linear == skb->len)
		return;
	bpf_skb_pull_data(skb, skb->len < HEADERS_AT_MOST ? skb->len : HEADERS_AT_MOST);
}

/* The kernel finds the MAC, and keeps the packet while it asks. */
static __always_inline int tc_neighbour(struct packet *p)
{
	struct bpf_redir_neigh next = {
		.nh_family = AF_INET,
		.ipv4_nh = p->hop->gateway,
	};

	return bpf_redirect_neigh(p->hop->ifindex, &next, sizeof(next), 0);
}

/*
 * Port and checksum above IP. The checksum may be unfinished, for the device to complete: the
 * helper knows. Packet pointers are void afterwards.
 */
static __always_inline void tc_translate(struct __sk_buff *skb, struct packet *p)
{
	__u32 l4 = p->l4 - p->data;
	__u32 check = l4 + (p->protocol == IPPROTO_TCP ? 16 : 6);
	__u64 udp = p->protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
	__u32 port = l4 + (p->nat == NAT_SOURCE ? 0 : 2);

	bpf_l4_csum_replace(skb, check, p->old_address, p->new_address, BPF_F_PSEUDO_HDR | udp | 4);
	if (p->old_port == p->new_port)
		return;
	bpf_l4_csum_replace(skb, check, p->old_port, p->new_port, udp | 2);
	bpf_skb_store_bytes(skb, port, &p->new_port, 2, 0);
}

static __always_inline __u32 tc_reply(struct __sk_buff *skb, struct packet *p, int *action)
{
	struct bpf_fib_lookup way = {};
	int found = route_reply(skb, p, &way, skb->ingress_ifindex);

	if (found != BPF_FIB_LKUP_RET_SUCCESS && found != BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_NO_ROUTE;
	if (is_for_above(p->tags, p->ingress, way.ifindex))
		return VERDICT_TAGGED;
	set_source(p);
	if (found == BPF_FIB_LKUP_RET_SUCCESS) {
		__builtin_memcpy(p->eth->h_dest, way.dmac, 6);
		__builtin_memcpy(p->eth->h_source, way.smac, 6);
	}
	if (p->nat)
		tc_translate(skb, p);
	*action = found == BPF_FIB_LKUP_RET_SUCCESS ? bpf_redirect(way.ifindex, 0) :
						      bpf_redirect_neigh(way.ifindex, 0, 0, 0);
	return VERDICT_REPLY;
}

static __always_inline int tc_icmp(struct __sk_buff *skb, struct packet *p)
{
	struct way_out out = {
		.l3 = (void *)p->ip - p->data,
		.ingress = p->ingress,
		.tags = p->tags,
	};
	struct bpf_redir_neigh next = { .nh_family = AF_INET };
	__u32 verdict = icmp_story(skb, &out);

	count(verdict);
	if (verdict == VERDICT_FORWARDED || verdict == VERDICT_REPLY)
		return bpf_redirect(out.ifindex, 0);
	if (verdict != VERDICT_NEIGHBOUR)
		return VERDICT_PASSES(verdict) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
	if (!out.gateway)
		return bpf_redirect_neigh(out.ifindex, 0, 0, 0);
	next.ipv4_nh = out.gateway;
	return bpf_redirect_neigh(out.ifindex, &next, sizeof(next), 0);
}

SEC("tc")
int sluice_tc(struct __sk_buff *skb)
{
	struct packet p;
	__u32 verdict;
	int action = TC_ACT_SHOT;

	if (skb->pkt_type != PACKET_HOST) {
		count(VERDICT_OTHER_HOST);
		return TC_ACT_UNSPEC;
	}
	tc_pull(skb);
	p.data = (void *)(long)skb->data;
	p.data_end = (void *)(long)skb->data_end;
	p.frame_bytes = skb->len;
	p.hop = 0;
	p.nat = NAT_NONE;
	p.ingress = skb->ifindex;
	p.tags = !!skb->vlan_present;
	verdict = story(&p);
	if (verdict == VERDICT_ICMP)
		return tc_icmp(skb, &p);
	if (verdict == VERDICT_REPLY)
		verdict = tc_reply(skb, &p, &action);
	count(verdict);
	if (verdict == VERDICT_REPLY)
		return action;
	if (p.nat && (verdict == VERDICT_FORWARDED || verdict == VERDICT_NEIGHBOUR))
		tc_translate(skb, &p);
	if (verdict == VERDICT_FORWARDED)
		return bpf_redirect(p.hop->ifindex, 0);
	if (verdict == VERDICT_NEIGHBOUR)
		return tc_neighbour(&p);
	return VERDICT_PASSES(verdict) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
