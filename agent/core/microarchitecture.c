/* SPDX-License-Identifier: MIT */
#include <cpucompat/report.h>

#include <string.h>

struct row {
	const char *vendor;
	uint32_t family;
	uint32_t model_lo;
	uint32_t model_hi;
	uint32_t stepping_lo;
	uint32_t stepping_hi;
	const char *name;
};

static const struct row rows[] = {
#define CPC_MICROARCHITECTURE(vendor, family, model_lo, model_hi, stepping_lo, stepping_hi, name)                      \
	{ (vendor), (family), (model_lo), (model_hi), (stepping_lo), (stepping_hi), (name) },
#include <cpucompat/microarchitectures.def>
#undef CPC_MICROARCHITECTURE
};

const char *cpc_microarchitecture(const struct cpc_signature *signature)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		if (strcmp(row->vendor, signature->vendor) == 0 && row->family == signature->family &&
		    signature->model >= row->model_lo && signature->model <= row->model_hi &&
		    signature->stepping >= row->stepping_lo && signature->stepping <= row->stepping_hi)
			return row->name;
	}
	return "unknown";
}
