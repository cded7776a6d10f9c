/* SPDX-License-Identifier: MIT */
/* Answers of name servers: any bytes are read within their bounds, and what is refused leaves nothing behind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SRV 33

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char zone[CPC_DNS_NAME_SIZE] = "";
	char primary[CPC_DNS_NAME_SIZE] = "";
	struct in_addr address;

	/* A record takes eleven bytes at least. */
	if (cpc_dns_count(data, size, SRV) > (int)(size / 11))
		abort();
	if (cpc_dns_zone(data, size, zone, primary) && (zone[0] || primary[0]))
		abort();
	if (strnlen(zone, sizeof(zone)) == sizeof(zone) || strnlen(primary, sizeof(primary)) == sizeof(primary))
		abort();
	(void)cpc_dns_address(data, size, &address);
	return 0;
}
