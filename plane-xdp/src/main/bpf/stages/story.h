/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * The story of a packet, the same for both hooks:
 * parse -> service -> connection (-> schedule) -> rewrite; the hook sends it out.
 * A NAT server's answer: parse -> reply -> rewrite.
 * A later fragment: parse -> fragment -> rewrite. An ICMP error: parse -> icmp.
 */
#ifndef SLUICE_STORY_H
#define SLUICE_STORY_H

#include "connection.h"
#include "fragment.h"
#include "parse.h"
#include "reply.h"
#include "rewrite.h"
#include "service.h"

/* Whose packet it is: STAGE_OK to a server, VERDICT_REPLY from a server, or why it is nobody's. */
static __always_inline __u32 find_owner(struct packet *p)
{
	__u32 verdict = is_ipv6(p) ? find_service6(p) : find_service(p);

	if (verdict == VERDICT_NO_SERVICE && config.nat) {
		verdict = find_reply(p);
		if (verdict != STAGE_OK)
			return verdict;
		if (is_first_fragment(p))
			leave_trail(p, NAT_SOURCE);
		return VERDICT_REPLY;
	}
	if (verdict != STAGE_OK)
		return verdict;
	verdict = is_ipv6(p) ? find_connection6(p) : find_connection(p);
	if (verdict == STAGE_OK && is_first_fragment(p))
		leave_trail(p, NAT_DESTINATION);
	return verdict;
}

static __always_inline __u32 story(struct packet *p)
{
	__u32 verdict = is_ipv6(p) ? parse6(p) : parse(p);
	__u32 later = verdict == VERDICT_FRAGMENT;

	if (later)
		verdict = follow_trail(p);
	else if (verdict == STAGE_OK)
		verdict = find_owner(p);
	if (verdict == VERDICT_REPLY)
		verdict = rewrite_reply(p);
	else if (verdict == STAGE_OK)
		verdict = rewrite(p);
	if (later && p->nat != NAT_TUNNEL)
		p->nat = NAT_NONE; /* no ports, and no checksum above IP */
	return verdict;
}

#endif
