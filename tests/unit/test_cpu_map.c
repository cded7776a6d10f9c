/* SPDX-License-Identifier: MIT */
/* The container of a CPU map: names, doubles, and a bound on everything. */
#include "support.h"

#include <cpucompat/cpu_map.h>

static struct cpc_error error;

static void test_names(void **state)
{
	static const char *const plain[] = { "avx2", "sse4.1", "lahf_lm", "EPYC-Rome", "486", "a+b" };
	static const char *const others[] = { "", " ", "a b", "a'b", "a/b", "..\\", "a\n", "a<b", "a,b", "\xc3\xa4" };
	char longest[CPC_MAP_NAME_SIZE];
	char longer[CPC_MAP_NAME_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(plain); i++)
		assert_true(cpc_map_name_is_plain(plain[i]));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(cpc_map_name_is_plain(others[i]));
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_true(cpc_map_name_is_plain(longest));
	assert_false(cpc_map_name_is_plain(longer));
}

static void test_bits(void **state)
{
	struct cpc_map_bits bits = { { 0 } };

	(void)state;
	for (size_t i = 0; i < CPC_MAP_BITS_MAX; i += 63) {
		assert_false(cpc_map_bits_hold(&bits, i));
		cpc_map_bits_add(&bits, i);
		assert_true(cpc_map_bits_hold(&bits, i));
	}
	cpc_map_bits_drop(&bits, 63);
	assert_false(cpc_map_bits_hold(&bits, 63));
	assert_true(cpc_map_bits_hold(&bits, 126));
}

static void test_one_of_each_name(void **state)
{
	const struct cpc_map_vendor vendor = { .name = "Intel", .id = "GenuineIntel" };
	const struct cpc_map_bit bit = { .name = "avx2" };
	const struct cpc_map_model model = { .name = "Icelake" };
	const struct cpc_map_model bad = { .name = "Ice lake" };
	struct cpc_cpu_map map = { 0 };
	size_t index = 99;

	(void)state;
	assert_int_equal(cpc_map_add_vendor(&map, &vendor, 1, &error), CPC_OK);
	assert_int_equal(cpc_map_add_bit(&map, &bit, 2, &error), CPC_OK);
	assert_int_equal(cpc_map_add_model(&map, &model, 3, &error), CPC_OK);
	assert_int_equal(cpc_map_add_vendor(&map, &vendor, 4, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, 4);
	assert_non_null(strstr(error.what, "Intel"));
	assert_int_equal(cpc_map_add_bit(&map, &bit, 5, &error), CPC_BAD_DATA);
	assert_int_equal(cpc_map_add_model(&map, &model, 6, &error), CPC_BAD_DATA);
	assert_int_equal(cpc_map_add_model(&map, &bad, 7, &error), CPC_BAD_DATA);
	assert_int_equal(map.vendor_count, 1);
	assert_int_equal(map.bit_count, 1);
	assert_int_equal(map.model_count, 1);
	assert_true(cpc_map_vendor_named(&map, "Intel", &index));
	assert_int_equal(index, 0);
	assert_false(cpc_map_vendor_named(&map, "AMD", &index));
	assert_ptr_equal(cpc_map_vendor_of(&map, "GenuineIntel"), &map.vendors[0]);
	assert_null(cpc_map_vendor_of(&map, "AuthenticAMD"));
	cpc_cpu_map_free(&map);
	assert_null(map.models);
	cpc_cpu_map_free(&map);
	cpc_cpu_map_free(NULL);
}

static void test_bounds(void **state)
{
	struct cpc_map_vendor vendor = { .id = "GenuineIntel" };
	struct cpc_map_model model = { .vendor = 0 };
	struct cpc_map_bit bit = { .placed = false };
	struct cpc_cpu_map map = { 0 };

	(void)state;
	for (unsigned int i = 0; i <= CPC_MAP_BITS_MAX; i++) {
		(void)snprintf(bit.name, sizeof(bit.name), "b%u", i);
		assert_int_equal(cpc_map_add_bit(&map, &bit, i, &error), i < CPC_MAP_BITS_MAX ? CPC_OK : CPC_BAD_DATA);
	}
	for (unsigned int i = 0; i <= CPC_MAP_MODELS_MAX; i++) {
		(void)snprintf(model.name, sizeof(model.name), "m%u", i);
		assert_int_equal(cpc_map_add_model(&map, &model, i, &error),
				 i < CPC_MAP_MODELS_MAX ? CPC_OK : CPC_BAD_DATA);
	}
	for (unsigned int i = 0; i <= CPC_MAP_VENDORS_MAX; i++) {
		(void)snprintf(vendor.name, sizeof(vendor.name), "v%u", i);
		assert_int_equal(cpc_map_add_vendor(&map, &vendor, i, &error),
				 i < CPC_MAP_VENDORS_MAX ? CPC_OK : CPC_BAD_DATA);
	}
	assert_string_equal(map.bits[CPC_MAP_BITS_MAX - 1].name, "b1023");
	assert_string_equal(map.models[300].name, "m300");
	cpc_cpu_map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_one_of_each_name),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
