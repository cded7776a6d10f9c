/* SPDX-License-Identifier: MIT */
/* From a baseline to a guest's processor: what is given, what is not, and the closest model. */
#include "small_map.h"

#include <cpucompat/guest_cpu.h>

static struct cpc_cpu_map map;

static struct cpc_fingerprint with(const char *vendor, const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint(vendor);

	apply_features(&fingerprint, features);
	return fingerprint;
}

static struct cpc_guest_cpu guest_of(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	const struct cpc_fingerprint *const hosts[] = { a, b };
	struct cpc_fingerprint meet = *a;
	struct cpc_guest_cpu guest;

	if (b)
		assert_int_equal(cpc_meet(a, b, &meet, NULL), CPC_OK);
	cpc_guest_cpu_of(&meet, hosts, b ? 2 : 1, &guest);
	return guest;
}

static enum cpc_give gives(const struct cpc_guest_cpu *guest, enum cpc_feature_id id)
{
	return cpc_guest_gives(guest, cpc_features[id].reg, cpc_features[id].bit);
}

static enum cpc_give gives_named(const struct cpc_guest_cpu *guest, const char *name)
{
	size_t index = 0;

	assert_true(cpc_map_bit_named(&map, name, &index));
	return cpc_guest_gives_map_bit(guest, &map.bits[index]);
}

static void test_rules(void **state)
{
	const struct cpc_fingerprint a = with("GenuineIntel", "avx2 erms invtsc acpi md_clear");
	const struct cpc_fingerprint b = with("GenuineIntel", "avx2 erms invtsc acpi pcid");
	const struct cpc_guest_cpu both = guest_of(&a, &b);
	const struct cpc_guest_cpu one = guest_of(&a, NULL);

	(void)state;
	assert_int_equal(gives(&both, CPC_F_avx2), CPC_GIVE);
	assert_int_equal(gives(&both, CPC_F_erms), CPC_GIVE);
	assert_int_equal(gives(&both, CPC_F_pcid), CPC_WITHHOLD);
	/* It binds a guest to its host; KVM has no such thing to give. */
	assert_int_equal(gives(&both, CPC_F_invtsc), CPC_WITHHOLD);
	assert_int_equal(gives(&both, CPC_F_acpi), CPC_WITHHOLD);
	/* The host's own business is never a guest's by default; the hypervisor's is left to it. */
	assert_int_equal(gives(&both, CPC_F_monitor), CPC_WITHHOLD);
	assert_int_equal(gives(&both, CPC_F_vmx), CPC_WITHHOLD);
	assert_int_equal(gives(&both, CPC_F_npt), CPC_WITHHOLD);
	assert_int_equal(gives(&both, CPC_F_apic), CPC_LEAVE);
	assert_int_equal(gives(&both, CPC_F_hypervisor), CPC_LEAVE);
	/* Bad news: the baseline has it, but a host that lacks it would not start the guest. */
	assert_int_equal(gives(&both, CPC_F_md_clear), CPC_WITHHOLD);
	assert_true(both.partial[CPC_L7_0_EDX] >> 10 & 1U);
	assert_int_equal(gives(&one, CPC_F_md_clear), CPC_GIVE);
	assert_int_equal(one.partial[CPC_L7_0_EDX], 0);
}

/* Unknown is not had. */
static void test_unread(void **state)
{
	struct cpc_fingerprint a = with("GenuineIntel", "avx2 rdcl_no");
	struct cpc_guest_cpu guest;

	(void)state;
	guest = guest_of(&a, NULL);
	assert_int_equal(gives(&guest, CPC_F_rdcl_no), CPC_GIVE);
	assert_int_equal(guest.unread[CPC_M10A_LO], 0);
	set_unread_10a(&a);
	guest = guest_of(&a, NULL);
	assert_int_equal(gives(&guest, CPC_F_rdcl_no), CPC_WITHHOLD);
	assert_int_not_equal(guest.unread[CPC_M10A_LO], 0);
}

static void test_numbers(void **state)
{
	struct cpc_fingerprint a = with("AuthenticAMD", "");
	struct cpc_guest_cpu guest = guest_of(&a, NULL);

	(void)state;
	assert_int_equal(guest.physical_bits.value, 46);
	a.scalars[CPC_S_gpa].value = 43;
	guest = guest_of(&a, NULL);
	assert_int_equal(guest.physical_bits.value, 43);
	a.scalars[CPC_S_pa].unknown = true;
	guest = guest_of(&a, NULL);
	assert_true(guest.physical_bits.unknown);
	set_feature(&a, CPC_F_lm, false);
	guest = guest_of(&a, NULL);
	assert_false(guest.physical_bits.unknown);
	assert_int_equal(guest.physical_bits.value, 0);
}

/* What follows from other bits needs no name of its own. */
static void test_implied(void **state)
{
	struct cpc_fingerprint a = with("AuthenticAMD", "xcr0_x87 xcr0_sse e_fpu syscall");
	const struct cpc_guest_cpu guest = guest_of(&a, NULL);

	(void)state;
	assert_int_equal(guest.implied[CPC_LD_0_EAX], 3);
	assert_int_equal(guest.implied[CPC_L80000001_EDX], 1);
	assert_int_equal(guest.implied[CPC_L1_EDX], 0);
}

static void test_map_bits(void **state)
{
	const struct cpc_fingerprint a = with("GenuineIntel", "avx2 rdcl_no");
	const struct cpc_guest_cpu guest = guest_of(&a, NULL);
	enum cpc_register reg;
	size_t index = 0;

	(void)state;
	assert_int_equal(gives_named(&guest, "avx2"), CPC_GIVE);
	assert_int_equal(gives_named(&guest, "rdctl-no"), CPC_GIVE);
	assert_int_equal(gives_named(&guest, "ssse3"), CPC_WITHHOLD);
	assert_int_equal(gives_named(&guest, "npt"), CPC_WITHHOLD);
	assert_int_equal(gives_named(&guest, "split-lock-detect"), CPC_WITHHOLD);
	assert_int_equal(gives_named(&guest, "vmx-ins-outs"), CPC_LEAVE);
	assert_int_equal(gives_named(&guest, "apic"), CPC_LEAVE);
	assert_true(cpc_map_bit_at(&map, CPC_L7_0_EBX, 5, &index));
	assert_string_equal(map.bits[index].name, "avx2");
	assert_true(cpc_map_bit_register(&map.bits[index], &reg));
	assert_int_equal(reg, CPC_L7_0_EBX);
	assert_false(cpc_map_bit_at(&map, CPC_L7_0_EBX, 6, &index));
	assert_true(cpc_map_bit_named(&map, "split-lock-detect", &index));
	assert_false(cpc_map_bit_register(&map.bits[index], &reg));
}

static const char *closest(const char *vendor, const char *features, uint32_t family, uint32_t model, uint32_t stepping)
{
	struct cpc_fingerprint fingerprint = with(vendor, features);
	const struct cpc_map_model *found;
	struct cpc_guest_cpu guest;

	fingerprint.family = family, fingerprint.model = model, fingerprint.stepping = stepping;
	guest = guest_of(&fingerprint, NULL);
	found = cpc_map_closest(&map, &guest);
	return found ? found->name : "none";
}

static void test_closest(void **state)
{
	(void)state;
	/* plain_fingerprint() has pni. */
	assert_string_equal(closest("GenuineIntel", "", 15, 1, 1), "plain");
	assert_string_equal(closest("GenuineIntel", "ssse3", 15, 1, 1), "Old");
	assert_string_equal(closest("GenuineIntel", "ssse3 avx2 rdcl_no", 15, 1, 1), "New");
	/* As far from one as from the other: that with less to forbid. */
	assert_string_equal(closest("GenuineIntel", "avx2", 15, 1, 1), "plain");
	/* The family and model count before the number of features. */
	assert_string_equal(closest("GenuineIntel", "", 6, 26, 5), "Old");
	assert_string_equal(closest("GenuineIntel", "ssse3", 6, 106, 6), "New");
	assert_string_equal(closest("GenuineIntel", "", 6, 85, 4), "Old");
	assert_string_equal(closest("GenuineIntel", "", 6, 85, 7), "plain");
	/* Of its vendor, or of none. */
	assert_string_equal(closest("AuthenticAMD", "ssse3 avx2", 6, 106, 6), "EPYC");
	assert_string_equal(closest("AuthenticAMD", "", 6, 26, 5), "plain");
	assert_string_equal(closest("CentaurHauls", "ssse3 avx2", 7, 11, 0), "plain");
}

static void test_no_model(void **state)
{
	static const char text[] = "<cpus><vendor name='Intel' string='GenuineIntel'/>"
				   "<model name='hosts'><decode host='on' guest='off'/></model>"
				   "<model name='Icelake-Client'/>"
				   "<model name='Intels'><vendor name='Intel'/></model></cpus>";
	const struct cpc_fingerprint intel = with("GenuineIntel", "");
	const struct cpc_fingerprint amd = with("AuthenticAMD", "");
	struct cpc_guest_cpu guest = guest_of(&intel, NULL);
	struct cpc_cpu_map few = { 0 };

	(void)state;
	assert_null(cpc_map_closest(&few, &guest));
	assert_int_equal(read_map_bytes(text, sizeof(text) - 1, &few, NULL, NULL), CPC_OK);
	assert_string_equal(cpc_map_closest(&few, &guest)->name, "Intels");
	guest = guest_of(&amd, NULL);
	assert_null(cpc_map_closest(&few, &guest));
	cpc_cpu_map_free(&few);
}

static void test_uncertain(void **state)
{
	size_t pt = 0, monitor = 0, avx2 = 0;

	(void)state;
	assert_true(cpc_map_bit_named(&map, "intel-pt", &pt));
	assert_true(cpc_map_bit_named(&map, "monitor", &monitor));
	assert_true(cpc_map_bit_named(&map, "avx2", &avx2));
	assert_true(cpc_map_uncertain(model_named(&map, "New"), &map.bits[pt], pt));
	assert_false(cpc_map_uncertain(model_named(&map, "Old"), &map.bits[pt], pt));
	assert_true(cpc_map_uncertain(model_named(&map, "EPYC"), &map.bits[monitor], monitor));
	assert_false(cpc_map_uncertain(model_named(&map, "EPYC"), &map.bits[avx2], avx2));
}

static int setup(void **state)
{
	(void)state;
	open_small_map(&map);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cpc_cpu_map_free(&map);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),	 cmocka_unit_test(test_unread),	   cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_implied),	 cmocka_unit_test(test_map_bits),  cmocka_unit_test(test_closest),
		cmocka_unit_test(test_no_model), cmocka_unit_test(test_uncertain),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
