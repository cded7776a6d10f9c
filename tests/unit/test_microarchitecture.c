/* SPDX-License-Identifier: MIT */
/* Names of processors: known ones, none for others, and no row that an earlier one hides. */
#include "support.h"

static const struct {
	const char *vendor;
	uint32_t family;
	uint32_t model_lo;
	uint32_t model_hi;
	uint32_t stepping_lo;
	uint32_t stepping_hi;
	const char *name;
} rows[] = {
#define CPC_MICROARCHITECTURE(vendor, family, model_lo, model_hi, stepping_lo, stepping_hi, name)                      \
	{ vendor, family, model_lo, model_hi, stepping_lo, stepping_hi, name },
#include <cpucompat/microarchitectures.def>
#undef CPC_MICROARCHITECTURE
};

static const char *name_of(const char *vendor, uint32_t family, uint32_t model, uint32_t stepping)
{
	struct cpc_signature signature = { .family = family, .model = model, .stepping = stepping };

	memcpy(signature.vendor, vendor, strlen(vendor));
	return cpc_microarchitecture(&signature);
}

static void test_known(void **state)
{
	static const struct {
		const char *vendor;
		uint32_t family;
		uint32_t model;
		uint32_t stepping;
		const char *name;
	} known[] = {
		{ "GenuineIntel", 6, 85, 4, "Skylake-SP" },	  { "GenuineIntel", 6, 85, 7, "Cascade Lake-SP" },
		{ "GenuineIntel", 6, 85, 11, "Cooper Lake" },	  { "GenuineIntel", 6, 106, 6, "Ice Lake-SP" },
		{ "GenuineIntel", 6, 143, 8, "Sapphire Rapids" }, { "GenuineIntel", 6, 207, 2, "Emerald Rapids" },
		{ "GenuineIntel", 6, 15, 11, "Merom" },		  { "GenuineIntel", 6, 45, 7, "Sandy Bridge-EP" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		assert_string_equal(name_of(known[i].vendor, known[i].family, known[i].model, known[i].stepping),
				    known[i].name);
	assert_string_not_equal(name_of("AuthenticAMD", 25, 1, 1), "unknown");
	assert_string_not_equal(name_of("AuthenticAMD", 23, 49, 0), "unknown");
}

static void test_unknown(void **state)
{
	(void)state;
	assert_string_equal(name_of("GenuineIntel", 99, 1, 1), "unknown");
	assert_string_equal(name_of("AuthenticAMD", 6, 106, 6), "unknown");
	assert_string_equal(name_of("", 6, 106, 6), "unknown");
	assert_string_equal(name_of("genuineintel", 6, 106, 6), "unknown");
}

/* Each row is sound, and names at least one processor that no row before it names. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool reached = false;

		assert_int_equal(strlen(rows[i].vendor), 12);
		assert_true(rows[i].model_lo <= rows[i].model_hi && rows[i].model_hi <= 255);
		assert_true(rows[i].stepping_lo <= rows[i].stepping_hi && rows[i].stepping_hi <= 15);
		for (uint32_t model = rows[i].model_lo; model <= rows[i].model_hi; model++)
			for (uint32_t stepping = rows[i].stepping_lo; stepping <= rows[i].stepping_hi; stepping++)
				reached |= strcmp(name_of(rows[i].vendor, rows[i].family, model, stepping),
						  rows[i].name) == 0;
		if (!reached)
			fail_msg("row %zu, %s, is hidden by rows before it", i, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
