/* SPDX-License-Identifier: MIT */
/* Configurations of others, as the site's probes read them: what comes out is printable and ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scsi_reservations.h"
#include "site_route.h"
#include "site_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_SIZE 64

static void check(bool found, const char *text)
{
	const size_t length = strnlen(text, TEXT_SIZE);

	if (length == TEXT_SIZE || found != (length != 0))
		abort();
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	char value[TEXT_SIZE];
	char name[TEXT_SIZE];

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check(cpc_os_release_value(text, "ID", value, sizeof(value)), value);
	check(cpc_os_release_value(text, "PRETTY_NAME", value, sizeof(value)), value);
	check(cpc_section_value(text, "global", "security", value, sizeof(value)), value);
	check(cpc_section_value(text, "libdefaults", "default_realm", value, sizeof(value)), value);
	check(cpc_route_interface(text, "10.0.2.15", value, sizeof(value)), value);
	if (cpc_resolv_conf(text, value, sizeof(value)) > size)
		abort();
	check(value[0], value);
	/* A name is one as it is. */
	if (value[0] && (!cpc_domain_name(value, name, sizeof(name)) || strcmp(value, name) != 0))
		abort();
	check(cpc_domain_name(text, value, sizeof(value)), value);
	(void)cpc_text_has_line(text, "includedir");
	(void)cpc_scsi_answer(size ? data[0] : 0, data, size);
	free(text);
	return 0;
}
