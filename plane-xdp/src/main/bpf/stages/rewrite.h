/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * rewrite: the packet as it shall arrive. Direct routing: a new frame header and one hop less;
 * address and port stay. NAT: another destination on the way there, the virtual address as source
 * on the way back.
 *
 * in:       eth, ip or ip6, real
 * out:      the packet's bytes up to the IP header; hop; what the hook does to the layer above
 * maps:     traffic (counts)
 * verdicts: local, ttl_expired, forwarded, reply; neighbour when the hop's MAC is missing (the hook
 *           decides)
 */
#ifndef SLUICE_REWRITE_H
#define SLUICE_REWRITE_H

#include "../include/csum.h"
#include "../include/cursor.h"
#include "../include/maps.h"
#include "parse.h"
#include "service.h"

static __always_inline void count_traffic(struct packet *p)
{
	__u32 number = p->real_number;
	struct traffic *total = bpf_map_lookup_elem(&traffic, &number);

	if (total) {
		total->packets += 1;
		total->bytes += p->ip_bytes;
	}
}

/* Both MACs in three words; a memcpy of six bytes would become twelve loads and stores. */
static __always_inline void write_macs(struct ethhdr *eth, struct hop *hop)
{
	__u32 *to = (__u32 *)eth;
	const __u32 *from = (const __u32 *)hop;

	_Static_assert(__builtin_offsetof(struct hop, src) == 6, "dst and src are neighbours");
	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
}

/* IPv6 has no checksum of its own: only the layer above learns of it. */
static __always_inline void set_address6(struct packet *p, struct in6_addr *field)
{
	p->difference = csum_difference(address_of(field), p->translated);
	*address_of(field) = *p->translated;
}

/* The address and the IP header's checksum; the hook does the rest, as it knows the offloads. */
static __always_inline void set_destination(struct packet *p)
{
	struct real *real = p->real;

	p->nat = NAT_DESTINATION;
	p->old_port = p->destination_port;
	p->new_port = p->own_port || !real->port ? p->destination_port : real->port;
	if (is_ipv6(p)) {
		p->translated = &real->address;
		set_address6(p, &p->ip6->daddr);
		return;
	}
	p->old_address = p->ip->daddr;
	p->new_address = real->address.word[0];
	p->ip->check = csum_replace4(p->ip->check, p->old_address, p->new_address);
	p->ip->daddr = p->new_address;
}

/*
 * A tagged frame may go back to its own segment, tag and all. For another device it passes: the VLAN
 * device above this one takes off the tag, and has the plane itself.
 */
static __always_inline int is_for_above(__u32 tags, __u32 ingress, __u32 ifindex)
{
	return tags && ifindex != ingress;
}

#define IP_DF 0x4000

/*
 * Longer than the way carries (lvs.md a.4)? A frame may be many packets that the device will cut:
 * then each of them counts. With pmtu_disc=0 a tunnel's outer header allows fragments.
 */
static __always_inline int is_too_big(struct packet *p)
{
	if (p->nat == NAT_TUNNEL && config.knobs & KNOB_NO_PMTU_DISC)
		return 0;
	return !p->segment || p->segment + p->headers > p->room;
}

/* One hop less; the caller knows that there is more than one. */
static __always_inline void decrement_hops(struct packet *p)
{
	if (is_ipv6(p))
		p->ip6->hop_limit--;
	else
		decrement_ttl(p->ip);
}

static __always_inline __u32 rewrite(struct packet *p)
{
	struct hop *hop = p->real->flags & REAL_HOP ? &p->real->hop[1] : &p->real->hop[0];
	__u32 flags = hop->flags;

	if (is_for_above(p->tags, p->ingress, hop->ifindex))
		return VERDICT_TAGGED;
	count_traffic(p);
	if (flags & HOP_LOCAL)
		return VERDICT_LOCAL;
	p->room = flags >> HOP_ROOM_SHIFT;
	if (*hops_left(p) <= 1)
		return VERDICT_TTL_EXPIRED;
	p->hop = hop;
	if (!(flags & HOP_RESOLVED) && !hop->ifindex)
		return VERDICT_UNRESOLVED;
	if (p->real->method == METHOD_TUN)
		p->nat = NAT_TUNNEL;
	if (p->ip_bytes > p->room && is_too_big(p)) {
		if (!is_ipv6(p) && !(p->ip->frag_off & bpf_htons(IP_DF)))
			p->room = 0;
		decrement_hops(p); /* quoted so */
		return VERDICT_TOO_BIG;
	}
	if (p->real->method == METHOD_NAT)
		set_destination(p);
	decrement_hops(p);
	if (!(flags & HOP_RESOLVED))
		return VERDICT_NEIGHBOUR;
	write_macs(p->eth, hop);
	return VERDICT_FORWARDED;
}

/* The way back: the hook asks the routing table, as clients are anywhere. */
static __always_inline __u32 rewrite_reply(struct packet *p)
{
	__u32 number = p->real_number;
	struct traffic *total = bpf_map_lookup_elem(&traffic, &number);

	if (total) {
		total->out_packets += 1;
		total->out_bytes += p->ip_bytes;
	}
	if (*hops_left(p) <= 1)
		return VERDICT_TTL_EXPIRED;
	p->nat = NAT_SOURCE;
	if (!is_ipv6(p))
		p->old_address = p->ip->saddr;
	p->old_port = p->source_port;
	return VERDICT_REPLY;
}

/* Once the way is known. */
static __always_inline void set_source(struct packet *p)
{
	if (is_ipv6(p)) {
		set_address6(p, &p->ip6->saddr);
	} else {
		p->ip->check = csum_replace4(p->ip->check, p->old_address, p->new_address);
		p->ip->saddr = p->new_address;
	}
	decrement_hops(p);
}

#endif
