/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * fragment: where did the first fragment of this datagram go?
 *
 * in:       eth, ip; of a first fragment also what the other stages found out
 * out:      real, real_number, service; new_address of an answer
 * maps:     fragments (read, write), reals, services (read)
 * verdicts: fragment (its first one was not seen), removed, broken
 *
 * Only the first fragment has ports. It takes the way of every packet, and leaves behind which server the
 * datagram belongs to; the others follow it, so a datagram is never split over servers. Nothing is
 * reassembled: DR and NAT send fragments on as they came.
 *
 * A later fragment that overtakes its first one finds nothing and passes to the host's stack, like one
 * of a datagram that is not ours: without a port nobody can tell. The stack keeps it until its
 * reassembly times out, and the sender repeats the datagram. Senders emit fragments in order, and networks
 * and receive queues hash them alike, as they have no ports; so this is rare. IPVS would wait.
 *
 * The map forgets the oldest first. Only a first fragment that was forwarded makes an entry, and an
 * entry counts for 30 s, the time that hosts wait for fragments (RFC 791's identification comes again).
 */
#ifndef SLUICE_FRAGMENT_H
#define SLUICE_FRAGMENT_H

#include "../include/cursor.h"
#include "../include/maps.h"
#include "connection.h"

/* config.settle is half a second. */
#define FRAGMENT_SETTLES 60

static __always_inline void datagram_of(struct packet *p, struct datagram *d)
{
	__builtin_memset(d, 0, sizeof(*d));
	if (is_ipv6(p)) {
		d->source = *address_of(&p->ip6->saddr);
		d->destination = *address_of(&p->ip6->daddr);
		d->id = p->datagram;
		d->protocol = p->next_header;
		return;
	}
	d->source.word[0] = p->ip->saddr;
	d->destination.word[0] = p->ip->daddr;
	d->id = p->ip->id;
	d->protocol = p->ip->protocol;
}

static __always_inline int is_first_fragment(struct packet *p)
{
	return is_ipv6(p) ? p->datagram : p->ip->frag_off & bpf_htons(IP_MORE_FRAGMENTS);
}

struct first {
	struct datagram datagram;
	struct trail trail;
};

/* 0 -> what is worked with instead of the stack, which is short; a processor has one packet at a time. */
PERCPU_MAP(firsts, struct first, 1);

static __always_inline struct first *first_space(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&firsts, &zero);
}

__noinline int remember_first(struct first *f)
{
	if (f)
		bpf_map_update_elem(&fragments, &f->datagram, &f->trail, BPF_ANY);
	return 0;
}

/* The others shall find the way of this first fragment. */
static __always_inline void leave_trail(struct packet *p, __u32 nat)
{
	struct first *f = first_space();

	if (!f)
		return;
	datagram_of(p, &f->datagram);
	f->trail.real = p->real_number;
	f->trail.service = p->real->service;
	f->trail.seen = clock_now();
	f->trail.nat = nat;
	remember_first(f);
}

/* STAGE_OK for one to a server, or VERDICT_REPLY for one from a server. */
static __always_inline __u32 follow_trail(struct packet *p)
{
	struct first *f = first_space();
	struct service *service;
	struct trail *trail;
	__u32 number;

	if (!f)
		return VERDICT_BROKEN;
	p->source_port = 0;
	p->destination_port = 0;
	p->protocol = is_ipv6(p) ? p->next_header : p->ip->protocol;
	datagram_of(p, &f->datagram);
	trail = bpf_map_lookup_elem(&fragments, &f->datagram);
	if (!trail || clock_now() - trail->seen > config.settle * FRAGMENT_SETTLES)
		return VERDICT_FRAGMENT;
	number = trail->real;
	p->real_number = number;
	p->service = trail->service;
	p->real = bpf_map_lookup_elem(&reals, &number);
	/* The number may have gone to another service's server meanwhile. */
	if (!p->real || p->real->service != p->service)
		return VERDICT_REMOVED;
	if (p->real->flags & REAL_REMOVED)
		return VERDICT_REMOVED;
	if (trail->nat != NAT_SOURCE)
		return STAGE_OK;
	number = p->service;
	service = bpf_map_lookup_elem(&services, &number);
	if (!service)
		return VERDICT_BROKEN;
	p->new_address = service->address.word[0];
	p->translated = &service->address;
	return VERDICT_REPLY;
}

#endif
