/* SPDX-License-Identifier: MIT */
/* The probes that read files, from a sysroot of our own; and what they share. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "probe_inside.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOBODY 65534

static const char *const made[] = { "/proc/cpuinfo", "/etc/hostname", "/etc/machine-id" };

static void join(char *ret_path, size_t size, const char *root, const char *name)
{
	assert_in_range(snprintf(ret_path, size, "%s%s", root, name), 1, size - 1);
}

static int make_root(void **state)
{
	static char root[64];
	char path[128];

	(void)snprintf(root, sizeof(root), "/tmp/cpc-sysroot-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	join(path, sizeof(path), root, "/proc");
	if (mkdir(path, 0755))
		return -1;
	join(path, sizeof(path), root, "/etc");
	*state = root;
	return mkdir(path, 0755);
}

static int remove_root(void **state)
{
	char path[128];

	for (size_t i = 0; i < COUNT(made); i++) {
		join(path, sizeof(path), *state, made[i]);
		(void)unlink(path);
	}
	join(path, sizeof(path), *state, "/proc");
	(void)rmdir(path);
	join(path, sizeof(path), *state, "/etc");
	(void)rmdir(path);
	return rmdir(*state);
}

static void put(const char *root, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	join(path, sizeof(path), root, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static const struct cpc_capture nobody_asked = {
	.cpuinfo_vmx = CPC_UNKNOWN,
	.cpuinfo_svm = CPC_UNKNOWN,
	.cpuinfo_ept = CPC_UNKNOWN,
	.cpuinfo_npt = CPC_UNKNOWN,
};

static enum cpc_probe_status run(enum cpc_probe_status (*probe)(const struct cpc_env *env, struct cpc_capture *capture),
				 const char *root, struct cpc_capture *ret_capture)
{
	const struct cpc_capture empty = { 0 };
	struct cpc_env env;

	*ret_capture = nobody_asked;
	cpc_env_replay(&env, &empty, root);
	return probe(&env, ret_capture);
}

static void expect_flags(const struct cpc_capture *capture, enum cpc_tristate vmx, enum cpc_tristate svm,
			 enum cpc_tristate ept, enum cpc_tristate npt)
{
	assert_int_equal(capture->cpuinfo_vmx, vmx);
	assert_int_equal(capture->cpuinfo_svm, svm);
	assert_int_equal(capture->cpuinfo_ept, ept);
	assert_int_equal(capture->cpuinfo_npt, npt);
}

static void cpuinfo_of_intel(void **state)
{
	struct cpc_capture capture;

	put(*state, "/proc/cpuinfo",
	    "processor\t: 0\nvendor_id\t: GenuineIntel\nmicrocode\t: 0xd0003a5\nflags\t\t: fpu vmx smx nx\n"
	    "vmx flags\t: vnmi preemption_timer ept vpid\nbugs\t\t: spectre_v1 svm\n\n"
	    "processor\t: 1\nmicrocode\t: 0x1\nflags\t\t: fpu svm npt\n\n");
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_OK);
	expect_flags(&capture, CPC_SET, CPC_CLEAR, CPC_UNKNOWN, CPC_CLEAR);
	assert_int_equal(capture.cpuinfo_vmx_ept, CPC_SET);
	assert_string_equal(capture.microcode, "0xd0003a5");
}

static void cpuinfo_of_older_linux(void **state)
{
	struct cpc_capture capture;

	put(*state, "/proc/cpuinfo", "flags\t\t: fpu vmx tpr_shadow ept\n");
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_OK);
	expect_flags(&capture, CPC_SET, CPC_CLEAR, CPC_SET, CPC_CLEAR);
	assert_int_equal(capture.cpuinfo_vmx_ept, CPC_UNKNOWN);
	put(*state, "/proc/cpuinfo", "flags\t\t: fpu vmx tpr_shadow eptad\nvmx flags\t: eptp_switch ept_ad\n");
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_OK);
	expect_flags(&capture, CPC_SET, CPC_CLEAR, CPC_CLEAR, CPC_CLEAR);
	assert_int_equal(capture.cpuinfo_vmx_ept, CPC_CLEAR);
}

/* Without CONFIG_X86_VMX_FEATURE_NAMES a kernel names nothing that VT-x can do, and so does not deny it. */
static void cpuinfo_without_names(void **state)
{
	static const struct {
		const char *flags;
		enum cpc_tristate ept;
	} rows[] = {
		{ "fpu vmx", CPC_UNKNOWN },    { "fpu vmx tpr_shadow", CPC_CLEAR },
		{ "fpu vmx vnmi", CPC_CLEAR }, { "fpu vmx flexpriority", CPC_CLEAR },
		{ "fpu vmx vpid", CPC_CLEAR }, { "fpu vmx ept_ad", CPC_CLEAR },
		{ "fpu vmx ept", CPC_SET },    { "fpu", CPC_CLEAR },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_capture capture;
		char text[64];

		(void)snprintf(text, sizeof(text), "flags\t\t: %s\n", rows[i].flags);
		put(*state, "/proc/cpuinfo", text);
		assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_OK);
		assert_int_equal(capture.cpuinfo_ept, rows[i].ept);
	}
}

static void cpuinfo_of_amd(void **state)
{
	struct cpc_capture capture;

	put(*state, "/proc/cpuinfo",
	    "processor\t: 0\nvendor_id\t: AuthenticAMD\nmicrocode\t: oops\nflags\t\t: svm fpu npt\n\n");
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_OK);
	expect_flags(&capture, CPC_CLEAR, CPC_SET, CPC_CLEAR, CPC_SET);
	assert_string_equal(capture.microcode, "");
}

/* Nothing that was not seen is called clear. */
static void cpuinfo_that_says_nothing(void **state)
{
	static const char *const texts[] = {
		"", "\n", "processor: 0\n\nflags: vmx\n", "flags\t\t: fpu vm", "Features\t: fp\n", ":\n", "flags\n",
	};
	struct cpc_capture capture;

	for (size_t i = 0; i < COUNT(texts); i++) {
		put(*state, "/proc/cpuinfo", texts[i]);
		assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_FAILED);
		expect_flags(&capture, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN);
	}
}

static void cpuinfo_that_never_ends(void **state)
{
	struct cpc_capture capture;
	const size_t size = 1 << 20;
	char *text = malloc(size);

	assert_non_null(text);
	memset(text, 'x', size);
	memcpy(text, "flags\t: vmx ", 12);
	text[size - 1] = '\0';
	put(*state, "/proc/cpuinfo", text);
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_FAILED);
	memcpy(text, "flags\t: vmx\n", 12);
	put(*state, "/proc/cpuinfo", text);
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_OK);
	expect_flags(&capture, CPC_SET, CPC_CLEAR, CPC_UNKNOWN, CPC_CLEAR);
	free(text);
}

static void cpuinfo_that_is_not_there(void **state)
{
	struct cpc_capture capture;
	char path[128];

	join(path, sizeof(path), *state, "/proc/cpuinfo");
	(void)unlink(path);
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_ABSENT);
	expect_flags(&capture, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN);
	/* A pipe without a writer must not hold us up. */
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_FAILED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(run(cpc_probe_cpuinfo, *state, &capture), CPC_PROBE_FAILED);
	assert_int_equal(rmdir(path), 0);
}

static void cpuinfo_that_may_not_be_read(void **state)
{
	const uid_t user = geteuid();
	struct cpc_capture capture;
	enum cpc_probe_status status;
	char path[128];

	put(*state, "/proc/cpuinfo", "flags\t: vmx\n");
	join(path, sizeof(path), *state, "/proc/cpuinfo");
	assert_int_equal(chmod(path, 0), 0);
	/* Modes mean nothing to root. */
	if (user == 0 && seteuid(NOBODY))
		skip();
	status = run(cpc_probe_cpuinfo, *state, &capture);
	if (user == 0)
		assert_int_equal(seteuid(user), 0);
	assert_int_equal(status, CPC_PROBE_DENIED);
	expect_flags(&capture, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN);
}

/* Computed by Python's hmac module. */
static void machine_ids_are_hashed(void **state)
{
	struct cpc_capture capture;

	put(*state, "/etc/hostname", "web03\n");
	put(*state, "/etc/machine-id", "000102030405060708090a0b0c0d0e0f\n");
	assert_int_equal(run(cpc_probe_host, *state, &capture), CPC_PROBE_OK);
	assert_string_equal(capture.machine_id, "e2c1f547b08e8c4d8822bc01d3093495");
	assert_string_equal(capture.host_name, "web03");
	assert_string_equal(capture.collected_at, "");
}

static void machine_ids_that_are_none(void **state)
{
	static const char *const ids[] = {
		"",
		"uninitialized\n",
		"00000000000000000000000000000000\n",
		"000102030405060708090a0b0c0d0e0",
		"000102030405060708090A0B0C0D0E0F\n",
		"000102030405060708090a0b0c0d0e0f0\n",
	};
	struct cpc_capture capture;

	put(*state, "/etc/hostname", "a\n");
	for (size_t i = 0; i < COUNT(ids); i++) {
		put(*state, "/etc/machine-id", ids[i]);
		assert_int_equal(run(cpc_probe_host, *state, &capture), CPC_PROBE_OK);
		assert_string_equal(capture.machine_id, "");
	}
}

static void host_names_are_cleaned(void **state)
{
	struct cpc_capture capture;
	char path[128];

	put(*state, "/etc/hostname", "# set by hand\n\n  we\033[31mb\xff 03 \t\nsecond\n");
	put(*state, "/etc/machine-id", "");
	assert_int_equal(run(cpc_probe_host, *state, &capture), CPC_PROBE_OK);
	assert_string_equal(capture.host_name, "we?[31mb? 03");
	put(*state, "/etc/hostname", "# nothing\n");
	assert_int_equal(run(cpc_probe_host, *state, &capture), CPC_PROBE_FAILED);
	join(path, sizeof(path), *state, "/etc/hostname");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(run(cpc_probe_host, *state, &capture), CPC_PROBE_ABSENT);
	assert_string_equal(capture.host_name, "");
}

static void long_texts_are_cut(void **state)
{
	char small[4];

	(void)state;
	cpc_text_clean(small, sizeof(small), "abcdef", 6);
	assert_string_equal(small, "abc");
	cpc_text_clean(small, sizeof(small), "ab cd", 5);
	assert_string_equal(small, "ab");
	cpc_text_clean(small, sizeof(small), " \t\n", 3);
	assert_string_equal(small, "");
	cpc_text_clean(small, sizeof(small), "", 0);
	assert_string_equal(small, "");
}

static void cpu_lists_parse(void **state)
{
	static const char *const bad[] = {
		"",    "\n",	"a",  "-1", "1-", "1,",	  ",1",
		"3-1", "1-2-3", " 1", "+1", "1 ", "1\n2", "99999999999999999999999",
	};
	struct cpc_cpu_set cpus;
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	assert_int_equal(cpc_cpu_list_parse("0-3,5,64-127\n", &cpus), 0);
	cpc_cpu_set_print(&cpus, list);
	assert_string_equal(list, "0-3,5,64-127");
	assert_int_equal(cpc_cpu_list_parse("8190-4000000000,9000", &cpus), 0);
	assert_int_equal(cpc_cpu_set_count(&cpus), 2);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(cpc_cpu_list_parse(bad[i], &cpus), -EINVAL);
	assert_int_equal(cpc_cpu_set_count(&cpus), 2);
}

/* A row per probe, whatever became of it; libcpuid is for this machine alone. */
static void every_probe_has_a_row(void **state)
{
	static const struct cpc_leaf leaf = { 0, 0, { 0, 0x756e6547, 0x6c65746e, 0x49656e69 } };
	struct cpc_capture capture = { 0 };
	struct cpc_snapshot snapshot = { 0 };
	struct cpc_capture again;
	struct cpc_env env;

	(void)state;
	assert_int_equal(cpc_snapshot_add_leaf(&snapshot, &leaf, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	cpc_env_replay(&env, &capture, "/nonexistent");
	assert_int_equal(cpc_probe_all(&env, &again, NULL), CPC_OK);
	assert_true(again.probe_count >= 6);
	assert_int_equal(again.probes[0].status, CPC_PROBE_OK);
	for (size_t i = 1; i < again.probe_count; i++)
		assert_int_equal(again.probes[i].status, CPC_PROBE_ABSENT);
	expect_flags(&again, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN, CPC_UNKNOWN);
	/* A vendor that libcpuid has never heard of is its failure, and a silent one. */
	env.live = true;
	again.kinds[0].snapshot.leaves[0].regs[CPC_EBX] = 0x20202020;
	assert_int_equal(cpc_probe_libcpuid(&env, &again), CPC_PROBE_FAILED);
	assert_string_equal(again.libcpuid_brand, "");
	cpc_capture_free(&again);
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cpuinfo_of_intel, make_root, remove_root),
		cmocka_unit_test_setup_teardown(cpuinfo_of_older_linux, make_root, remove_root),
		cmocka_unit_test_setup_teardown(cpuinfo_without_names, make_root, remove_root),
		cmocka_unit_test_setup_teardown(cpuinfo_of_amd, make_root, remove_root),
		cmocka_unit_test_setup_teardown(cpuinfo_that_says_nothing, make_root, remove_root),
		cmocka_unit_test_setup_teardown(cpuinfo_that_never_ends, make_root, remove_root),
		cmocka_unit_test_setup_teardown(cpuinfo_that_is_not_there, make_root, remove_root),
		cmocka_unit_test_setup_teardown(cpuinfo_that_may_not_be_read, make_root, remove_root),
		cmocka_unit_test_setup_teardown(machine_ids_are_hashed, make_root, remove_root),
		cmocka_unit_test_setup_teardown(machine_ids_that_are_none, make_root, remove_root),
		cmocka_unit_test_setup_teardown(host_names_are_cleaned, make_root, remove_root),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(cpu_lists_parse),
		cmocka_unit_test(every_probe_has_a_row),
	};

	return cmocka_run_group_tests_name("probes_host", tests, NULL, NULL);
}
