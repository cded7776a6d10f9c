/* SPDX-License-Identifier: MIT */
#include <cpucompat/catalogue.h>

#include <string.h>

const struct cpc_catalogue_row cpc_catalogue[] = {
#define CPC_CATALOGUE(row_name, row_brand, row_fingerprint, row_source)                                                \
	{ .name = (row_name), .brand = (row_brand), .fingerprint = (row_fingerprint), .source = (row_source) },
#include <cpucompat/catalogue.def>
#undef CPC_CATALOGUE
};

const size_t cpc_catalogue_count = sizeof(cpc_catalogue) / sizeof(cpc_catalogue[0]);

const struct cpc_catalogue_row *cpc_catalogue_named(const char *name)
{
	for (size_t i = 0; i < cpc_catalogue_count; i++)
		if (strcmp(cpc_catalogue[i].name, name) == 0)
			return &cpc_catalogue[i];
	return NULL;
}
