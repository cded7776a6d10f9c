/* SPDX-License-Identifier: MIT */
#include <cpucompat/catalogue.h>

#include <stdio.h>
#include <string.h>

const struct cpc_catalogue_row cpc_catalogue[] = {
#define CPC_CATALOGUE(row_name, row_alias, row_part, row_virtualization, row_slat, row_brand, row_fingerprint,         \
		      row_source)                                                                                      \
	{                                                                                                              \
		.name = (row_name),                                                                                    \
		.alias = (row_alias),                                                                                  \
		.part = CPC_PART_##row_part,                                                                           \
		.virtualization = CPC_##row_virtualization,                                                            \
		.slat = CPC_##row_slat,                                                                                \
		.brand = (row_brand),                                                                                  \
		.fingerprint = (row_fingerprint),                                                                      \
		.source = (row_source),                                                                                \
	},
#include <cpucompat/catalogue.def>
#undef CPC_CATALOGUE
};

const size_t cpc_catalogue_count = sizeof(cpc_catalogue) / sizeof(cpc_catalogue[0]);

const struct cpc_catalogue_row *cpc_catalogue_named(const char *name)
{
	if (!*name)
		return NULL;
	for (size_t i = 0; i < cpc_catalogue_count; i++)
		if (strcmp(cpc_catalogue[i].name, name) == 0 || strcmp(cpc_catalogue[i].alias, name) == 0)
			return &cpc_catalogue[i];
	return NULL;
}

struct cpc_signature cpc_catalogue_signature(const struct cpc_catalogue_row *row)
{
	struct cpc_fingerprint fingerprint;

	if (cpc_fingerprint_parse(row->fingerprint, strlen(row->fingerprint), &fingerprint, NULL))
		return (struct cpc_signature){ 0 };
	return cpc_fingerprint_signature(&fingerprint);
}

enum cpc_status cpc_catalogue_capture(const struct cpc_catalogue_row *row, struct cpc_capture *capture,
				      struct cpc_error *reterr)
{
	capture->origin = CPC_ORIGIN_FINGERPRINT;
	capture->row_virtualization = row->virtualization;
	capture->row_slat = row->slat;
	(void)snprintf(capture->brand, sizeof(capture->brand), "%s", row->brand);
	return cpc_fingerprint_parse(row->fingerprint, strlen(row->fingerprint), &capture->fingerprint, reterr);
}
