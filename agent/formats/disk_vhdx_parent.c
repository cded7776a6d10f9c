/* SPDX-License-Identifier: MIT */
/*
 * VHDX: the parent locator, pairs of a key and a value. The parent's data id must be among them, and a path should be.
 */
#include "disk_vhdx.h"

#include <string.h>

#define HEADER 20U
#define ENTRY 12U
/* [MS-VHDX] has five keys; whoever adds some of their own adds few. */
#define PAIRS_MAX 64U
/* Longer than any key that is known, in UTF-16. */
#define KEY_MAX 64U
#define VALUE_MAX 4096U

static const struct cpc_vhdx_guid vhdx_parent = CPC_VHDX_GUID(b04aefb7, d19e, 4a81, b789, 25b8e9445913);

enum key { LINKAGE, LINKAGE_2, RELATIVE, VOLUME, ABSOLUTE, KEY_COUNT };

static const char *const keys[KEY_COUNT] = {
	[LINKAGE] = "parent_linkage", [LINKAGE_2] = "parent_linkage2",	  [RELATIVE] = "relative_path",
	[VOLUME] = "volume_path",     [ABSOLUTE] = "absolute_win32_path",
};

/* The locator, and which keys it had so far. */
struct locator {
	uint64_t offset;
	uint64_t length;
	bool seen[KEY_COUNT];
};

static bool wrong(struct cpc_disk_reader *reader, enum cpc_disk_fault_code code, uint64_t offset, bool fatal)
{
	return cpc_disk_wrong(reader, CPC_DISK_PART_VHDX_PARENT, code, offset, fatal);
}

static bool is_key(const uint8_t *bytes, size_t length, const char *name)
{
	if (length != 2 * strlen(name))
		return false;
	for (size_t i = 0; name[i]; i++)
		if (bytes[2 * i] != (uint8_t)name[i] || bytes[2 * i + 1])
			return false;
	return true;
}

static int digit(uint32_t unit)
{
	return unit >= '0' && unit <= '9'   ? (int)unit - '0'
	       : unit >= 'a' && unit <= 'f' ? (int)unit - 'a' + 10
	       : unit >= 'A' && unit <= 'F' ? (int)unit - 'A' + 10
					    : -1;
}

/* "{83ed0ec3-24c8-49a6-a959-5e4bd1288791}", which is shown without its braces. */
static bool read_linkage(char ret_id[static CPC_DISK_ID_SIZE], const uint8_t *bytes, size_t length)
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
	char id[CPC_DISK_ID_SIZE];

	if (length != 2 * (sizeof(form) - 1))
		return false;
	for (size_t i = 0; form[i]; i++) {
		const uint32_t unit = cpc_disk_le16(bytes + 2 * i);
		const int value = digit(unit);

		if (form[i] == 'x' ? value < 0 : unit != (uint32_t)form[i])
			return false;
		if (i && form[i + 1])
			id[i - 1] = value < 0 ? '-' : "0123456789abcdef"[value];
	}
	id[sizeof(id) - 1] = '\0';
	memcpy(ret_id, id, sizeof(id));
	return true;
}

static void tell(struct cpc_disk_reader *reader, enum key key, const uint8_t *value, size_t length, uint64_t offset)
{
	static const enum cpc_disk_text texts[KEY_COUNT] = {
		[RELATIVE] = CPC_DISK_TEXT_PARENT_RELATIVE,
		[VOLUME] = CPC_DISK_TEXT_PARENT_VOLUME,
		[ABSOLUTE] = CPC_DISK_TEXT_PARENT_ABSOLUTE,
	};

	if (key > LINKAGE_2)
		cpc_disk_utf16(reader, CPC_DISK_PART_VHDX_PARENT, texts[key], value, length, false, offset);
	else if (!read_linkage(reader->disk->ids[key == LINKAGE ? CPC_DISK_ID_PARENT : CPC_DISK_ID_PARENT_2], value,
			       length))
		wrong(reader, CPC_DISK_FAULT_VALUE, offset, key == LINKAGE);
}

static void read_value(struct cpc_disk_reader *reader, struct locator *locator, enum key key, const uint8_t *entry,
		       uint64_t at)
{
	const uint32_t offset = cpc_disk_le32(entry + 4);
	const uint32_t length = cpc_disk_le16(entry + 10);
	uint8_t value[VALUE_MAX];

	if (locator->seen[key]) {
		wrong(reader, CPC_DISK_FAULT_DUPLICATE, at, false);
		return;
	}
	locator->seen[key] = true;
	if (!cpc_disk_within(offset, length, locator->length))
		wrong(reader, CPC_DISK_FAULT_OUTSIDE, at + 4, key == LINKAGE);
	else if (length > sizeof(value))
		wrong(reader, CPC_DISK_FAULT_TOO_LONG, at + 10, key == LINKAGE);
	else if (cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_PARENT, locator->offset + offset, value, length,
				key == LINKAGE))
		tell(reader, key, value, length, locator->offset + offset);
}

static bool read_pair(struct cpc_disk_reader *reader, struct locator *locator, uint64_t at)
{
	uint8_t entry[ENTRY];
	uint8_t name[KEY_MAX];
	uint32_t offset, length;

	if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_PARENT, at, entry, sizeof(entry), true))
		return false;
	offset = cpc_disk_le32(entry);
	length = cpc_disk_le16(entry + 8);
	if (!cpc_disk_within(offset, length, locator->length))
		return wrong(reader, CPC_DISK_FAULT_OUTSIDE, at, true);
	if (length > sizeof(name)) /* a key of somebody else's */
		return true;
	if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_PARENT, locator->offset + offset, name, length, true))
		return false;
	for (enum key key = 0; key < KEY_COUNT; key++)
		if (is_key(name, length, keys[key]))
			read_value(reader, locator, key, entry, at);
	return true;
}

void cpc_disk_read_vhdx_parent(struct cpc_disk_reader *reader, uint64_t offset, uint64_t length)
{
	struct locator locator = { .offset = offset, .length = length };
	uint8_t start[HEADER];
	uint32_t count;

	if (length < sizeof(start)) {
		wrong(reader, CPC_DISK_FAULT_SHORT, offset, true);
		return;
	}
	if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_PARENT, offset, start, sizeof(start), true))
		return;
	if (memcmp(start, vhdx_parent.bytes, sizeof(vhdx_parent)) != 0) {
		wrong(reader, CPC_DISK_FAULT_UNKNOWN, offset, true);
		return;
	}
	count = cpc_disk_le16(start + 18);
	if (count > PAIRS_MAX || count * ENTRY > length - sizeof(start)) {
		wrong(reader, CPC_DISK_FAULT_TOO_MANY, offset + 18, true);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		if (!read_pair(reader, &locator, offset + sizeof(start) + (uint64_t)i * ENTRY))
			return;
	if (!locator.seen[LINKAGE])
		wrong(reader, CPC_DISK_FAULT_MISSING, offset + 18, true);
	if (!locator.seen[RELATIVE] && !locator.seen[VOLUME] && !locator.seen[ABSOLUTE])
		wrong(reader, CPC_DISK_FAULT_MISSING, offset + 18, true);
	cpc_disk_right(reader, CPC_DISK_PART_VHDX_PARENT);
}
