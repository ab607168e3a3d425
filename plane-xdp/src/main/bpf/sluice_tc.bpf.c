// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/* The plane behind the driver: tcx or clsact ingress, where segments are whole and offloads kept. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "stages/story.h"

#define AF_INET 2
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

	decrement_ttl(p->ip);
	return bpf_redirect_neigh(p->hop->ifindex, &next, sizeof(next), 0);
}

SEC("tc")
int sluice_tc(struct __sk_buff *skb)
{
	struct packet p;
	__u32 verdict;

	if (skb->pkt_type != PACKET_HOST) {
		count(VERDICT_OTHER_HOST);
		return TC_ACT_UNSPEC;
	}
	if (skb->vlan_present) {
		count(VERDICT_NOT_IPV4);
		return TC_ACT_UNSPEC;
	}
	tc_pull(skb);
	p.data = (void *)(long)skb->data;
	p.data_end = (void *)(long)skb->data_end;
	p.frame_bytes = skb->len;
	p.hop = 0;
	verdict = story(&p);
	count(verdict);
	if (verdict == VERDICT_FORWARDED)
		return bpf_redirect(p.hop->ifindex, 0);
	if (verdict == VERDICT_NEIGHBOUR)
		return tc_neighbour(&p);
	return VERDICT_PASSES(verdict) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
