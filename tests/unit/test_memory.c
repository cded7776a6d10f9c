/* SPDX-License-Identifier: MIT */
/* What the agent remembers from probe to probe. */
#include "support.h"

#include "memory.h"
#include "render.h"

#define NOON 1769860800 /* 2026-01-31T12:00:00Z */

/* A host with these registers of leaf 1, and maybe KVM's view of it. */
static void make(struct cpc_capture *capture, struct cpc_report *report, uint32_t ecx, const uint32_t *kvm_ecx)
{
	const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } }, { 1, 0, { 0x606a6, 0x800, ecx, 0xbfebfbff } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

	cpc_capture_free(capture);
	capture->origin = CPC_ORIGIN_LIVE;
	assert_int_equal(cpc_capture_add(capture, 0, &snapshot, NULL), CPC_OK);
	if (kvm_ecx) {
		const struct cpc_leaf offered[] = { leaves[0], { 1, 0, { 0x606a6, 0x800, *kvm_ecx, 0xbfebfbff } } };

		capture->kvm.snapshot = sealed_snapshot(offered, COUNT(offered));
		capture->kvm.present = true;
	}
	cpc_report_of(capture, report);
}

static void counts_changes(void **state)
{
	struct cpc_memory memory = { .history = { .failures = 0 } };
	struct cpc_capture capture = { .kinds = NULL };
	struct cpc_report report;
	char id[CPC_ID_SIZE];

	(void)state;
	make(&capture, &report, 0x7ffafbbf, NULL);
	cpc_fingerprint_id(&report.fingerprint, id);
	cpc_memory_learn(&memory, &report, NOON);
	cpc_memory_learn(&memory, &report, NOON + 300);
	assert_string_equal(memory.history.since, "2026-01-31T12:00:00Z");
	assert_true(memory.history.cpuid.seen);
	assert_false(memory.history.kvm.seen);
	assert_int_equal(memory.history.cpuid.changes, 0);
	assert_string_equal(memory.history.cpuid.changed_at, "");
	assert_string_equal(memory.history.cpuid.previous_id, "");
	make(&capture, &report, 0x7ffafbbe, NULL);
	cpc_memory_learn(&memory, &report, NOON + 600);
	assert_int_equal(memory.history.cpuid.changes, 1);
	assert_string_equal(memory.history.cpuid.changed_at, "2026-01-31T12:10:00Z");
	assert_string_equal(memory.history.cpuid.previous_id, id);
	/* And back again: that is another change, and the id before it is the other one. */
	cpc_fingerprint_id(&report.fingerprint, id);
	make(&capture, &report, 0x7ffafbbf, NULL);
	cpc_memory_learn(&memory, &report, NOON + 900);
	cpc_memory_learn(&memory, &report, NOON + 1200);
	assert_int_equal(memory.history.cpuid.changes, 2);
	assert_string_equal(memory.history.cpuid.changed_at, "2026-01-31T12:15:00Z");
	assert_string_equal(memory.history.cpuid.previous_id, id);
	assert_string_equal(memory.history.since, "2026-01-31T12:00:00Z");
	cpc_capture_free(&capture);
}

/* A view that is away for a while has not changed; what it is like afterwards tells. */
static void watches_both_views(void **state)
{
	static const uint32_t first = 0x7ffafbbf;
	static const uint32_t second = 0x7ffafbbe;
	struct cpc_memory memory = { .history = { .failures = 0 } };
	struct cpc_capture capture = { .kinds = NULL };
	struct cpc_report report;

	(void)state;
	make(&capture, &report, first, &first);
	cpc_memory_learn(&memory, &report, NOON);
	assert_true(memory.history.kvm.seen);
	make(&capture, &report, first, NULL);
	cpc_memory_learn(&memory, &report, NOON + 1);
	assert_int_equal(memory.history.kvm.changes, 0);
	make(&capture, &report, first, &first);
	cpc_memory_learn(&memory, &report, NOON + 2);
	assert_int_equal(memory.history.kvm.changes, 0);
	make(&capture, &report, first, NULL);
	cpc_memory_learn(&memory, &report, NOON + 3);
	make(&capture, &report, first, &second);
	cpc_memory_learn(&memory, &report, NOON + 4);
	assert_int_equal(memory.history.kvm.changes, 1);
	assert_string_equal(memory.history.kvm.changed_at, "2026-01-31T12:00:04Z");
	assert_int_equal(memory.history.cpuid.changes, 0);
	cpc_capture_free(&capture);
}

static void counts_failures(void **state)
{
	struct cpc_memory memory = { .history = { .failures = 0 } };
	struct cpc_capture capture = { .kinds = NULL };
	struct cpc_report report;

	(void)state;
	make(&capture, &report, 5, NULL);
	cpc_memory_learn(&memory, &report, NOON);
	cpc_memory_fail(&memory, NOON + 1);
	cpc_memory_fail(&memory, NOON + 2);
	assert_int_equal(memory.history.failures, 2);
	assert_string_equal(memory.history.failing_since, "2026-01-31T12:00:01Z");
	cpc_memory_learn(&memory, &report, NOON + 3);
	assert_int_equal(memory.history.failures, 2);
	assert_string_equal(memory.history.failing_since, "");
	cpc_memory_fail(&memory, NOON + 4);
	assert_int_equal(memory.history.failures, 3);
	assert_string_equal(memory.history.failing_since, "2026-01-31T12:00:04Z");
	cpc_capture_free(&capture);
}

/* A clock that is out of its mind gives no time, and no more than that. */
static void survives_any_clock(void **state)
{
	static const int64_t clocks[] = { INT64_MIN, INT64_MAX, -1, 253402300800 };
	struct cpc_capture capture = { .kinds = NULL };
	struct cpc_report report;

	(void)state;
	make(&capture, &report, 5, NULL);
	for (size_t i = 0; i < COUNT(clocks); i++) {
		struct cpc_memory memory = { .history = { .failures = 0 } };

		cpc_memory_learn(&memory, &report, clocks[i]);
		cpc_memory_fail(&memory, clocks[i]);
		assert_int_equal(memory.history.failures, 1);
		assert_true(strlen(memory.history.since) < CPC_TIME_SIZE);
	}
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_changes),
		cmocka_unit_test(watches_both_views),
		cmocka_unit_test(counts_failures),
		cmocka_unit_test(survives_any_clock),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
