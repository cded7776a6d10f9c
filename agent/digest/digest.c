/* SPDX-License-Identifier: MIT */
/* The ids of a fingerprint; the only file that knows the hash library, but for the probe of the machine id. */
#include <cpucompat/fingerprint.h>

#include <nettle/sha2.h>

static void id_of(const struct cpc_fingerprint *fingerprint, bool silicon, char ret_id[static CPC_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[(CPC_ID_SIZE - 1) / 2];
	char text[CPC_FINGERPRINT_SIZE];
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, cpc_fingerprint_print_for_id(fingerprint, silicon, text), (const uint8_t *)text);
	sha256_digest(&context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		ret_id[2 * i] = digits[digest[i] >> 4];
		ret_id[2 * i + 1] = digits[digest[i] & 15];
	}
	ret_id[CPC_ID_SIZE - 1] = '\0';
}

void cpc_fingerprint_id(const struct cpc_fingerprint *fingerprint, char ret_id[static CPC_ID_SIZE])
{
	id_of(fingerprint, false, ret_id);
}

void cpc_fingerprint_silicon_id(const struct cpc_fingerprint *fingerprint, char ret_id[static CPC_ID_SIZE])
{
	id_of(fingerprint, true, ret_id);
}
