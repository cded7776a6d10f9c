/* SPDX-License-Identifier: MIT */
/* The words of the requirement table: all are there, none twice, and rows are those of the design. */
#include <string.h>

#include <cpucompat/ready.h>

#include "support.h"

static const char *row(unsigned int n)
{
	return cpc_ready_row_name(n);
}

static const char *fact(unsigned int n)
{
	return cpc_ready_fact_name(n);
}

static const char *remedy(unsigned int n)
{
	return cpc_ready_remedy_name(n);
}

static void all_differ(const char *(*name)(unsigned int n), unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		assert_non_null(name(i));
		assert_int_equal(strspn(name(i), "abcdefghijklmnopqrstuvwxyz_-"), strlen(name(i)));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(name(i), name(j));
	}
}

static void names(void **state)
{
	(void)state;
	all_differ(row, CPC_ROW_COUNT);
	all_differ(fact, CPC_FACT_COUNT);
	all_differ(remedy, CPC_REMEDY_COUNT);
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		assert_string_equal(cpc_ready_fact_name(i), cpc_requirement_key(i));
}

static void rows_are_the_designs(void **state)
{
	static const char *const designed[] = { "servers",	  "processor",	   "network_ports", "storage_ports",
						"shared_storage", "virtual_disks", "host_os",	    "guest_os",
						"directory",	  "dns",	   "capacity" };

	(void)state;
	assert_int_equal(COUNT(designed), CPC_ROW_COUNT);
	for (unsigned int i = 0; i < CPC_ROW_COUNT; i++) {
		assert_string_equal(cpc_ready_row_name(i), designed[i]);
		assert_int_equal(cpc_ready_row_named(designed[i]), i);
		assert_true(strlen(cpc_ready_row_title(i)) <= 14);
	}
	assert_int_equal(cpc_ready_row_named("server"), CPC_ROW_COUNT);
	assert_string_equal(cpc_ready_verdict_name(CPC_MET), "met");
	assert_string_equal(cpc_ready_verdict_name(CPC_NOT_MET), "not-met");
	assert_string_equal(cpc_ready_verdict_name(CPC_CANNOT_SEE), "cannot-see");
	assert_string_equal(cpc_ready_column_name(CPC_MINIMUM), "minimum");
	assert_string_equal(cpc_ready_column_name(CPC_REALISTIC), "realistic");
	assert_string_equal(cpc_ready_end_name(CPC_READY), "ready");
	assert_string_equal(cpc_ready_end_name(CPC_READY_MINIMUM), "minimum-only");
	assert_string_equal(cpc_ready_end_name(CPC_READY_NOT), "not-ready");
	assert_string_equal(cpc_ready_end_name(CPC_READY_UNKNOWN), "cannot-see");
}

static void remedies_look_or_mend(void **state)
{
	(void)state;
	assert_false(cpc_ready_remedy_looks(CPC_REMEDY_NONE));
	assert_true(cpc_ready_remedy_looks(CPC_REMEDY_GIVE_HOSTS));
	assert_true(cpc_ready_remedy_looks(CPC_REMEDY_ASK_PLATFORM));
	assert_false(cpc_ready_remedy_looks(CPC_REMEDY_ADD_HOST));
	assert_false(cpc_ready_remedy_looks(CPC_REMEDY_ADD_CAPACITY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(rows_are_the_designs),
		cmocka_unit_test(remedies_look_or_mend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
