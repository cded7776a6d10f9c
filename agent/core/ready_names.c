/* SPDX-License-Identifier: MIT */
/* The words of the requirement table. */
#include <cpucompat/ready.h>

#include <string.h>

#define CPC_READY_ROW(id, name, title) [CPC_ROW_##id] = { name, title },
static const struct {
	const char *name;
	const char *title;
} rows[CPC_ROW_COUNT] = {
#include <cpucompat/ready.def>
};
#undef CPC_READY_ROW

#define CPC_READY_FACT(id, name) [CPC_FACT_##id] = name,
static const char *const facts[CPC_FACT_COUNT] = {
#include <cpucompat/ready.def>
};
#undef CPC_READY_FACT

#define CPC_READY_REMEDY(id, name) [CPC_REMEDY_##id] = name,
static const char *const remedies[CPC_REMEDY_COUNT] = {
#include <cpucompat/ready.def>
};
#undef CPC_READY_REMEDY

const char *cpc_ready_row_name(enum cpc_ready_row_id row)
{
	return rows[row].name;
}

const char *cpc_ready_row_title(enum cpc_ready_row_id row)
{
	return rows[row].title;
}

const char *cpc_ready_fact_name(enum cpc_ready_fact_id fact)
{
	return facts[fact];
}

const char *cpc_ready_remedy_name(enum cpc_ready_remedy remedy)
{
	return remedies[remedy];
}

bool cpc_ready_remedy_looks(enum cpc_ready_remedy remedy)
{
	return remedy > CPC_REMEDY_NONE && remedy < CPC_REMEDY_ADD_HOST;
}

const char *cpc_ready_verdict_name(enum cpc_ready_verdict verdict)
{
	static const char *const names[] = {
		[CPC_MET] = "met", [CPC_NOT_MET] = "not-met", [CPC_CANNOT_SEE] = "cannot-see"
	};

	return names[verdict];
}

const char *cpc_ready_column_name(enum cpc_ready_column column)
{
	return column == CPC_MINIMUM ? "minimum" : "realistic";
}

const char *cpc_ready_end_name(enum cpc_ready_end end)
{
	switch (end) {
	case CPC_READY:
		return "ready";
	case CPC_READY_MINIMUM:
		return "minimum-only";
	case CPC_READY_NOT:
		return "not-ready";
	case CPC_READY_UNKNOWN:
		break;
	}
	return "cannot-see";
}

enum cpc_ready_row_id cpc_ready_row_named(const char *name)
{
	unsigned int row = 0;

	while (row < CPC_ROW_COUNT && strcmp(rows[row].name, name) != 0)
		row++;
	return (enum cpc_ready_row_id)row;
}
