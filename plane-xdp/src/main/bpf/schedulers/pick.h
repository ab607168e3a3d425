/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * What every scheduler works with: the question, the list of servers, and a server's usability.
 *
 * Lists are walked a line of 16 at a time. The function that does a line is global, so the verifier
 * reads it once, however many lines a service may have.
 */
#ifndef SLUICE_PICK_H
#define SLUICE_PICK_H

#include "../include/cursor.h"
#include "../include/maps.h"
#include "../include/verdict.h"

/* Longest list: this many lines of 16 servers; Java refuses more. */
#define LINES_AT_MOST 1024

/* Addresses and port in host order; of IPv6 the words' exclusive or (lvs.md b.5). */
struct pick {
	__u32 service;
	__u32 which; /* ring */
	__u32 base;
	__u32 count;
	__u32 policy;
	__u32 client;
	__u32 client_port;
	__u32 destination;
	__u32 whose; /* IPv6: more of the destination, for those who remember it */
	__u32 now;   /* jiffies */
	__u32 epoch; /* of the service */
};

/* 0 -> the question, instead of the stack, which is short; a processor has one at a time. */
PERCPU_MAP(picks, struct pick, 1);

/* A server as a scheduler sees it. */
struct candidate {
	__u32 number;
	__u32 weight; /* 0: not usable, also when it is overloaded */
	__u64 active;
	__u64 inactive;
};

/* The number in the pool, or 0. */
static __always_inline __u32 pool_at(__u32 at)
{
	__u32 number = at / POOL_LINE;
	struct pool_line *line = bpf_map_lookup_elem(&pool, &number);

	return line ? READ(line->pick[at % POOL_LINE]) & REAL_MASK : 0;
}

static __always_inline void look_at(struct candidate *c, __u32 number, __u32 policy)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);
	struct load *load = bpf_map_lookup_elem(&loads, &number);

	c->number = number;
	c->weight = 0;
	c->active = 0;
	c->inactive = 0;
	if (!real || !load || READ(load->overloaded))
		return;
	c->weight = READ(real->weight);
	c->active = READ(load->active);
	c->inactive = READ(load->inactive);
	if (policy & POLICY_ALL_LOAD) {
		c->active += c->inactive;
		c->inactive = 0;
	}
}

/* IPVS's measure of load: an active connection weighs 256 times an inactive one. */
static __always_inline __u64 overhead_of(struct candidate *c)
{
	return c->active * 257 + c->inactive;
}

#endif
