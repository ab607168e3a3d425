/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * icmp6: does this ICMPv6 error speak of a connection of ours? As icmp.h, for IPv6 (RFC 4443).
 *
 * in:       the hook's context; where the IPv6 header begins
 * out:      the packet's bytes; the way out
 * maps:     service_table, nat_table, reals, loads, services, conns, embryos (read), traffic (counts)
 * verdicts: those of icmp.h
 *
 * ICMPv6's checksum covers both addresses of its own packet (RFC 4443, 2.3), so it takes part in every
 * change. Errors behind extension headers, or about packets that have some, are left to the stack.
 */
#ifndef SLUICE_ICMP6_H
#define SLUICE_ICMP6_H

#include "icmp.h"

/* RFC 4443, 2.1: types below this are errors. */
#define ICMP6_INFORMATIONAL 128

struct error6 {
	void *data;
	void *data_end;
	struct ipv6hdr *ip;
	struct icmp_header *icmp;
	struct ipv6hdr *quoted;
	__u16 *ports;
	__u32 ip_bytes;
};

/* Both headers, ICMP's, and what the kernel quotes at least of the layer above. */
#define ERROR6_BYTES (40 + 8 + 40 + QUOTED_PORTS)

/* Points at the headers; STAGE_OK when it is an error that quotes a TCP or UDP packet's ports. */
static __always_inline __u32 open_error6(HOOK_CTX *ctx, struct error6 *e, __u32 l3)
{
	e->data = (void *)(long)ctx->data;
	e->data_end = (void *)(long)ctx->data_end;
	e->ip = e->data + (l3 & 0x1f);
	if (e->data + sizeof(struct ethhdr) > e->data_end ||
	    (void *)e->ip + ERROR6_BYTES > e->data_end)
		return VERDICT_ICMP;
	e->ip_bytes = sizeof(*e->ip) + bpf_ntohs(e->ip->payload_len);
	e->icmp = (void *)(e->ip + 1);
	e->quoted = (void *)e->icmp + ICMP_BYTES;
	e->ports = (void *)(e->quoted + 1);
	if (e->ip->nexthdr != IPPROTO_ICMPV6 || e->icmp->type >= ICMP6_INFORMATIONAL)
		return VERDICT_ICMP;
	if (e->ip_bytes < ERROR6_BYTES || e->quoted->version != 6)
		return VERDICT_ICMP;
	if (e->quoted->nexthdr != IPPROTO_TCP && e->quoted->nexthdr != IPPROTO_UDP)
		return VERDICT_ICMP;
	/* An error goes to the source of what it is about. */
	if (!same_address(address_of(&e->quoted->saddr), address_of(&e->ip->daddr)))
		return VERDICT_ICMP;
	return STAGE_OK;
}

struct quoted_flow6 {
	struct endpoint other; /* whom the client talks to: a service or a server */
	struct address client;
	__u32 now;
	__u16 port; /* the client's */
	__u16 tcp;
};

/* The server that the client's entry for this service names, or 0. Looks, and touches nothing. */
__noinline int server_of6(struct quoted_flow6 *q, __u32 service)
{
	struct flow f = {};
	struct conn *c;
	__u32 meta;

	if (!q)
		return 0;
	make_flow(&f, FAMILY_IPV6, &q->client, q->port, service, q->now);
	c = find_conn6(MAIN, &f, &meta);
	if (!c && q->tcp)
		c = find_conn6(EMBRYONIC, &f, &meta);
	if (!c || is_expired(meta, f.now - READ(c->seen)))
		return 0;
	return meta & REAL_MASK;
}

/* The connection's server when the quoted packet came from the virtual address; else 0. */
static __always_inline __u32 server_quoted6(struct quoted_flow6 *q)
{
	__u32 service;

	q->other.servers = 0;
	service = find_endpoint(&q->other);
	return service ? server_of6(q, service) : 0;
}

/* The connection's server when the quoted packet went to a NAT server; else 0. */
static __always_inline __u32 nat_server_quoted6(struct quoted_flow6 *q)
{
	struct real *real;
	struct load *load;
	__u32 number;

	q->other.servers = 1;
	number = find_endpoint(&q->other);
	for (int i = 0; i < SAME_AT_MOST && number; i++) {
		real = bpf_map_lookup_elem(&reals, &number);
		load = bpf_map_lookup_elem(&loads, &number);
		if (!real || !load)
			return 0;
		if (server_of6(q, real->service) == number)
			return number;
		number = READ(load->same);
	}
	return 0;
}

/* Another address and port in the quoted packet; its checksum, and ICMP's, know of it. */
static __always_inline void translate_quoted6(struct error6 *e, struct in6_addr *field, __u16 *port,
					      const struct address *address, __u16 new_port)
{
	__u32 difference = csum_difference(address_of(field), address);
	__u32 udp = e->quoted->nexthdr == IPPROTO_UDP;
	__u32 check_at = udp ? 6 : 16;
	__u16 *check = (void *)e->ports + check_at;
	__u16 sum;

	if (ERROR6_BYTES - QUOTED_PORTS + check_at + 2 <= e->ip_bytes &&
	    (void *)(check + 1) <= e->data_end && *check) {
		sum = csum_replace2(csum_add(*check, difference), *port, new_port);
		change_word(check, udp && sum == 0 ? 0xffff : sum, &e->icmp->checksum);
	}
	change_word(port, new_port, &e->icmp->checksum);
	e->icmp->checksum = csum_add(e->icmp->checksum, difference);
	*address_of(field) = *address;
}

/* The same for the error's own packet: ICMP's checksum covers its addresses. */
static __always_inline void readdress6(struct error6 *e, struct in6_addr *field,
				       const struct address *address)
{
	__u32 difference = csum_difference(address_of(field), address);

	e->icmp->checksum = csum_add(e->icmp->checksum, difference);
	*address_of(field) = *address;
}

static __always_inline void count_error6(__u32 number, struct error6 *e, int back)
{
	struct traffic *total = bpf_map_lookup_elem(&traffic, &number);

	if (!total)
		return;
	if (back) {
		total->out_packets += 1;
		total->out_bytes += e->ip_bytes;
	} else {
		total->packets += 1;
		total->bytes += e->ip_bytes;
	}
}

/* To the server. */
static __always_inline __u32 error_forward6(struct error6 *e, struct real *real,
					    struct way_out *out)
{
	struct hop *hop = real->flags & REAL_HOP ? &real->hop[1] : &real->hop[0];
	__u32 flags = hop->flags;
	__u16 port = real->port ?: e->ports[0];

	if (is_for_above(out->tags, out->ingress, hop->ifindex))
		return VERDICT_TAGGED;
	count_error6(out->real_number, e, 0);
	if (flags & HOP_LOCAL)
		return VERDICT_LOCAL;
	if (e->ip->hop_limit <= 1)
		return VERDICT_TTL_EXPIRED;
	if (!hop->ifindex)
		return VERDICT_UNRESOLVED;
	if (real->method == METHOD_NAT) {
		translate_quoted6(e, &e->quoted->saddr, &e->ports[0], &real->address, port);
		readdress6(e, &e->ip->daddr, &real->address);
	}
	e->ip->hop_limit--;
	out->tunnel = real->method == METHOD_TUN;
	out->ifindex = hop->ifindex;
	if (!(flags & HOP_RESOLVED))
		return VERDICT_NEIGHBOUR;
	write_macs(e->data, hop);
	return VERDICT_FORWARDED;
}

/* To the client. The routing table knows the way. */
static __always_inline __u32 error_back6(HOOK_CTX *ctx, struct error6 *e, struct real *real,
					 struct way_out *out)
{
	struct service *service = bpf_map_lookup_elem(&services, &real->service);
	struct bpf_fib_lookup *way = way_space();
	struct ethhdr *eth = e->data;
	int found;

	if (!service || !way)
		return VERDICT_BROKEN;
	if (e->ip->hop_limit <= 1)
		return VERDICT_TTL_EXPIRED;
	way->family = FAMILY_IPV6;
	way->l4_protocol = IPPROTO_ICMPV6;
	__builtin_memcpy(way->ipv6_src, &service->address, sizeof(way->ipv6_src));
	__builtin_memcpy(way->ipv6_dst, &e->ip->daddr, sizeof(way->ipv6_dst));
	way->ifindex = out->ingress;
	found = bpf_fib_lookup(ctx, way, sizeof(*way), 0);
	if (found != BPF_FIB_LKUP_RET_SUCCESS && found != BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_NO_ROUTE;
	if (is_for_above(out->tags, out->ingress, way->ifindex))
		return VERDICT_TAGGED;
	count_error6(out->real_number, e, 1);
	translate_quoted6(e, &e->quoted->daddr, &e->ports[1], &service->address,
			  service->port ?: e->ports[1]);
	readdress6(e, &e->ip->saddr, &service->address);
	e->ip->hop_limit--;
	out->ifindex = way->ifindex;
	if (found == BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_NEIGHBOUR;
	__builtin_memcpy(eth->h_dest, way->dmac, 6);
	__builtin_memcpy(eth->h_source, way->smac, 6);
	return VERDICT_REPLY;
}

/* Whose error it is. Two functions, for the sake of the stack. */
__noinline int icmp6_find(HOOK_CTX *ctx, struct way_out *out)
{
	struct quoted_flow6 q = {};
	struct error6 e;
	__u32 verdict;

	if (!out)
		return VERDICT_BROKEN;
	hook_pull(ctx, 22 + ERROR6_BYTES + 10);
	verdict = open_error6(ctx, &e, out->l3);
	if (verdict != STAGE_OK)
		return verdict;
	q.tcp = e.quoted->nexthdr == IPPROTO_TCP;
	q.now = clock_now();
	q.other.protocol = e.quoted->nexthdr;
	q.other.address = *address_of(&e.quoted->saddr);
	q.other.port = e.ports[0];
	q.client = *address_of(&e.quoted->daddr);
	q.port = e.ports[1];
	out->real_number = server_quoted6(&q);
	if (!out->real_number && config.nat) {
		q.client = q.other.address;
		q.port = q.other.port;
		q.other.address = *address_of(&e.quoted->daddr);
		q.other.port = e.ports[1];
		out->real_number = nat_server_quoted6(&q);
		out->back = 1;
	}
	return out->real_number ? STAGE_OK : VERDICT_ICMP;
}

/* Translates the error and finds its way. */
__noinline int icmp6_send(HOOK_CTX *ctx, struct way_out *out)
{
	struct error6 e;
	struct real *real;
	__u32 verdict, number;

	if (!out)
		return VERDICT_BROKEN;
	verdict = open_error6(ctx, &e, out->l3);
	if (verdict != STAGE_OK)
		return verdict;
	number = out->real_number;
	real = bpf_map_lookup_elem(&reals, &number);
	if (!real)
		return VERDICT_BROKEN;
	if (real->flags & REAL_REMOVED)
		return VERDICT_REMOVED;
	return out->back ? error_back6(ctx, &e, real, out) : error_forward6(&e, real, out);
}

/* The verdict of an ICMPv6 packet. */
static __always_inline __u32 icmp6_story(HOOK_CTX *ctx, struct way_out *out)
{
	__u32 verdict = icmp6_find(ctx, out);

	return verdict == STAGE_OK ? icmp6_send(ctx, out) : verdict;
}

#endif
