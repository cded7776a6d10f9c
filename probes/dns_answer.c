/* SPDX-License-Identifier: MIT */
/* What the answers of DNS servers say (RFC 1035, section 4): foreign bytes, and no count in them is believed. */
#include <arpa/nameser.h>
#include <errno.h>
#include <resolv.h>
#include <stdbool.h>
#include <string.h>

#include "dns_client.h"
#include "site.h"

struct message {
	const unsigned char *start;
	const unsigned char *end;
	const unsigned char *at;
	unsigned int questions;
	unsigned int answers;
	unsigned int authorities;
	bool truncated;
};

struct record {
	const unsigned char *name;
	const unsigned char *data;
	unsigned int length;
	int type;
	int class;
};

static bool take(struct message *message, unsigned int *ret_number)
{
	if (message->end - message->at < 2)
		return false;
	*ret_number = (unsigned int)message->at[0] << 8 | message->at[1];
	message->at += 2;
	return true;
}

static bool skip(struct message *message, unsigned int bytes)
{
	if (message->end - message->at < (ptrdiff_t)bytes)
		return false;
	message->at += bytes;
	return true;
}

static bool skip_name(struct message *message)
{
	const int length = message->at < message->end ? dn_skipname(message->at, message->end) : -1;

	return length > 0 && skip(message, (unsigned int)length);
}

static bool open_message(struct message *message, const unsigned char *answer, size_t length)
{
	unsigned int flags;
	unsigned int more;

	*message = (struct message){ .start = answer, .at = answer, .end = answer + length };
	if (!skip(message, 2) || !take(message, &flags) || !take(message, &message->questions) ||
	    !take(message, &message->answers) || !take(message, &message->authorities) || !take(message, &more))
		return false;
	message->truncated = flags & 0x0200;
	for (unsigned int i = 0; i < message->questions; i++)
		if (!skip_name(message) || !skip(message, 4))
			return false;
	return true;
}

static bool next_record(struct message *message, struct record *ret_record)
{
	unsigned int type;
	unsigned int class;

	ret_record->name = message->at;
	if (!skip_name(message) || !take(message, &type) || !take(message, &class) || !skip(message, 4) ||
	    !take(message, &ret_record->length))
		return false;
	ret_record->type = (int)type;
	ret_record->class = (int)class;
	ret_record->data = message->at;
	return skip(message, ret_record->length);
}

int cpc_dns_count(const unsigned char *answer, size_t length, int record)
{
	struct message message;
	int count = 0;

	if (!open_message(&message, answer, length))
		return -EBADMSG;
	for (unsigned int i = 0; i < message.answers; i++) {
		struct record found;

		/* One that was truncated may say how many there would have been. */
		if (!next_record(&message, &found))
			return message.truncated && count ? count : -EBADMSG;
		count += found.type == record && found.class == ns_c_in;
	}
	if (!count)
		return message.truncated ? -EBADMSG : -ENOENT;
	return count;
}

/* The first record of a kind among the answers, and the authorities where they are asked for too. */
static int find(struct message *message, int type, unsigned int records, struct record *ret_record)
{
	for (unsigned int i = 0; i < records; i++) {
		if (!next_record(message, ret_record))
			return -EBADMSG;
		if (ret_record->type == type && ret_record->class == ns_c_in)
			return 0;
	}
	return -ENOENT;
}

int cpc_dns_zone(const unsigned char *answer, size_t length, char ret_zone[static CPC_DNS_NAME_SIZE],
		 char ret_primary[static CPC_DNS_NAME_SIZE])
{
	char zone[CPC_DNS_NAME_SIZE];
	char primary[CPC_DNS_NAME_SIZE];
	struct message message;
	struct record record;
	int error;

	if (!open_message(&message, answer, length))
		return -EBADMSG;
	/* A name that is no zone's has its zone's SOA with the authorities. */
	error = find(&message, ns_t_soa, message.answers + message.authorities, &record);
	if (error)
		return error;
	if (dn_expand(message.start, message.end, record.name, zone, sizeof(zone)) < 0 ||
	    dn_expand(message.start, message.end, record.data, primary, sizeof(primary)) < 0)
		return -EBADMSG;
	memcpy(ret_zone, zone, sizeof(zone));
	memcpy(ret_primary, primary, sizeof(primary));
	return 0;
}

int cpc_dns_address(const unsigned char *answer, size_t length, struct in_addr *ret_address)
{
	struct message message;
	struct record record;
	int error;

	if (!open_message(&message, answer, length))
		return -EBADMSG;
	error = find(&message, ns_t_a, message.answers, &record);
	if (!error && record.length != sizeof(*ret_address))
		error = -EBADMSG;
	if (!error)
		memcpy(ret_address, record.data, sizeof(*ret_address));
	return error;
}
