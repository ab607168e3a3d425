/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * tunnel: the header that a packet gets in front on its way to a real server: IP in IP, GUE or GRE,
 * four pairs of families. Bytes as the kernel's IPVS makes them (lvs.md a.3).
 *
 * in:       the frame after rewrite, its real server's number
 * out:      the outer header's bytes; the hook makes the room, as it knows the offloads
 * maps:     tunnels (read)
 * verdicts: none
 *
 * Checksums over the packet inside are had without reading it (RFC 1624's arithmetic): an IPv4
 * header sums up to nothing, and TCP or UDP with their checksum to the complement of their pseudo
 * header's sum. That holds for packets whose checksum the device is to complete, too. Where
 * the packet inside has none (UDP over IPv4 may, fragments do), or has IPv6 extensions, the outer UDP
 * header has none either, and GRE comes without; so it is with frames that the device will cut.
 */
#ifndef SLUICE_TUNNEL_H
#define SLUICE_TUNNEL_H

#include "../include/cursor.h"
#include "../include/maps.h"
#include "table.h"

#define OUTER_AT_MOST (40 + 8 + 4)

/* The kernel's net.ipv4.ip_local_port_range, from which GUE's source ports come. */
#define PORTS_FROM 32768
#define PORTS 28232

#define PROTOCOL_GRE 47

struct wrapping {
	__u32 real;
	__u32 bytes; /* of the packet inside */
	__u32 flow;  /* a hash */
	__u32 sum;   /* of the packet inside */
	__u32 length; /* out: of the header; 0: it cannot be made */
	__u8 ipv6;   /* the packet inside */
	__u8 tos;
	__u8 ttl;
	__u8 df;
	__u8 summable; /* sum is known */
	__u8 outer6;   /* out */
	__u8 kind;     /* out: TUNNEL_… */
	__u8 spare;
	__u32 header[OUTER_AT_MOST / 4 + 1];
};

static __always_inline __u16 carry(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* RFC 6040's compatibility mode, as IPVS has it: what is marked inside is only capable outside. */
static __always_inline __u8 outer_tos(__u8 tos)
{
	return (tos & 3) == 3 ? (tos & ~3) | 2 : tos;
}

static __always_inline void outer_ipv4(struct wrapping *w, struct tunnel *t, __u8 protocol,
				       __u32 bytes)
{
	struct iphdr *ip = (struct iphdr *)w->header;
	__u64 sum = 0;

	ip->version = 4;
	ip->ihl = 5;
	ip->tos = outer_tos(w->tos);
	ip->tot_len = bpf_htons(bytes);
	ip->id = w->df ? 0 : bpf_get_prandom_u32();
	ip->frag_off = w->df ? bpf_htons(0x4000) : 0;
	ip->ttl = w->ttl;
	ip->protocol = protocol;
	ip->check = 0;
	ip->saddr = t->source.word[0];
	ip->daddr = t->address.word[0];
#pragma unroll
	for (int i = 0; i < 5; i++)
		sum += w->header[i];
	ip->check = ~carry(sum);
}

static __always_inline void outer_ipv6(struct wrapping *w, struct tunnel *t, __u8 protocol,
				       __u32 bytes)
{
	struct ipv6hdr *ip = (struct ipv6hdr *)w->header;

	w->header[0] = bpf_htonl(6U << 28 | (__u32)outer_tos(w->tos) << 20);
	ip->payload_len = bpf_htons(bytes - sizeof(*ip));
	ip->nexthdr = protocol;
	ip->hop_limit = w->ttl;
	__builtin_memcpy(&ip->saddr, &t->source, sizeof(ip->saddr));
	__builtin_memcpy(&ip->daddr, &t->address, sizeof(ip->daddr));
}

static __always_inline __u64 sum_of(const struct address *a)
{
	return (__u64)a->word[0] + a->word[1] + a->word[2] + a->word[3];
}

/* UDP and the four bytes of GUE (draft-ietf-intarea-gue, version 0, no flags). */
static __always_inline void write_gue(struct wrapping *w, struct tunnel *t, __u32 *to, __u8 inner)
{
	__u16 length = bpf_htons(w->bytes + 12);
	__u32 port = PORTS_FROM + (__u32)((__u64)w->flow * PORTS >> 32);
	__u64 sum;
	__u16 check;

	to[0] = bpf_htons(port) | (__u32)t->port << 16;
	to[1] = length;
	to[2] = bpf_htonl((__u32)inner << 16);
	if (!(t->flags & (TUNNEL_CHECKSUM | TUNNEL_REMOTE_CHECKSUM)) || !w->summable)
		return;
	sum = (__u64)w->sum + to[0] + to[1] + to[2] + length + bpf_htons(IPPROTO_UDP) +
	      sum_of(&t->source) + sum_of(&t->address);
	check = ~carry(sum);
	to[1] = length | (__u32)(check ?: 0xffff) << 16;
}

/* RFC 2784. */
static __always_inline void write_gre(struct wrapping *w, struct tunnel *t, __u32 *to)
{
	__u32 type = bpf_htons(w->ipv6 ? ETH_P_IPV6 : ETH_P_IP);

	to[0] = type << 16;
	to[1] = 0;
	if (!w->summable || !(t->flags & TUNNEL_CHECKSUM))
		return;
	to[0] |= bpf_htons(0x8000);
	to[1] = (__u16)~carry((__u64)w->sum + to[0]);
}

/* Verified once, by itself. */
__noinline int make_outer(struct wrapping *w)
{
	struct tunnel *t;
	__u32 number, shim = 0, ip;
	__u8 inner, protocol;

	if (!w)
		return 0;
	w->length = 0;
	number = w->real;
	t = bpf_map_lookup_elem(&tunnels, &number);
	if (!t)
		return 0;
	w->kind = t->kind;
	w->outer6 = t->ipv6;
	inner = w->ipv6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
	protocol = inner;
	if (w->kind == TUNNEL_GUE) {
		protocol = IPPROTO_UDP;
		shim = 12;
	} else if (w->kind == TUNNEL_GRE) {
		protocol = PROTOCOL_GRE;
		shim = w->summable && t->flags & TUNNEL_CHECKSUM ? 8 : 4;
	}
	ip = w->outer6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	if (w->bytes + ip + shim > 0xffff)
		return 0;
	if (w->outer6)
		outer_ipv6(w, t, protocol, w->bytes + ip + shim);
	else
		outer_ipv4(w, t, protocol, w->bytes + ip + shim);
	if (w->kind == TUNNEL_GUE) {
		if (w->outer6)
			write_gue(w, t, &w->header[10], inner);
		else
			write_gue(w, t, &w->header[5], inner);
	} else if (w->kind == TUNNEL_GRE) {
		if (w->outer6)
			write_gre(w, t, &w->header[10]);
		else
			write_gre(w, t, &w->header[5]);
	}
	w->length = ip + shim;
	return 0;
}

/* The sum of the packet inside from its headers alone, where they have all it takes. */
static __always_inline void sum_ipv4(struct wrapping *w, struct iphdr *ip, __u32 header, void *end)
{
	__u32 at = ip->protocol == IPPROTO_UDP ? 6 : 16;
	__u16 above = bpf_htons(w->bytes - header);
	__u16 *check = (void *)ip + header + at;

	if (ip->frag_off & bpf_htons(0x3fff))
		return;
	if (ip->protocol == IPPROTO_ICMP) {
		w->sum = 0xffff;
		w->summable = 1;
		return;
	}
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return;
	if ((void *)(check + 1) > end || *check == 0)
		return;
	w->sum = (__u16)~carry((__u64)ip->saddr + ip->daddr + above + bpf_htons(ip->protocol));
	w->summable = 1;
}

static __always_inline void sum_ipv6(struct wrapping *w, struct ipv6hdr *ip)
{
	__u32 *word = (__u32 *)ip;
	__u64 pseudo = (__u64)ip->payload_len + bpf_htons(ip->nexthdr);

	if (ip->nexthdr != IPPROTO_TCP && ip->nexthdr != IPPROTO_UDP && ip->nexthdr != IPPROTO_ICMPV6)
		return;
	/* The addresses are in both sums, once as they are and once as their complement. */
	w->sum = carry((__u64)word[0] + word[1] + (__u16)~carry(pseudo));
	w->summable = 1;
}

static __always_inline int describe_ipv4(struct wrapping *w, struct iphdr *ip, void *end)
{
	__u32 header = ip->ihl * 4;
	__u32 *ports = (void *)ip + header;
	__u64 flow = ip->saddr ^ (__u64)ip->daddr << 16;

	w->bytes = bpf_ntohs(ip->tot_len);
	w->tos = ip->tos;
	w->ttl = ip->ttl;
	w->df = ip->frag_off & bpf_htons(0x4000) && !(config.knobs & KNOB_NO_PMTU_DISC);
	if (ip->protocol != IPPROTO_ICMP && !(ip->frag_off & bpf_htons(0x3fff)) &&
	    (void *)(ports + 1) <= end)
		flow ^= (__u64)*ports << 32;
	w->flow = mix(flow ^ config.seed) >> 32;
	sum_ipv4(w, ip, header, end);
	return 1;
}

static __always_inline int describe_ipv6(struct wrapping *w, struct ipv6hdr *ip, void *end)
{
	__u32 *ports = (void *)(ip + 1);
	__u64 flow;

	if ((void *)(ports + 1) > end)
		return 0;
	flow = sum_of((struct address *)&ip->saddr) ^ sum_of((struct address *)&ip->daddr) << 16;
	w->ipv6 = 1;
	w->bytes = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	w->tos = bpf_ntohs(*(__u16 *)ip) >> 4;
	w->ttl = ip->hop_limit;
	if (ip->nexthdr == IPPROTO_TCP || ip->nexthdr == IPPROTO_UDP)
		flow ^= (__u64)*ports << 32;
	w->flow = mix(flow ^ config.seed) >> 32;
	sum_ipv6(w, ip);
	return 1;
}

/* What the outer header is made of, out of a frame without tags; 0: it has no such packet. */
static __always_inline int describe(struct wrapping *w, void *data, void *end)
{
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u16 type;

	if ((void *)(ip + 1) > end)
		return 0;
	type = *((__u16 *)data + 6);
	if (type == bpf_htons(ETH_P_IP))
		return describe_ipv4(w, ip, end);
	return type == bpf_htons(ETH_P_IPV6) && describe_ipv6(w, (struct ipv6hdr *)ip, end);
}

#endif
