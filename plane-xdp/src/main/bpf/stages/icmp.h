/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * icmp: does this ICMP error speak of a connection of ours?
 *
 * in:       the hook's context; where the IP header begins
 * out:      the packet's bytes; the way out
 * maps:     service_table, nat_table, reals, loads, services, conns, embryos (read), traffic (counts)
 * verdicts: icmp (not an error, or of no connection: the stack's), truncated, removed, ttl_expired,
 *           local, tagged, unresolved, neighbour, no_route, forwarded, reply
 *
 * An error quotes the head of the packet it is about (RFC 792, RFC 1122 3.2.2), and goes back to that
 * packet's source. Two kinds belong to us (lvs.md a.6):
 *   forward  the quoted packet went from the virtual address to a client: a router there, or the client,
 *            tells the server. Direct routing leaves all as it is but the frame header and the time
 *            to live; NAT makes it an error to the server about the server's packet.
 *   back     the quoted packet went from a client to a NAT server: the server, or a router before it,
 *            tells the client. It becomes an error from the virtual address about the client's packet.
 * Unlike IPVS the quoted TCP or UDP checksum is translated, too, where it is quoted.
 * The look-up makes no entry, and refreshes none: anybody can send an error.
 */
#ifndef SLUICE_ICMP_H
#define SLUICE_ICMP_H

#include "reply.h"
#include "rewrite.h"

/* Frame header with two tags, both IP headers with the longest options, ICMP, TCP up to its checksum. */
#define ERROR_HEADERS (22 + 60 + 8 + 60 + 18)

/* RFC 792. linux/icmp.h needs the C library. */
#define ICMP_DEST_UNREACH 3
#define ICMP_SOURCE_QUENCH 4
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETERPROB 12

struct icmp_header {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__u32 rest;
};

#define ICMP_BYTES sizeof(struct icmp_header)
/* What RFC 792 promises of the quoted packet behind its IP header. */
#define QUOTED_PORTS 8

/* What a related error needs to leave. */
struct way_out {
	__u32 l3;      /* in: bytes before the IP header */
	__u32 ingress; /* in: the device */
	__u32 tags;    /* in */
	__u32 real_number;
	__u32 back;    /* to the client */
	__u32 ifindex; /* out */
	__u32 tunnel;  /* out: a header goes in front */
};

struct error {
	void *data;
	void *data_end;
	struct iphdr *ip;
	struct icmp_header *icmp;
	struct iphdr *quoted;
	__u16 *ports;
	__u32 ports_at; /* bytes from the IP header to the quoted ports */
	__u32 ip_bytes;
	__u32 real_number;
	struct real *real;
};

static __always_inline int is_error(__u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

/* Points at the headers; STAGE_OK when it is an error that quotes a TCP or UDP packet's ports. */
static __always_inline __u32 read_error(struct error *e, __u32 l3)
{
	__u32 header_bytes, quoted_bytes;

	e->ip = e->data + (l3 & 0x1f);
	if ((void *)(e->ip + 1) > e->data_end)
		return VERDICT_TRUNCATED;
	if (e->ip->frag_off & bpf_htons(IP_MORE_FRAGMENTS_OR_OFFSET))
		return VERDICT_ICMP;
	header_bytes = e->ip->ihl * 4;
	e->ip_bytes = bpf_ntohs(e->ip->tot_len);
	e->icmp = (void *)e->ip + header_bytes;
	if ((void *)e->icmp + ICMP_BYTES + sizeof(*e->quoted) > e->data_end)
		return VERDICT_ICMP;
	if (!is_error(e->icmp->type))
		return VERDICT_ICMP;
	e->quoted = (void *)e->icmp + ICMP_BYTES;
	quoted_bytes = e->quoted->ihl * 4;
	if (e->quoted->version != 4 || quoted_bytes < sizeof(*e->quoted))
		return VERDICT_ICMP;
	if (e->quoted->protocol != IPPROTO_TCP && e->quoted->protocol != IPPROTO_UDP)
		return VERDICT_ICMP;
	/* A later fragment has no ports; an error goes to the source of what it is about. */
	if (e->quoted->frag_off & bpf_htons(IP_OFFSET_BITS) || e->quoted->saddr != e->ip->daddr)
		return VERDICT_ICMP;
	e->ports = (void *)e->quoted + quoted_bytes;
	e->ports_at = header_bytes + ICMP_BYTES + quoted_bytes;
	if ((void *)e->ports + QUOTED_PORTS > e->data_end ||
	    e->ports_at + QUOTED_PORTS > e->ip_bytes)
		return VERDICT_ICMP;
	return STAGE_OK;
}

/* The server that the entry names, or 0. Looks, and touches nothing. */
static __always_inline __u32 server_of(struct flow *f, __u32 tcp)
{
	__u32 meta = 0;
	struct conn *c = find_conn4(&conns, conn_mask, f, &meta);

	if (!c && tcp)
		c = find_conn4(&embryos, embryo_mask, f, &meta);
	if (!c || is_expired(meta, f->now - READ(c->seen)))
		return 0;
	return meta & REAL_MASK;
}

struct quoted_flow {
	__u64 client; /* address and port, as in a connection's key */
	__u64 other;  /* the endpoint the client talks to: a service's or a server's */
	__u32 tcp;
	__u32 now;
};

/* The connection's server when the quoted packet came from the virtual address; else 0. */
__noinline int server_quoted(struct quoted_flow *q)
{
	__u64 hash;
	__u32 service;
	struct flow f;

	if (!q)
		return 0;
	hash = q->other * SERVICE_HASH;
	service = bucket_find(&service_table, (__u32)(hash >> 48) & service_mask, q->other);
	if (!service)
		service = bucket_find(&service_table, (__u32)(hash >> 32) & service_mask, q->other);
	if (!service)
		return 0;
	make_flow4(&f, q->client, service, q->now);
	return server_of(&f, q->tcp);
}

/* The connection's server when the quoted packet went to a NAT server; else 0. */
__noinline int nat_server_quoted(struct quoted_flow *q)
{
	struct real *real;
	struct load *load;
	struct flow f;
	__u32 number;

	if (!q)
		return 0;
	number = nat_find(q->other);
	for (int i = 0; i < SAME_AT_MOST && number; i++) {
		real = bpf_map_lookup_elem(&reals, &number);
		load = bpf_map_lookup_elem(&loads, &number);
		if (!real || !load)
			return 0;
		make_flow4(&f, q->client, real->service, q->now);
		if (server_of(&f, q->tcp) == number)
			return number;
		number = READ(load->same);
	}
	return 0;
}

static __always_inline void change_word(__u16 *word, __u16 to, __u16 *check)
{
	*check = csum_replace2(*check, *word, to);
	*word = to;
}

/*
 * Another address and port in the quoted packet. Its IP header with its checksum always adds up to
 * the same, so only what lies behind it changes ICMP's checksum.
 */
static __always_inline void translate_quoted(struct error *e, __be32 *address, __u16 *port,
					     __be32 new_address, __u16 new_port)
{
	__u32 udp = e->quoted->protocol == IPPROTO_UDP;
	__u32 check_at = udp ? 6 : 16;
	__u16 *check = (void *)e->ports + check_at;
	__u16 sum;

	e->quoted->check = csum_replace4(e->quoted->check, *address, new_address);
	if (e->ports_at + check_at + 2 <= e->ip_bytes && (void *)(check + 1) <= e->data_end &&
	    !(udp && *check == 0)) {
		sum = csum_replace4(*check, *address, new_address);
		sum = csum_replace2(sum, *port, new_port);
		change_word(check, udp && sum == 0 ? 0xffff : sum, &e->icmp->checksum);
	}
	change_word(port, new_port, &e->icmp->checksum);
	*address = new_address;
}

static __always_inline void count_error(struct error *e, int back)
{
	struct traffic *total = bpf_map_lookup_elem(&traffic, &e->real_number);

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
static __always_inline __u32 error_forward(struct error *e, struct way_out *out)
{
	struct real *real = e->real;
	struct hop *hop = real->flags & REAL_HOP ? &real->hop[1] : &real->hop[0];
	__u32 flags = hop->flags;
	__u16 port = real->port ?: e->ports[0];

	if (is_for_above(out->tags, out->ingress, hop->ifindex))
		return VERDICT_TAGGED;
	count_error(e, 0);
	if (flags & HOP_LOCAL)
		return VERDICT_LOCAL;
	if (e->ip->ttl <= 1)
		return VERDICT_TTL_EXPIRED;
	if (!hop->ifindex)
		return VERDICT_UNRESOLVED;
	if (real->method == METHOD_NAT) {
		translate_quoted(e, &e->quoted->saddr, &e->ports[0], real->address.word[0], port);
		e->ip->check = csum_replace4(e->ip->check, e->ip->daddr, real->address.word[0]);
		e->ip->daddr = real->address.word[0];
	}
	decrement_ttl(e->ip);
	out->tunnel = real->method == METHOD_TUN;
	out->ifindex = hop->ifindex;
	if (!(flags & HOP_RESOLVED))
		return VERDICT_NEIGHBOUR;
	write_macs(e->data, hop);
	return VERDICT_FORWARDED;
}

/* To the client. The routing table knows the way. */
static __always_inline __u32 error_back(HOOK_CTX *ctx, struct error *e, struct way_out *out)
{
	struct service *service = bpf_map_lookup_elem(&services, &e->real->service);
	struct bpf_fib_lookup *way = way_space();
	struct ethhdr *eth = e->data;
	__u32 address;
	int found;

	if (!service || !way)
		return VERDICT_BROKEN;
	if (e->ip->ttl <= 1)
		return VERDICT_TTL_EXPIRED;
	address = service->address.word[0];
	way->family = FAMILY_IPV4;
	way->l4_protocol = IPPROTO_ICMP;
	way->ipv4_src = address;
	way->ipv4_dst = e->ip->daddr;
	way->ifindex = out->ingress;
	found = bpf_fib_lookup(ctx, way, sizeof(*way), 0);
	if (found != BPF_FIB_LKUP_RET_SUCCESS && found != BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_NO_ROUTE;
	if (is_for_above(out->tags, out->ingress, way->ifindex))
		return VERDICT_TAGGED;
	count_error(e, 1);
	translate_quoted(e, &e->quoted->daddr, &e->ports[1], address, service->port);
	e->ip->check = csum_replace4(e->ip->check, e->ip->saddr, address);
	e->ip->saddr = address;
	decrement_ttl(e->ip);
	out->ifindex = way->ifindex;
	if (found == BPF_FIB_LKUP_RET_NO_NEIGH)
		return VERDICT_NEIGHBOUR;
	__builtin_memcpy(eth->h_dest, way->dmac, 6);
	__builtin_memcpy(eth->h_source, way->smac, 6);
	return VERDICT_REPLY;
}

static __always_inline __u32 open_error(HOOK_CTX *ctx, struct error *e, __u32 l3)
{
	e->data = (void *)(long)ctx->data;
	e->data_end = (void *)(long)ctx->data_end;
	if (e->data + sizeof(struct ethhdr) > e->data_end)
		return VERDICT_TRUNCATED;
	return read_error(e, l3);
}

/* Functions of their own, as errors are rare; two, for the sake of the stack. This one finds the server. */
__noinline int icmp_find(HOOK_CTX *ctx, struct way_out *out)
{
	struct quoted_flow q = {};
	struct error e = {};
	__u32 verdict;

	if (!out)
		return VERDICT_BROKEN;
	hook_pull(ctx, ERROR_HEADERS);
	verdict = open_error(ctx, &e, out->l3);
	if (verdict != STAGE_OK)
		return verdict;
	q.client = e.quoted->daddr | (__u64)e.ports[1] << 32;
	q.other = endpoint_key(e.quoted->saddr, e.ports[0], e.quoted->protocol);
	q.tcp = e.quoted->protocol == IPPROTO_TCP;
	q.now = clock_now();
	out->real_number = server_quoted(&q);
	if (!out->real_number && config.nat) {
		q.client = e.quoted->saddr | (__u64)e.ports[0] << 32;
		q.other = endpoint_key(e.quoted->daddr, e.ports[1], e.quoted->protocol);
		out->real_number = nat_server_quoted(&q);
		out->back = 1;
	}
	return out->real_number ? STAGE_OK : VERDICT_ICMP;
}

/* Translates the error and finds its way. */
__noinline int icmp_send(HOOK_CTX *ctx, struct way_out *out)
{
	struct error e = {};
	__u32 verdict;

	if (!out)
		return VERDICT_BROKEN;
	verdict = open_error(ctx, &e, out->l3);
	if (verdict != STAGE_OK)
		return verdict;
	e.real_number = out->real_number;
	e.real = bpf_map_lookup_elem(&reals, &e.real_number);
	if (!e.real)
		return VERDICT_BROKEN;
	if (e.real->flags & REAL_REMOVED)
		return VERDICT_REMOVED;
	return out->back ? error_back(ctx, &e, out) : error_forward(&e, out);
}

/* The verdict of an ICMP packet. */
static __always_inline __u32 icmp_story(HOOK_CTX *ctx, struct way_out *out)
{
	__u32 verdict = icmp_find(ctx, out);

	return verdict == STAGE_OK ? icmp_send(ctx, out) : verdict;
}

#endif
