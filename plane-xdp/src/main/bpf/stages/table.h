/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * table: the connection tables, as data. Used by the connection stage; Java's sweep in
 * ConnectionTable.java keeps the same protocol.
 *
 * in:       a flow (key, hash, now)
 * out:      an entry found, made, changed or deleted; the counts of its real server kept exact
 * maps:     conns, embryos (read, write), loads (atomics), locks, config (read)
 * verdicts: none
 *
 * A set is four entries in one cache line; an entry lies in one of two sets by two hashes.
 *   find    key, meta, key again.
 *   change  compare-and-swap of meta; who succeeds moves the counts.
 *   claim   compare-and-swap of the victim's key to new|lock, exchange meta (new generation),
 *           take the victim out of the counts, count the new one, store the key without lock.
 *   delete  compare-and-swap of the key to key|lock, exchange meta, uncount, key = 0.
 * Of an IPv6 client the key has a hash, and a map beside the table its address: find compares it and
 * then looks whether the generation is still the same; claim writes it while the key is locked.
 * One key is opened by one processor at a time (locks), so there are no two copies of it.
 * Relies on x86's order of stores; on arm64 acquire and release must be added.
 */
#ifndef SLUICE_TABLE_H
#define SLUICE_TABLE_H

#include "../include/maps.h"
#include "service.h"

static __always_inline __u64 mix(__u64 v)
{
	v *= 0x9e3779b97f4a7c15ULL;
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93ULL;
	v ^= v >> 32;
	return v;
}

/*
 * Of client address and port, while the service is still being looked for; the service comes in by
 * an addition.
 */
static __always_inline __u64 flow_hash(__u64 client, __u32 service)
{
	return mix(client ^ config.seed) + service * 0x9e3779b97f4a7c15ULL;
}

struct flow {
	__u64 key;
	__u64 hash;
	__u32 service;
	__u32 now;
	__u32 family;
	__u32 spare;
	struct address client; /* IPv6 only */
};

#define CLIENT_MASK 0xffffffffffffULL

/* An IPv6 client as the key of a flow has it; ConnectionTable.java has the same. Never 0. */
static __always_inline __u32 client_hash(const struct address *a)
{
	__u64 hash = mix((a->word[0] | (__u64)a->word[1] << 32) ^ config.seed);

	hash = mix(hash ^ (a->word[2] | (__u64)a->word[3] << 32));
	return (__u32)hash ?: 1;
}

/* The same client to another service. */
static __always_inline void set_service(struct flow *f, __u32 service)
{
	__u64 client = f->key & CLIENT_MASK;

	f->key = client | (__u64)service << SERVICE_SHIFT;
	f->hash = flow_hash(client, service);
	f->service = service;
}

/*
 * Where a flow's key is made: from the client's address (by family) and port, and
 * the service.
 */
static __always_inline void make_flow(struct flow *f, __u32 family, const struct address *client,
				      __u16 port, __u32 service, __u32 now)
{
	__u32 address = client->word[0];

	f->family = family;
	if (family == FAMILY_IPV6) {
		f->client = *client;
		address = client_hash(client);
	}
	f->key = address | (__u64)port << 32;
	f->now = now;
	set_service(f, service);
}

/* The same of an IPv4 client's address and port, as they lie in a key. */
static __always_inline void make_flow4(struct flow *f, __u64 client, __u32 service, __u32 now)
{
	f->family = FAMILY_IPV4;
	f->key = client;
	f->now = now;
	set_service(f, service);
}

/* The client's address in 32 bits as the hash schedulers know it, in network order (lvs.md b.5). */
static __always_inline __u32 fold(const struct address *a)
{
	return a->word[0] ^ a->word[1] ^ a->word[2] ^ a->word[3];
}

static __always_inline __u32 folded_client(const struct flow *f)
{
	return f->family == FAMILY_IPV6 ? fold(&f->client) : (__u32)f->key;
}

/* The first of the servers with this address and port; 0: none of NAT. */
static __always_inline __u32 nat_find(__u64 key)
{
	__u64 hash = key * SERVICE_HASH;
	__u32 number = bucket_find(&nat_table, (__u32)(hash >> 48) & nat_mask, key);

	return number ?: bucket_find(&nat_table, (__u32)(hash >> 32) & nat_mask, key);
}

static __always_inline __u32 nat_first(struct real *real, __u8 protocol)
{
	if (real->family == FAMILY_IPV6) {
		struct endpoint *e = endpoint_space();

		if (!e)
			return 0;
		*e = (struct endpoint){
			.address = real->address,
			.port = real->port,
			.protocol = protocol,
			.servers = 1,
		};
		return find_endpoint(e);
	}
	return nat_find(endpoint_key(real->address.word[0], real->port, protocol));
}

/* States that count as active (lvs.md c.1), as bits. */
#define ACTIVE_STATES                                                                             \
	(1U << ST_ESTABLISHED | 1U << ST_SYN_SENT | 1U << ST_SYN_RECV | 1U << ST_SYNACK |           \
	 1U << ST_ESTABLISHED_NEW)

/* Who gives way first when both sets are full; 0 is kept for free ways, 1 for expired ones. */
const __u8 victim_class[STATES] = {
	[ST_NONE] = 1,	     [ST_ESTABLISHED] = 5, [ST_SYN_SENT] = 2,  [ST_SYN_RECV] = 2,
	[ST_FIN_WAIT] = 3,   [ST_TIME_WAIT] = 3,   [ST_CLOSE] = 1,     [ST_CLOSE_WAIT] = 3,
	[ST_LAST_ACK] = 3,   [ST_LISTEN] = 3,	   [ST_SYNACK] = 2,    [ST_UDP] = 5,
	[ST_UDP_NEW] = 4,    [ST_ESTABLISHED_NEW] = 4, [ST_TEMPLATE] = 4, [ST_TEMPLATE_ASSURED] = 5,
};
#define CLASS_LOCKED 7

static __always_inline __u32 state_of(__u32 meta)
{
	return meta >> STATE_SHIFT & STATE_MASK;
}

static __always_inline __u32 is_active(__u32 state)
{
	return ACTIVE_STATES >> (state & STATE_MASK) & 1;
}

/* Where the entry's service has times of its own; else the plane's. */
__noinline int own_time(__u32 number, __u32 state)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);
	__u32 plane = config.timeout[state & STATE_MASK], own = 0;
	struct service *service;

	if (!real)
		return plane;
	number = real->service;
	service = bpf_map_lookup_elem(&services, &number);
	if (!service || !(service->flags & SERVICE_OWN_TIMES))
		return plane;
	if (state == ST_ESTABLISHED || state == ST_ESTABLISHED_NEW)
		own = service->own_time[0];
	else if (state == ST_FIN_WAIT)
		own = service->own_time[1];
	else if (state == ST_UDP || state == ST_UDP_NEW)
		own = service->own_time[2];
	return own ?: plane;
}

static __always_inline int is_expired(__u32 meta, __u32 age)
{
	if (config.wide & WIDE_TIMES)
		return age > (__u32)own_time(meta & REAL_MASK, state_of(meta));
	return age > config.timeout[state_of(meta)];
}

static __always_inline __u64 connections_of(struct load *load)
{
	return READ(load->active) + READ(load->inactive);
}

static __always_inline int is_template(__u32 state)
{
	return (state & STATE_MASK) >= ST_TEMPLATE;
}

/* One connection more. Templates are none. */
static __always_inline void enter_load(__u32 real, __u32 state)
{
	struct load *load = bpf_map_lookup_elem(&loads, &real);
	__u32 upper;

	if (!load || is_template(state))
		return;
	if (is_active(state))
		__sync_fetch_and_add(&load->active, 1);
	else
		__sync_fetch_and_add(&load->inactive, 1);
	upper = READ(load->upper);
	if (upper && connections_of(load) >= upper)
		WRITE(load->overloaded, 1);
}

/* One connection less. */
static __always_inline void leave_load(__u32 real, __u32 state)
{
	struct load *load = bpf_map_lookup_elem(&loads, &real);

	if (!load || is_template(state))
		return;
	if (is_active(state))
		__sync_fetch_and_add(&load->active, -1ULL);
	else
		__sync_fetch_and_add(&load->inactive, -1ULL);
	if (READ(load->overloaded) && connections_of(load) < READ(load->lower))
		WRITE(load->overloaded, 0);
}

/* A connection that is active now, or no longer. */
static __always_inline void move_load(__u32 real, __u32 state)
{
	struct load *load = bpf_map_lookup_elem(&loads, &real);
	__u64 sign = is_active(state) ? 1 : -1ULL;

	if (!load)
		return;
	__sync_fetch_and_add(&load->active, sign);
	__sync_fetch_and_add(&load->inactive, -sign);
}

static __always_inline struct conn *find_in_set(struct conn_set *set, __u64 key)
{
	__u64 at;

	if (READ(set->way[0].key) == key)
		at = 0;
	else if (READ(set->way[1].key) == key)
		at = 1;
	else if (READ(set->way[2].key) == key)
		at = 2;
	else if (READ(set->way[3].key) == key)
		at = 3;
	else
		return 0;
	at += opaque_zero(key);
	return &set->way[at & (WAYS - 1)];
}

enum table {
	MAIN = 0,
	EMBRYONIC = 1,
};

/* The place of an IPv6 flow in one set: way + 1; 0: it is not there. */
static __always_inline int way_of(struct flow *f, struct conn_set *set, struct client_set *clients)
{
#pragma nounroll
	for (int i = 0; i < WAYS; i++) {
		__u32 meta;

		if (READ(set->way[i].key) != f->key)
			continue;
		meta = READ(set->way[i].meta);
		if (same_address(&clients->way[i], &f->client) && READ(set->way[i].key) == f->key &&
		    READ(set->way[i].meta) >> GENERATION_SHIFT == meta >> GENERATION_SHIFT)
			return i + 1;
	}
	return 0;
}

/* The place of an IPv6 flow: set * WAYS + way + 1; 0: it is not in the table. */
__noinline int find_place(struct flow *f, int table)
{
	if (!f)
		return 0;
#pragma nounroll
	for (int i = 0; i < 2; i++) {
		__u32 number = (__u32)(f->hash >> i * 32) & (table == MAIN ? conn_mask : embryo_mask);
		struct conn_set *set;
		struct client_set *clients;
		int way;

		if (table == MAIN) {
			set = bpf_map_lookup_elem(&conns, &number);
			clients = bpf_map_lookup_elem(&clients6, &number);
		} else {
			set = bpf_map_lookup_elem(&embryos, &number);
			clients = bpf_map_lookup_elem(&embryos6, &number);
		}
		if (!set || !clients)
			return 0;
		way = way_of(f, set, clients);
		if (way)
			return number * WAYS + way;
	}
	return 0;
}

static __always_inline struct conn *find_conn6(enum table table, struct flow *f, __u32 *meta)
{
	__u32 place = find_place(f, table), number = (place - 1) / WAYS;
	struct conn_set *set;
	struct conn *c;

	*meta = 0;
	if (!place)
		return 0;
	set = table == MAIN ? bpf_map_lookup_elem(&conns, &number) :
			      bpf_map_lookup_elem(&embryos, &number);
	if (!set)
		return 0;
	c = &set->way[(place - 1) & (WAYS - 1)];
	*meta = READ(c->meta);
	return READ(c->key) == f->key ? c : 0;
}

static __always_inline struct conn *find_conn4(void *table, __u32 mask, struct flow *f, __u32 *meta)
{
	__u32 number = (__u32)f->hash & mask;
	struct conn_set *set = bpf_map_lookup_elem(table, &number);
	struct conn *c;

	if (!set)
		return 0;
	c = find_in_set(set, f->key);
	if (!c) {
		number = (__u32)(f->hash >> 32) & mask;
		set = bpf_map_lookup_elem(table, &number);
		if (!set)
			return 0;
		c = find_in_set(set, f->key);
		if (!c)
			return 0;
	}
	*meta = READ(c->meta);
	return READ(c->key) == f->key ? c : 0;
}

/* The entry of the flow and its meta, or 0. */
static __always_inline struct conn *find_conn(enum table table, struct flow *f, __u32 *meta)
{
	*meta = 0;
	if (f->family == FAMILY_IPV6)
		return find_conn6(table, f, meta);
	return table == MAIN ? find_conn4(&conns, conn_mask, f, meta) :
			       find_conn4(&embryos, embryo_mask, f, meta);
}

/* Another state; nothing happens when somebody else changed the entry meanwhile. */
static __always_inline void change_state(struct conn *c, __u32 meta, __u32 state)
{
	__u32 changed = (meta & ~(STATE_MASK << STATE_SHIFT)) | state << STATE_SHIFT;
	__u32 old = state_of(meta);

	if (__sync_val_compare_and_swap(&c->meta, meta, changed) != meta)
		return;
	if (is_active(old) != is_active(state))
		move_load(meta & REAL_MASK, state);
}

/* Frees the way and says what was in it; 0 when somebody else was faster. Counts stay. */
static __always_inline __u32 take_out(struct conn *c, __u64 key)
{
	__u32 meta;

	if (__sync_val_compare_and_swap(&c->key, key, key | KEY_LOCK) != key)
		return 0;
	meta = READ(c->meta);
	meta = __sync_lock_test_and_set(&c->meta, (meta & 0xff000000U) + (1U << GENERATION_SHIFT));
	WRITE(c->key, 0);
	return meta;
}

static __always_inline void delete_conn(struct conn *c, __u64 key)
{
	__u32 meta = take_out(c, key);

	if (meta)
		leave_load(meta & REAL_MASK, state_of(meta));
}

/* Keeps the compiler from turning arithmetic back into branches, which the verifier would all walk. */
#define OPAQUE(x) asm volatile("" : "+r"(x))

/* Lower gives way first: class, then age, then position. Without branches. */
static __always_inline __u64 victim_score(struct conn *c, __u32 now, __u64 position)
{
	__u64 key = READ(c->key);
	__u32 meta = READ(c->meta);
	__u32 age = now - READ(c->seen);
	__u32 state = state_of(meta);
	__u64 class = victim_class[state];
	__s64 expired = ((__s64)(__u64)config.timeout[state] - (__s64)(__u64)age) >> 63;
	__s64 used = (__s64)(key | -key);
	__s64 locked = (__s64)key >> 63;

	OPAQUE(expired);
	class = (class & ~(__u64)expired) | (1 & (__u64)expired);
	OPAQUE(used);
	used >>= 63;
	OPAQUE(used);
	class &= (__u64)used;
	OPAQUE(locked);
	class |= CLASS_LOCKED & (__u64)locked;
	return class << 40 | (__u64)(~age) << 8 | position;
}

static __always_inline __u64 lesser(__u64 a, __u64 b)
{
	__s64 less = (__s64)(a - b) >> 63;

	OPAQUE(less);
	return b + ((a - b) & (__u64)less);
}

#define COUNTED 0x100 /* beside a state: it comes from the other table */

static __always_inline void write_client(void *clients, __u32 number, __u32 way,
					 const struct address *client)
{
	struct client_set *set = bpf_map_lookup_elem(clients, &number);

	if (set)
		set->way[way & (WAYS - 1)] = *client;
}

/* Takes a way for the flow; 1, or 0 when others took the victim three times. */
static __always_inline int claim_in(void *table, void *clients, __u32 mask, struct flow *f,
				    __u32 real, __u32 state)
{
	__u32 first_number = (__u32)f->hash & mask;
	__u32 second_number = (__u32)(f->hash >> 32) & mask;
	struct conn_set *first = bpf_map_lookup_elem(table, &first_number);
	struct conn_set *second = bpf_map_lookup_elem(table, &second_number);

	if (!first || !second)
		return 0;
	for (int attempt = 0; attempt < 3; attempt++) {
		__u64 best = ~0ULL >> 1;
		__u64 old_key, way;
		__u32 old, class;
		struct conn *c;

#pragma unroll
		for (int i = 0; i < WAYS; i++) {
			/* In turn, so that of two free ways the one in the emptier set wins. */
			best = lesser(victim_score(&first->way[i], f->now, 2 * i), best);
			best = lesser(victim_score(&second->way[i], f->now, 2 * i + 1), best);
		}
		class = best >> 40;
		way = best >> 1 & (WAYS - 1);
		c = best & 1 ? &second->way[way] : &first->way[way];
		old_key = READ(c->key);
		if (old_key & KEY_LOCK)
			continue;
		if (__sync_val_compare_and_swap(&c->key, old_key, f->key | KEY_LOCK) != old_key)
			continue;
		old = READ(c->meta);
		old = __sync_lock_test_and_set(
			&c->meta, (old & 0xff000000U) + (1U << GENERATION_SHIFT) +
					  ((state & STATE_MASK) << STATE_SHIFT | real));
		if (old_key) {
			leave_load(old & REAL_MASK, state_of(old));
			if (class > 1)
				count_event(EVENT_EVICTED);
		}
		if (f->family == FAMILY_IPV6)
			write_client(clients, best & 1 ? second_number : first_number, way,
				     &f->client);
		WRITE(c->seen, f->now);
		if (!(state & COUNTED))
			enter_load(real, state);
		WRITE(c->key, f->key);
		return 1;
	}
	return 0;
}

/* Functions that are not static are verified once, by themselves, so their argument may be null. */
__noinline int claim_conn(struct flow *f, __u32 real, __u32 state)
{
	return f ? claim_in(&conns, &clients6, conn_mask, f, real & REAL_MASK, state) : 0;
}

__noinline int claim_embryo(struct flow *f, __u32 real, __u32 state)
{
	return f ? claim_in(&embryos, &embryos6, embryo_mask, f, real & REAL_MASK, state) : 0;
}

/* Opening a connection takes some 200 ns; reading the clock is the pause, 35 ns. */
#define SPINS 64

static __always_inline __u32 lock_number(struct flow *f)
{
	return (__u32)(f->hash >> 20) & (LOCKS - 1);
}

/* The right to open this key; 0 when another processor kept it too long. */
static __always_inline __u64 *lock_key(struct flow *f)
{
	__u32 number = lock_number(f);
	__u64 *lock = bpf_map_lookup_elem(&locks, &number);

	if (!lock)
		return 0;
	if (__sync_val_compare_and_swap(lock, 0, 1) == 0)
		return lock;
	count_event(EVENT_WAITED);
	for (int i = 0; i < SPINS; i++) {
		if (READ(*lock) == 0 && __sync_val_compare_and_swap(lock, 0, 1) == 0)
			return lock;
		bpf_ktime_get_ns();
	}
	return 0;
}

static __always_inline void unlock_key(__u64 *lock)
{
	WRITE(*lock, 0);
}

#endif
