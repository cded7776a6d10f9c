/* SPDX-License-Identifier: MIT */
/* Parsing and printing are one round-trip pair: print(parse(t)) == t for all that parse accepts. */
#include <stdlib.h>
#include <string.h>

#include <cpucompat/fingerprint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpc_fingerprint fingerprint;
	struct cpc_error error;
	char text[CPC_FINGERPRINT_SIZE];

	if (cpc_fingerprint_parse((const char *)data, size, &fingerprint, &error) != CPC_OK)
		return 0;
	if (cpc_fingerprint_print(&fingerprint, text) != size || strlen(text) != size || memcmp(text, data, size) != 0)
		abort();
	return 0;
}
