/* SPDX-License-Identifier: MIT */
/* Any bytes through every reader: whatever comes, an answer in bounds and nothing leaked. */
#include <stdlib.h>

#include "formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpc_captures captures;
	struct cpc_error error = { 0 };
	const enum cpc_status status = cpc_read((const char *)data, size, &captures, &error);

	if (status != CPC_OK) {
		if (captures.items || captures.count || error.status != status || !error.what[0])
			abort();
		for (const char *c = error.what; *c; c++)
			if (*c < ' ' || *c > '~')
				abort();
		return 0;
	}
	if (!captures.count)
		abort();
	for (size_t i = 0; i < captures.count; i++) {
		const struct cpc_capture *capture = &captures.items[i];
		struct cpc_fingerprint fingerprint;
		char text[CPC_FINGERPRINT_SIZE];

		if ((capture->origin == CPC_ORIGIN_FINGERPRINT) != (capture->kind_count == 0))
			abort();
		/* A bit is known or unread, whatever the text was. */
		for (size_t word = 0; word < CPC_WORDS_MAX; word++)
			if (capture->fingerprint.words[word] & capture->fingerprint.unread[word])
				abort();
		for (size_t kind = 0; kind < capture->kind_count; kind++) {
			cpc_fingerprint_of(&capture->kinds[kind].snapshot, &fingerprint);
			(void)cpc_fingerprint_print(&fingerprint, text);
		}
	}
	cpc_captures_free(&captures);
	return 0;
}
