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

struct answer {
	__u64 client; /* address and port, as in a connection's key */
	__u32 first;  /* of the servers with this address and port */
	__u32 event;
	__u32 tcp;
	__u32 now;
};

/* An entry of the client that names this server; 1 when there is one. */
__noinline int answer_of(struct answer *a, __u32 number, __u32 service)
{
	struct opening o = {};
	struct conn *c;
	__u32 meta;

	if (!a)
		return 0;
	o.flow = flow_of(a->client, service, a->now);
	o.tcp = a->tcp;
	o.event = a->event;
	o.side = SIDE_SERVER;
	c = find_conn(&conns, conn_mask, &o.flow, &meta);
	if (c && (meta & REAL_MASK) == number && !is_expired(meta, a->now - READ(c->seen))) {
		follow(c, meta, a->event, a->now, a->tcp, SIDE_SERVER);
		return 1;
	}
	if (!a->tcp)
		return 0;
	c = find_conn(&embryos, embryo_mask, &o.flow, &meta);
	if (!c || (meta & REAL_MASK) != number || is_expired(meta, a->now - READ(c->seen)))
		return 0;
	if (state_after(SIDE_SERVER, state_of(meta), a->event) == ST_ESTABLISHED_NEW)
		promote(&o);
	else
		follow(c, meta, a->event, a->now, 1, SIDE_SERVER);
	return 1;
}

/* The server's number, or 0. */
__noinline int find_answer(struct answer *a)
{
	struct real *real;
	struct load *load;
	__u32 number;

	if (!a)
		return 0;
	number = a->first;
	for (int i = 0; i < SAME_AT_MOST && number; i++) {
		real = bpf_map_lookup_elem(&reals, &number);
		load = bpf_map_lookup_elem(&loads, &number);
		if (!real || !load)
			return 0;
		if (answer_of(a, number, real->service))
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

static __always_inline __u32 find_reply(struct packet *p)
{
	struct answer a = {
		.client = p->ip->daddr | (__u64)p->destination_port << 32,
		.event = p->event,
		.tcp = p->protocol == IPPROTO_TCP,
	};
	struct service *service;

	a.first = nat_find(endpoint_key(p->ip->saddr, p->source_port, p->protocol));
	if (!a.first && config.wide & (WIDE_PORTS | WIDE_FTP))
		a.first = nat_wide(p);
	if (!a.first)
		return VERDICT_NO_SERVICE;
	a.now = clock_now();
	p->real_number = find_answer(&a);
	if (!p->real_number)
		return VERDICT_NO_SERVICE;
	p->real = bpf_map_lookup_elem(&reals, &p->real_number);
	if (!p->real)
		return VERDICT_BROKEN;
	p->service = p->real->service;
	service = bpf_map_lookup_elem(&services, &p->service);
	if (!service)
		return VERDICT_BROKEN;
	p->new_address = (__u32)service->key;
	p->new_port = (__u16)(service->key >> 32);
	/* A service of many ports kept the client's. */
	if (p->source_port != p->real->port)
		p->new_port = p->source_port;
	return STAGE_OK;
}

#endif
