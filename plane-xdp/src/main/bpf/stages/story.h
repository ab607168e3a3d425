/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * The story of a packet, the same for both hooks:
 * parse -> service -> connection (-> schedule) -> rewrite; the hook sends it out.
 * A NAT server's answer: parse -> reply -> rewrite.
 */
#ifndef SLUICE_STORY_H
#define SLUICE_STORY_H

#include "connection.h"
#include "parse.h"
#include "reply.h"
#include "rewrite.h"
#include "service.h"

static __always_inline __u32 story(struct packet *p)
{
	__u32 verdict = parse(p);

	if (verdict != STAGE_OK)
		return verdict;
	verdict = find_service(p);
	if (verdict == VERDICT_NO_SERVICE && config.nat) {
		verdict = find_reply(p);
		return verdict == STAGE_OK ? rewrite_reply(p) : verdict;
	}
	if (verdict != STAGE_OK)
		return verdict;
	verdict = find_connection(p);
	if (verdict != STAGE_OK)
		return verdict;
	return rewrite(p);
}

#endif
