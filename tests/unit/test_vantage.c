/* SPDX-License-Identifier: MIT */
/* From where CPUID was seen: signatures in every block, the root partition of Hyper-V, and dumps. */
#include "support.h"

#include "../../agent/core/derive.h"

static uint32_t four(const char *text)
{
	return (uint32_t)(unsigned char)text[0] | (uint32_t)(unsigned char)text[1] << 8 |
	       (uint32_t)(unsigned char)text[2] << 16 | (uint32_t)(unsigned char)text[3] << 24;
}

static struct cpc_leaf block(uint32_t base, const char *signature)
{
	char padded[13] = { 0 };

	memcpy(padded, signature, strlen(signature));
	return (struct cpc_leaf){ base, 0, { base + 6, four(padded), four(padded + 4), four(padded + 8) } };
}

static struct cpc_leaf leaf_1(bool hypervisor)
{
	return (struct cpc_leaf){ 1, 0, { 0, 0, hypervisor ? UINT32_C(1) << 31 : 0, 0 } };
}

static const struct cpc_leaf leaf_0 = { 0, 0, { 1, INTEL } };

static void expect_hypervisor(const struct cpc_leaf *leaves, size_t count, bool present, const char *id,
			      const char *signature)
{
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, count);
	const struct cpc_hypervisor hypervisor = cpc_hypervisor_of(&snapshot);

	assert_int_equal(hypervisor.present, present);
	assert_string_equal(hypervisor.id, id);
	assert_string_equal(hypervisor.signature, signature);
	assert_non_null(hypervisor.name);
	cpc_snapshot_free(&snapshot);
}

static void test_one_block(void **state)
{
	static const struct {
		const char *signature;
		const char *id;
	} rows[] = {
		{ "KVMKVMKVM", "kvm" },	      { "Microsoft Hv", "microsoft" }, { "XenVMMXenVMM", "xen" },
		{ "VMwareVMware", "vmware" }, { "TCGTCGTCGTCG", "qemu" },      { "bhyve bhyve ", "bhyve" },
		{ "VBoxVBoxVBox", "oracle" }, { "KVMKVMKVMX", "unknown" },     { "NobodyKnows!", "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_leaf leaves[] = { leaf_0, leaf_1(true), block(0x40000000, rows[i].signature) };

		expect_hypervisor(leaves, COUNT(leaves), true, rows[i].id, rows[i].signature);
	}
}

static void test_several_blocks(void **state)
{
	const struct cpc_leaf kvm[] = { leaf_0, leaf_1(true), block(0x40000000, "Microsoft Hv"),
					block(0x40000100, "KVMKVMKVM") };
	const struct cpc_leaf xen[] = { leaf_0, leaf_1(true), block(0x40000000, "Microsoft Hv"),
					block(0x40000200, "Gap"), block(0x40000300, "XenVMMXenVMM") };
	const struct cpc_leaf last[] = { leaf_0, leaf_1(true), block(0x4000ff00, "KVMKVMKVM") };
	const struct cpc_leaf first_wins[] = { leaf_0, leaf_1(true), block(0x40000000, "VMwareVMware"),
					       block(0x40000100, "KVMKVMKVM") };
	const struct cpc_leaf unknown_first[] = { leaf_0, leaf_1(true), block(0x40000000, "NobodyKnows!"),
						  block(0x40000100, "Microsoft Hv") };

	(void)state;
	expect_hypervisor(kvm, COUNT(kvm), true, "kvm", "KVMKVMKVM");
	expect_hypervisor(xen, COUNT(xen), true, "xen", "XenVMMXenVMM");
	expect_hypervisor(last, COUNT(last), true, "kvm", "KVMKVMKVM");
	expect_hypervisor(first_wins, COUNT(first_wins), true, "vmware", "VMwareVMware");
	expect_hypervisor(unknown_first, COUNT(unknown_first), true, "microsoft", "Microsoft Hv");
}

/* The bit alone, the leaves alone, neither; and what an out-of-range leaf of bare metal echoes. */
static void test_presence(void **state)
{
	const struct cpc_leaf nothing[] = { leaf_0, leaf_1(false) };
	const struct cpc_leaf bit[] = { leaf_0, leaf_1(true) };
	const struct cpc_leaf leaves[] = { leaf_0, leaf_1(false), block(0x40000000, "KVMKVMKVM") };
	const struct cpc_leaf echo[] = { leaf_0,
					 leaf_1(false),
					 { 0x40000000, 0, { 0x16, 0x20202020, 5, 6 } },
					 { 0x40000100, 0, { 0x16, 0x20202020, 5, 6 } } };

	(void)state;
	expect_hypervisor(nothing, COUNT(nothing), false, "unknown", "");
	expect_hypervisor(bit, COUNT(bit), true, "unknown", "");
	expect_hypervisor(leaves, COUNT(leaves), true, "kvm", "KVMKVMKVM");
	expect_hypervisor(echo, COUNT(echo), false, "unknown", "");
}

/* Emulators that sign in the vendor's place; a signature where signatures belong counts before it. */
static void test_emulators(void **state)
{
	static const struct {
		const char *vendor;
		const char *id;
	} rows[] = {
		{ "VirtualApple", "rosetta" },
		{ "MicrosoftXTA", "xta" },
		{ "PowerVM Lx86", "powervm" },
		{ "Virtual CPU ", "virtualpc" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *vendor = rows[i].vendor;
		/* A vendor stands in ebx, edx and ecx. */
		const struct cpc_leaf leaves[] = { { 0, 0, { 1, four(vendor), four(vendor + 8), four(vendor + 4) } },
						   leaf_1(false),
						   block(0x40000000, "KVMKVMKVM") };

		expect_hypervisor(leaves, 2, true, rows[i].id, vendor);
		expect_hypervisor(leaves, 3, true, "kvm", "KVMKVMKVM");
	}
}

static enum cpc_vantage vantage_of(const struct cpc_leaf *leaves, size_t count, enum cpc_origin origin)
{
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, count);
	const struct cpc_hypervisor hypervisor = cpc_hypervisor_of(&snapshot);
	const enum cpc_vantage vantage = cpc_vantage_of(&hypervisor, origin);

	cpc_snapshot_free(&snapshot);
	return vantage;
}

#define HV1 0x31237648
#define CREATE_PARTITIONS (1U << 0)
#define CPU_MANAGEMENT (1U << 12)
#define ISOLATION (1U << 22)

static void test_root_partition(void **state)
{
	static const struct {
		uint32_t interface;
		uint32_t privileges;
		enum cpc_vantage expected;
	} rows[] = {
		{ HV1, CREATE_PARTITIONS | CPU_MANAGEMENT, CPC_ROOT_PARTITION },
		{ HV1, UINT32_MAX & ~ISOLATION, CPC_ROOT_PARTITION },
		{ HV1, CREATE_PARTITIONS | CPU_MANAGEMENT | ISOLATION, CPC_GUEST },
		{ HV1, CREATE_PARTITIONS, CPC_GUEST },
		{ HV1, CPU_MANAGEMENT, CPC_GUEST },
		{ HV1, 0, CPC_GUEST },
		{ 0, CREATE_PARTITIONS | CPU_MANAGEMENT, CPC_GUEST },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_leaf leaves[] = { leaf_0,
						   leaf_1(true),
						   block(0x40000000, "Microsoft Hv"),
						   { 0x40000001, 0, { rows[i].interface, 0, 0, 0 } },
						   { 0x40000003, 0, { 0, rows[i].privileges, 0, 0 } } };

		assert_int_equal(vantage_of(leaves, COUNT(leaves), CPC_ORIGIN_LIVE), rows[i].expected);
		assert_int_equal(vantage_of(leaves, COUNT(leaves), CPC_ORIGIN_REPORT), rows[i].expected);
		assert_int_equal(vantage_of(leaves, COUNT(leaves), CPC_ORIGIN_DUMP), CPC_DUMP);
	}
}

/* KVM that speaks Hyper-V's language is no root partition, whatever it grants. */
static void test_no_root_elsewhere(void **state)
{
	const struct cpc_leaf leaves[] = { leaf_0,
					   leaf_1(true),
					   block(0x40000000, "Microsoft Hv"),
					   { 0x40000001, 0, { HV1, 0, 0, 0 } },
					   { 0x40000003, 0, { 0, CREATE_PARTITIONS | CPU_MANAGEMENT, 0, 0 } },
					   block(0x40000100, "KVMKVMKVM") };
	const struct cpc_leaf bare[] = { leaf_0, leaf_1(false) };

	(void)state;
	assert_int_equal(vantage_of(leaves, COUNT(leaves), CPC_ORIGIN_LIVE), CPC_GUEST);
	assert_int_equal(vantage_of(bare, COUNT(bare), CPC_ORIGIN_LIVE), CPC_BARE_METAL);
	assert_int_equal(vantage_of(bare, COUNT(bare), CPC_ORIGIN_REPORT), CPC_BARE_METAL);
	assert_int_equal(vantage_of(bare, COUNT(bare), CPC_ORIGIN_FINGERPRINT), CPC_DUMP);
}

static void test_names(void **state)
{
	static const char *const names[] = { "bare-metal", "guest", "root-partition", "dump" };

	(void)state;
	for (int i = 0; i < CPC_VANTAGE_COUNT; i++)
		assert_string_equal(cpc_vantage_name((enum cpc_vantage)i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_block),      cmocka_unit_test(test_several_blocks),
		cmocka_unit_test(test_presence),       cmocka_unit_test(test_emulators),
		cmocka_unit_test(test_root_partition), cmocka_unit_test(test_no_root_elsewhere),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
