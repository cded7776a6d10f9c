/* SPDX-License-Identifier: MIT */
/* The catalogue: names that work after an `@`, and texts that are fingerprints. */
#include "support.h"

#include <ctype.h>

#include <cpucompat/catalogue.h>

static void test_rows(void **state)
{
	(void)state;
	assert_true(cpc_catalogue_count > 0);
	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_catalogue_row *row = &cpc_catalogue[i];
		char text[CPC_FINGERPRINT_SIZE];
		const struct cpc_fingerprint fingerprint = parsed(row->fingerprint);

		assert_true(row->name[0] && row->brand[0] && row->source[0]);
		cpc_fingerprint_print(&fingerprint, text);
		assert_string_equal(text, row->fingerprint);
		assert_int_equal(fingerprint.foreign[0], '\0');
		assert_ptr_equal(cpc_catalogue_named(row->name), row);
	}
}

/* A name is one shell word and never needs quoting. */
static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_catalogue_count; i++)
		for (const char *c = cpc_catalogue[i].name; *c; c++)
			if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && !strchr("-_.", *c))
				fail_msg("%s", cpc_catalogue[i].name);
	assert_null(cpc_catalogue_named(""));
	assert_null(cpc_catalogue_named("@none"));
	assert_null(cpc_catalogue_named("no such processor"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
