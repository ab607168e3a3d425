/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * persist: does the client of a new connection belong to a server already?
 *
 * in:       the opening of a connection, whose key is locked
 * out:      a real's number
 * maps:     services, reals (read), conns (read, write), locks; those of schedule
 * verdicts: those of schedule; contended
 *
 * A template is an entry of the main table with the masked client and port 0: lvs.md c.4. It holds
 * while its server is there, also when that is overloaded or gets no other clients. Java's sweep
 * prolongs one that has connections; two seconds of grace let it come by.
 */
#ifndef SLUICE_PERSIST_H
#define SLUICE_PERSIST_H

#include "schedule.h"
#include "table.h"

struct opening {
	struct flow flow;
	struct flow template; /* of a persistent service */
	__u64 destination; /* folded; above it, of IPv6, a hash */
	__u8 event;
	__u8 tcp;
	__u8 side;
	__u8 moved; /* its server was removed, and another one shall have it */
	__u16 held; /* the template's lock: its number + 1; 0: none */
};

/* 0 -> what is worked with instead of the stack, which is short; a processor has one packet at a time. */
PERCPU_MAP(openings, struct opening, 1);

static __always_inline struct opening *opening_space(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&openings, &first);
}

static __always_inline int template_holds(__u32 number, struct service *service, __u32 age)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);

	if (!real || real->flags & REAL_REMOVED || age > service->persistence + 4 * config.settle)
		return 0;
	return real->weight || !(config.knobs & KNOB_EXPIRE_QUIESCENT);
}

/* The bits of an IPv6 address that persistence looks at. */
static __always_inline void keep_prefix(struct address *a, __u32 bits)
{
#pragma unroll
	for (int i = 0; i < 4; i++) {
		__s32 kept = (__s32)bits - 32 * i;

		if (kept <= 0)
			a->word[i] = 0;
		else if (kept < 32)
			a->word[i] &= bpf_htonl(~0U << (32 - kept));
	}
}

static __always_inline void template_of(struct flow *t, struct flow *f, struct service *service)
{
	struct address client = { { (__u32)f->key & service->client_mask } };

	if (f->family == FAMILY_IPV6) {
		client = f->client;
		keep_prefix(&client, service->client_prefix);
	}
	make_flow(t, f->family, &client, 0, f->service, f->now);
}

static __always_inline struct service *persistent_service(struct opening *o)
{
	struct service *service = bpf_map_lookup_elem(&services, &o->flow.service);

	if (!service || !service->persistence || service->flags & SERVICE_REMOVED)
		return 0;
	return service;
}

/* The caller holds the lock of the connection; that of the template may be the same one. */
static __always_inline int locks_apart(struct flow *t, struct opening *o)
{
	return lock_number(t) != lock_number(&o->flow);
}

static __always_inline void let_go(struct opening *o)
{
	__u32 number = o->held - 1;
	__u64 *lock;

	if (!o->held)
		return;
	lock = bpf_map_lookup_elem(&locks, &number);
	if (lock)
		unlock_key(lock);
	o->held = 0;
}

/* The template's server; -verdict; 0: there is none, and end_template must be called. */
__noinline int find_template(struct opening *o)
{
	struct service *service;
	struct flow *t;
	struct conn *c;
	__u64 *lock = 0;
	__u32 meta;

	if (!o)
		return -VERDICT_BROKEN;
	service = persistent_service(o);
	if (!service)
		return 0;
	t = &o->template;
	template_of(t, &o->flow, service);
	if (locks_apart(t, o)) {
		lock = lock_key(t);
		if (!lock)
			return -VERDICT_CONTENDED;
		o->held = lock_number(t) + 1;
	}
	c = find_conn(MAIN, t, &meta);
	if (c && template_holds(meta & REAL_MASK, service, t->now - READ(c->seen))) {
		WRITE(c->seen, t->now);
		let_go(o);
		return meta & REAL_MASK;
	}
	if (c)
		delete_conn(c, t->key);
	return 0;
}

/* Remembers what was scheduled, or -verdict, and lets go of the template. */
__noinline int end_template(struct opening *o, int real)
{
	if (!o)
		return 0;
	/* find_template made it. */
	if (real > 0 && persistent_service(o))
		claim_conn(&o->template, real, ST_TEMPLATE);
	let_go(o);
	return 0;
}

/* A connection of the client lived: from now on its template is shown as assured. */
static __always_inline void assure(struct opening *o)
{
	struct service *service = persistent_service(o);
	struct conn *c;
	__u32 meta;

	if (!service)
		return;
	template_of(&o->template, &o->flow, service);
	c = find_conn(MAIN, &o->template, &meta);
	if (c && state_of(meta) == ST_TEMPLATE)
		change_state(c, meta, ST_TEMPLATE_ASSURED);
}

#endif
