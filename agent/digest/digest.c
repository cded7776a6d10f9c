/* SPDX-License-Identifier: MIT */
/* The only file that knows the hash library, but for the probe of the machine id. */
#include "digest.h"

#include <nettle/sha2.h>

#include <cpucompat/fingerprint.h>

_Static_assert(CPC_DIGEST_SIZE == SHA256_DIGEST_SIZE, "room for a digest");

void cpc_digest(const void *bytes, size_t length, unsigned char ret_digest[static CPC_DIGEST_SIZE])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, length, bytes);
	sha256_digest(&context, CPC_DIGEST_SIZE, ret_digest);
}

static void id_of(const struct cpc_fingerprint *fingerprint, bool silicon, char ret_id[static CPC_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[CPC_DIGEST_SIZE];
	char text[CPC_FINGERPRINT_SIZE];

	cpc_digest(text, cpc_fingerprint_print_for_id(fingerprint, silicon, text), digest);
	for (size_t i = 0; i < (CPC_ID_SIZE - 1) / 2; i++) {
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
