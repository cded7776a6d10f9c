/* SPDX-License-Identifier: MIT */
/* qemu.def agrees with features.def, and its rows are found by the names they are for. */
#include "support.h"

#include <cpucompat/qemu.h>

static bool differs(const char *model, enum cpc_feature_id id)
{
	return cpc_qemu_differs(model, cpc_features[id].reg, cpc_features[id].bit);
}

/* A bit that QEMU 7.2 names has its name in features.def. */
static void test_names(void **state)
{
	size_t count = 0;

	(void)state;
	for (unsigned int reg = 0; reg < CPC_REGISTER_COUNT; reg++) {
		for (unsigned int bit = 0; bit < 32; bit++) {
			const struct cpc_feature *feature = cpc_feature_at((enum cpc_register)reg, bit);

			if (!cpc_qemu_names((enum cpc_register)reg, bit))
				continue;
			count++;
			if (!feature || !feature->qemu)
				fail_msg("register %u bit %u has no name of QEMU's", reg, bit);
		}
	}
	/* As many as `-cpu help` of QEMU 7.2 lists, less those of registers that we do not hold (sgx, most of vmx,
	 * kvm). */
	assert_int_equal(count, 222);
	assert_true(cpc_qemu_names(CPC_L7_0_EBX, 5));
	assert_false(cpc_qemu_names(CPC_L7_1_EAX, 0)); /* sha512 */
}

static void test_differences(void **state)
{
	(void)state;
	assert_true(differs("Haswell-noTSX-IBRS", CPC_F_abm));
	assert_false(differs("Haswell-noTSX-IBRS", CPC_F_avx2));
	assert_true(differs("EPYC-Rome", CPC_F_xsaves));
	assert_false(differs("Penryn", CPC_F_xsaves));
	assert_true(differs("Penryn", CPC_F_x2apic));
	assert_true(differs("", CPC_F_x2apic));
}

static void test_models(void **state)
{
	(void)state;
	assert_true(cpc_qemu_lacks("Icelake-Client"));
	assert_true(cpc_qemu_lacks("Icelake-Client-noTSX"));
	assert_false(cpc_qemu_lacks("Icelake-Server"));
	assert_false(cpc_qemu_lacks(""));
}

/* Nothing of the bare model is left to chance: each of its features can be named. */
static void test_bare(void **state)
{
	(void)state;
	assert_string_equal(cpc_qemu_bare.name, "qemu64");
	assert_true(cpc_qemu_bare.brings.count > 20);
	for (size_t i = 0; i < cpc_qemu_bare.brings.count; i++) {
		const struct cpc_feature *feature = &cpc_features[cpc_qemu_bare.brings.ids[i]];

		assert_true(cpc_qemu_names(feature->reg, feature->bit));
	}
}

static void test_apart(void **state)
{
	(void)state;
	assert_true(cpc_qemu_keeps_apart(CPC_F_acpi));
	assert_true(cpc_qemu_keeps_apart(CPC_F_pdcm));
	assert_false(cpc_qemu_keeps_apart(CPC_F_avx2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_differences), cmocka_unit_test(test_models),
		cmocka_unit_test(test_bare),  cmocka_unit_test(test_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
