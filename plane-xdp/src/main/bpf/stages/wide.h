/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * wide: services of more than one address, port and protocol (lvs.md a.1, 5).
 *
 * in:       the packet's addresses, ports, protocol, device
 * out:      a service's number, or 0; own_port
 * maps:     rules, services, service_table (read)
 * verdicts: none
 *
 * Nothing of this is looked at while the plane has no such service.
 */
#ifndef SLUICE_WIDE_H
#define SLUICE_WIDE_H

#include "../include/cursor.h"
#include "../include/maps.h"

#define FTP_PORT 21
#define FTP_DATA_PORT 20
#define PRIVILEGED_PORTS 1024

/* What rules ask about. Addresses in network order, ports in host order. */
struct question {
	__u32 source[4];
	__u32 destination[4];
	__u32 ifindex;
	__u16 source_port;
	__u16 destination_port;
	__u8 protocol;
	__u8 family;
};

static __always_inline int differs(__u32 a[4], __u32 b[4], __u32 mask[4])
{
	return ((a[0] ^ b[0]) & mask[0]) | ((a[1] ^ b[1]) & mask[1]) | ((a[2] ^ b[2]) & mask[2]) |
	       ((a[3] ^ b[3]) & mask[3]);
}

static __always_inline int fits(struct rule *r, struct question *q)
{
	if (r->family != q->family || (r->protocol && r->protocol != q->protocol))
		return 0;
	if (r->ifindex && r->ifindex != q->ifindex)
		return 0;
	if (q->source_port < r->source_ports[0] || q->source_port > r->source_ports[1])
		return 0;
	if (q->destination_port < r->destination_ports[0] ||
	    q->destination_port > r->destination_ports[1])
		return 0;
	return !differs(q->source, r->source, r->source_mask) &&
	       !differs(q->destination, r->destination, r->destination_mask);
}

/* The first rule that fits: its service's number; 0: none. */
__noinline int first_rule(struct question *q)
{
	__u32 count = config.rules;

	if (!q)
		return 0;
#pragma nounroll
	for (__u32 i = 0; i < RULES; i++) {
		struct rule *r;
		__u32 number = i;

		if (i >= count)
			return 0;
		r = bpf_map_lookup_elem(&rules, &number);
		if (!r)
			return 0;
		if (fits(r, q))
			return READ(r->service) & (MAX_SERVICES - 1);
	}
	return 0;
}

/* 0 -> a question, instead of the stack, which is short. */
PERCPU_MAP(questions, struct question, 1);

static __always_inline __u32 find_marked(struct packet *p)
{
	__u32 number = 0;
	struct question *q = bpf_map_lookup_elem(&questions, &number);
	struct service *service;

	if (!q)
		return 0;
	*q = (struct question){
		.ifindex = p->ingress,
		.source_port = bpf_ntohs(p->source_port),
		.destination_port = bpf_ntohs(p->destination_port),
		.protocol = p->protocol,
		.family = is_ipv6(p) ? 6 : 4,
	};
	if (is_ipv6(p)) {
		__builtin_memcpy(q->source, &p->ip6->saddr, sizeof(q->source));
		__builtin_memcpy(q->destination, &p->ip6->daddr, sizeof(q->destination));
	} else {
		q->source[0] = p->ip->saddr;
		q->destination[0] = p->ip->daddr;
	}
	number = first_rule(q);
	if (!number)
		return 0;
	service = bpf_map_lookup_elem(&services, &number);
	if (!service || service->flags & SERVICE_REMOVED)
		return 0;
	p->own_port = service->persistence != 0;
	return number;
}

static __always_inline int is_ftp_data(struct packet *p)
{
	__u32 port = bpf_ntohs(p->destination_port);

	return config.wide & WIDE_FTP && p->protocol == IPPROTO_TCP &&
	       (port == FTP_DATA_PORT || port >= PRIVILEGED_PORTS);
}

/* Only with persistence. */
static __always_inline __u32 take_wide(struct packet *p, __u32 number)
{
	struct service *service = bpf_map_lookup_elem(&services, &number);

	if (!number || !service || !service->persistence)
		return 0;
	p->own_port = 1;
	return number;
}

/* FTP's data goes where its control went, so only with persistence; then a service of all ports. */
static __always_inline __u32 find_wide(struct packet *p)
{
	__u32 number = 0;

	if (is_ftp_data(p))
		number = service_find(endpoint_key(p->ip->daddr, bpf_htons(FTP_PORT), p->protocol));
	if (!number && config.wide & WIDE_PORTS)
		number = service_find(endpoint_key(p->ip->daddr, 0, p->protocol));
	return take_wide(p, number);
}

/* The same for IPv6. */
static __always_inline __u32 find_wide6(struct packet *p, struct endpoint *e)
{
	__u32 number = 0;

	if (is_ftp_data(p)) {
		e->port = bpf_htons(FTP_PORT);
		number = find_endpoint(e);
	}
	if (!number && config.wide & WIDE_PORTS) {
		e->port = 0;
		number = find_endpoint(e);
	}
	return take_wide(p, number);
}

#endif
