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
	__u32 event;
	__u32 tcp;
	__u32 destination;
	__u32 side;
	__u32 moved; /* its server was removed, and another one shall have it */
	__u32 held; /* the template's lock: its number + 1; 0: none */
};

static __always_inline int template_holds(__u32 number, struct service *service, __u32 age)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);

	if (!real || real->flags & REAL_REMOVED || age > service->persistence + 4 * config.settle)
		return 0;
	return real->weight || !(config.knobs & KNOB_EXPIRE_QUIESCENT);
}

static __always_inline struct flow template_of(struct flow *f, struct service *service)
{
	return flow_of((__u32)f->key & service->client_mask, f->service, f->now);
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
	struct flow t;
	struct conn *c;
	__u64 *lock = 0;
	__u32 meta;

	if (!o)
		return -VERDICT_BROKEN;
	service = persistent_service(o);
	if (!service)
		return 0;
	t = template_of(&o->flow, service);
	if (locks_apart(&t, o)) {
		lock = lock_key(&t);
		if (!lock)
			return -VERDICT_CONTENDED;
		o->held = lock_number(&t) + 1;
	}
	c = find_conn(&conns, conn_mask, &t, &meta);
	if (c && template_holds(meta & REAL_MASK, service, t.now - READ(c->seen))) {
		WRITE(c->seen, t.now);
		let_go(o);
		return meta & REAL_MASK;
	}
	if (c)
		delete_conn(c, t.key);
	return 0;
}

/* Remembers what was scheduled, or -verdict, and lets go of the template. */
__noinline int end_template(struct opening *o, int real)
{
	struct service *service;
	struct claim claim = {};
	struct flow t;

	if (!o)
		return 0;
	service = persistent_service(o);
	if (service && real > 0) {
		t = template_of(&o->flow, service);
		claim.key = t.key;
		claim.hash = t.hash;
		claim.now = t.now;
		claim.real = real;
		claim.state = ST_TEMPLATE;
		claim_conn(&claim);
	}
	let_go(o);
	return 0;
}

/* A connection of the client lived: from now on its template is shown as assured. */
static __always_inline void assure(struct opening *o)
{
	struct service *service = persistent_service(o);
	struct flow t;
	struct conn *c;
	__u32 meta;

	if (!service)
		return;
	t = template_of(&o->flow, service);
	c = find_conn(&conns, conn_mask, &t, &meta);
	if (c && state_of(meta) == ST_TEMPLATE)
		change_state(c, meta, ST_TEMPLATE_ASSURED);
}

#endif
