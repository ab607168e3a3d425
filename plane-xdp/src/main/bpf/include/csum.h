/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/* RFC 1624: a checksum after a small change, without reading the rest. */
#ifndef SLUICE_CSUM_H
#define SLUICE_CSUM_H

#include <linux/ip.h>
#include <bpf/bpf_endian.h>

/* One hop less; the caller knows that the time to live is above 1. */
static __always_inline void decrement_ttl(struct iphdr *ip)
{
	__u32 sum = ip->check;

	sum += bpf_htons(0x0100);
	ip->check = (__u16)(sum + (sum >= 0xffff));
	ip->ttl--;
}

#endif
