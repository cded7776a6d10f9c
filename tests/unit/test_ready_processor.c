/* SPDX-License-Identifier: MIT */
/* The row of processors, with every verdict. */
#include "ready_support.h"

#define STATUS(id, value) report->requirements[id].status = value;

CHANGE(no_virtualization, STATUS(CPC_HARDWARE_VIRTUALIZATION, CPC_ABSENT))
CHANGE(off, STATUS(CPC_EXECUTE_DISABLE, CPC_DISABLED_BY_FIRMWARE))
CHANGE(hidden, STATUS(CPC_HARDWARE_VIRTUALIZATION, CPC_HIDDEN_BY_HYPERVISOR))
CHANGE(unread, STATUS(CPC_LONG_MODE, CPC_REQUIREMENT_UNKNOWN))
CHANGE(no_slat, STATUS(CPC_SLAT, CPC_ABSENT))
CHANGE(slat_hidden, STATUS(CPC_SLAT, CPC_HIDDEN_BY_HYPERVISOR))
CHANGE(other_vendor, memcpy(report->fingerprint.vendor, "AuthenticAMD", 12);)

/** Another generation: one more feature that a guest may use. */
static void make_newer(struct cluster *cluster)
{
	static const struct cpc_feature *popcnt = &cpc_features[CPC_F_popcnt];
	struct cpc_fingerprint *fingerprint = &cluster->reports[0].fingerprint;

	fingerprint->words[popcnt->reg] |= UINT32_C(1) << popcnt->bit;
}

static void make_unread(struct cluster *cluster)
{
	static const struct cpc_feature *sse2 = &cpc_features[CPC_F_sse2];
	struct cpc_fingerprint *fingerprint = &cluster->reports[0].fingerprint;

	fingerprint->words[sse2->reg] &= ~(UINT32_C(1) << sse2->bit);
	fingerprint->unread[sse2->reg] |= UINT32_C(1) << sse2->bit;
}

static void processors(void **state)
{
	static const struct ready_case cases[] = {
		{ "the same", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "one host", NULL, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, 1, NULL },
		{ "without VT-x", no_virtualization, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR, 1, NULL },
		{ "XD off", off, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SET_FIRMWARE, 1, NULL },
		{ "VT-x hidden", hidden, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 1, NULL },
		{ "unread", unread, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_READ_PROCESSOR, 1, NULL },
		{ "without EPT", no_slat, CPC_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR, 0, NULL },
		{ "EPT hidden", slat_hidden, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "without EPT in 2016", no_slat, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR, 0,
		  "hyperv-2016" },
		{ "two vendors", other_vendor, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR, 0, NULL },
		{ "two generations", make_newer, CPC_MET, CPC_NOT_MET, CPC_REMEDY_LEVEL, 0, NULL },
		{ "two generations of three", make_newer, CPC_MET, CPC_NOT_MET, CPC_REMEDY_LEVEL, 3, NULL },
		{ "a model wants more", NULL, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR, 1, "x86-64-v3" },
		{ "a model is satisfied", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "x86-64-v1" },
		{ "a model wants it read", make_unread, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_READ_PROCESSOR, 1,
		  "x86-64-v1" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_PROCESSOR);
}

/** Every requirement is found, with its evidence. */
static void facts(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	size_t summed[CPC_REQUIREMENT_COUNT] = { 0 };
	size_t relations = 0;
	struct cpc_ready ready;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	for (size_t i = 0; i < ready.rows[CPC_ROW_PROCESSOR].fact_count; i++) {
		const struct cpc_ready_fact *fact = &ready.rows[CPC_ROW_PROCESSOR].facts[i];

		if ((size_t)fact->id < CPC_REQUIREMENT_COUNT) {
			summed[fact->id]++;
			assert_true(fact->found);
			assert_string_equal(fact->text, "present");
		}
		if (fact->id == CPC_FACT_RELATION) {
			relations++;
			assert_string_equal(fact->text, "same");
			assert_string_equal(fact->subject, "h1 / h2");
		}
		if (fact->id == CPC_FACT_BIT)
			assert_string_not_equal(fact->where, "");
	}
	for (size_t i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		assert_int_equal(summed[i], 2);
	assert_int_equal(relations, 1);
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processors),
		cmocka_unit_test(facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
