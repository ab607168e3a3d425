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
 * nearly always. ServiceTableMap.java has the same hash.
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

static __always_inline __u32 service_find(__u64 key)
{
	__u64 hash = key * SERVICE_HASH;
	__u32 service = bucket_find(&service_table, (__u32)(hash >> 48) & service_mask, key);

	return service ?: bucket_find(&service_table, (__u32)(hash >> 32) & service_mask, key);
}

#include "wide.h"

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
