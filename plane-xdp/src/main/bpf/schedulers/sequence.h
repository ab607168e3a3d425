/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/* rr and wrr without thresholds: Java computed the picks beforehand; here is only the next one taken. */
#ifndef SLUICE_SEQUENCE_H
#define SLUICE_SEQUENCE_H

#include "pick.h"

static __always_inline int choose_next(struct ring *ring)
{
	__u64 turn = __sync_fetch_and_add(&ring->next, 1);

	if (turn >= ring->preamble)
		turn = ring->preamble + (turn - ring->preamble) % ring->period;
	return pool_at(ring->base + (__u32)turn);
}

#endif
