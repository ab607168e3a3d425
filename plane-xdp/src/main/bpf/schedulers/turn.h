/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * rr and wrr where servers have thresholds, so that the order cannot be known beforehand: the next
 * usable server after the last choice; wrr: whose weight reaches the level, which falls by `step`
 * after each pass and begins again at `top` (lvs.md b.2, b.3).
 */
#ifndef SLUICE_TURN_H
#define SLUICE_TURN_H

#include "pick.h"

struct turn {
	__u32 at; /* the next place, from 0 */
	__u32 count;
	__u32 base;
	__u32 level;
	__u32 found; /* a real's number; 0: none yet */
	__u32 most;  /* the greatest usable weight passed by */
};

/* The next servers, at most a line of them; 0 when the list has ended or a server is found. */
__noinline int turn_in_line(struct turn *t)
{
	if (!t)
		return 0;
#pragma nounroll
	for (int i = 0; i < POOL_LINE; i++) {
		struct candidate c;

		if (t->at >= t->count)
			return 0;
		look_at(&c, pool_at(t->base + t->at), 0);
		t->at++;
		if (c.weight && c.weight >= t->level) {
			t->found = c.number;
			return 0;
		}
		if (c.weight > t->most)
			t->most = c.weight;
	}
	return 1;
}

/* Walks from t->at to the end of the list; t->at is then behind the server found. */
__noinline int turn_pass(struct turn *t)
{
	if (!t)
		return 0;
	for (int i = 0; i < LINES_AT_MOST; i++)
		if (!turn_in_line(t))
			break;
	return t->found;
}

/* The level of the pass that will find a server of this weight: the first one not above it. */
static __always_inline __u32 next_level(__u32 level, __u32 step, __u32 top, __u32 weight)
{
	if (level <= step)
		level = top;
	else
		level -= step;
	if (level > weight)
		level -= (level - weight + step - 1) / step * step;
	return level;
}

static __always_inline void turn_round(struct turn *t, __u32 step, __u32 top)
{
	if (turn_pass(t))
		return;
	/* From the head: rr finds whoever there is; wrr at the next level. */
	t->at = 0;
	if (step) {
		t->level = t->level <= step ? top : t->level - step;
		t->most = 0;
	}
	if (turn_pass(t) || !t->most || !step)
		return;
	t->at = 0;
	t->level = next_level(t->level, step, top, t->most);
	turn_pass(t);
}

__noinline int choose_turn(struct pick *p)
{
	struct service *service;
	struct ring *ring;
	struct turn t;
	__u64 before, after;
	__u32 step, top;

	if (!p)
		return -VERDICT_BROKEN;
	service = bpf_map_lookup_elem(&services, &p->service);
	if (!service)
		return -VERDICT_BROKEN;
	ring = p->which ? &service->ring[1] : &service->ring[0];
	step = (p->policy & POLICY_MASK) == POLICY_WRR ? ring->preamble : 0;
	top = p->which ? service->top[1] : service->top[0];
	for (int attempt = 0; attempt < 4; attempt++) {
		before = READ(ring->next);
		t.at = before >> 32;
		t.count = p->count;
		t.base = p->base;
		t.level = step ? (__u32)before : 1;
		t.found = 0;
		t.most = 0;
		turn_round(&t, step, top);
		if (!t.found)
			return -VERDICT_NO_SERVER;
		after = (__u64)t.at << 32 | (step ? t.level : 0);
		/* Another processor may have taken this turn meanwhile. */
		if (__sync_val_compare_and_swap(&ring->next, before, after) == before)
			return t.found;
	}
	return t.found;
}

#endif
