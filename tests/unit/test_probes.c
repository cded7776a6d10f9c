/* SPDX-License-Identifier: MIT */
/* The CPUID probe against replays and against processors that lie. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define INTEL 0x756e6547, 0x6c65746e, 0x49656e69

/* A guest of KVM beside Hyper-V's interface; every leaf that a walk records, and the ends of its lists. */
static const struct cpc_leaf intel[] = {
	{ 0x0, 0, { 0xd, INTEL } },
	{ 0x1, 0, { 0x906ea, 0x100800, 0xfffafbbf, 0xbfebfbff } },
	{ 0x2, 0, { 0x76036301, 0xf0b5ff, 0, 0xc30000 } },
	{ 0x3, 0, { 0 } },
	{ 0x4, 0, { 0x121, 0x1c0003f, 0x3f, 0 } },
	{ 0x4, 1, { 0x122, 0x1c0003f, 0x3f, 0 } },
	{ 0x4, 2, { 0x143, 0xc0003f, 0x3ff, 0 } },
	{ 0x5, 0, { 0x40, 0x40, 3, 0x11142120 } },
	{ 0x6, 0, { 4, 0, 0, 0 } },
	{ 0x7, 0, { 1, 0x29c67af, 0x4, 0x20000000 } },
	{ 0x7, 1, { 0x20, 0, 0, 0 } },
	{ 0x8, 0, { 0 } },
	{ 0x9, 0, { 0 } },
	{ 0xa, 0, { 0x7300404, 0, 0, 0x603 } },
	{ 0xb, 0, { 1, 2, 0x100, 0 } },
	{ 0xb, 1, { 4, 8, 0x201, 0 } },
	{ 0xb, 2, { 0, 0, 2, 0 } },
	{ 0xc, 0, { 0 } },
	{ 0xd, 0, { 0x207, 0x340, 0xa88, 0 } },
	{ 0xd, 1, { 0xf, 0x340, 0x100, 0 } },
	{ 0xd, 2, { 0x100, 0x240, 0, 0 } },
	{ 0xd, 8, { 0x80, 0, 1, 0 } },
	{ 0xd, 9, { 8, 0xa80, 0, 0 } },
	{ 0x40000000, 0, { 0x40000002, 0x7263694d, 0x666f736f, 0x76482074 } },
	{ 0x40000001, 0, { 0x31237648, 0, 0, 0 } },
	{ 0x40000002, 0, { 0 } },
	{ 0x40000100, 0, { 0x40000101, 0x4b4d564b, 0x564b4d56, 0x4d } },
	{ 0x40000101, 0, { 0x1007efb, 0, 0, 0 } },
	{ 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
	{ 0x80000001, 0, { 0, 0, 0x121, 0x2c100800 } },
};

/* The same without 1.ecx[31] (nothing announces the hypervisor leaves) and without its extended group. */
static const struct cpc_leaf zhaoxin[] = {
	{ 0x0, 0, { 0x1, 0x68532020, 0x20206961, 0x68676e61 } },
	{ 0x1, 0, { 0x107b0, 0x800, 0x7fdae3bf, 0xbfcbfbff } },
	{ 0xc0000000, 0, { 0xc0000001, 0, 0, 0 } },
	{ 0xc0000001, 0, { 0, 0, 0, 0x3fff } },
};

/* The MSRs that its leaves announce: VT-x with EPT and firmware's consent. */
static const struct cpc_msr intel_msrs[] = {
	{ 0x10a, true, 0x2000000a },
	{ 0x3a, true, 5 },
	{ 0x345, true, 0x33c5 },
	{ 0x482, true, 0xfff9fffe0401e172 },
	{ 0x48b, true, 0x00137bff00000000 },
	{ 0x48c, true, 0x00000f0106734141 },
};

static void add(struct cpc_capture *capture, unsigned int cpu, const struct cpc_leaf *leaves, size_t count,
		const struct cpc_msr *msrs, size_t msr_count)
{
	struct cpc_snapshot snapshot = { 0 };

	for (size_t i = 0; i < count; i++)
		assert_int_equal(cpc_snapshot_add_leaf(&snapshot, &leaves[i], NULL), CPC_OK);
	for (size_t i = 0; i < msr_count; i++)
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, &msrs[i], NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(capture, cpu, &snapshot, NULL), CPC_OK);
}

static void probe(const struct cpc_env *env, struct cpc_capture *ret_capture)
{
	struct cpc_error error = { 0 };

	if (cpc_probe_all(env, ret_capture, &error))
		fail_msg("%s", error.what);
}

static void same_capture(const struct cpc_capture *a, const struct cpc_capture *b)
{
	assert_int_equal(a->kind_count, b->kind_count);
	for (size_t i = 0; i < a->kind_count; i++) {
		const struct cpc_snapshot *left = &a->kinds[i].snapshot;
		const struct cpc_snapshot *right = &b->kinds[i].snapshot;

		assert_memory_equal(&a->kinds[i].cpus, &b->kinds[i].cpus, sizeof(a->kinds[i].cpus));
		assert_int_equal(left->leaf_count, right->leaf_count);
		assert_memory_equal(left->leaves, right->leaves, left->leaf_count * sizeof(*left->leaves));
		assert_int_equal(left->msr_count, right->msr_count);
		for (size_t j = 0; j < left->msr_count; j++) {
			assert_int_equal(left->msrs[j].address, right->msrs[j].address);
			assert_int_equal(left->msrs[j].readable, right->msrs[j].readable);
			assert_int_equal(left->msrs[j].value, right->msrs[j].value);
		}
	}
}

/* Equal arrays also say that no echo of an out-of-range leaf got in. */
static void round_trip(const struct cpc_capture *capture)
{
	struct cpc_env env;
	struct cpc_capture again;

	cpc_env_replay(&env, capture, "/nonexistent");
	probe(&env, &again);
	assert_int_equal(again.origin, CPC_ORIGIN_DUMP);
	same_capture(capture, &again);
	cpc_capture_free(&again);
}

static void a_replay_gives_the_same_snapshot(void **state)
{
	/* Nobody knows whether there are secondary controls, so what they announce is not asked for. */
	static const struct cpc_msr refused[] = {
		{ 0x10a, false, 0 },
		{ 0x3a, false, 0 },
		{ 0x345, false, 0 },
		{ 0x482, false, 0 },
	};
	struct cpc_capture capture = { 0 };

	(void)state;
	add(&capture, 0, intel, COUNT(intel), intel_msrs, COUNT(intel_msrs));
	round_trip(&capture);
	cpc_capture_free(&capture);
	add(&capture, 0, intel, COUNT(intel), refused, COUNT(refused));
	round_trip(&capture);
	cpc_capture_free(&capture);
	/* No leaf of it announces MSR 0x10a. */
	add(&capture, 0, zhaoxin, COUNT(zhaoxin), intel_msrs + 1, COUNT(intel_msrs) - 1);
	round_trip(&capture);
	cpc_capture_free(&capture);
}

static void a_hidden_hypervisor_is_found(void **state)
{
	struct cpc_capture capture = { 0 };
	struct cpc_capture again;
	struct cpc_leaf leaves[COUNT(intel)];
	struct cpc_env env;

	(void)state;
	memcpy(leaves, intel, sizeof(leaves));
	leaves[1].regs[CPC_ECX] &= ~(UINT32_C(1) << 31);
	add(&capture, 0, leaves, COUNT(leaves), NULL, 0);
	cpc_env_replay(&env, &capture, "/nonexistent");
	probe(&env, &again);
	/* QEMU's hypervisor=off clears the bit and leaves the leaves. */
	assert_int_equal(again.kinds[0].snapshot.leaf_count, COUNT(intel));
	assert_non_null(cpc_snapshot_leaf(&again.kinds[0].snapshot, 0x40000000, 0));
	/* The terminator of leaf 4 and the block after the last are asked for, and not kept. */
	assert_int_equal(again.probes[0].cpuid_count, COUNT(intel) + 2);
	cpc_capture_free(&again);
	cpc_capture_free(&capture);
}

static void a_hybrid_has_two_kinds(void **state)
{
	struct cpc_capture capture = { 0 };
	struct cpc_leaf small[COUNT(intel)];
	struct cpc_env env;
	struct cpc_capture again;
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	memcpy(small, intel, sizeof(small));
	small[4].regs[CPC_EBX] = 0x3c0003f;
	for (unsigned int cpu = 0; cpu < 20; cpu++) {
		const bool is_small = cpu >= 4 && cpu % 2;

		add(&capture, cpu, is_small ? small : intel, COUNT(intel), intel_msrs, COUNT(intel_msrs));
	}
	round_trip(&capture);
	cpc_env_replay(&env, &capture, "/nonexistent");
	probe(&env, &again);
	assert_int_equal(again.kind_count, 2);
	cpc_cpu_set_print(&again.kinds[1].cpus, list);
	assert_string_equal(list, "5,7,9,11,13,15,17,19");
	cpc_capture_free(&again);
	cpc_capture_free(&capture);
}

/* Firmware forgot two CPUs: they are of the same kind, and what they said is not lost, nor on the way through a probe.
 */
static void cpus_that_firmware_forgot(void **state)
{
	struct cpc_capture capture = { 0 };
	struct cpc_msr locked[COUNT(intel_msrs)];
	struct cpc_env env;
	struct cpc_capture again;
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	memcpy(locked, intel_msrs, sizeof(locked));
	locked[1].value = 1;
	for (unsigned int cpu = 0; cpu < 8; cpu++)
		add(&capture, cpu, intel, COUNT(intel), cpu == 3 || cpu == 6 ? locked : intel_msrs, COUNT(locked));
	round_trip(&capture);
	cpc_env_replay(&env, &capture, "/nonexistent");
	probe(&env, &again);
	assert_int_equal(again.kind_count, 1);
	assert_int_equal(again.odd_msr_count, 1);
	assert_int_equal(again.odd_msrs[0].msr.address, 0x3a);
	assert_int_equal(again.odd_msrs[0].msr.value, 1);
	cpc_cpu_set_print(&again.odd_msrs[0].cpus, list);
	assert_string_equal(list, "3,6");
	assert_int_equal(cpc_capture_msr(&again, 2, 0x3a)->value, 5);
	assert_int_equal(cpc_capture_msr(&again, 6, 0x3a)->value, 1);
	cpc_capture_free(&again);
	cpc_capture_free(&capture);
}

/* A processor made of one function, on one or more CPUs that may or may not be pinned. */
struct liar {
	uint32_t (*eax)(uint32_t leaf, uint32_t subleaf); /* eax; the other registers are `rest` */
	uint32_t rest;
	struct cpc_cpu_set online;
	int online_error;
	int pin_error;
	unsigned int pinned;
	unsigned int unpins;
	uint64_t asked;
};

static bool liar_cpuid(void *context, uint32_t leaf, uint32_t subleaf, uint32_t ret_regs[static CPC_REG_COUNT])
{
	struct liar *liar = context;

	liar->asked++;
	ret_regs[CPC_EAX] = liar->eax(leaf, subleaf);
	ret_regs[CPC_EBX] = ret_regs[CPC_ECX] = liar->rest;
	/* Every CPU another kind, if there are more of them. */
	ret_regs[CPC_EDX] = leaf == 2 ? liar->pinned : liar->rest;
	/* Even a liar names a vendor: without one it would not be believed at all. */
	if (leaf == 0)
		ret_regs[CPC_EBX] = ret_regs[CPC_ECX] = ret_regs[CPC_EDX] = 0x7261696c;
	return true;
}

static int liar_rdmsr(void *context, unsigned int cpu, uint32_t address, uint64_t *ret_value)
{
	(void)context;
	(void)cpu;
	(void)address;
	*ret_value = UINT64_MAX;
	return -EIO;
}

static int liar_kvm(void *context, struct cpc_capture *capture)
{
	static const struct cpc_leaf leaf = { 1, 0, { 0, 0, 0, 0 } };

	(void)context;
	/* Half an answer, and then none: it must not be taken for KVM's view, and nothing of it leak. */
	assert_int_equal(cpc_snapshot_add_leaf(&capture->kvm.snapshot, &leaf, NULL), CPC_OK);
	return -EIO;
}

static uint32_t liar_mxcsr_mask(void *context)
{
	(void)context;
	return 0;
}

static int liar_online(void *context, struct cpc_cpu_set *ret_cpus)
{
	struct liar *liar = context;

	*ret_cpus = liar->online;
	return liar->online_error;
}

static int liar_pin(void *context, unsigned int cpu)
{
	struct liar *liar = context;

	liar->pinned = cpu;
	return liar->pin_error;
}

static void liar_unpin(void *context)
{
	((struct liar *)context)->unpins++;
}

static uint64_t liar_now(void *context)
{
	return ((struct liar *)context)->asked;
}

static int64_t liar_time(void *context)
{
	(void)context;
	return 1714140000;
}

static enum cpc_status ask(struct liar *liar, struct cpc_capture *ret_capture)
{
	const struct cpc_env env = {
		.context = liar,
		.cpuid = liar_cpuid,
		.rdmsr = liar_rdmsr,
		.kvm = liar_kvm,
		.mxcsr_mask = liar_mxcsr_mask,
		.online = liar_online,
		.pin = liar_pin,
		.unpin = liar_unpin,
		.now = liar_now,
		.time = liar_time,
		.sysroot = "/nonexistent",
	};
	struct cpc_error error = { 0 };
	const enum cpc_status status = cpc_probe_all(&env, ret_capture, &error);

	assert_int_equal(status, error.status);
	assert_true(!status == !error.what[0]);
	assert_int_equal(liar->unpins, 1);
	return status;
}

static uint32_t all_ones(uint32_t leaf, uint32_t subleaf)
{
	(void)leaf;
	(void)subleaf;
	return UINT32_MAX;
}

static uint32_t widest_groups(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	return leaf & 0xffff ? UINT32_MAX : leaf | 0xffff;
}

static uint32_t endless_caches(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	return leaf == 0 ? 5 : leaf == 4 ? 0x121 : leaf == 0x80000000U ? 0x7fffffff : 0;
}

static uint32_t huge_subleaf_maximum(uint32_t leaf, uint32_t subleaf)
{
	return leaf == 0 ? 7 : leaf == 7 && subleaf == 0 ? UINT32_MAX : 0;
}

static uint32_t hypervisors_everywhere(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	return leaf == 0 ? 1 : leaf >> 16 == 0x4000 ? leaf : 0;
}

static uint32_t full_hypervisors_everywhere(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	return leaf == 0 ? 1 : leaf >> 16 == 0x4000 ? leaf | 0xff : 0;
}

static uint32_t two_leaves(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	return leaf == 0 ? 2 : 0;
}

static void lies_end(void **state)
{
	/* `leaves` 0: refused. */
	static const struct {
		uint32_t (*eax)(uint32_t leaf, uint32_t subleaf);
		uint32_t rest;
		size_t leaves;
		uint64_t most;
	} lies[] = {
		{ all_ones, UINT32_MAX, 1, 3 },
		{ widest_groups, UINT32_MAX, 0, CPC_LEAVES_MAX + 64 },
		{ endless_caches, 0, 6 + 63, 80 },
		{ huge_subleaf_maximum, 0, 8 + 63, 80 },
		{ hypervisors_everywhere, UINT32_MAX, 2 + 256, 300 },
		{ full_hypervisors_everywhere, UINT32_MAX, 0, CPC_LEAVES_MAX + 64 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		struct liar liar = { .eax = lies[i].eax, .rest = lies[i].rest, .online.bits = { 1 } };
		struct cpc_capture capture = { 0 };
		const enum cpc_status status = ask(&liar, &capture);

		assert_int_equal(status, lies[i].leaves ? CPC_OK : CPC_INTERNAL);
		assert_in_range(liar.asked, 1, lies[i].most);
		if (status)
			continue;
		assert_int_equal(capture.kinds[0].snapshot.leaf_count, lies[i].leaves);
		assert_int_equal(capture.probes[0].cpuid_count, liar.asked);
		assert_int_equal(capture.probes[0].nanoseconds, liar.asked);
		cpc_capture_free(&capture);
	}
}

static void a_failed_probe_touches_nothing(void **state)
{
	struct liar liar = { .eax = widest_groups, .rest = UINT32_MAX, .online.bits = { 3 } };
	struct cpc_capture capture;
	struct cpc_capture poison;

	(void)state;
	memset(&capture, 0xa5, sizeof(capture));
	memset(&poison, 0xa5, sizeof(poison));
	assert_int_equal(ask(&liar, &capture), CPC_INTERNAL);
	assert_memory_equal(&capture, &poison, sizeof(capture));
}

static void more_kinds_than_a_host_has_are_refused(void **state)
{
	struct liar liar = { .eax = two_leaves };
	struct cpc_capture capture;

	(void)state;
	memset(&liar.online, 0xff, sizeof(liar.online));
	assert_int_equal(ask(&liar, &capture), CPC_INTERNAL);
	assert_in_range(liar.asked, 1, 5 * (CPC_KINDS_MAX + 1));
}

static void one_cpu_is_asked_in_any_case(void **state)
{
	struct liar unpinnable = { .eax = two_leaves, .online.bits = { 0, 6 }, .pin_error = -EPERM };
	struct liar blind = { .eax = two_leaves, .online_error = -ENOSYS };
	struct cpc_capture capture;
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	assert_int_equal(ask(&unpinnable, &capture), CPC_OK);
	assert_int_equal(capture.kind_count, 1);
	cpc_cpu_set_print(&capture.kinds[0].cpus, list);
	assert_string_equal(list, "65");
	assert_string_equal(capture.collected_at, "2024-04-26T14:00:00Z");
	cpc_capture_free(&capture);
	assert_int_equal(ask(&blind, &capture), CPC_OK);
	assert_int_equal(cpc_cpu_set_count(&capture.kinds[0].cpus), 1);
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replay_gives_the_same_snapshot),
		cmocka_unit_test(a_hidden_hypervisor_is_found),
		cmocka_unit_test(a_hybrid_has_two_kinds),
		cmocka_unit_test(cpus_that_firmware_forgot),
		cmocka_unit_test(lies_end),
		cmocka_unit_test(a_failed_probe_touches_nothing),
		cmocka_unit_test(more_kinds_than_a_host_has_are_refused),
		cmocka_unit_test(one_cpu_is_asked_in_any_case),
	};

	return cmocka_run_group_tests_name("probes", tests, NULL, NULL);
}
