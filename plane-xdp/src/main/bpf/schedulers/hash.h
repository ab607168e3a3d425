/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * sh, dh, mh, maglev: Java filled a table of slots; the client's (dh: the destination's) address
 * names the slot. With fallback the search goes on by IPVS's rule where the server is not usable
 * (lvs.md b.5 to b.7).
 */
#ifndef SLUICE_HASH_H
#define SLUICE_HASH_H

#include "pick.h"

#define MH_KEY 2654435761ULL

static __always_inline __u64 rotate(__u64 v, int bits)
{
	return v << bits | v >> (64 - bits);
}

struct sip {
	__u64 v0, v1, v2, v3;
};

static __always_inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

/* SipHash-1-3 of one 32-bit word, both halves of the key equal; the lower half of the result. */
static __always_inline __u32 siphash_word(__u32 word, __u64 key)
{
	__u64 message = 4ULL << 56 | word;
	struct sip s = {
		.v0 = key ^ 0x736f6d6570736575ULL,
		.v1 = key ^ 0x646f72616e646f6dULL,
		.v2 = key ^ 0x6c7967656e657261ULL,
		.v3 = key ^ 0x7465646279746573ULL,
	};

	s.v3 ^= message;
	sip_round(&s);
	s.v0 ^= message;
	s.v2 ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return (__u32)(s.v0 ^ s.v1 ^ s.v2 ^ s.v3);
}

struct slots {
	__u32 value;  /* what is hashed */
	__u32 offset; /* of the next attempt */
	__u32 end;
	__u32 base;
	__u32 count;
	__u32 policy;
	__u32 found;
};

static __always_inline __u32 slot_of(struct slots *s, __u32 offset)
{
	if ((s->policy & POLICY_MASK) == POLICY_MH)
		return siphash_word(offset + s->value, MH_KEY) % s->count;
	return (offset + (s->value * 0x61c88647U >> 24)) % s->count;
}

static __always_inline __u32 usable_at(struct slots *s, __u32 slot)
{
	struct candidate c;

	look_at(&c, pool_at(s->base + slot), 0);
	return c.weight ? c.number : 0;
}

/* The next attempts of the fallback; 0 when a server is found or all were tried. */
__noinline int next_slots(struct slots *s)
{
	__u32 first;

	if (!s || !s->count)
		return 0;
	first = slot_of(s, 0);
#pragma nounroll
	for (int i = 0; i < POOL_LINE; i++) {
		if (s->offset >= s->end)
			return 0;
		s->found = usable_at(s, slot_of(s, (s->offset + first) % s->count));
		s->offset++;
		if (s->found)
			return 0;
	}
	return 1;
}

__noinline int choose_hash(struct pick *p)
{
	struct slots s = {};

	if (!p || !p->count)
		return -VERDICT_BROKEN;
	s.value = (p->policy & POLICY_MASK) == POLICY_DH ? p->destination : p->client;
	if (p->policy & POLICY_PORT)
		s.value += p->client_port;
	s.base = p->base;
	s.count = p->count;
	s.end = p->count;
	s.policy = p->policy;
	s.found = usable_at(&s, slot_of(&s, 0));
	if (!s.found && p->policy & POLICY_FALLBACK)
		for (int i = 0; i < LINES_AT_MOST; i++)
			if (!next_slots(&s))
				break;
	return s.found ? (int)s.found : -VERDICT_NO_SERVER;
}

#endif
