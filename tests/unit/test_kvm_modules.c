/* SPDX-License-Identifier: MIT */
/* What /sys/module says of KVM, out of a folder of our own; and what a host that is nothing but files and a dump makes
 * of it all. */
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe_inside.h"
#include "support.h"

static char root[64];

static int make_root(void **state)
{
	(void)state;
	(void)snprintf(root, sizeof(root), "/tmp/cpc-modules-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
	(void)info;
	(void)type;
	(void)position;
	return remove(path);
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file, and the folders on the way to it. */
static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	assert_in_range(snprintf(path, sizeof(path), "%s%s", root, name), 1, sizeof(path) - 1);
	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static enum cpc_probe_status run(struct cpc_capture *ret_capture)
{
	const struct cpc_capture empty = { 0 };
	struct cpc_env env;

	*ret_capture = (struct cpc_capture){ 0 };
	cpc_env_replay(&env, &empty, root);
	return cpc_probe_kvm_modules(&env, ret_capture);
}

static void no_modules(void **state)
{
	struct cpc_capture capture;

	(void)state;
	assert_int_equal(run(&capture), CPC_PROBE_ABSENT);
	put("/sys/module/loop/parameters/max_loop", "0\n");
	assert_int_equal(run(&capture), CPC_PROBE_OK);
	for (size_t i = 0; i < CPC_KVM_MODULE_COUNT; i++)
		assert_int_equal(capture.modules[i], CPC_CLEAR);
	for (size_t i = 0; i < CPC_KVM_PARAMETER_COUNT; i++)
		assert_int_equal(capture.parameters[i], CPC_UNKNOWN);
}

static void a_live_module(void **state)
{
	struct cpc_capture capture;

	(void)state;
	put("/sys/module/kvm_intel/initstate", "live\n");
	put("/sys/module/kvm_intel/parameters/ept", "Y\n");
	put("/sys/module/kvm_intel/parameters/nested", "N\n");
	assert_int_equal(run(&capture), CPC_PROBE_OK);
	assert_int_equal(capture.modules[CPC_MODULE_KVM_INTEL], CPC_SET);
	assert_int_equal(capture.modules[CPC_MODULE_KVM_AMD], CPC_CLEAR);
	assert_int_equal(capture.parameters[CPC_PARAMETER_KVM_INTEL_EPT], CPC_SET);
	assert_int_equal(capture.parameters[CPC_PARAMETER_KVM_INTEL_NESTED], CPC_CLEAR);
	assert_int_equal(capture.parameters[CPC_PARAMETER_KVM_AMD_NPT], CPC_UNKNOWN);
}

/* `nested` was an int up to Linux 4.18. */
static void numbers_for_words(void **state)
{
	struct cpc_capture capture;

	(void)state;
	put("/sys/module/kvm_amd/initstate", "live\n");
	put("/sys/module/kvm_amd/parameters/npt", "0\n");
	put("/sys/module/kvm_amd/parameters/nested", "1\n");
	assert_int_equal(run(&capture), CPC_PROBE_OK);
	assert_int_equal(capture.modules[CPC_MODULE_KVM_AMD], CPC_SET);
	assert_int_equal(capture.parameters[CPC_PARAMETER_KVM_AMD_NPT], CPC_CLEAR);
	assert_int_equal(capture.parameters[CPC_PARAMETER_KVM_AMD_NESTED], CPC_SET);
}

/* Built into the kernel, being loaded, or something else altogether: not known to be live. */
static void what_is_not_live(void **state)
{
	static const char *const states[] = { "coming\n", "going\n", "live", "", "lively\n", "live\n\n" };
	static const char *const values[] = { "", "\n", "Y", "yes\n", "YY\n", "2\n", "-1\n", "\xff\n" };
	struct cpc_capture capture;

	(void)state;
	put("/sys/module/kvm_intel/parameters/ept", "Y\n");
	assert_int_equal(run(&capture), CPC_PROBE_OK);
	assert_int_equal(capture.modules[CPC_MODULE_KVM_INTEL], CPC_UNKNOWN);
	assert_int_equal(capture.parameters[CPC_PARAMETER_KVM_INTEL_EPT], CPC_SET);
	for (size_t i = 0; i < COUNT(states); i++) {
		put("/sys/module/kvm_intel/initstate", states[i]);
		assert_int_equal(run(&capture), CPC_PROBE_OK);
		assert_int_equal(capture.modules[CPC_MODULE_KVM_INTEL], CPC_UNKNOWN);
	}
	for (size_t i = 0; i < COUNT(values); i++) {
		put("/sys/module/kvm_intel/parameters/ept", values[i]);
		assert_int_equal(run(&capture), CPC_PROBE_OK);
		assert_int_equal(capture.parameters[CPC_PARAMETER_KVM_INTEL_EPT], CPC_UNKNOWN);
	}
}

/* A whole host in a folder, its MSRs and CPUID from a capture: what an unprivileged probe finds is what root finds. */
static void a_host_of_files(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } },
						  { 1, 0, { 0x606a6, 0, 1U << 5, 0 } },
						  { 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
						  { 0x80000001, 0, { 0, 0, 0, 1U << 20 | 1U << 29 } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_capture host = { .origin = CPC_ORIGIN_DUMP };
	struct cpc_capture probed;
	struct cpc_report report;
	struct cpc_env env;

	(void)state;
	put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: vmx ept vpid\nvmx flags\t: ept vpid\n\n");
	put("/sys/module/kvm_intel/initstate", "live\n");
	put("/sys/module/kvm_intel/parameters/ept", "Y\n");
	put("/sys/module/kvm_intel/parameters/nested", "Y\n");
	assert_int_equal(cpc_capture_add(&host, 0, &snapshot, NULL), CPC_OK);
	cpc_env_replay(&env, &host, root);
	assert_int_equal(cpc_probe_all(&env, &probed, NULL), CPC_OK);
	cpc_report_of(&probed, &report);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_PRESENT);
	assert_int_equal(report.requirements[CPC_SLAT].status, CPC_PRESENT);
	assert_false(report.requirements[CPC_SLAT].disputed);
	/* CPUID, an MSR that was refused (both its bits), the flag, the module. */
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].evidence_count, 5);
	cpc_capture_free(&probed);

	put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu\n\n");
	assert_int_equal(cpc_probe_all(&env, &probed, NULL), CPC_OK);
	cpc_report_of(&probed, &report);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_REQUIREMENT_UNKNOWN);
	assert_true(report.requirements[CPC_HARDWARE_VIRTUALIZATION].disputed);
	cpc_capture_free(&probed);
	cpc_capture_free(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_modules, make_root, remove_root),
		cmocka_unit_test_setup_teardown(a_live_module, make_root, remove_root),
		cmocka_unit_test_setup_teardown(numbers_for_words, make_root, remove_root),
		cmocka_unit_test_setup_teardown(what_is_not_live, make_root, remove_root),
		cmocka_unit_test_setup_teardown(a_host_of_files, make_root, remove_root),
	};

	return cmocka_run_group_tests_name("kvm_modules", tests, NULL, NULL);
}
