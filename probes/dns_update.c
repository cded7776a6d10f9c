/* SPDX-License-Identifier: MIT */
/*
 * One dynamic update (RFC 2136) and its undoing. Nothing that exists is touched: the record is added on the condition
 * that the name is not in use (2.4.5), and taken away by its whole contents (2.5.4).
 */
#include <arpa/nameser.h>
#include <assert.h>
#include <errno.h>
#include <resolv.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "dns_client.h"
#include "site.h"

/** A record that is forgotten has gone from caches after a minute. */
#define TTL 60

/** Seconds for each of the questions: who has the zone and where, for adding, and for each of two tries to undo it. */
#define FIND_SECONDS 3
#define ADD_SECONDS 2
#define UNDO_SECONDS 1
static_assert(2 * FIND_SECONDS + ADD_SECONDS + 2 * UNDO_SECONDS == CPC_DNS_UPDATE_SECONDS, "as promised");

/** A header, three names and their records. */
#define PACKET_SIZE (3 * 256 + 128)

static const char contents[] = "cpucompat was here to see whether updates are taken";

struct packet {
	unsigned char bytes[PACKET_SIZE];
	size_t length;
	bool full;
};

static void put16(struct packet *packet, unsigned int value)
{
	if (PACKET_SIZE - packet->length < 2) {
		packet->full = true;
		return;
	}
	packet->bytes[packet->length++] = (unsigned char)(value >> 8);
	packet->bytes[packet->length++] = (unsigned char)value;
}

static void put_name(struct packet *packet, const char *name)
{
	const int length =
		dn_comp(name, packet->bytes + packet->length, (int)(PACKET_SIZE - packet->length), NULL, NULL);

	if (length < 0)
		packet->full = true;
	else
		packet->length += (size_t)length;
}

/* The text of a TXT record is one string, after its length (RFC 1035, 3.3.14); NULL: no data. */
static void put_record(struct packet *packet, const char *name, unsigned int type, unsigned int class, unsigned int ttl,
		       const char *text)
{
	const size_t length = text ? strlen(text) : 0;

	put_name(packet, name);
	put16(packet, type);
	put16(packet, class);
	put16(packet, 0);
	put16(packet, ttl);
	put16(packet, text ? (unsigned int)length + 1 : 0);
	if (!text || PACKET_SIZE - packet->length < length + 1) {
		packet->full = packet->full || text;
		return;
	}
	packet->bytes[packet->length++] = (unsigned char)length;
	memcpy(packet->bytes + packet->length, text, length);
	packet->length += length;
}

/* False where the names are none. */
static bool make_update(struct packet *packet, const char *zone, const char *name, bool add)
{
	uint16_t id;

	*packet = (struct packet){ .length = 0 };
	if (getrandom(&id, sizeof(id), GRND_NONBLOCK) != (ssize_t)sizeof(id))
		return false;
	put16(packet, id);
	put16(packet, ns_o_update << 11);
	put16(packet, 1);	    /* zone */
	put16(packet, add ? 1 : 0); /* prerequisites */
	put16(packet, 1);	    /* updates */
	put16(packet, 0);
	put_name(packet, zone);
	put16(packet, ns_t_soa);
	put16(packet, ns_c_in);
	if (add)
		put_record(packet, name, ns_t_any, ns_c_none, 0, NULL);
	put_record(packet, name, ns_t_txt, add ? ns_c_in : ns_c_none, add ? TTL : 0, contents);
	return !packet->full;
}

static int send_update(const struct cpc_dns_servers *primary, const char *zone, const char *name, bool add,
		       unsigned int seconds)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	struct packet packet;
	int length;

	if (!make_update(&packet, zone, name, add))
		return -EINVAL;
	length = cpc_dns_send(primary, packet.bytes, packet.length, seconds, answer);
	if (length < 0)
		return length;
	switch (answer[3] & 0xf) {
	case ns_r_noerror:
		return 0;
	case ns_r_yxdomain:
		return -EEXIST;
	case ns_r_refused:
	case ns_r_notauth:
		return -EACCES;
	case ns_r_notimpl:
		return -EOPNOTSUPP;
	default:
		return -EAGAIN;
	}
}

static bool ends_with(const char *name, const char *zone)
{
	const size_t length = strlen(name);
	const size_t tail = strlen(zone);

	return length > tail && name[length - tail - 1] == '.' && strcasecmp(name + length - tail, zone) == 0;
}

/* Who is asked, and about which zone. */
static int find_primary(const struct cpc_dns_servers *servers, const char *name, char zone[static CPC_DNS_NAME_SIZE],
			struct cpc_dns_servers *ret_primary)
{
	unsigned char answer[CPC_DNS_ANSWER_SIZE];
	char primary[CPC_DNS_NAME_SIZE];
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(NAMESERVER_PORT) };
	int length = cpc_dns_ask(servers, name, CPC_DNS_SOA, FIND_SECONDS, answer);

	if (length < 0)
		return length;
	length = cpc_dns_zone(answer, (size_t)length, zone, primary);
	if (length < 0)
		return length;
	/* A name that its own zone does not hold is none that can be added: the answer is about another. */
	if (!ends_with(name, zone))
		return -ENOENT;
	length = cpc_dns_ask(servers, primary, CPC_DNS_A, FIND_SECONDS, answer);
	if (length >= 0)
		length = cpc_dns_address(answer, (size_t)length, &address.sin_addr);
	if (length < 0)
		return length == -ENOENT ? -EADDRNOTAVAIL : length;
	if (servers->count)
		address.sin_port = servers->at[0].sin_port;
	*ret_primary = (struct cpc_dns_servers){ .at = { address }, .count = 1 };
	return 0;
}

int cpc_dns_update(const struct cpc_dns_servers *servers, const char *name)
{
	char zone[CPC_DNS_NAME_SIZE];
	struct cpc_dns_servers primary;
	int removed;
	int added = find_primary(servers, name, zone, &primary);

	if (added)
		return added;
	added = send_update(&primary, zone, name, true, ADD_SECONDS);
	/* Who did not answer may have done it all the same. */
	if (added && added != -ETIMEDOUT)
		return added;
	removed = send_update(&primary, zone, name, false, UNDO_SECONDS);
	if (removed)
		removed = send_update(&primary, zone, name, false, UNDO_SECONDS);
	if (added)
		return added;
	return removed ? -EUCLEAN : 0;
}
