/* SPDX-License-Identifier: MIT */
/* Questions to DNS servers in bounded time, by the C library's resolver; and what their answers say. */
#ifndef CPC_DNS_CLIENT_H
#define CPC_DNS_CLIENT_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/** More than the UDP answer holds that is asked for. */
#define CPC_DNS_ANSWER_SIZE 4096

/** Room for a name as text (RFC 1035, 2.3.4), escapes included. */
#define CPC_DNS_NAME_SIZE 1025

/** Those that the resolver asks. */
#define CPC_DNS_SERVERS_MAX 3

/** Kinds of records beside those of site.h, by their number (RFC 1035). */
enum { CPC_DNS_A = 1, CPC_DNS_TXT = 16 };

/** Whom to ask. None: the servers of /etc/resolv.conf. */
struct cpc_dns_servers {
	struct sockaddr_in at[CPC_DNS_SERVERS_MAX];
	size_t count;
};

/**
 * Send a packet to one server after the other until one answers, by UDP alone: a stream would wait without bound.
 * The answer's length, or negative errno: -ETIMEDOUT nobody answered in `seconds` (or there is nobody to ask),
 * -EACCES the last who did refused, -EOPNOTSUPP does not know what was asked of it, -EAGAIN could not find out. Of an
 * update every answer is one, whatever its code.
 * Safe in any thread.
 */
int cpc_dns_send(const struct cpc_dns_servers *servers, const unsigned char *packet, size_t length,
		 unsigned int seconds, unsigned char ret_answer[static CPC_DNS_ANSWER_SIZE]);

/** Ask for a name's records of a kind. The answer's length, also where it is that there is no such name; or negative
 * errno: as above, and -EINVAL it is no name. */
int cpc_dns_ask(const struct cpc_dns_servers *servers, const char *name, int record, unsigned int seconds,
		unsigned char ret_answer[static CPC_DNS_ANSWER_SIZE]);

/** How many records of a kind answer the question, or -ENOENT none, -EBADMSG it is no whole answer. */
int cpc_dns_count(const unsigned char *answer, size_t length, int record);

/** The zone that a name is in and its primary server, of an answer to a question for its SOA: 0, -ENOENT, -EBADMSG. */
int cpc_dns_zone(const unsigned char *answer, size_t length, char ret_zone[static CPC_DNS_NAME_SIZE],
		 char ret_primary[static CPC_DNS_NAME_SIZE]);

/** The first address of an answer to a question for A: 0, -ENOENT, -EBADMSG. */
int cpc_dns_address(const unsigned char *answer, size_t length, struct in_addr *ret_address);

/** What an update may take, all questions together. */
#define CPC_DNS_UPDATE_SECONDS 10

/**
 * Find out whether the primary server of a name's zone takes a dynamic update (RFC 2136): add a TXT record to the
 * name, on the condition that the name is not in use, and take that record away again. Unsigned. 0 or negative errno:
 * as cpc_dns_send(); -EEXIST the name is in use, -ENOENT nobody knows its zone, -EADDRNOTAVAIL its primary has no IPv4
 * address, -EUCLEAN the record was added and could not be taken away. A zone's primary is asked at the port of the
 * first of `servers`.
 */
int cpc_dns_update(const struct cpc_dns_servers *servers, const char *name);

#endif
