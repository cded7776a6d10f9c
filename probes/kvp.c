/* SPDX-License-Identifier: MIT */
/* What a guest's daemon writes down of the pairs that its Hyper-V host tells it. */
#include <string.h>

#include "probe_inside.h"
#include "site_text.h"

static bool is_key(const char *record, const char *key)
{
	const size_t length = strnlen(record, CPC_KVP_KEY_SIZE);

	return length == strlen(key) && memcmp(record, key, length) == 0;
}

bool cpc_kvp_value(const char *pool, size_t length, const char *key, char *ret_text, size_t size)
{
	ret_text[0] = '\0';
	for (; length >= CPC_KVP_RECORD_SIZE; pool += CPC_KVP_RECORD_SIZE, length -= CPC_KVP_RECORD_SIZE) {
		const char *value = pool + CPC_KVP_KEY_SIZE;

		if (!is_key(pool, key))
			continue;
		cpc_text_clean(ret_text, size, value, strnlen(value, CPC_KVP_VALUE_SIZE));
		return ret_text[0] != '\0';
	}
	return false;
}
