/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * service: is the packet's destination a virtual service?
 *
 * in:       destination address and port, protocol
 * out:      service
 * maps:     service_table, rules, services (read)
 * verdicts: no_service
 *
 * Order: firewall mark, exact, FTP, all ports (lvs.md a.1); wide.h has all but the exact one.
 * A service lies in one of two buckets of four; Java prefers the first, so one cache line answers
 * nearly always. ServiceIndex.java has the same hashes.
 */
#ifndef SLUICE_SERVICE_H
#define SLUICE_SERVICE_H

#include "../include/cursor.h"
#include "../include/maps.h"
#include "parse.h"

#define SERVICE_HASH 0x9e3779b97f4a7c15ULL

static __always_inline __u32 bucket_find(void *table, __u32 number, __u64 key)
{
	struct service_bucket *bucket = bpf_map_lookup_elem(table, &number);

	if (!bucket)
		return 0;
#pragma unroll
	for (int i = 0; i < WAYS; i++) {
		if (READ(bucket->way[i].key) == key) {
			__u32 service = READ(bucket->way[i].service);

			/* Still the same: the number belongs to the key. */
			if (READ(bucket->way[i].key) == key)
				return service;
		}
	}
	return 0;
}

static __always_inline __u64 endpoint_key(__u32 address, __u16 port, __u8 protocol)
{
	return address | (__u64)port << 32 | (__u64)protocol << 48;
}

/* Addresses that we are told of: nobody outside can choose them, so there is no seed. */
static __always_inline __u32 address_hash(const struct address *a)
{
	__u64 hash = (a->word[0] | (__u64)a->word[1] << 32) * SERVICE_HASH;

	hash ^= hash >> 32;
	hash += a->word[2] | (__u64)a->word[3] << 32;
	hash *= SERVICE_HASH;
	return (__u32)(hash >> 32);
}

/* Where an IPv6 packet goes, or where it comes from. */
struct endpoint {
	struct address address;
	__u16 port;
	__u8 protocol;
	__u8 servers; /* look for NAT's servers, else for services */
	__u32 number; /* of the bucket */
	__u64 key;
};

/* 0 -> what IPv6 works with instead of the stack, which is short; a processor has one packet at a time. */
PERCPU_MAP(endpoints, struct endpoint, 1);

static __always_inline struct endpoint *endpoint_space(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&endpoints, &first);
}

static __always_inline int same_address(const struct address *a, const struct address *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1] && a->word[2] == b->word[2] &&
	       a->word[3] == b->word[3];
}

static __always_inline int is_at(const struct endpoint *e, __u32 number)
{
	if (e->servers) {
		struct real *real = bpf_map_lookup_elem(&reals, &number);

		return real && same_address(&real->address, &e->address);
	} else {
		struct service *service = bpf_map_lookup_elem(&services, &number);

		return service && same_address(&service->address, &e->address);
	}
}

/* What the endpoint leads to in this bucket; 0: nothing. */
__noinline int endpoint_in(struct endpoint *e)
{
	struct service_bucket *bucket;
	__u32 number;

	if (!e)
		return 0;
	number = e->number;
	if (e->servers)
		bucket = bpf_map_lookup_elem(&nat_table, &number);
	else
		bucket = bpf_map_lookup_elem(&service_table, &number);
	if (!bucket)
		return 0;
#pragma nounroll
	for (int i = 0; i < WAYS; i++) {
		if (READ(bucket->way[i].key) != e->key)
			continue;
		number = READ(bucket->way[i].service);
		if (READ(bucket->way[i].key) == e->key && is_at(e, number))
			return number;
	}
	return 0;
}

/* The number of a service, or of the first server of NAT, with this IPv6 address; 0: none. */
__noinline int find_endpoint(struct endpoint *e)
{
	__u64 hash;
	__u32 mask;
	int number;

	if (!e)
		return 0;
	mask = e->servers ? nat_mask : service_mask;
	e->key = endpoint_key(address_hash(&e->address), e->port, e->protocol) | WAY_IPV6;
	hash = e->key * SERVICE_HASH;
	e->number = (__u32)(hash >> 48) & mask;
	number = endpoint_in(e);
	if (number)
		return number;
	e->number = (__u32)(hash >> 32) & mask;
	return endpoint_in(e);
}

static __always_inline struct address *address_of(struct in6_addr *a)
{
	return (struct address *)a;
}

static __always_inline __u32 service_find(__u64 key)
{
	__u64 hash = key * SERVICE_HASH;
	__u32 service = bucket_find(&service_table, (__u32)(hash >> 48) & service_mask, key);

	return service ?: bucket_find(&service_table, (__u32)(hash >> 32) & service_mask, key);
}

#include "wide.h"

static __always_inline __u32 find_service6(struct packet *p)
{
	struct endpoint *e = endpoint_space();

	if (!e)
		return VERDICT_BROKEN;
	*e = (struct endpoint){
		.address = *address_of(&p->ip6->daddr),
		.port = p->destination_port,
		.protocol = p->protocol,
	};
	p->service = 0;
	p->own_port = 0;
	if (config.wide & WIDE_RULES)
		p->service = find_marked(p);
	if (!p->service)
		p->service = find_endpoint(e);
	if (!p->service && config.wide)
		p->service = find_wide6(p, e);
	return p->service ? STAGE_OK : VERDICT_NO_SERVICE;
}

static __always_inline __u32 find_service(struct packet *p)
{
	__u64 key = endpoint_key(p->ip->daddr, p->destination_port, p->protocol);
	__u32 service = 0;

	p->own_port = 0;
	if (config.wide & WIDE_RULES)
		service = find_marked(p);
	if (!service)
		service = service_find(key);
	if (!service && config.wide)
		service = find_wide(p);
	if (!service)
		return VERDICT_NO_SERVICE;
	p->service = service;
	return STAGE_OK;
}

#endif
