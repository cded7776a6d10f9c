/* SPDX-License-Identifier: MIT */
/*
 * Texts and UUIDs of disk images. Paths in them were written on another system, by a program of any age: what is no
 * character there is none here, and what would steer a terminal is none either.
 */
#include "disk_reader.h"

#include <stdio.h>
#include <string.h>

#define REPLACEMENT UINT32_C(0xfffd)

/* A text being put together. */
struct text {
	char bytes[CPC_DISK_TEXT_SIZE];
	size_t length;
	bool full; /* the last one did not fit */
};

static void add(struct text *text, uint32_t character)
{
	uint8_t bytes[4];
	size_t length = 0;

	if (character < 0x20 || (character >= 0x7f && character < 0xa0))
		character = REPLACEMENT;
	if (character < 0x80) {
		bytes[length++] = (uint8_t)character;
	} else if (character < 0x800) {
		bytes[length++] = (uint8_t)(0xc0 | character >> 6);
	} else if (character < 0x10000) {
		bytes[length++] = (uint8_t)(0xe0 | character >> 12);
		bytes[length++] = (uint8_t)(0x80 | (character >> 6 & 0x3f));
	} else {
		bytes[length++] = (uint8_t)(0xf0 | character >> 18);
		bytes[length++] = (uint8_t)(0x80 | (character >> 12 & 0x3f));
		bytes[length++] = (uint8_t)(0x80 | (character >> 6 & 0x3f));
	}
	if (character >= 0x80)
		bytes[length++] = (uint8_t)(0x80 | (character & 0x3f));
	if (length >= sizeof(text->bytes) - text->length) {
		text->full = true;
		return;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

static void keep(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_text which,
		 const struct text *text, uint64_t offset)
{
	if (text->full) {
		cpc_disk_wrong(reader, part, CPC_DISK_FAULT_TOO_LONG, offset, false);
		return;
	}
	memcpy(reader->disk->texts[which], text->bytes, text->length);
	reader->disk->texts[which][text->length] = '\0';
}

static uint32_t unit_at(const uint8_t *bytes, bool big_endian)
{
	return big_endian ? cpc_disk_be16(bytes) : cpc_disk_le16(bytes);
}

void cpc_disk_utf16(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_text which,
		    const uint8_t *bytes, size_t length, bool big_endian, uint64_t offset)
{
	struct text text = { .length = 0 };

	for (size_t at = 0; length - at >= 2 && !text.full; at += 2) {
		uint32_t character = unit_at(bytes + at, big_endian);

		if (!character)
			break;
		if (character >= 0xd800 && character < 0xdc00 && length - at >= 4) {
			const uint32_t low = unit_at(bytes + at + 2, big_endian);

			if (low >= 0xdc00 && low < 0xe000) {
				character = 0x10000 + ((character & 0x3ff) << 10) + (low & 0x3ff);
				at += 2;
			}
		}
		add(&text, character >= 0xd800 && character < 0xe000 ? REPLACEMENT : character);
	}
	keep(reader, part, which, &text, offset);
}

/* The character at the start of `bytes`, and how many of them it takes; the replacement and 1 where there is none. */
static uint32_t decode(const uint8_t *bytes, size_t length, size_t *ret_taken)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t first = bytes[0];
	const size_t taken = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
	uint32_t character = taken == 1 ? first : first & (0x7fU >> taken);

	*ret_taken = 1;
	if (!taken || taken > length)
		return REPLACEMENT;
	for (size_t i = 1; i < taken; i++) {
		if (bytes[i] >> 6 != 2)
			return REPLACEMENT;
		character = character << 6 | (bytes[i] & 0x3f);
	}
	if (character < least[taken] || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
		return REPLACEMENT;
	*ret_taken = taken;
	return character;
}

void cpc_disk_utf8(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_text which,
		   const uint8_t *bytes, size_t length, uint64_t offset)
{
	struct text text = { .length = 0 };
	size_t taken;

	for (size_t at = 0; at < length && bytes[at] && !text.full; at += taken)
		add(&text, decode(bytes + at, length - at, &taken));
	keep(reader, part, which, &text, offset);
}

void cpc_disk_uuid(char ret_id[static CPC_DISK_ID_SIZE], const uint8_t bytes[static 16])
{
	size_t at = 0;

	for (size_t i = 0; i < 16; i++)
		at += (size_t)snprintf(ret_id + at, CPC_DISK_ID_SIZE - at, "%s%02x",
				       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
}

void cpc_disk_guid(char ret_id[static CPC_DISK_ID_SIZE], const uint8_t bytes[static 16])
{
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	uint8_t ordered[16];

	for (size_t i = 0; i < sizeof(ordered); i++)
		ordered[i] = bytes[order[i]];
	cpc_disk_uuid(ret_id, ordered);
}
