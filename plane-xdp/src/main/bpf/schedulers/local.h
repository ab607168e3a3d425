/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * lblc, lblcr: a destination's requests stay with one server, or with a few, for the sake of their
 * caches; who is new is chosen as by wlc (lvs.md b.8).
 *
 * lblc   one server, until it is busy: more active connections than its weight while another one
 *        has not half as many.
 * lblcr  the least loaded of a set; where that is busy the set gets one more, and after a while
 *        without change it loses its most loaded one. The set is kept newest first; ours ends at
 *        PLACE_MEMBERS.
 */
#ifndef SLUICE_LOCAL_H
#define SLUICE_LOCAL_H

#include "least.h"

/* A server of this service that is there; overload does not count. */
static __always_inline int member_at(struct candidate *c, __u32 number, __u32 service)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);
	struct load *load = bpf_map_lookup_elem(&loads, &number);

	if (!real || !load || real->service != service || real->flags & REAL_REMOVED)
		return 0;
	c->number = number;
	c->weight = READ(real->weight);
	c->active = READ(load->active);
	c->inactive = READ(load->inactive);
	return 1;
}

struct idle {
	__u32 at;
	__u32 end;
	__u32 found;
};

/* A server with less than half the active connections of its weight? */
__noinline int idle_in_line(struct idle *l)
{
	if (!l)
		return 0;
#pragma nounroll
	for (int i = 0; i < POOL_LINE; i++) {
		struct real *real;
		struct load *load;
		__u32 number;

		if (l->at >= l->end)
			return 0;
		number = pool_at(l->at);
		l->at++;
		real = bpf_map_lookup_elem(&reals, &number);
		load = bpf_map_lookup_elem(&loads, &number);
		if (real && load && READ(load->active) * 2 < READ(real->weight)) {
			l->found = 1;
			return 0;
		}
	}
	return 1;
}

__noinline int somebody_idles(struct pick *p)
{
	struct idle l = {};

	if (!p)
		return 0;
	l.at = p->base;
	l.end = p->base + p->count;
	for (int i = 0; i < LINES_AT_MOST; i++)
		if (!idle_in_line(&l))
			break;
	return l.found;
}

static __always_inline int is_busy(struct candidate *c, struct pick *p)
{
	return c->active > c->weight && somebody_idles(p);
}

/* As wlc; a real's number or -verdict. */
static __always_inline int choose_anew(struct pick *p)
{
	__u32 policy = p->policy;
	int number;

	/* Not in a copy: the stack is small. */
	p->policy = POLICY_WLC | (policy & POLICY_ALL_LOAD);
	number = choose_least(p);
	p->policy = policy;
	return number;
}

static __always_inline void key_of(struct place_key *key, struct pick *p)
{
	__builtin_memset(key, 0, sizeof(*key));
	key->service = p->service;
	key->epoch = p->epoch;
	key->address[0] = p->destination;
	key->address[1] = p->whose;
}

/* The stack is small: what is stored first comes from here. */
const struct place nowhere = {};

static __always_inline void settle_at(struct place_key *key, __u32 number, __u32 now)
{
	struct place *place;

	bpf_map_update_elem(&places, key, &nowhere, BPF_ANY);
	place = bpf_map_lookup_elem(&places, key);
	if (!place)
		return;
	place->used = now;
	place->changed = now;
	place->member[0] = number;
	WRITE(place->count, 1);
}

/* The least loaded usable member, or 0. */
__noinline int least_member(struct place *place, __u32 service)
{
	struct candidate best = {}, c;

	if (!place)
		return 0;
#pragma nounroll
	for (__u32 i = 0; i < PLACE_MEMBERS; i++) {
		struct load *load;
		__u32 number;

		if (i >= place->count)
			break;
		number = place->member[i];
		load = bpf_map_lookup_elem(&loads, &number);
		if (!load || READ(load->overloaded) || !member_at(&c, number, service) || !c.weight)
			continue;
		if (!best.number ||
		    overhead_of(&best) * c.weight > overhead_of(&c) * best.weight)
			best = c;
	}
	return best.number;
}

/* Takes the most loaded member out. */
__noinline int shrink_place(struct place *place, __u32 service)
{
	struct candidate worst = {}, c;
	__u32 at = PLACE_MEMBERS;

	if (!place)
		return 0;
#pragma nounroll
	for (__u32 i = 0; i < PLACE_MEMBERS; i++) {
		if (i >= place->count)
			break;
		if (!member_at(&c, place->member[i], service) || !c.weight)
			continue;
		if (at == PLACE_MEMBERS ||
		    overhead_of(&worst) * c.weight < overhead_of(&c) * worst.weight) {
			worst = c;
			at = i;
		}
	}
	if (at == PLACE_MEMBERS)
		return 0;
#pragma nounroll
	for (__u32 i = 0; i < PLACE_MEMBERS - 1; i++)
		if (i >= at)
			place->member[i] = place->member[i + 1];
	place->count--;
	return 1;
}

/* Puts a new member in front; one that is there stays where it is. */
__noinline int enter_place(struct place *place, __u32 number)
{
	if (!place)
		return 0;
#pragma nounroll
	for (__u32 i = 0; i < PLACE_MEMBERS; i++)
		if (i < place->count && place->member[i] == number)
			return 0;
#pragma nounroll
	for (__u32 i = PLACE_MEMBERS - 1; i > 0; i--)
		place->member[i] = place->member[i - 1];
	place->member[0] = number;
	if (place->count < PLACE_MEMBERS)
		place->count++;
	return 1;
}

static __always_inline int choose_one_of(struct pick *p, struct place *place)
{
	struct candidate c = {};
	int number = least_member(place, p->service);

	if (place->count > 1 && p->now - place->changed > config.lblcr_expiration &&
	    shrink_place(place, p->service))
		place->changed = p->now;
	if (number && member_at(&c, number, p->service) && !is_busy(&c, p))
		return number;
	number = choose_anew(p);
	if (number > 0 && enter_place(place, number))
		place->changed = p->now;
	return number;
}

/* A real's number, or -verdict. */
__noinline int choose_local(struct pick *p)
{
	struct place_key key;
	struct candidate c = {};
	struct place *place;
	__u32 sets, life;
	int number;

	if (!p)
		return -VERDICT_BROKEN;
	sets = (p->policy & POLICY_MASK) == POLICY_LBLCR;
	life = sets ? config.lblcr_expiration : config.lblc_expiration;
	key_of(&key, p);
	place = bpf_map_lookup_elem(&places, &key);
	if (place && p->now - place->used <= life) {
		place->used = p->now;
		if (sets)
			return choose_one_of(p, place);
		if (member_at(&c, place->member[0], p->service) && c.weight && !is_busy(&c, p))
			return c.number;
	}
	number = choose_anew(p);
	if (number > 0)
		settle_at(&key, number, p->now);
	return number;
}

#endif
