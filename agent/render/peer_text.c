/* SPDX-License-Identifier: MIT */
#include "peer_text.h"

#include <string.h>
#include <time.h>

const char *cpc_time_text(int64_t seconds, char ret_text[static CPC_TIME_SIZE])
{
	const time_t time = (time_t)seconds;
	struct tm parts;

	if (!gmtime_r(&time, &parts) || !strftime(ret_text, CPC_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts))
		ret_text[0] = '\0';
	return ret_text;
}

void cpc_peer_cpu(const struct cpc_peer_host *host, char ret_line[static CPC_LINE_SIZE])
{
	struct cpc_fingerprint named = {
		.family = host->signature.family,
		.model = host->signature.model,
		.stepping = host->signature.stepping,
	};

	memcpy(named.vendor, host->signature.vendor, sizeof(named.vendor));
	cpc_describe_cpu(&named, host->microarchitecture, ret_line);
}
