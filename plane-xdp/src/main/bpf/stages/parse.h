/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * parse: which TCP or UDP packet is this?
 *
 * in:       data, data_end, frame_bytes
 * out:      eth, tags, ip, ports, protocol, event, ip_bytes
 * maps:     none
 * verdicts: not_ipv4, truncated, malformed, fragment, icmp, other_protocol
 *
 * A frame may have up to two VLAN tags: they stay, as the rewrite stage only writes the addresses before
 * them. A first fragment is like any packet here; a later one has no ports, fragment.h goes on with it.
 * The IP header's checksum is not verified: it is updated incrementally, so a wrong one stays wrong
 * and the real server drops the packet.
 */
#ifndef SLUICE_PARSE_H
#define SLUICE_PARSE_H

#include "../include/cursor.h"
#include "../include/verdict.h"

#define STAGE_OK VERDICT_COUNT

#define IP_MORE_FRAGMENTS_OR_OFFSET 0x3fff
#define IP_MORE_FRAGMENTS 0x2000
#define IP_OFFSET_BITS 0x1fff

#define TAG_BYTES 4
#define TAGS_AT_MOST 2

static __always_inline __u32 parse_tcp(struct packet *p, void *cursor)
{
	struct tcphdr *tcp = take(&cursor, p->data_end, sizeof(*tcp));

	if (!tcp)
		return VERDICT_TRUNCATED;
	if (tcp->doff < 5)
		return VERDICT_MALFORMED;
	p->segment += tcp->doff * 4;
	p->source_port = tcp->source;
	p->destination_port = tcp->dest;
	if (tcp->rst)
		p->event = EV_RST;
	else if (tcp->syn)
		p->event = EV_SYN;
	else if (tcp->fin)
		p->event = EV_FIN;
	else if (tcp->ack)
		p->event = EV_ACK;
	else
		p->event = EV_NONE;
	return STAGE_OK;
}

static __always_inline __u32 parse_udp(struct packet *p, void *cursor)
{
	struct udphdr *udp = take(&cursor, p->data_end, sizeof(*udp));

	if (!udp)
		return VERDICT_TRUNCATED;
	if (bpf_ntohs(udp->len) < sizeof(*udp))
		return VERDICT_MALFORMED;
	p->event = EV_NONE;
	p->segment += sizeof(*udp);
	p->source_port = udp->source;
	p->destination_port = udp->dest;
	return STAGE_OK;
}

static __always_inline int is_tag(__u16 type)
{
	return type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD);
}

/* Moves over the tags; the type of what they carry, or 0 when the frame ends before. */
static __always_inline __u16 skip_tags(struct packet *p, void **cursor, __u16 type)
{
#pragma unroll
	for (int i = 0; i < TAGS_AT_MOST; i++) {
		__u16 *tag;

		if (!is_tag(type))
			break;
		tag = take(cursor, p->data_end, TAG_BYTES);
		if (!tag)
			return 0;
		type = tag[1];
		p->tags++;
	}
	return type;
}

static __always_inline __u32 parse(struct packet *p)
{
	void *cursor = p->data;
	struct ethhdr *eth = take(&cursor, p->data_end, sizeof(*eth));
	struct iphdr *ip;
	__u32 header_bytes;

	if (!eth)
		return VERDICT_TRUNCATED;
	/* The struct is packed: its own field would be read byte by byte. */
	if (*((__u16 *)eth + 6) != bpf_htons(ETH_P_IP) &&
	    skip_tags(p, &cursor, *((__u16 *)eth + 6)) != bpf_htons(ETH_P_IP))
		return VERDICT_NOT_IPV4;
	ip = take(&cursor, p->data_end, sizeof(*ip));
	if (!ip)
		return VERDICT_TRUNCATED;
	header_bytes = ip->ihl * 4;
	p->segment += header_bytes;
	p->ip_bytes = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header_bytes < sizeof(*ip))
		return VERDICT_MALFORMED;
	if (p->ip_bytes < header_bytes)
		return VERDICT_MALFORMED;
	if (p->ip_bytes + ((void *)ip - p->data) > p->frame_bytes)
		return VERDICT_TRUNCATED;
	p->eth = eth;
	p->ip = ip;
	if (ip->protocol == IPPROTO_ICMP)
		return VERDICT_ICMP;
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return VERDICT_OTHER_PROTOCOL;
	if (ip->frag_off & bpf_htons(IP_OFFSET_BITS))
		return VERDICT_FRAGMENT;
	p->protocol = ip->protocol;
	cursor = (void *)ip + header_bytes;
	p->l4 = cursor;
	if (p->protocol == IPPROTO_TCP) {
		if (p->ip_bytes < header_bytes + sizeof(struct tcphdr))
			return VERDICT_TRUNCATED;
		return parse_tcp(p, cursor);
	}
	if (p->ip_bytes < header_bytes + sizeof(struct udphdr))
		return VERDICT_TRUNCATED;
	return parse_udp(p, cursor);
}

#endif
