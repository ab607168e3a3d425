/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * schedule: which real server gets a new connection?
 *
 * in:       service
 * out:      a real's number
 * maps:     services (counts ring.next up), pool, reals (read)
 * verdicts: no_service (the service was removed), no_server, contended
 *
 * Java computed the scheduler's picks beforehand; here is only the next one taken. Java switches
 * `active` to the other ring when servers change.
 */
#ifndef SLUICE_SCHEDULE_H
#define SLUICE_SCHEDULE_H

#include "../include/maps.h"
#include "parse.h"

/* The real's number, or -verdict. */
static __always_inline int schedule(__u32 number)
{
	struct service *service = bpf_map_lookup_elem(&services, &number);
	struct pool_line *line;
	struct real *real;
	struct ring *ring;
	__u64 turn;
	__u32 pick, at;

	if (!service)
		return -VERDICT_BROKEN;
	if (service->flags & SERVICE_REMOVED)
		return -VERDICT_NO_SERVICE;
	ring = READ(service->active) & 1 ? &service->ring[1] : &service->ring[0];
	if (ring->period == 0)
		return -VERDICT_NO_SERVER;
	turn = __sync_fetch_and_add(&ring->next, 1);
	if (turn >= ring->preamble)
		turn = ring->preamble + (turn - ring->preamble) % ring->period;
	pick = ring->base + (__u32)turn;
	at = pick / POOL_LINE;
	line = bpf_map_lookup_elem(&pool, &at);
	if (!line)
		return -VERDICT_BROKEN;
	pick = line->pick[pick % POOL_LINE] & REAL_MASK;
	real = bpf_map_lookup_elem(&reals, &pick);
	/* A ring that Java exchanged twice while we read it may name a stranger: the client retries. */
	if (!real || real->service != number)
		return -VERDICT_CONTENDED;
	return pick;
}

#endif
