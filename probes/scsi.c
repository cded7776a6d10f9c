/* SPDX-License-Identifier: MIT */
#include "scsi.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Up to the response data format, in byte 3; there has been no device that sends less. */
#define INQUIRY_LENGTH_MIN 4
#define QUALIFIER_NOTHING_HERE 3

#define VPD_IDENTIFICATION 0x83
#define VPD_HEADER 4
#define DESIGNATOR_HEADER 4

enum designator_type { DESIGNATOR_T10 = 1, DESIGNATOR_EUI64 = 2, DESIGNATOR_NAA = 3 };

#define OF_LOGICAL_UNIT 0

/* A piece of the page, of which no more is claimed than is there. */
struct designator {
	uint8_t type;
	uint8_t association;
	const uint8_t *bytes;
	size_t length;
};

int cpc_scsi_inquiry_read(const uint8_t *bytes, size_t length, struct cpc_scsi_inquiry *ret)
{
	if (length < INQUIRY_LENGTH_MIN || bytes[0] >> 5 == QUALIFIER_NOTHING_HERE)
		return -EINVAL;
	*ret = (struct cpc_scsi_inquiry){ .type = bytes[0] & 0x1f, .version = bytes[2] };
	return 0;
}

/* Whether a number is more than its first four bits, which say how it is assigned. */
static bool names_something(const struct designator *designator, bool has_kind)
{
	for (size_t i = 0; i < designator->length; i++)
		if (i || !has_kind ? designator->bytes[i] != 0 : (designator->bytes[i] & 0xf) != 0)
			return true;
	return false;
}

/* How much an NAA name names (SPC-6, 7.7.6.6): 6 a registered one with the vendor's extension, 5 and 2 a registered
 * one, 3 one that somebody assigned locally. Their lengths are fixed. */
static unsigned int naa_weight(const struct designator *designator)
{
	const unsigned int kind = designator->length ? designator->bytes[0] >> 4 : 0;

	if (!names_something(designator, true))
		return 0;
	switch (kind) {
	case 6:
		return designator->length == 16 ? 9 : 0;
	case 5:
		return designator->length == 8 ? 8 : 0;
	case 2:
		return designator->length == 8 ? 7 : 0;
	case 3:
		return designator->length == 8 ? 3 : 0;
	default:
		return 0;
	}
}

static unsigned int eui_weight(const struct designator *designator)
{
	if (!names_something(designator, false))
		return 0;
	switch (designator->length) {
	case 16:
		return 6;
	case 12:
		return 5;
	case 8:
		return 4;
	default:
		return 0;
	}
}

/* Blanks and NULs at the end are padding. */
static size_t without_padding(const uint8_t *bytes, size_t length)
{
	while (length && (bytes[length - 1] == ' ' || bytes[length - 1] == '\0'))
		length--;
	return length;
}

/* Eight characters of the vendor, then what the vendor chose: with nothing behind them it is no name. */
static unsigned int t10_weight(const struct designator *designator)
{
	return without_padding(designator->bytes, designator->length) > 8 ? 2 : 0;
}

static unsigned int weight(const struct designator *designator)
{
	if (designator->association != OF_LOGICAL_UNIT)
		return 0;
	switch (designator->type) {
	case DESIGNATOR_NAA:
		return naa_weight(designator);
	case DESIGNATOR_EUI64:
		return eui_weight(designator);
	case DESIGNATOR_T10:
		return t10_weight(designator);
	default:
		return 0;
	}
}

/* false where it does not fit. */
static bool print_hex(const char *prefix, const uint8_t *bytes, size_t length,
		      char ret_identity[static CPC_IDENTITY_SIZE])
{
	const size_t start = strlen(prefix);

	if (start + 2 * length >= CPC_IDENTITY_SIZE)
		return false;
	memcpy(ret_identity, prefix, start);
	for (size_t i = 0; i < length; i++)
		(void)snprintf(ret_identity + start + 2 * i, 3, "%02x", (unsigned int)bytes[i]);
	return true;
}

static bool print_t10(const struct designator *designator, char ret_identity[static CPC_IDENTITY_SIZE])
{
	const size_t length = without_padding(designator->bytes, designator->length);

	for (size_t i = 0; i < length; i++)
		if (designator->bytes[i] < ' ' || designator->bytes[i] > '~')
			return print_hex("t10.0x", designator->bytes, length, ret_identity);
	if (length + sizeof("t10.") > CPC_IDENTITY_SIZE)
		return false;
	(void)snprintf(ret_identity, CPC_IDENTITY_SIZE, "t10.%.*s", (int)length, (const char *)designator->bytes);
	return true;
}

static bool print(const struct designator *designator, char ret_identity[static CPC_IDENTITY_SIZE])
{
	switch (designator->type) {
	case DESIGNATOR_NAA:
		return print_hex("naa.", designator->bytes, designator->length, ret_identity);
	case DESIGNATOR_EUI64:
		return print_hex("eui.", designator->bytes, designator->length, ret_identity);
	default:
		return print_t10(designator, ret_identity);
	}
}

/* The next one that is wholly there; false at the end, and where one claims more than is left. */
static bool next(const uint8_t *bytes, size_t end, size_t *at, struct designator *ret)
{
	const uint8_t *head = bytes + *at;
	size_t length;

	if (end - *at < DESIGNATOR_HEADER)
		return false;
	length = head[3];
	if (end - *at - DESIGNATOR_HEADER < length)
		return false;
	*ret = (struct designator){
		.type = head[1] & 0xf,
		.association = head[1] >> 4 & 3,
		.bytes = head + DESIGNATOR_HEADER,
		.length = length,
	};
	*at += DESIGNATOR_HEADER + length;
	return true;
}

int cpc_scsi_identity(const uint8_t *bytes, size_t length, char ret_identity[static CPC_IDENTITY_SIZE])
{
	struct designator designator;
	unsigned int heaviest = 0;
	size_t at = VPD_HEADER;
	size_t end;

	ret_identity[0] = '\0';
	if (length < VPD_HEADER || bytes[1] != VPD_IDENTIFICATION)
		return -ENOENT;
	end = VPD_HEADER + ((size_t)bytes[2] << 8 | bytes[3]);
	if (end > length)
		end = length;
	while (next(bytes, end, &at, &designator)) {
		const unsigned int now = weight(&designator);

		if (now > heaviest && print(&designator, ret_identity))
			heaviest = now;
	}
	return heaviest ? 0 : -ENOENT;
}
