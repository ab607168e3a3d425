/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * connection: which real server does the packet belong to?
 *
 * in:       service, client address and port, event
 * out:      real, real_number; the entry's state and time
 * maps:     conns, embryos, locks, loads, reals (read), services, pool, traffic
 * verdicts: no_connection, removed, no_service, no_server, contended, broken
 *
 * TCP begins in the embryonic table; the first ACK moves it to the main one, so a flood of SYNs
 * never meets an established connection. UDP begins in the main table. An entry is NEW until a
 * packet comes `settle` later; until then its time is that of its birth, so it is not refreshed.
 * States as IPVS has them when it sees only the client's side (lvs.md c.2, columns N).
 */
#ifndef SLUICE_CONNECTION_H
#define SLUICE_CONNECTION_H

#include "../include/cursor.h"
#include "../include/maps.h"
#include "persist.h"
#include "schedule.h"
#include "table.h"

#define NO ST_NONE
#define ES ST_ESTABLISHED
#define EN ST_ESTABLISHED_NEW
#define SS ST_SYN_SENT
#define SR ST_SYN_RECV
#define FW ST_FIN_WAIT
#define TW ST_TIME_WAIT
#define CL ST_CLOSE
#define CW ST_CLOSE_WAIT
#define LA ST_LAST_ACK
#define LI ST_LISTEN
#define SA ST_SYNACK

/* Which side a packet comes from, and whether the other one is seen at all. */
enum side {
	SIDE_ONLY = 0,	 /* the client's, and the server's is not seen: DR */
	SIDE_CLIENT = 1, /* the client's, NAT */
	SIDE_SERVER = 2,
};

#define SECURE 3 /* with secure_tcp: the second half of the table */

/* By side, state and event: rst, syn, fin, ack, none of them (lvs.md c.2). */
const __u8 next_state[2 * SECURE][STATES][8] = {
	[SIDE_ONLY] = {
		[NO] = { CL, SR, CL, EN, CL }, [ES] = { CL, ES, FW, ES, CL },
		[SS] = { CL, EN, SS, SS, CL }, [SR] = { SR, SR, TW, EN, CL },
		[FW] = { CL, SR, FW, FW, CL }, [TW] = { CL, SR, TW, TW, CL },
		[CL] = { CL, SR, CL, CL, CL }, [CW] = { CL, SR, CW, CW, CL },
		[LA] = { LA, SR, LA, CL, CL }, [LI] = { LI, SR, LI, LI, CL },
		[SA] = { SR, SR, TW, EN, CL }, [EN] = { CL, EN, FW, EN, CL },
	},
	[SIDE_CLIENT] = {
		[NO] = { CL, SR, CL, EN, CL }, [ES] = { CL, ES, CW, ES, CL },
		[SS] = { CL, EN, SS, SS, CL }, [SR] = { SR, SR, TW, EN, CL },
		[FW] = { CL, SR, TW, FW, CL }, [TW] = { CL, SR, TW, TW, CL },
		[CL] = { CL, SR, CL, CL, CL }, [CW] = { CL, SR, CW, CW, CL },
		[LA] = { LA, SR, LA, CL, CL }, [LI] = { LI, SR, LI, LI, CL },
		[SA] = { SR, SR, TW, EN, CL }, [EN] = { CL, EN, CW, EN, CL },
	},
	[SIDE_SERVER] = {
		[NO] = { CL, SS, TW, EN, CL }, [ES] = { CL, ES, FW, ES, CL },
		[SS] = { SS, SS, SS, SS, CL }, [SR] = { CL, SR, TW, EN, CL },
		[FW] = { CL, SS, FW, FW, CL }, [TW] = { TW, SS, TW, TW, CL },
		[CL] = { CL, SS, CL, CL, CL }, [CW] = { CL, SS, TW, CW, CL },
		[LA] = { CL, SS, LA, LA, CL }, [LI] = { CL, LI, LI, EN, CL },
		[SA] = { CL, SR, TW, EN, CL }, [EN] = { CL, EN, FW, EN, CL },
	},
	[SECURE + SIDE_ONLY] = {
		[NO] = { CL, SA, CL, EN, CL }, [ES] = { CL, ES, FW, ES, CL },
		[SS] = { CL, EN, SS, SS, CL }, [SR] = { SR, SR, TW, EN, CL },
		[FW] = { CL, SA, FW, FW, CL }, [TW] = { CL, SA, TW, TW, CL },
		[CL] = { CL, SA, CL, CL, CL }, [CW] = { CL, SA, CW, CW, CL },
		[LA] = { LA, SA, LA, CL, CL }, [LI] = { LI, SA, LI, LI, CL },
		[SA] = { CL, SA, TW, EN, CL }, [EN] = { CL, EN, FW, EN, CL },
	},
	[SECURE + SIDE_CLIENT] = {
		[NO] = { CL, SR, CL, EN, CL }, [ES] = { CL, ES, CW, ES, CL },
		[SS] = { CL, EN, SS, SS, CL }, [SR] = { SR, SR, TW, SR, CL },
		[FW] = { CL, SR, TW, FW, CL }, [TW] = { CL, SR, TW, TW, CL },
		[CL] = { CL, SR, CL, CL, CL }, [CW] = { CL, SR, CW, CW, CL },
		[LA] = { LA, SR, LA, CL, CL }, [LI] = { LI, SR, LI, LI, CL },
		[SA] = { CL, SA, SA, SA, CL }, [EN] = { CL, EN, CW, EN, CL },
	},
	[SECURE + SIDE_SERVER] = {
		[NO] = { CL, SS, TW, EN, CL }, [ES] = { CL, ES, FW, ES, CL },
		[SS] = { SS, SS, SS, SS, CL }, [SR] = { CL, SA, TW, EN, CL },
		[FW] = { CL, SS, FW, FW, CL }, [TW] = { TW, SS, TW, TW, CL },
		[CL] = { CL, SS, CL, CL, CL }, [CW] = { CL, SS, TW, CW, CL },
		[LA] = { CL, SS, LA, LA, CL }, [LI] = { CL, LI, LI, EN, CL },
		[SA] = { CL, SA, TW, EN, CL }, [EN] = { CL, EN, FW, EN, CL },
	},
};

static __always_inline __u32 state_after(__u32 side, __u32 state, __u32 event)
{
	__u32 table = config.knobs & KNOB_SECURE_TCP ? side + SECURE : side;

	if (table >= 2 * SECURE)
		return ST_CLOSE;
	return next_state[table][state & STATE_MASK][event & 7];
}

static __always_inline __u32 clock_now(void)
{
	if (test_clock)
		return (__u32)config.clock;
	return (__u32)bpf_jiffies64();
}

static __always_inline __u32 client_side(struct real *real)
{
	return real->method == METHOD_NAT ? SIDE_CLIENT : SIDE_ONLY;
}

/* Is a SYN on this entry a new connection? lvs.md c.6. */
static __always_inline int is_reusable(__u32 meta, __u32 event)
{
	__u32 state = state_of(meta), number = meta & REAL_MASK, mode;
	struct real *real;

	if (event != EV_SYN || is_active(state))
		return 0;
	mode = config.conn_reuse_mode;
	if (mode & 3 && (state == ST_TIME_WAIT || state == ST_CLOSE))
		return 1;
	real = bpf_map_lookup_elem(&reals, &number);
	if (!real)
		return 0;
	if (mode & 2 && state == ST_FIN_WAIT && client_side(real) == SIDE_ONLY)
		return 1;
	return config.knobs & KNOB_EXPIRE_NODEST && !real->weight;
}

static __always_inline int is_usable(struct conn *c, __u32 meta, __u32 event, __u32 now)
{
	__u32 age = now - READ(c->seen);

	return !is_reusable(meta, event) && !(age && is_expired(meta, age));
}

/* A packet of a known connection: its state and time go on. */
static __always_inline void follow(struct conn *c, __u32 meta, __u32 event, __u32 now, int tcp,
				   __u32 side)
{
	__u32 state = state_of(meta);
	__u32 next = tcp ? state_after(side, state, event) : state;
	__u32 seen = READ(c->seen);

	if (next == ST_ESTABLISHED_NEW || next == ST_UDP_NEW) {
		if (state == next && now - seen < config.settle)
			return;
		if (state == next)
			next = tcp ? ST_ESTABLISHED : ST_UDP;
	}
	if (next != state)
		change_state(c, meta, next);
	if (seen != now)
		WRITE(c->seen, now);
}

/* What the tables say once more, now that nobody else opens this key: a real's number, or -1. */
static __always_inline int look_again(enum table table, struct opening *o)
{
	__u32 meta;
	struct conn *c = find_conn(table, &o->flow, &meta);

	if (!c)
		return -1;
	if (is_usable(c, meta, o->event, o->flow.now))
		return meta & REAL_MASK;
	if (is_reusable(meta, o->event))
		count_event(EVENT_REUSED);
	delete_conn(c, o->flow.key);
	return -1;
}

#define SAME_AT_MOST 16

/*
 * Has this client, from this port, a connection to the same server by another service? Then answers
 * could not be told apart (lvs.md c.1). Only NAT's servers are linked to one another.
 */
__noinline int collides(struct opening *o, __u32 number)
{
	struct load *load;
	struct conn *c;
	struct real *real;
	struct flow *other;
	__u32 chosen = number, meta;

	if (!o)
		return 0;
	other = &o->template; /* no longer needed */
	real = bpf_map_lookup_elem(&reals, &number);
	if (!real || real->method != METHOD_NAT)
		return 0;
	number = nat_first(real, o->tcp ? IPPROTO_TCP : IPPROTO_UDP);
	for (int i = 0; i < SAME_AT_MOST && number; i++) {
		real = bpf_map_lookup_elem(&reals, &number);
		load = bpf_map_lookup_elem(&loads, &number);
		if (!real || !load)
			return 0;
		if (number != chosen) {
			*other = o->flow;
			set_service(other, real->service);
			c = find_conn(MAIN, other, &meta);
			if (!c)
				c = find_conn(EMBRYONIC, other, &meta);
			if (c && (meta & REAL_MASK) == number &&
			    !is_expired(meta, other->now - READ(c->seen)))
				return 1;
		}
		number = READ(load->same);
	}
	return 0;
}

/* A packet that may open a TCP connection. */
static __always_inline int opens(__u32 event)
{
	return event == EV_SYN || (event != EV_RST && config.knobs & KNOB_SLOPPY_TCP);
}

static __always_inline __u32 first_state(__u32 number, __u32 event)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);

	return real ? state_after(client_side(real), ST_NONE, event) : ST_SYN_RECV;
}

#define FTP_DATA bpf_htons(20)

/* May it be opened at all? 0, or -verdict. */
static __always_inline int entrance(struct opening *o, struct service *service)
{
	__u32 rate = READ(config.drop_rate);

	if (o->tcp && !o->moved && !opens(o->event))
		return -VERDICT_NO_CONNECTION;
	/* Active FTP's data, which a server sends. */
	if ((__u16)(o->flow.key >> 32) == FTP_DATA)
		return -VERDICT_NO_CONNECTION;
	if (service->flags & SERVICE_LISTED &&
	    !is_welcome(service, &o->flow))
		return -VERDICT_DENIED;
	if (rate && is_defended(rate))
		return -VERDICT_DEFENDED;
	return 0;
}

/* A new connection: the real's number, or -verdict. */
__noinline int open_conn(struct opening *o)
{
	__u64 *lock;
	struct traffic *total;
	struct service *service;
	__u32 number, state;
	int real, made;

	if (!o)
		return -VERDICT_BROKEN;
	service = bpf_map_lookup_elem(&services, &o->flow.service);
	if (!service)
		return -VERDICT_BROKEN;
	lock = lock_key(&o->flow);
	if (!lock)
		return -VERDICT_CONTENDED;
	real = look_again(MAIN, o);
	if (real < 0 && o->tcp)
		real = look_again(EMBRYONIC, o);
	if (real >= 0)
		goto out;
	real = entrance(o, service);
	if (real < 0)
		goto out;
	real = find_template(o);
	if (real == 0) {
		real = schedule(&o->flow, o->destination);
		end_template(o, real);
	}
	if (real < 0)
		goto out;
	number = real;
	if (service->flags & SERVICE_ONE_PACKET && !o->tcp)
		goto counted;
	if (collides(o, real)) {
		real = -VERDICT_COLLISION;
		goto out;
	}
	number = real;
	state = o->tcp ? first_state(number, o->event) : ST_UDP_NEW;
	/* What begins in the middle has no handshake to come. */
	made = o->tcp && state != ST_ESTABLISHED_NEW ? claim_embryo(&o->flow, number, state) :
						       claim_conn(&o->flow, number, state);
	if (!made) {
		real = -VERDICT_CONTENDED;
		goto out;
	}
counted:
	total = bpf_map_lookup_elem(&traffic, &number);
	if (total)
		total->connections += 1;
out:
	unlock_key(lock);
	return real;
}

/* The first ACK: from the embryonic table to the main one. It does not matter when it fails. */
__noinline int promote(struct opening *o)
{
	__u64 *lock;
	struct conn *c;
	__u32 meta, number;

	if (!o)
		return 0;
	lock = lock_key(&o->flow);
	if (!lock)
		return 0;
	if (!find_conn(MAIN, &o->flow, &meta)) {
		c = find_conn(EMBRYONIC, &o->flow, &meta);
		if (c) {
			number = meta & REAL_MASK;
			/* Both are active. Counted twice for a moment, it could overload the server. */
			if (claim_conn(&o->flow, number, ST_ESTABLISHED_NEW | COUNTED)) {
				if (!take_out(c, o->flow.key))
					enter_load(number, ST_ESTABLISHED_NEW);
				count_event(EVENT_PROMOTED);
				assure(o);
			}
		}
	}
	unlock_key(lock);
	return 0;
}

/*
 * In neither table, and no SYN: another processor may have moved the entry from the embryonic to
 * the main table after we looked there. It stores the new one before it deletes the old one, so a
 * second look decides. The real's number, or -verdict.
 */
__noinline int find_moved(struct opening *o)
{
	struct conn *c;
	__u32 meta;

	if (!o)
		return -VERDICT_BROKEN;
	c = find_conn(MAIN, &o->flow, &meta);
	if (!c || !is_usable(c, meta, o->event, o->flow.now))
		return -VERDICT_NO_CONNECTION;
	follow(c, meta, o->event, o->flow.now, 1, o->side);
	return meta & REAL_MASK;
}

/* The real server by its number; STAGE_OK or the verdict. */
static __always_inline __u32 take_real(struct packet *p, __u32 number)
{
	p->real_number = number;
	p->real = bpf_map_lookup_elem(&reals, &number);
	if (!p->real)
		return VERDICT_BROKEN;
	if (p->real->flags & REAL_REMOVED)
		return VERDICT_REMOVED;
	return STAGE_OK;
}

/*
 * The verdict of a called function, into which the verifier does not look: it must see that the
 * packet's way ends here. The barrier keeps two comparisons that it understands from becoming one.
 */
static __always_inline __u32 refusal(int code)
{
	__u32 verdict = -code;

	if (verdict == VERDICT_NO_CONNECTION)
		return VERDICT_NO_CONNECTION;
	if (verdict == VERDICT_NO_SERVICE)
		return VERDICT_NO_SERVICE;
	if (verdict <= VERDICT_REPLY)
		return VERDICT_BROKEN;
	OPAQUE(verdict);
	if (verdict >= VERDICT_COUNT)
		return VERDICT_BROKEN;
	return verdict;
}

/* What the service does with connections of removed servers: 1: they end, 0: they are dropped. */
static __always_inline int ends_lost(__u32 flags)
{
	if (flags & (SERVICE_LOST_RESET | SERVICE_LOST_RESCHEDULE))
		return 1;
	return !(flags & SERVICE_LOST_DROP) && config.knobs & KNOB_EXPIRE_NODEST;
}

/*
 * The entry's server is gone. IPVS drops the packets until the entry expires; with
 * expire_nodest_conn the entry ends now, and the packet is as if it had never been (lvs.md c.7):
 * what opens a connection goes to another server, the rest to the stack, which resets. Where the
 * service reschedules, every packet goes to another server. 0: it is to be opened; else -verdict.
 */
__noinline int without_server(struct opening *o)
{
	struct service *service;
	__u64 *lock;
	struct conn *c;
	__u32 meta;

	if (!o)
		return -VERDICT_REMOVED;
	service = bpf_map_lookup_elem(&services, &o->flow.service);
	if (!service || !ends_lost(service->flags))
		return -VERDICT_REMOVED;
	o->moved = !!(service->flags & SERVICE_LOST_RESCHEDULE);
	lock = lock_key(&o->flow);
	if (!lock)
		return -VERDICT_CONTENDED;
	c = find_conn(MAIN, &o->flow, &meta);
	if (c)
		delete_conn(c, o->flow.key);
	c = find_conn(EMBRYONIC, &o->flow, &meta);
	if (c)
		delete_conn(c, o->flow.key);
	unlock_key(lock);
	return 0;
}

static __always_inline __u32 take_another(struct packet *p, struct opening *o)
{
	int real = without_server(o);

	if (!real)
		real = open_conn(o);
	return real < 0 ? refusal(real) : take_real(p, real);
}

/* What find_flow leaves to its caller, as the stack is short: no verdicts. */
#define FLOW_OPENS -100
#define FLOW_MOVED -101
#define FLOW_WITHOUT_SERVER -102

/* IPv6, without the packet and so verified once: a real's number, or one of the above. */
__noinline int find_flow(struct opening *o)
{
	struct conn *c;
	struct real *real;
	__u32 meta, number, next;

	if (!o)
		return -VERDICT_BROKEN;
	for (int table = MAIN; table <= (o->tcp ? EMBRYONIC : MAIN); table++) {
		c = table == MAIN ? find_conn6(MAIN, &o->flow, &meta) :
				    find_conn6(EMBRYONIC, &o->flow, &meta);
		if (!c)
			continue;
		if (!is_usable(c, meta, o->event, o->flow.now))
			return FLOW_OPENS;
		number = meta & REAL_MASK;
		real = bpf_map_lookup_elem(&reals, &number);
		if (!real || real->flags & REAL_REMOVED)
			return FLOW_WITHOUT_SERVER;
		o->side = client_side(real);
		next = o->tcp ? state_after(o->side, state_of(meta), o->event) : 0;
		if (table == EMBRYONIC && next == ST_ESTABLISHED_NEW)
			promote(o);
		else
			follow(c, meta, o->event, o->flow.now, o->tcp, o->side);
		return number;
	}
	return !o->tcp || opens(o->event) ? FLOW_OPENS : FLOW_MOVED;
}

static __always_inline __u32 find_connection6(struct packet *p)
{
	struct address *destination = address_of(&p->ip6->daddr);
	struct opening *o = opening_space();
	int real;

	if (!o)
		return VERDICT_BROKEN;
	*o = (struct opening){
		.event = p->event,
		.tcp = p->protocol == IPPROTO_TCP,
		.destination = fold(destination) | (__u64)address_hash(destination) << 32,
	};
	make_flow(&o->flow, FAMILY_IPV6, address_of(&p->ip6->saddr), p->source_port, p->service,
		  clock_now());
	real = find_flow(o);
	if (real == FLOW_WITHOUT_SERVER)
		return take_another(p, o);
	if (real == FLOW_OPENS)
		real = open_conn(o);
	else if (real == FLOW_MOVED)
		real = find_moved(o);
	return real < 0 ? refusal(real) : take_real(p, real);
}

/* What the rare ways need; the common one keeps the flow in registers. */
static __always_inline struct opening *opening_of(struct packet *p, __u64 client, __u32 now)
{
	struct opening *o = opening_space();

	if (!o)
		return 0;
	*o = (struct opening){
		.event = p->event,
		.tcp = p->protocol == IPPROTO_TCP,
		.destination = p->ip->daddr,
	};
	make_flow4(&o->flow, client, p->service, now);
	return o;
}

static __always_inline __u32 find_connection(struct packet *p)
{
	__u64 client = p->ip->saddr | (__u64)p->source_port << 32;
	__u32 tcp = p->protocol == IPPROTO_TCP, now = clock_now();
	__u32 meta, verdict, next;
	struct opening *o;
	struct flow f;
	struct conn *c;
	int real;

	make_flow4(&f, client, p->service, now);
	c = find_conn4(&conns, conn_mask, &f, &meta);
	if (c && is_usable(c, meta, p->event, now)) {
		verdict = take_real(p, meta & REAL_MASK);
		if (verdict == STAGE_OK) {
			follow(c, meta, p->event, now, tcp, client_side(p->real));
			return STAGE_OK;
		}
		if (verdict != VERDICT_REMOVED)
			return verdict;
		o = opening_of(p, client, now);
		return o ? take_another(p, o) : VERDICT_BROKEN;
	}
	o = opening_of(p, client, now);
	if (!o)
		return VERDICT_BROKEN;
	if (!c && tcp) {
		c = find_conn4(&embryos, embryo_mask, &f, &meta);
		if (c && is_usable(c, meta, p->event, now)) {
			verdict = take_real(p, meta & REAL_MASK);
			if (verdict == VERDICT_REMOVED)
				return take_another(p, o);
			if (verdict != STAGE_OK)
				return verdict;
			o->side = client_side(p->real);
			next = state_after(o->side, state_of(meta), p->event);
			if (next == ST_ESTABLISHED_NEW)
				promote(o);
			else
				follow(c, meta, p->event, now, 1, o->side);
			return STAGE_OK;
		}
	}
	real = c || !tcp || opens(p->event) ? open_conn(o) : find_moved(o);
	return real < 0 ? refusal(real) : take_real(p, real);
}

#undef NO
#undef ES
#undef EN
#undef SS
#undef SR
#undef FW
#undef TW
#undef CL
#undef CW
#undef LA
#undef LI
#undef SA

#endif
