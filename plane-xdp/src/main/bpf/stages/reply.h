/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * reply: is this a NAT server's answer?
 *
 * in:       source address and port, destination address and port
 * out:      real, service; the entry's state and time
 * maps:     nat_table, reals, loads, services (read), conns, embryos (read, write)
 * verdicts: no_service where it is not
 *
 * Entries are kept by the client's side alone. The server's address and port lead to the services
 * it serves; the answer belongs to the one whose entry of this client names this server.
 */
#ifndef SLUICE_REPLY_H
#define SLUICE_REPLY_H

#include "connection.h"
#include "fragment.h"

/*
 * Is there an entry of the client that names this server? The flow is made that of the server's
 * service.
 */
__noinline int answer_of(struct opening *o, __u32 number, __u32 service)
{
	struct conn *c;
	__u32 meta, now;

	if (!o)
		return 0;
	set_service(&o->flow, service);
	now = o->flow.now;
	c = find_conn(MAIN, &o->flow, &meta);
	if (c && (meta & REAL_MASK) == number && !is_expired(meta, now - READ(c->seen))) {
		follow(c, meta, o->event, now, o->tcp, SIDE_SERVER);
		return 1;
	}
	if (!o->tcp)
		return 0;
	c = find_conn(EMBRYONIC, &o->flow, &meta);
	if (!c || (meta & REAL_MASK) != number || is_expired(meta, now - READ(c->seen)))
		return 0;
	if (state_after(SIDE_SERVER, state_of(meta), o->event) == ST_ESTABLISHED_NEW)
		promote(o);
	else
		follow(c, meta, o->event, now, 1, SIDE_SERVER);
	return 1;
}

/* The server's number, or 0; the first of those with this address and port is given. */
__noinline int find_answer(struct opening *o, __u32 number)
{
	struct real *real;
	struct load *load;

	if (!o)
		return 0;
	for (int i = 0; i < SAME_AT_MOST && number; i++) {
		real = bpf_map_lookup_elem(&reals, &number);
		load = bpf_map_lookup_elem(&loads, &number);
		if (!real || !load)
			return 0;
		if (answer_of(o, number, real->service))
			return number;
		number = READ(load->same);
	}
	return 0;
}

/* Servers of services of all ports, and of FTP's data. */
static __always_inline __u32 nat_wide(struct packet *p)
{
	__u32 first = nat_find(endpoint_key(p->ip->saddr, 0, p->protocol));

	if (!first && config.wide & WIDE_FTP && p->protocol == IPPROTO_TCP)
		first = nat_find(endpoint_key(p->ip->saddr, bpf_htons(FTP_PORT), p->protocol));
	return first;
}

static __always_inline __u32 find_server4(struct packet *p)
{
	__u32 first = nat_find(endpoint_key(p->ip->saddr, p->source_port, p->protocol));

	if (!first && config.wide & (WIDE_PORTS | WIDE_FTP))
		first = nat_wide(p);
	return first;
}

static __always_inline __u32 find_server6(struct packet *p)
{
	struct endpoint *e = endpoint_space();
	__u32 first;

	if (!e)
		return 0;
	*e = (struct endpoint){
		.address = *address_of(&p->ip6->saddr),
		.port = p->source_port,
		.protocol = p->protocol,
		.servers = 1,
	};
	first = find_endpoint(e);
	if (!first && config.wide & (WIDE_PORTS | WIDE_FTP)) {
		e->port = 0;
		first = find_endpoint(e);
	}
	if (!first && config.wide & WIDE_FTP && p->protocol == IPPROTO_TCP) {
		e->port = bpf_htons(FTP_PORT);
		first = find_endpoint(e);
	}
	return first;
}

static __always_inline __u32 find_reply(struct packet *p)
{
	__u32 first = is_ipv6(p) ? find_server6(p) : find_server4(p);
	struct opening *o = opening_space();
	struct service *service;
	__u32 number;

	if (!first)
		return VERDICT_NO_SERVICE;
	if (!o)
		return VERDICT_BROKEN;
	*o = (struct opening){
		.event = p->event,
		.tcp = p->protocol == IPPROTO_TCP,
		.side = SIDE_SERVER,
	};
	if (is_ipv6(p)) {
		make_flow(&o->flow, FAMILY_IPV6, address_of(&p->ip6->daddr), p->destination_port, 0,
			  clock_now());
	} else {
		struct address client = { { p->ip->daddr } };

		make_flow(&o->flow, FAMILY_IPV4, &client, p->destination_port, 0, clock_now());
	}
	number = find_answer(o, first);
	if (!number)
		return VERDICT_NO_SERVICE;
	p->real_number = number;
	p->real = bpf_map_lookup_elem(&reals, &number);
	if (!p->real)
		return VERDICT_BROKEN;
	number = p->real->service;
	p->service = number;
	service = bpf_map_lookup_elem(&services, &number);
	if (!service)
		return VERDICT_BROKEN;
	p->new_address = service->address.word[0];
	p->translated = &service->address;
	p->new_port = service->port;
	/* A service of many ports kept the client's. */
	if (p->source_port != p->real->port)
		p->new_port = p->source_port;
	return STAGE_OK;
}

#endif
