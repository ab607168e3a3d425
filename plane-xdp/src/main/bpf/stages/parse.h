/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * parse: which TCP or UDP packet is this?
 *
 * in:       data, data_end, frame_bytes
 * out:      eth, tags, ip or ip6, l4, ports, protocol, event, ip_bytes
 * maps:     none
 * verdicts: not_ip, truncated, malformed, fragment, icmp, other_protocol
 *
 * A frame may have up to two VLAN tags: they stay, as the rewrite stage only writes the addresses before
 * them. A first fragment is like any packet here; a later one has no ports, fragment.h goes on with it. The IPv4 header's checksum is not verified: it is updated incrementally, so a wrong one stays
 * wrong and the real server drops the packet.
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
#define IP6_MORE_FRAGMENTS_OR_OFFSET 0xfff9
#define IP6_OFFSET_BITS 0xfff8

#define IP6_HOP_BY_HOP 0
#define IP6_ROUTING 43
#define IP6_FRAGMENT 44
#define IP6_DESTINATION 60

/* Packets with more extension headers go to the stack. */
#define EXTENSIONS_AT_MOST 6
/* IPv6 header and extensions together; a power of two. */
#define EXTENSION_BYTES 256

static __always_inline __u32 parse_tcp(struct packet *p, void *cursor)
{
	struct tcphdr *tcp = take(&cursor, p->data_end, sizeof(*tcp));

	if (!tcp)
		return VERDICT_TRUNCATED;
	if (tcp->doff < 5)
		return VERDICT_MALFORMED;
	p->headers += tcp->doff * 4;
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
	p->headers += sizeof(*udp);
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

/* What lies above IP, behind so many bytes of headers. */
static __always_inline __u32 parse_ports(struct packet *p, void *cursor, __u32 header_bytes)
{
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

static __always_inline __u32 parse_ipv4(struct packet *p, void *cursor)
{
	struct iphdr *ip = take(&cursor, p->data_end, sizeof(*ip));
	__u32 header_bytes;

	if (!ip)
		return VERDICT_TRUNCATED;
	header_bytes = ip->ihl * 4;
	p->headers = header_bytes;
	p->ip_bytes = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header_bytes < sizeof(*ip))
		return VERDICT_MALFORMED;
	if (p->ip_bytes < header_bytes)
		return VERDICT_MALFORMED;
	if (p->ip_bytes + ((void *)ip - p->data) > p->frame_bytes)
		return VERDICT_TRUNCATED;
	p->ip = ip;
	if (ip->protocol == IPPROTO_ICMP)
		return VERDICT_ICMP;
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return VERDICT_OTHER_PROTOCOL;
	if (ip->frag_off & bpf_htons(IP_OFFSET_BITS))
		return VERDICT_FRAGMENT;
	p->protocol = ip->protocol;
	return parse_ports(p, (void *)ip + header_bytes, header_bytes);
}

/*
 * The headers before the layer above (RFC 8200, section 4), whose bytes are counted. A datagram in one
 * fragment (RFC 6946) is whole. It does not move a pointer: the verifier would walk every length.
 */
static __always_inline __u32 skip_extensions(struct packet *p, __u32 *at, __u32 next)
{
#pragma nounroll
	for (int i = 0; i <= EXTENSIONS_AT_MOST; i++) {
		__u32 bytes = *at & (EXTENSION_BYTES - 1);
		__u8 *header = (void *)p->ip6 + bytes;
		__u16 offset;

		if (next == IPPROTO_TCP || next == IPPROTO_UDP) {
			p->protocol = next;
			return STAGE_OK;
		}
		if (next == IPPROTO_ICMPV6)
			return VERDICT_ICMP;
		if (next != IP6_HOP_BY_HOP && next != IP6_ROUTING && next != IP6_DESTINATION &&
		    next != IP6_FRAGMENT)
			return VERDICT_OTHER_PROTOCOL;
		if ((void *)(header + 8) > p->data_end)
			return VERDICT_TRUNCATED;
		if (next != IP6_FRAGMENT) {
			bytes += (header[1] + 1) * 8;
		} else {
			offset = bpf_ntohs(*(__u16 *)(header + 2));
			p->next_header = header[0];
			if (offset & IP6_MORE_FRAGMENTS_OR_OFFSET)
				p->datagram = *(__u32 *)(header + 4) ?: 1;
			if (offset & IP6_OFFSET_BITS)
				return VERDICT_FRAGMENT;
			bytes += 8;
		}
		if (bytes >= EXTENSION_BYTES)
			return VERDICT_OTHER_PROTOCOL;
		next = header[0];
		*at = bytes;
	}
	return VERDICT_OTHER_PROTOCOL;
}

static __always_inline __u32 parse_ipv6(struct packet *p, void *cursor)
{
	struct ipv6hdr *ip = take(&cursor, p->data_end, sizeof(*ip));
	__u32 at = sizeof(*ip), verdict;

	p->datagram = 0;
	if (!ip)
		return VERDICT_TRUNCATED;
	p->ip_bytes = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	if (ip->version != 6)
		return VERDICT_MALFORMED;
	if (p->ip_bytes + ((void *)ip - p->data) > p->frame_bytes)
		return VERDICT_TRUNCATED;
	p->ip6 = ip;
	verdict = skip_extensions(p, &at, ip->nexthdr);
	/* Else the verifier would walk the rest once for every length. */
	at += (__u32)opaque_zero(p->ip_bytes);
	p->headers = at;
	if (verdict != STAGE_OK)
		return verdict;
	at &= EXTENSION_BYTES - 1;
	return parse_ports(p, (void *)ip + at, at);
}

/* The type of what is in the frame, behind its tags; the cursor stands there. 0: it ends before. */
static __always_inline __u16 parse_frame(struct packet *p, void **cursor, __u16 expected)
{
	struct ethhdr *eth = take(cursor, p->data_end, sizeof(*eth));
	__u16 type;

	if (!eth)
		return 0;
	p->eth = eth;
	/* The struct is packed: its own field would be read byte by byte. */
	type = *((__u16 *)eth + 6);
	return type == expected ? type : skip_tags(p, cursor, type);
}

/* IPv4; what is of the other family is for the other program. */
static __always_inline __u32 parse(struct packet *p)
{
	void *cursor = p->data;

	if (parse_frame(p, &cursor, bpf_htons(ETH_P_IP)) != bpf_htons(ETH_P_IP))
		return VERDICT_NOT_IP;
	return parse_ipv4(p, cursor);
}

static __always_inline __u32 parse6(struct packet *p)
{
	void *cursor = p->data;

	if (parse_frame(p, &cursor, bpf_htons(ETH_P_IPV6)) != bpf_htons(ETH_P_IPV6))
		return VERDICT_NOT_IP;
	return parse_ipv6(p, cursor);
}

#endif
