/* SPDX-License-Identifier: MIT */
/*
 * The machine id that may be published. machine-id(5): the id itself "should be
 * considered confidential, and must not be exposed in untrusted environments"; an
 * application derives its own by a keyed hash. The way is that of
 * sd_id128_get_machine_app_specific(3): HMAC-SHA256, keyed by the raw id, over what
 * names the application, cut to 16 bytes. (systemd's names are UUIDs; ours is our
 * own name, so our ids are nobody else's.)
 */
#include "probe_inside.h"

#include <stdio.h>
#include <string.h>

#include <nettle/hmac.h>

static const char application[] = "cpucompat";

void cpc_machine_id_publish(const unsigned char raw[static CPC_MACHINE_ID_BYTES],
			    char ret_id[static CPC_MACHINE_ID_SIZE])
{
	struct hmac_sha256_ctx hmac;
	uint8_t digest[CPC_MACHINE_ID_BYTES];

	hmac_sha256_set_key(&hmac, CPC_MACHINE_ID_BYTES, raw);
	hmac_sha256_update(&hmac, sizeof(application) - 1, (const uint8_t *)application);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	explicit_bzero(&hmac, sizeof(hmac));
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(ret_id + 2 * i, 3, "%02x", (unsigned int)digest[i]);
}
