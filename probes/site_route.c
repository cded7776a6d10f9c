/* SPDX-License-Identifier: MIT */
#include "site_route.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "probe_inside.h"
#include "site_text.h"

/* Columns of the table (net/ipv4/fib_trie.c, fib_route_seq_show); numbers are in hex, as they lie in memory. */
enum {
	INTERFACE,
	DESTINATION,
	GATEWAY,
	MASK = 7,
	COLUMNS,
};

#define HEX_DIGITS 8
#define BLANKS " \t"

struct column {
	const char *text;
	size_t length;
};

static bool split(const char *line, size_t length, struct column ret_columns[static COLUMNS])
{
	const char *const end = line + length;

	for (size_t i = 0; i < COLUMNS; i++) {
		line += strspn(line, BLANKS);
		ret_columns[i] = (struct column){ .text = line, .length = strcspn(line, BLANKS "\n") };
		line += ret_columns[i].length;
		if (!ret_columns[i].length || line > end)
			return false;
	}
	return true;
}

static bool read_hex(const struct column *column, uint32_t *ret_value)
{
	if (column->length != HEX_DIGITS || strspn(column->text, "0123456789abcdefABCDEF") != HEX_DIGITS)
		return false;
	*ret_value = (uint32_t)strtoul(column->text, NULL, 16);
	return true;
}

/* The mask of a network that an interface is on itself and the address, too; 0 where it is another, or has a gateway.
 */
static uint32_t mask_around(const struct column *columns, uint32_t address)
{
	uint32_t network;
	uint32_t gateway;
	uint32_t mask;

	if (!read_hex(&columns[DESTINATION], &network) || !read_hex(&columns[GATEWAY], &gateway) ||
	    !read_hex(&columns[MASK], &mask) || gateway || (address & mask) != network)
		return 0;
	return ntohl(mask);
}

bool cpc_route_interface(const char *text, const char *address, char *ret_name, size_t size)
{
	struct column found = { .length = 0 };
	struct in_addr own;
	const char *line;
	size_t length;
	uint32_t longest = 0;
	bool alone = true;

	ret_name[0] = '\0';
	if (inet_pton(AF_INET, address, &own) != 1)
		return false;
	while (cpc_text_line(&text, &line, &length)) {
		struct column columns[COLUMNS];
		const uint32_t mask = split(line, length, columns) ? mask_around(columns, own.s_addr) : 0;

		if (!mask || mask < longest)
			continue;
		alone = mask > longest || (alone && columns[INTERFACE].length == found.length &&
					   !memcmp(columns[INTERFACE].text, found.text, found.length));
		longest = mask;
		found = columns[INTERFACE];
	}
	if (longest && alone)
		cpc_text_clean(ret_name, size, found.text, found.length);
	return ret_name[0] != '\0';
}
