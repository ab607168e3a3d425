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

#include "stages/answer.h"
#include "stages/icmp6.h"
#include "stages/tunnel.h"

#define PACKET_HOST 0

/* What an ICMP error may quote of a frame, with its header. */
#define QUOTED_AT_MOST (14 + ERROR6_AT_MOST)

/* Frame, IP and TCP headers, with the longest options of IPv4 or as many bytes of IPv6 extensions. */
#define HEADERS_AT_MOST (14 + 40 + 40 + 20)

/* The headers between data and data_end. */
static __always_inline void tc_pull(struct __sk_buff *skb)
{
	__u32 linear = skb->data_end - skb->data;

	if (linear >= HEADERS_AT_MOST || linear == skb->len)
		return;
	bpf_skb_pull_data(skb, skb->len < HEADERS_AT_MOST ? skb->len : HEADERS_AT_MOST);
}

/*
 * The kernel finds the MAC of this server's next hop, and keeps the packet while it asks. A function for
 * the sake of the stack.
 */
__noinline int tc_neighbour(__u32 number)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);
	struct bpf_redir_neigh next = {};
	struct address *gateway;
	struct hop *hop;

	if (!real)
		return TC_ACT_SHOT;
	hop = real->flags & REAL_HOP ? &real->hop[1] : &real->hop[0];
	gateway = real->flags & REAL_HOP ? &real->gateway[1] : &real->gateway[0];
	next.nh_family = hop->flags & HOP_GATEWAY6 ? FAMILY_IPV6 : FAMILY_IPV4;
	__builtin_memcpy(next.ipv6_nh, gateway, sizeof(next.ipv6_nh));
	return bpf_redirect_neigh(hop->ifindex, &next, sizeof(next), 0);
}

/* A sum over the whole packet, where the device made one: IPv6's hop limit is in it, and has changed. */
static __always_inline void tc_hop_less(struct __sk_buff *skb)
{
	bpf_csum_update(skb, ~0x100U);
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
	__u16 new_port = p->new_port; /* a pointer into the packet would keep all of it in memory */

	if (is_ipv6(p)) {
		bpf_l4_csum_replace(skb, check, 0, p->difference, BPF_F_PSEUDO_HDR | udp);
		/* The helper's idea of a sum over the whole packet is IPv4's. */
		bpf_csum_update(skb, p->difference);
	} else {
		bpf_l4_csum_replace(skb, check, p->old_address, p->new_address,
				    BPF_F_PSEUDO_HDR | udp | 4);
	}
	if (p->old_port == p->new_port)
		return;
	bpf_l4_csum_replace(skb, check, p->old_port, p->new_port, udp | 2);
	bpf_skb_store_bytes(skb, port, &new_port, 2, 0);
}

static __always_inline __u32 tc_reply(struct __sk_buff *skb, struct packet *p, int *action)
{
	struct bpf_fib_lookup *way = way_space();
	int found;

	if (!way)
		return VERDICT_BROKEN;
	found = route_reply(skb, p, way, skb->ingress_ifindex);

	if (found != BPF_FIB_LKUP_RET_SUCCESS && found != BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_NO_ROUTE;
	if (is_for_above(p->tags, p->ingress, way->ifindex))
		return VERDICT_TAGGED;
	set_source(p);
	if (found == BPF_FIB_LKUP_RET_SUCCESS) {
		__builtin_memcpy(p->eth->h_dest, way->dmac, 6);
		__builtin_memcpy(p->eth->h_source, way->smac, 6);
	}
	if (is_ipv6(p))
		tc_hop_less(skb);
	if (p->nat)
		tc_translate(skb, p);
	*action = found == BPF_FIB_LKUP_RET_SUCCESS ? bpf_redirect(way->ifindex, 0) :
						      bpf_redirect_neigh(way->ifindex, 0, 0, 0);
	return VERDICT_REPLY;
}

/*
 * A header in front of the packet, on its way to this real server; 0: it could not be. The flags
 * tell the device how to cut the frame into packets.
 */
__noinline int tc_wrap(struct __sk_buff *skb, __u32 real)
{
	struct wrapping w = { .real = real };
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;
	__u32 length;
	__u16 type;

	if (!describe(&w, (void *)(long)skb->data, (void *)(long)skb->data_end))
		return 0;
	if (skb->gso_size)
		w.summable = 0;
	make_outer(&w);
	length = w.length;
	if (length < sizeof(struct iphdr) || length > OUTER_AT_MOST)
		return 0;
	flags |= w.outer6 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV4;
	if (w.kind == TUNNEL_GUE)
		flags |= BPF_F_ADJ_ROOM_ENCAP_L4_UDP;
	else if (w.kind == TUNNEL_GRE)
		flags |= BPF_F_ADJ_ROOM_ENCAP_L4_GRE;
	if (bpf_skb_adjust_room(skb, length, BPF_ADJ_ROOM_MAC, flags))
		return 0;
	type = bpf_htons(w.outer6 ? ETH_P_IPV6 : ETH_P_IP);
	if (bpf_skb_store_bytes(skb, 12, &type, sizeof(type), 0))
		return 0;
	return !bpf_skb_store_bytes(skb, sizeof(struct ethhdr), w.header, length,
				    BPF_F_RECOMPUTE_CSUM);
}

/* The ICMP error in the packet's place; 0: there is none. */
__noinline int tc_answer(struct __sk_buff *skb, __u32 verdict, __u32 room)
{
	struct complaint e = {};
	void *data, *end;

	hook_pull(skb, QUOTED_AT_MOST);
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	if (!read_complaint(&e, data, end, verdict, room) || !within_budget())
		return 0;
	if (bpf_skb_change_tail(skb, sizeof(struct ethhdr) + e.quoted, 0) ||
	    bpf_skb_change_head(skb, e.headers, 0))
		return 0;
	hook_pull(skb, sizeof(struct ethhdr) + ERROR6_AT_MOST);
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	return write_complaint(&e, data, end);
}

static __always_inline int tc_icmp(struct __sk_buff *skb, struct packet *p)
{
	struct way_out out = {
		.l3 = (is_ipv6(p) ? (void *)p->ip6 : (void *)p->ip) - p->data,
		.ingress = p->ingress,
		.tags = p->tags,
	};
	__u32 verdict = is_ipv6(p) ? icmp6_story(skb, &out) : icmp_story(skb, &out);

	count(verdict);
	if (is_ipv6(p) && (verdict == VERDICT_FORWARDED || verdict == VERDICT_NEIGHBOUR ||
			    verdict == VERDICT_REPLY))
		tc_hop_less(skb);
	if (out.tunnel && (verdict == VERDICT_FORWARDED || verdict == VERDICT_NEIGHBOUR) &&
	    !tc_wrap(skb, out.real_number))
		return TC_ACT_SHOT;
	if (verdict == VERDICT_FORWARDED || verdict == VERDICT_REPLY)
		return bpf_redirect(out.ifindex, 0);
	if (verdict != VERDICT_NEIGHBOUR)
		return VERDICT_PASSES(verdict) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
	if (out.back)
		return bpf_redirect_neigh(out.ifindex, 0, 0, 0);
	return tc_neighbour(out.real_number);
}

/* IPv6 has a program of its own, and so a stack of its own: the way of IPv4 stays as short as it is. */
int sluice_tc6(struct __sk_buff *skb);
int sluice_tc_icmp6(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, FAMILY_PROGRAMS);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct __sk_buff *));
} families_tc SEC(".maps") = {
	.values = { [FAMILY_ALL] = &sluice_tc6, [FAMILY_ICMP] = &sluice_tc_icmp6 },
};

/* What a program of either family does with a packet; the family is a constant. */
static __always_inline int tc_serve(struct __sk_buff *skb, __u32 family)
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
	p.family = family;
	p.frame_bytes = skb->len;
	p.hop = 0;
	p.nat = NAT_NONE;
	p.ingress = skb->ifindex;
	p.tags = !!skb->vlan_present;
	p.room = 0;
	p.segment = skb->gso_size;
	nothing_yet(&p);
	verdict = story(&p);
	if (verdict == VERDICT_NOT_IP && family == FAMILY_IPV4)
		bpf_tail_call(skb, &families_tc, FAMILY_ALL);
	if (verdict == VERDICT_ICMP && family == FAMILY_IPV6) {
		bpf_tail_call(skb, &families_tc, FAMILY_ICMP);
		return TC_ACT_UNSPEC;
	}
	if (verdict == VERDICT_ICMP)
		return tc_icmp(skb, &p);
	if (verdict == VERDICT_REPLY)
		verdict = tc_reply(skb, &p, &action);
	count(verdict);
	if (verdict == VERDICT_REPLY)
		return action;
	if (verdict == VERDICT_FORWARDED || verdict == VERDICT_NEIGHBOUR) {
		if (is_ipv6(&p))
			tc_hop_less(skb);
		if (p.nat == NAT_TUNNEL) {
			if (p.tags || !tc_wrap(skb, p.real_number))
				return TC_ACT_SHOT;
		} else if (p.nat) {
			tc_translate(skb, &p);
		}
	}
	if (verdict == VERDICT_FORWARDED)
		return bpf_redirect(p.hop->ifindex, 0);
	if (verdict == VERDICT_NEIGHBOUR)
		return tc_neighbour(p.real_number);
	if (is_told(&p, verdict) && !p.tags && tc_answer(skb, verdict, p.room))
		return bpf_redirect(skb->ingress_ifindex, 0);
	return VERDICT_PASSES(verdict) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

SEC("tc")
int sluice_tc(struct __sk_buff *skb)
{
	return tc_serve(skb, FAMILY_IPV4);
}

SEC("tc")
int sluice_tc6(struct __sk_buff *skb)
{
	return tc_serve(skb, FAMILY_IPV6);
}

/* ICMPv6 that sluice_tc6 met; again, for the sake of the stack. */
SEC("tc")
int sluice_tc_icmp6(struct __sk_buff *skb)
{
	struct packet p;

	p.data = (void *)(long)skb->data;
	p.data_end = (void *)(long)skb->data_end;
	p.family = FAMILY_IPV6;
	p.frame_bytes = skb->len;
	p.ingress = skb->ifindex;
	p.tags = !!skb->vlan_present;
	p.segment = 0;
	if (parse6(&p) != VERDICT_ICMP)
		return TC_ACT_UNSPEC;
	return tc_icmp(skb, &p);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
