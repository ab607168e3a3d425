/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * schedule: which real server gets a new connection?
 *
 * in:       the flow, the destination's folded address
 * out:      a real's number
 * maps:     services (moves ring.next), pool, reals, loads (read)
 * verdicts: no_service (the service was removed), no_server, contended, denied, defended
 *
 * Java wrote into the service's ring what there is to choose from, and switches `active` to the
 * other ring when servers change. Who chooses how is in schedulers/.
 */
#ifndef SLUICE_SCHEDULE_H
#define SLUICE_SCHEDULE_H

#include "../schedulers/hash.h"
#include "../schedulers/least.h"
#include "../schedulers/local.h"
#include "../schedulers/sequence.h"
#include "../schedulers/turn.h"
#include "../schedulers/twos.h"
#include "table.h"

/* May this client open a connection? The longest of the service's prefixes that fits decides. */
__noinline int is_welcome(struct service *service, struct flow *flow)
{
	struct access_key key = {};
	__u32 *answer;

	if (!service || !flow)
		return 0;
	key.service = flow->service;
	key.bits = 32 + 32;
	key.address[0] = (__u32)flow->key;
	if (flow->family == FAMILY_IPV6) {
		key.bits = 32 + 128;
		__builtin_memcpy(key.address, &flow->client, sizeof(key.address));
	}
	answer = bpf_map_lookup_elem(&access, &key);
	return answer ? *answer : !!(service->flags & SERVICE_STRANGERS);
}

/* The defence drop_packet: every drop_rate-th new connection, beginning with the first. */
__noinline int is_defended(__u32 rate)
{
	__s32 left = __sync_fetch_and_add(&config.drop_counter, -1) - 1;

	if (left > 0)
		return 0;
	WRITE(config.drop_counter, rate);
	return 1;
}

/* A real's number, or -verdict. */
static __always_inline int choose(struct ring *ring, struct pick *p)
{
	switch (p->policy & POLICY_MASK) {
	case POLICY_SEQUENCE:
		return choose_next(ring);
	case POLICY_RR:
	case POLICY_WRR:
		return choose_turn(p);
	case POLICY_LC:
	case POLICY_WLC:
	case POLICY_SED:
	case POLICY_NQ:
	case POLICY_FO:
	case POLICY_OVF:
		return choose_least(p);
	case POLICY_TWOS:
		return choose_twos(p);
	case POLICY_SH:
	case POLICY_DH:
	case POLICY_MH:
		return choose_hash(p);
	case POLICY_LBLC:
	case POLICY_LBLCR:
		return choose_local(p);
	default:
		return -VERDICT_BROKEN;
	}
}

static __always_inline int schedule(struct flow *flow, __u64 destination)
{
	__u32 number = flow->service;
	struct service *service = bpf_map_lookup_elem(&services, &number);
	__u32 zero = 0;
	struct pick *p = bpf_map_lookup_elem(&picks, &zero);
	struct ring *ring;
	struct real *real;
	__u32 chosen;
	int found;

	if (!service || !p)
		return -VERDICT_BROKEN;
	if (service->flags & SERVICE_REMOVED)
		return -VERDICT_NO_SERVICE;
	p->service = number;
	p->which = READ(service->active) & 1;
	ring = p->which ? &service->ring[1] : &service->ring[0];
	p->base = ring->base;
	p->count = ring->period;
	p->policy = ring->policy;
	p->client = bpf_ntohl(folded_client(flow));
	p->client_port = bpf_ntohs((__u16)(flow->key >> 32));
	p->destination = bpf_ntohl((__u32)destination);
	p->whose = destination >> 32;
	p->now = flow->now;
	p->epoch = service->epoch;
	if (p->count == 0)
		return -VERDICT_NO_SERVER;
	found = choose(ring, p);
	if (found < 0)
		return found;
	chosen = found;
	real = bpf_map_lookup_elem(&reals, &chosen);
	/* A ring that Java exchanged twice while we read it may name a stranger: the client retries. */
	if (!real || real->service != number)
		return -VERDICT_CONTENDED;
	return chosen;
}

#endif
