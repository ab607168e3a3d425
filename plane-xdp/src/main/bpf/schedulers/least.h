/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * lc, wlc, sed, nq, fo, ovf: the usable server with the least cost for its weight, the first of
 * equals (lvs.md b.4).
 *
 *        cost             weight
 * lc     overhead         1
 * wlc    overhead         weight
 * sed    active + 1       weight
 * nq     0 when idle, else as sed
 * fo     1                weight
 * ovf    1                weight; only servers with active <= weight
 */
#ifndef SLUICE_LEAST_H
#define SLUICE_LEAST_H

#include "pick.h"

struct least {
	__u32 at; /* the next place of the list */
	__u32 end;
	__u32 policy;
	__u32 best; /* a real's number; 0: none yet */
	__u64 cost;
	__u64 weight;
};

static __always_inline __u64 cost_of(struct candidate *c, __u32 policy)
{
	switch (policy & POLICY_MASK) {
	case POLICY_LC:
	case POLICY_WLC:
		return overhead_of(c);
	case POLICY_NQ:
		return c->active ? c->active + 1 : 0;
	case POLICY_SED:
		return c->active + 1;
	default:
		return 1;
	}
}

/* The next line of servers; 0 when the list has ended. */
__noinline int least_in_line(struct least *l)
{
	if (!l)
		return 0;
#pragma nounroll
	for (int i = 0; i < POOL_LINE; i++) {
		struct candidate c;
		__u64 cost, weight;

		if (l->at >= l->end)
			return 0;
		look_at(&c, pool_at(l->at), l->policy);
		l->at++;
		if (!c.weight)
			continue;
		if ((l->policy & POLICY_MASK) == POLICY_OVF && c.active > c.weight)
			continue;
		cost = cost_of(&c, l->policy);
		weight = (l->policy & POLICY_MASK) == POLICY_LC ? 1 : c.weight;
		if (l->best && l->cost * weight <= cost * l->weight)
			continue;
		l->best = c.number;
		l->cost = cost;
		l->weight = weight;
	}
	return 1;
}

__noinline int choose_least(struct pick *p)
{
	struct least l = {};

	if (!p)
		return -VERDICT_BROKEN;
	l.at = p->base;
	l.end = p->base + p->count;
	l.policy = p->policy;
	for (int i = 0; i < LINES_AT_MOST; i++)
		if (!least_in_line(&l))
			break;
	return l.best ? (int)l.best : -VERDICT_NO_SERVER;
}

#endif
