/* SPDX-License-Identifier: MIT */
/* This machine, asked for real: nothing is left behind, and no CPUID is executed twice. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "probes.h"

/* CPUs that no machine with this test has. */
#define NOWHERE 8000

static void affinity(cpu_set_t *ret_cpus)
{
	CPU_ZERO(ret_cpus);
	if (sched_getaffinity(0, sizeof(*ret_cpus), ret_cpus))
		skip();
}

static int lowest_free_descriptor(void)
{
	const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	return fd;
}

static int with_nowhere(void *context, struct cpc_cpu_set *ret_cpus)
{
	(void)context;
	memset(ret_cpus, 0, sizeof(*ret_cpus));
	ret_cpus->bits[0] = 1;
	ret_cpus->bits[NOWHERE / 64] = UINT64_C(1) << NOWHERE % 64;
	return 0;
}

static int only_nowhere(void *context, struct cpc_cpu_set *ret_cpus)
{
	(void)with_nowhere(context, ret_cpus);
	ret_cpus->bits[0] = 0;
	return 0;
}

/* Probe this machine with the thread's affinity watched. */
static void probe(struct cpc_env *env, struct cpc_capture *ret_capture)
{
	const int descriptor = lowest_free_descriptor();
	struct cpc_error error = { 0 };
	cpu_set_t before;
	cpu_set_t after;

	affinity(&before);
	if (cpc_probe_all(env, ret_capture, &error))
		fail_msg("%s", error.what);
	affinity(&after);
	assert_true(CPU_EQUAL(&before, &after));
	assert_int_equal(lowest_free_descriptor(), descriptor);
}

static size_t cpus_of(const struct cpc_capture *capture)
{
	size_t count = 0;

	for (size_t i = 0; i < capture->kind_count; i++)
		count += cpc_cpu_set_count(&capture->kinds[i].cpus);
	return count;
}

static void probing_leaves_no_trace(void **state)
{
	struct cpc_env env;
	struct cpc_capture capture;

	(void)state;
	cpc_env_live(&env, NULL);
	probe(&env, &capture);
	assert_int_equal(capture.origin, CPC_ORIGIN_LIVE);
	assert_true(cpus_of(&capture) >= 1);
	assert_true(capture.probe_count >= 6);
	assert_true(capture.measured[CPC_S_mxcsr_mask].known && capture.measured[CPC_S_mxcsr_mask].value & 1U << 15);
	assert_string_equal(capture.probes[0].name, "cpuid");
	assert_int_equal(capture.probes[0].status, CPC_PROBE_OK);
	assert_true(capture.probes[0].nanoseconds > 0);
	assert_int_equal(strlen(capture.collected_at), CPC_TIME_SIZE - 1);
	assert_int_equal(capture.collected_at[CPC_TIME_SIZE - 2], 'Z');
	cpc_capture_free(&capture);
}

/* A terminator each of leaves 4 and 0x8000001d, the hypervisor block after the last, a group that is not there. */
static void no_instruction_is_executed_twice(void **state)
{
	struct cpc_env env;
	struct cpc_capture capture;
	uint64_t most = 0;

	(void)state;
	cpc_env_live(&env, NULL);
	probe(&env, &capture);
	for (size_t i = 0; i < capture.kind_count; i++)
		most += cpc_cpu_set_count(&capture.kinds[i].cpus) * (capture.kinds[i].snapshot.leaf_count + 4);
	assert_true(capture.probes[0].cpuid_count >= capture.kinds[0].snapshot.leaf_count);
	assert_true(capture.probes[0].cpuid_count <= most);
	for (size_t i = 1; i < capture.probe_count; i++)
		assert_int_equal(capture.probes[i].cpuid_count, 0);
	cpc_capture_free(&capture);
}

static void an_environment_serves_again(void **state)
{
	struct cpc_env env;
	struct cpc_capture first;
	struct cpc_capture second;

	(void)state;
	cpc_env_live(&env, NULL);
	probe(&env, &first);
	probe(&env, &second);
	assert_int_equal(first.kind_count, second.kind_count);
	for (size_t i = 0; i < first.kind_count; i++)
		assert_true(cpc_snapshot_same_kind(&first.kinds[i].snapshot, &second.kinds[i].snapshot));
	cpc_capture_free(&first);
	cpc_capture_free(&second);
}

/* A daemon bound to one CPU still sees them all, and is bound to it afterwards. */
static void a_narrow_affinity_is_restored(void **state)
{
	struct cpc_env env;
	struct cpc_capture capture;
	cpu_set_t before;
	cpu_set_t narrow;

	(void)state;
	affinity(&before);
	CPU_ZERO(&narrow);
	CPU_SET((size_t)sched_getcpu(), &narrow);
	if (sched_setaffinity(0, sizeof(narrow), &narrow))
		skip();
	cpc_env_live(&env, NULL);
	probe(&env, &capture);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_true(cpus_of(&capture) >= (size_t)CPU_COUNT(&before));
	cpc_capture_free(&capture);
}

static void cpus_that_cannot_be_pinned_are_left_out(void **state)
{
	struct cpc_env env;
	struct cpc_capture capture;

	(void)state;
	cpc_env_live(&env, NULL);
	env.online = with_nowhere;
	probe(&env, &capture);
	assert_int_equal(cpus_of(&capture), 1);
	cpc_capture_free(&capture);
	env.online = only_nowhere;
	probe(&env, &capture);
	assert_int_equal(cpus_of(&capture), 1);
	assert_int_equal(capture.probes[0].status, CPC_PROBE_OK);
	cpc_capture_free(&capture);
}

static void pins_beyond_the_bound_are_refused(void **state)
{
	struct cpc_env env;

	(void)state;
	cpc_env_live(&env, NULL);
	assert_int_equal(env.pin(env.context, CPC_CPUS_MAX), -EINVAL);
	assert_int_equal(env.pin(env.context, NOWHERE), -EINVAL);
	env.unpin(env.context);
	env.unpin(env.context);
}

/* Whatever this machine lets us read: each failure is one of the three, and leaves the value alone. */
static void msr_errors_are_the_three(void **state)
{
	struct cpc_env env;
	uint64_t value = 7;
	int error;

	(void)state;
	cpc_env_live(&env, NULL);
	error = env.rdmsr(env.context, NOWHERE, 0x10a, &value);
	assert_int_equal(error, -ENOENT);
	assert_int_equal(value, 7);
	error = env.rdmsr(env.context, 0, 0x10a, &value);
	assert_true(error == 0 || error == -ENOENT || error == -EACCES || error == -EIO);
	if (error)
		assert_int_equal(value, 7);
}

/* Replaying what was probed gives the same again. */
static void a_replay_of_this_machine_is_this_machine(void **state)
{
	struct cpc_env live;
	struct cpc_env replay;
	struct cpc_capture capture;
	struct cpc_capture again;

	(void)state;
	cpc_env_live(&live, NULL);
	probe(&live, &capture);
	cpc_env_replay(&replay, &capture, "/nonexistent");
	probe(&replay, &again);
	assert_int_equal(again.kind_count, capture.kind_count);
	for (size_t i = 0; i < capture.kind_count; i++) {
		const struct cpc_snapshot *a = &capture.kinds[i].snapshot;
		const struct cpc_snapshot *b = &again.kinds[i].snapshot;

		assert_memory_equal(&capture.kinds[i].cpus, &again.kinds[i].cpus, sizeof(struct cpc_cpu_set));
		assert_int_equal(a->leaf_count, b->leaf_count);
		assert_memory_equal(a->leaves, b->leaves, a->leaf_count * sizeof(*a->leaves));
	}
	cpc_capture_free(&capture);
	cpc_capture_free(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probing_leaves_no_trace),
		cmocka_unit_test(no_instruction_is_executed_twice),
		cmocka_unit_test(an_environment_serves_again),
		cmocka_unit_test(a_narrow_affinity_is_restored),
		cmocka_unit_test(cpus_that_cannot_be_pinned_are_left_out),
		cmocka_unit_test(pins_beyond_the_bound_are_refused),
		cmocka_unit_test(msr_errors_are_the_three),
		cmocka_unit_test(a_replay_of_this_machine_is_this_machine),
	};

	return cmocka_run_group_tests_name("env_live", tests, NULL, NULL);
}
