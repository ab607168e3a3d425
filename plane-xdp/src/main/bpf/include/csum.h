/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/* RFC 1624: a checksum after a small change, without reading the rest. */
#ifndef SLUICE_CSUM_H
#define SLUICE_CSUM_H

#include <linux/ip.h>
#include <bpf/bpf_endian.h>

#include "types.h"

/* One hop less; the caller knows that the time to live is above 1. */
static __always_inline void decrement_ttl(struct iphdr *ip)
{
	__u32 sum = ip->check;

	sum += bpf_htons(0x0100);
	ip->check = (__u16)(sum + (sum >= 0xffff));
	ip->ttl--;
}

/* RFC 1624, equation 3, for a word of 16 bits. */
static __always_inline __u16 csum_replace2(__u16 check, __u16 from, __u16 to)
{
	__u32 sum = (__u16)~check + (__u32)(__u16)~from + to;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* For 32 bits. */
static __always_inline __u16 csum_replace4(__u16 check, __u32 from, __u32 to)
{
	check = csum_replace2(check, from & 0xffff, to & 0xffff);
	return csum_replace2(check, from >> 16, to >> 16);
}

/* What a sum grows by when one address takes another's place: to minus from, in 32 bits. */
static __always_inline __u32 csum_difference(const struct address *from, const struct address *to)
{
	__u64 sum = 0;

#pragma unroll
	for (int i = 0; i < 4; i++)
		sum += (__u64)to->word[i] + (__u32)~from->word[i];
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (__u32)sum;
}

/* A checksum after such a change. */
static __always_inline __u16 csum_add(__u16 check, __u32 difference)
{
	__u32 sum = (__u16)~check + (difference & 0xffff) + (difference >> 16);

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

#endif
