/* SPDX-License-Identifier: MIT */
/* The replay environment: what it answers for leaves that are there, and for those that are not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cpc_leaf big[] = {
	{ 0x0, 0, { 0xb, 0x756e6547, 0x6c65746e, 0x49656e69 } },
	{ 0x1, 0, { 0x906ea, 0x100800, 0x7ffafbbf, 0xbfebfbff } },
	{ 0x4, 0, { 0x121, 0x1c0003f, 0x3f, 0 } },
	{ 0x4, 1, { 0x122, 0x1c0003f, 0x3f, 0 } },
	{ 0xb, 0, { 1, 2, 0x100, 0 } },
	{ 0xb, 1, { 4, 8, 0x201, 0 } },
	{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
	{ 0x80000008, 0, { 0x3027, 0, 0, 0 } },
};

static const struct cpc_leaf little[] = {
	{ 0x0, 0, { 0x1, 0x756e6547, 0x6c65746e, 0x49656e69 } },
	{ 0x1, 0, { 0x906ea, 0x100800, 0, 0xbfebfbff } },
};

static void add(struct cpc_capture *capture, unsigned int cpu, const struct cpc_leaf *leaves, size_t count,
		const struct cpc_msr *msr)
{
	struct cpc_snapshot snapshot = { 0 };

	for (size_t i = 0; i < count; i++)
		assert_int_equal(cpc_snapshot_add_leaf(&snapshot, &leaves[i], NULL), CPC_OK);
	if (msr)
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, msr, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(capture, cpu, &snapshot, NULL), CPC_OK);
}

/* CPUs 2 and 700 are of the first kind, 3 of the second. */
static int setup(void **state)
{
	static struct cpc_capture capture;
	const struct cpc_msr msr = { 0x10a, true, 0x1234 };

	capture = (struct cpc_capture){ 0 };
	add(&capture, 2, big, COUNT(big), &msr);
	add(&capture, 700, big, COUNT(big), &msr);
	add(&capture, 3, little, COUNT(little), &(struct cpc_msr){ 0x10a, false, 0 });
	assert_int_equal(capture.kind_count, 2);
	*state = &capture;
	return 0;
}

static int teardown(void **state)
{
	cpc_capture_free(*state);
	return 0;
}

static void expect(const struct cpc_env *env, uint32_t leaf, uint32_t subleaf, const uint32_t *regs)
{
	static const uint32_t zeros[CPC_REG_COUNT];
	uint32_t answer[CPC_REG_COUNT];

	memset(answer, 0xa5, sizeof(answer));
	assert_true(env->cpuid(env->context, leaf, subleaf, answer));
	assert_memory_equal(answer, regs ? regs : zeros, sizeof(answer));
}

static void leaves_answer_as_captured(void **state)
{
	struct cpc_env env;

	cpc_env_replay(&env, *state, "/nonexistent");
	for (size_t i = 0; i < COUNT(big); i++)
		expect(&env, big[i].leaf, big[i].subleaf, big[i].regs);
}

static void expect_no_answer(const struct cpc_env *env, uint32_t leaf, uint32_t subleaf)
{
	static const uint32_t zeros[CPC_REG_COUNT];
	uint32_t answer[CPC_REG_COUNT];

	memset(answer, 0xa5, sizeof(answer));
	assert_false(env->cpuid(env->context, leaf, subleaf, answer));
	assert_memory_equal(answer, zeros, sizeof(answer));
}

static void what_a_dump_lacks_is_no_answer(void **state)
{
	struct cpc_env env;

	cpc_env_replay(&env, *state, "/nonexistent");
	expect_no_answer(&env, 0x4, 2);
	expect_no_answer(&env, 0x7, 0);
	expect_no_answer(&env, 0x80000001, 0);
	/* Beyond the last subleaf a processor answers, and says nothing. */
	expect(&env, 0xb, 2, NULL);
}

/* A dump that was cut off behind leaf 1, and one whose components could not be told apart. */
static void what_a_dump_lacks_stays_unread(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0x0, 0, { 0xd, 0x756e6547, 0x6c65746e, 0x49656e69 } },
		{ 0x1, 0, { 0x906ea, 0x100800, 0x7ffafbbf, 0xbfebfbff } },
		{ 0xd, 0, { 0x1f, 0x440, 0x440, 0 } },
		{ 0xd, 2, { 0x100, 0x240, 0, 0 } },
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		char before[CPC_FINGERPRINT_SIZE];
		char after[CPC_FINGERPRINT_SIZE];
		struct cpc_capture dump = { 0 };
		struct cpc_fingerprint fingerprint;
		struct cpc_capture probed;
		struct cpc_env env;

		add(&dump, 0, leaves, i ? COUNT(leaves) : 2, NULL);
		dump.kinds[0].snapshot.layout_unknown = i == 1;
		cpc_fingerprint_of(&dump.kinds[0].snapshot, &fingerprint);
		assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L7_0_EBX, 5), CPC_UNKNOWN);
		assert_int_equal(fingerprint.layout_unknown, true);
		cpc_fingerprint_print(&fingerprint, before);
		cpc_env_replay(&env, &dump, "/nonexistent");
		assert_int_equal(cpc_probe_all(&env, &probed, NULL), CPC_OK);
		cpc_fingerprint_of(&probed.kinds[0].snapshot, &fingerprint);
		cpc_fingerprint_print(&fingerprint, after);
		assert_string_equal(before, after);
		cpc_capture_free(&probed);
		cpc_capture_free(&dump);
	}
}

static void out_of_range_echoes_the_highest_basic_leaf(void **state)
{
	struct cpc_env env;

	cpc_env_replay(&env, *state, "/nonexistent");
	expect(&env, 0xc, 0, big[4].regs);
	expect(&env, 0xc, 1, big[5].regs);
	expect(&env, 0xffffffff, 0, big[4].regs);
	expect(&env, 0x40000000, 0, big[4].regs);
	expect(&env, 0x40000100, 1, big[5].regs);
	expect(&env, 0x80000009, 0, big[4].regs);
	expect(&env, 0xc0000000, 0, big[4].regs);
}

static void online_is_every_kind(void **state)
{
	struct cpc_env env;
	struct cpc_cpu_set cpus;

	cpc_env_replay(&env, *state, "/nonexistent");
	memset(&cpus, 0xff, sizeof(cpus));
	assert_int_equal(env.online(env.context, &cpus), 0);
	assert_int_equal(cpc_cpu_set_count(&cpus), 3);
	assert_int_equal(cpus.bits[0], 0xc);
	assert_int_equal(cpus.bits[700 / 64], UINT64_C(1) << 700 % 64);
}

static void pins_choose_the_kind(void **state)
{
	struct cpc_env env;

	cpc_env_replay(&env, *state, "/nonexistent");
	assert_int_equal(env.pin(env.context, 3), 0);
	expect(&env, 0, 0, little[0].regs);
	expect(&env, 0x80000000, 0, little[1].regs);
	assert_int_equal(env.pin(env.context, 4), -EINVAL);
	assert_int_equal(env.pin(env.context, CPC_CPUS_MAX), -EINVAL);
	expect(&env, 0, 0, little[0].regs);
	env.unpin(env.context);
	expect(&env, 0, 0, big[0].regs);
}

static void msrs_are_those_of_the_cpu(void **state)
{
	struct cpc_env env;
	uint64_t value = 7;

	cpc_env_replay(&env, *state, "/nonexistent");
	assert_int_equal(env.rdmsr(env.context, 3, 0x10a, &value), -EACCES);
	assert_int_equal(env.rdmsr(env.context, 2, 0x10b, &value), -ENOENT);
	assert_int_equal(env.rdmsr(env.context, 9, 0x10a, &value), -ENOENT);
	assert_int_equal(value, 7);
	assert_int_equal(env.rdmsr(env.context, 700, 0x10a, &value), 0);
	assert_int_equal(value, 0x1234);
}

static void nothing_is_bounded_too(void **state)
{
	const struct cpc_capture empty = { 0 };
	struct cpc_env env;
	struct cpc_cpu_set cpus;

	(void)state;
	cpc_env_replay(&env, &empty, "/nonexistent");
	expect_no_answer(&env, 0, 0);
	assert_int_equal(env.online(env.context, &cpus), 0);
	assert_int_equal(cpc_cpu_set_count(&cpus), 0);
	assert_false(env.live);
	assert_int_equal(env.now(env.context), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_answer_as_captured),
		cmocka_unit_test(what_a_dump_lacks_is_no_answer),
		cmocka_unit_test(what_a_dump_lacks_stays_unread),
		cmocka_unit_test(out_of_range_echoes_the_highest_basic_leaf),
		cmocka_unit_test(online_is_every_kind),
		cmocka_unit_test(pins_choose_the_kind),
		cmocka_unit_test(msrs_are_those_of_the_cpu),
		cmocka_unit_test(nothing_is_bounded_too),
	};

	return cmocka_run_group_tests_name("env_replay", tests, setup, teardown);
}
