/* SPDX-License-Identifier: MIT */
/* VMs are read, layouts compared and printed, and a cluster judged with them, with each allocation refused once. */
#include <jansson.h>

#include "layout_support.h"
#include "ready_support.h"
#include "refuse.h"
#include "renderers.h"

static const char *const words[] = { "6x2x32GiB", "3x4x64GiB", "2x2x32GiB" };
static struct planning planning;
static const struct cpc_plan_format *format;
static struct cluster cluster;

static enum cpc_status read_vms(void)
{
	static const char vms[] = FOUNDING_VMS;
	struct cpc_vms read;
	const enum cpc_status status = cpc_vms_read(vms, sizeof(vms) - 1, &read, NULL);

	assert_int_equal(read.count, status ? 0 : 3);
	cpc_vms_free(&read);
	return status;
}

static enum cpc_status compare_and_print(void)
{
	const struct cpc_style style = { .width = 80, .verbose = true };
	struct cpc_buffer out = { 0 };
	struct cpc_error error;
	struct cpc_plan plan;
	enum cpc_status status = cpc_plan_of(&planning.terms, planning.layouts, COUNT(words), &plan, &error);

	if (status)
		return status;
	status = format->render(&plan, &style, &out, &error);
	cpc_plan_free(&plan);
	keep_output(&out, status);
	return status;
}

/** VMs that only the search places: the orders fail before it. */
static enum cpc_status place_pieces(void)
{
	static struct cpc_vm_kind items[] = { { 4, 1, 4 }, { 3, 1, 1 } };
	static const struct cpc_room rooms[] = { { 10, 9, 9 }, { 10, 9, 9 } };
	const struct cpc_vm_kinds kinds = { .items = items, .count = COUNT(items), .memory = 19, .vcpus = 5 };
	struct cpc_placement placement;
	const enum cpc_status status = cpc_place(&kinds, rooms, COUNT(rooms), &placement, NULL);

	if (!status)
		assert_int_equal(placement.reason, CPC_BY_SEARCH);
	return status;
}

static enum cpc_status judge_load(void)
{
	const struct cpc_ready_load load = { .vms = &planning.vms, .overhead = planning.terms.overhead };
	struct cpc_ready ready;
	const enum cpc_status status =
		cpc_ready_judge_load(planning.terms.policy, cluster.hosts, cluster.count, 0, &load, &ready, NULL);

	if (status)
		return status;
	assert_int_equal(ready.rows[CPC_ROW_CAPACITY].verdicts[CPC_REALISTIC], CPC_MET);
	cpc_ready_free(&ready);
	return status;
}

static void refused(void **state)
{
	(void)state;
	start_planning(&planning, "hyperv-2008r2", words, COUNT(words), FOUNDING_VMS, 4);
	cluster_start(&cluster, 4);
	assert_true(fail_each("read", read_vms, CPC_INTERNAL) > 1);
	assert_true(fail_each("pieces", place_pieces, CPC_INTERNAL) > 5);
	assert_true(fail_each("judge", judge_load, CPC_INTERNAL) > 10);
	for (size_t i = 0; i < cpc_plan_format_count; i++) {
		format = &cpc_plan_formats[i];
		assert_true(fail_each(format->name, compare_and_print, CPC_INTERNAL) > 10);
		cpc_buffer_free(&whole);
	}
	end_planning(&planning);
	cluster_end(&cluster);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(refused) };

	json_set_alloc_funcs(hook_malloc, free);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
