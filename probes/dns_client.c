/* SPDX-License-Identifier: MIT */
#include "dns_client.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <resolv.h>
#include <string.h>

#include "site.h"

/** What fits into one packet on every network (dnsflagday.net/2020). */
#define UDP_SIZE 1232

/** Bytes of a message's head (RFC 1035, 4.1.1). */
enum { CODE = 3, ARCOUNT_LOW = 11 };

/** RFC 6891, 6.1.2: a root name, OPT, the size, and nothing. */
static const unsigned char size_record[] = { 0, 0, 41, UDP_SIZE >> 8, UDP_SIZE & 0xff, 0, 0, 0, 0, 0, 0 };

/*
 * The resolver waits for `retrans` seconds for the first server, twice that by their number for the second, four
 * times for the third, and at least a second for each (glibc resolv/res_send.c).
 */
static void bound_time(res_state resolver, unsigned int seconds)
{
	if (resolver->nscount > (int)seconds)
		resolver->nscount = (int)seconds;
	resolver->retry = 1;
	resolver->retrans = resolver->nscount ? (int)seconds / resolver->nscount : 1;
	resolver->options &= ~(unsigned long)(RES_USEVC | RES_ROTATE);
	resolver->options |= RES_IGNTC;
}

static int open_resolver(res_state resolver, const struct cpc_dns_servers *servers, unsigned int seconds)
{
	memset(resolver, 0, sizeof(*resolver));
	if (res_ninit(resolver))
		return -EIO;
	if (servers->count) {
		memcpy(resolver->nsaddr_list, servers->at, servers->count * sizeof(servers->at[0]));
		resolver->nscount = (int)servers->count;
	}
	bound_time(resolver, seconds);
	return 0;
}

/*
 * What the resolver takes for no answer; it leaves the message where it received it. Among these are the codes of a
 * server that will not or cannot tell, and all that an update is answered with but for its head (glibc
 * resolv/res_send.c, send_dg()). The head's length, or negative errno.
 */
static int turned_down(const unsigned char *packet, const unsigned char *answer)
{
	HEADER asked;
	HEADER said;

	memcpy(&asked, packet, sizeof(asked));
	memcpy(&said, answer, sizeof(said));
	if (said.id != asked.id || !said.qr || said.opcode != asked.opcode)
		return -ETIMEDOUT;
	if (said.opcode == ns_o_update)
		return HFIXEDSZ;
	switch (said.rcode) {
	case REFUSED:
		return -EACCES;
	case NOTIMP:
		return -EOPNOTSUPP;
	case SERVFAIL:
		return -EAGAIN;
	default:
		return -ETIMEDOUT;
	}
}

int cpc_dns_send(const struct cpc_dns_servers *servers, const unsigned char *packet, size_t length,
		 unsigned int seconds, unsigned char ret_answer[static CPC_DNS_ANSWER_SIZE])
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE] = { 0 };
	struct __res_state resolver;
	int got;

	if (length < HFIXEDSZ)
		return -EINVAL;
	if (!seconds)
		return -ETIMEDOUT;
	got = open_resolver(&resolver, servers, seconds);
	if (got)
		return got;
	got = res_nsend(&resolver, packet, (int)length, answer, sizeof(answer));
	res_nclose(&resolver);
	if (got < HFIXEDSZ || got > (int)sizeof(answer))
		got = turned_down(packet, answer);
	if (got > 0)
		memcpy(ret_answer, answer, (size_t)got);
	return got;
}

int cpc_dns_ask(const struct cpc_dns_servers *servers, const char *name, int record, unsigned int seconds,
		unsigned char ret_answer[static CPC_DNS_ANSWER_SIZE])
{
	unsigned char packet[PACKETSZ + sizeof(size_record)];
	struct __res_state resolver;
	int length = open_resolver(&resolver, servers, seconds);

	if (length)
		return length;
	length = res_nmkquery(&resolver, ns_o_query, name, ns_c_in, record, NULL, 0, NULL, packet, PACKETSZ);
	res_nclose(&resolver);
	if (length < HFIXEDSZ)
		return -EINVAL;
	memcpy(packet + length, size_record, sizeof(size_record));
	packet[ARCOUNT_LOW] = 1;
	length = cpc_dns_send(servers, packet, (size_t)length + sizeof(size_record), seconds, ret_answer);
	if (length < 0)
		return length;
	switch (ret_answer[CODE] & 0xf) {
	case NOERROR:
	case NXDOMAIN:
		return length;
	default:
		return -EAGAIN;
	}
}
