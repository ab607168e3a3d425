/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * twos: of two servers drawn by weight, the one with the lesser overhead for its weight
 * (lvs.md b.9).
 */
#ifndef SLUICE_TWOS_H
#define SLUICE_TWOS_H

#include "pick.h"

struct draw {
	__u32 at;
	__u32 end;
	__u64 sum;  /* of the weights passed by */
	__u64 goal; /* stop where the sum reaches it */
	__u32 found;
	__u32 weight;
	__u64 overhead;
};

/* 0, 1 -> the two draws, instead of the stack, which is short. */
PERCPU_MAP(draws, struct draw, 2);

__noinline int draw_in_line(struct draw *d)
{
	if (!d)
		return 0;
#pragma nounroll
	for (int i = 0; i < POOL_LINE; i++) {
		struct candidate c;

		if (d->at >= d->end)
			return 0;
		look_at(&c, pool_at(d->at), 0);
		d->at++;
		if (!c.weight)
			continue;
		d->sum += c.weight;
		d->found = c.number;
		d->weight = c.weight;
		d->overhead = overhead_of(&c);
		if (d->sum >= d->goal)
			return 0;
	}
	return 1;
}

/* The server at which the sum of weights reaches the goal, or the last usable one. */
__noinline int draw(struct draw *d)
{
	if (!d)
		return 0;
	for (int i = 0; i < LINES_AT_MOST; i++)
		if (!draw_in_line(d))
			break;
	return d->found;
}

__noinline int choose_twos(struct pick *p)
{
	__u32 zero = 0, one = 1;
	struct draw *first = bpf_map_lookup_elem(&draws, &zero);
	struct draw *second = bpf_map_lookup_elem(&draws, &one);

	if (!p || !first || !second)
		return -VERDICT_BROKEN;
	__builtin_memset(first, 0, sizeof(*first));
	__builtin_memset(second, 0, sizeof(*second));
	first->at = second->at = p->base;
	first->end = second->end = p->base + p->count;
	first->goal = ~0ULL;
	draw(first);
	if (!first->found)
		return -VERDICT_NO_SERVER;
	first->goal = bpf_get_prandom_u32() % (first->sum + 1);
	second->goal = bpf_get_prandom_u32() % (first->sum + 1);
	first->at = p->base;
	first->sum = 0;
	draw(first);
	draw(second);
	if (second->found &&
	    (__u64)second->weight * first->overhead > (__u64)first->weight * second->overhead)
		return second->found;
	return first->found;
}

#endif
