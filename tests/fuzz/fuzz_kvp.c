/* SPDX-License-Identifier: MIT */
/* Pools of Hyper-V's pairs: any bytes are read within their bounds, and what comes out is printable and ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "site_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As long as a text of the site. */
#define TEXT_SIZE 64

static void check(const char *text)
{
	const size_t length = strnlen(text, TEXT_SIZE);

	if (length == TEXT_SIZE)
		abort();
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "HostName", "PhysicalHostNameFullyQualified", "HostingSystemOsMajor", "" };
	char text[TEXT_SIZE];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const bool found = cpc_kvp_value((const char *)data, size, keys[i], text, sizeof(text));

		check(text);
		if (found != (text[0] != '\0') || (found && size < CPC_KVP_RECORD_SIZE))
			abort();
	}
	return 0;
}
