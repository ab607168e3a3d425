/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * Every map: key, value, who writes it. All arrays, so that a lookup is a bounds check and an
 * addition; those with MMAPABLE are read and written by Java without system calls. Sizes here are
 * the smallest; Java sets the real ones before loading.
 */
#ifndef SLUICE_MAPS_H
#define SLUICE_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "types.h"
#include "verdict.h"

#define ARRAY_MAP(name, value_type, entries, flags)                                               \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                  \
		__uint(max_entries, entries);                                                      \
		__uint(map_flags, flags);                                                          \
		__type(key, __u32);                                                                \
		__type(value, value_type);                                                         \
	} name SEC(".maps")

#define PERCPU_MAP(name, value_type, entries)                                                     \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, entries);                                                      \
		__type(key, __u32);                                                                \
		__type(value, value_type);                                                         \
	} name SEC(".maps")

/* bucket number -> four services; Java. Two buckets by two hashes; a power of two of them. */
ARRAY_MAP(service_table, struct service_bucket, 16, BPF_F_MMAPABLE);

/* The same for the servers of NAT services, by which replies are known. */
ARRAY_MAP(nat_table, struct service_bucket, 16, BPF_F_MMAPABLE);

/* service number -> its rings; Java, but ring.next which the picking programs count up. */
ARRAY_MAP(services, struct service, 16, BPF_F_MMAPABLE);

/* line number -> 16 picks, that is numbers of reals; Java. */
ARRAY_MAP(pool, struct pool_line, 16, BPF_F_MMAPABLE);

/* real number -> address and next hop; Java. */
ARRAY_MAP(reals, struct real, 16, BPF_F_MMAPABLE);

/* real number -> how its packets are wrapped; Java. */
ARRAY_MAP(tunnels, struct tunnel, 16, BPF_F_MMAPABLE);

/* real number -> connections now; programs and Java's sweep, by atomics. */
ARRAY_MAP(loads, struct load, 16, BPF_F_MMAPABLE);

/* real number -> totals; programs. */
PERCPU_MAP(traffic, struct traffic, 16);

/* Which packets carry a firewall mark; Java. */
ARRAY_MAP(rules, struct rule, RULES, BPF_F_MMAPABLE);

/* lblc, lblcr: a destination's servers; programs. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct place_key);
	__type(value, struct place);
} places SEC(".maps");

/* A client's prefix of a service -> 1: it may come, 0: it may not; Java. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct access_key);
	__type(value, __u32);
} access SEC(".maps");

/* verdict, or VERDICT_COUNT + event -> packets; programs. */
PERCPU_MAP(counters, __u64, VERDICT_COUNT + EVENT_COUNT);

/* set number -> four connections; programs, and Java's sweep. A power of two of them. */
ARRAY_MAP(conns, struct conn_set, 16, BPF_F_MMAPABLE);

/* The same for connections that have only shown a SYN. */
ARRAY_MAP(embryos, struct conn_set, 16, BPF_F_MMAPABLE);

/* datagram -> where its first fragment went; programs. */
#define DATAGRAMS 16384
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, DATAGRAMS);
	__type(key, struct datagram);
	__type(value, struct trail);
} fragments SEC(".maps");

/* set number -> the IPv6 clients of its connections; who has locked the connection's key. */
ARRAY_MAP(clients6, struct client_set, 16, BPF_F_MMAPABLE);
ARRAY_MAP(embryos6, struct client_set, 16, BPF_F_MMAPABLE);

/* hash of a connection's key -> 1 while somebody opens it; programs. */
#define LOCKS 4096
ARRAY_MAP(locks, __u64, LOCKS, 0);

/* ifindex % DEVICES -> the device's MAC; Java. */
ARRAY_MAP(devices, struct device, DEVICES, BPF_F_MMAPABLE);

/* One global instead of a map with one entry: reading it costs a load. Java. */
volatile struct config config SEC(".data.config");

/* Constants that Java sets before loading: the verifier folds them in. */
const volatile __u32 service_mask = 15;
const volatile __u32 nat_mask = 15;
const volatile __u32 conn_mask = 15;
const volatile __u32 embryo_mask = 15;
const volatile __u8 test_clock = 0;

static __always_inline void count(__u32 index)
{
	__u64 *n = bpf_map_lookup_elem(&counters, &index);

	if (n)
		*n += 1;
}

static __always_inline void count_event(enum event event)
{
	count(VERDICT_COUNT + event);
}

#define READ(x) (*(volatile __typeof__(x) *)&(x))
#define WRITE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif
