/* SPDX-License-Identifier: MIT */
/*
 * What real machines say of virtualization: every dump of the corpus together with its MSRs,
 * where it has any. Each status is held against the raw values, read here by other means;
 * the counts are printed. Skipped where the corpus is not.
 */
#include "corpus.h"

#include "formats.h"

static char dumps_path[PATH_MAX];

static struct {
	size_t dumps;
	size_t with_msrs;
	size_t vmx;
	size_t svm;
	size_t feature_control;
	size_t locked_on;
	size_t not_locked;
	size_t locked_off;
	size_t secondary;
	size_t ept;
	size_t no_ept;
	size_t ept_unknown;
	size_t rvi;
	size_t no_rvi;
	size_t odd;
	size_t disputed;
	size_t hypervisors;
	size_t bare;
	size_t guests;
	size_t roots;
	size_t proven_slat;
	size_t fit;
} counts;

/* A register of leaf `leaf` in the first CPU's section of a dump's text; 0 where it is not there. */
static uint32_t text_register(const char *text, const char *leaf, const char *name)
{
	const char *line = strstr(text, leaf);
	const char *end = line ? strchr(line, '\n') : NULL;
	const char *value = line ? strstr(line, name) : NULL;

	return value && end && value < end ? (uint32_t)strtoul(value + strlen(name), NULL, 16) : 0;
}

/* An MSR of the first CPU that has it in the text beside a dump; false where it is not there or faulted. */
static bool text_msr(const char *text, const char *address, uint64_t *ret_value)
{
	const char *at = text ? strstr(text, address) : NULL;
	char *end;

	if (!at)
		return false;
	at += strlen(address);
	*ret_value = strtoull(at, &end, 16);
	return end > at && *end != 'f';
}

static bool has(const struct cpc_report *report, enum cpc_feature_id id)
{
	return cpc_report_bit(report, CPC_VIEW_CPUID, cpc_features[id].reg, cpc_features[id].bit) == CPC_SET;
}

/* IA32_FEATURE_CONTROL, by its value alone (SDM 4). No dump of the corpus is of a machine that was locked off. */
static void check_feature_control(const char *file, const struct cpc_report *report, const char *msrs)
{
	const enum cpc_requirement_status status = report->requirements[CPC_HARDWARE_VIRTUALIZATION].status;
	uint64_t value;

	if (!text_msr(msrs, "0x0000003a: ", &value))
		return;
	counts.feature_control++;
	if (!has(report, CPC_F_vmx))
		assert_int_equal(status, CPC_HIDDEN_BY_HYPERVISOR);
	else if ((value & 1) && !(value & 4))
		counts.locked_off++;
	else
		value & 1 ? counts.locked_on++ : counts.not_locked++;
	if (has(report, CPC_F_vmx) && status != ((value & 5) == 1 ? CPC_DISABLED_BY_FIRMWARE : CPC_PRESENT))
		fail_msg("%s: 0x3a is %llx, and VT-x %s", file, (unsigned long long)value,
			 cpc_requirement_status_name(status));
}

static void check_ept(const char *file, const struct cpc_report *report, const char *msrs)
{
	const enum cpc_requirement_status status = report->requirements[CPC_SLAT].status;
	enum cpc_requirement_status expected = CPC_REQUIREMENT_UNKNOWN;
	uint64_t primary = 0;
	uint64_t secondary = 0;

	if (!has(report, CPC_F_vmx))
		return;
	counts.vmx++;
	if (text_msr(msrs, "0x00000482: ", &primary)) {
		counts.secondary += primary >> 63;
		if (!(primary >> 63))
			expected = CPC_ABSENT;
		else if (text_msr(msrs, "0x0000048b: ", &secondary))
			expected = secondary >> 33 & 1 ? CPC_PRESENT : CPC_ABSENT;
	}
	if (status != expected)
		fail_msg("%s: EPT is %s, not %s", file, cpc_requirement_status_name(status),
			 cpc_requirement_status_name(expected));
	counts.ept += status == CPC_PRESENT;
	counts.no_ept += status == CPC_ABSENT;
	counts.ept_unknown += status == CPC_REQUIREMENT_UNKNOWN;
}

/* RVI is a bit of CPUID, which cpuid(1) decodes too (test_corpus.c). */
static void check_rvi(const char *file, const struct cpc_report *report)
{
	const enum cpc_requirement_status status = report->requirements[CPC_SLAT].status;

	if (!has(report, CPC_F_svm))
		return;
	counts.svm++;
	if ((status == CPC_PRESENT) != has(report, CPC_F_npt))
		fail_msg("%s: RVI is %s", file, cpc_requirement_status_name(status));
	counts.rvi += status == CPC_PRESENT;
	counts.no_rvi += status != CPC_PRESENT;
}

/* Every dump that was taken under Hyper-V was taken in its root partition. */
static void check_hyperv(const char *file, const struct cpc_report *report, const char *text)
{
	const struct cpc_hypervisor *hypervisor = &report->hypervisor;
	const uint32_t build = text_register(text, "0x40000002 0x00:", "eax=0x");
	const bool slat = text_register(text, "0x40000006 0x00:", "eax=0x") >> 3 & 1;

	assert_true(hypervisor->hv1);
	assert_int_equal(text_register(text, "0x40000003 0x00:", "ebx=0x") & 0x401001, 0x1001);
	assert_int_equal(hypervisor->partition, CPC_PARTITION_ROOT);
	assert_int_equal(report->taken, CPC_ROOT_PARTITION);
	assert_int_equal(hypervisor->version.build, build);
	assert_non_null(hypervisor->build);
	assert_true(hypervisor->build_exact);
	assert_int_equal(hypervisor->nested, CPC_CLEAR);
	assert_false(has(report, CPC_F_vmx) || has(report, CPC_F_svm));
	assert_int_equal(report->requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_PRESENT);
	assert_int_equal(report->requirements[CPC_SLAT].status, slat ? CPC_PRESENT : CPC_HIDDEN_BY_HYPERVISOR);
	counts.proven_slat += slat;
	counts.roots++;
	printf("%s: root partition, %s\n", file, hypervisor->build->release);
}

/* What the inference of processor compatibility mode rests on: no processor fit for Hyper-V lacks these by itself. */
static void check_inference(const char *file, const struct cpc_report *report)
{
	const struct cpc_signature *signature = &report->signature;
	const bool root = report->taken == CPC_ROOT_PARTITION;

	if (!(report->taken == CPC_BARE_METAL && (has(report, CPC_F_vmx) || has(report, CPC_F_svm))) && !root)
		return;
	if (!has(report, CPC_F_nx) || !has(report, CPC_F_lm))
		return;
	if (strcmp(signature->vendor, "GenuineIntel") == 0 && signature->family == 6) {
		if (!has(report, CPC_F_ssse3))
			fail_msg("%s: fit for Hyper-V, without SSSE3", file);
		counts.fit++;
	}
	if (strcmp(signature->vendor, "AuthenticAMD") == 0 && signature->family >= 0x10 && signature->family != 0x11) {
		if (!has(report, CPC_F_popcnt))
			fail_msg("%s: fit for Hyper-V, without POPCNT", file);
		counts.fit++;
	}
}

static void check(const char *file, const struct cpc_capture *capture, const char *text, const char *msrs)
{
	struct cpc_report report;

	cpc_report_of(capture, &report);
	counts.dumps++;
	counts.with_msrs += msrs != NULL;
	counts.odd += capture->odd_msr_count > 0;
	assert_int_equal(report.vantage, CPC_DUMP);
	counts.hypervisors += report.hypervisor.present;
	counts.bare += report.taken == CPC_BARE_METAL;
	counts.guests += report.taken == CPC_GUEST;
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++)
		counts.disputed += report.requirements[id].disputed;
	check_feature_control(file, &report, msrs);
	check_ept(file, &report, msrs);
	check_rvi(file, &report);
	check_inference(file, &report);
	if (report.hypervisor.present && strcmp(report.hypervisor.id, "microsoft") == 0)
		check_hyperv(file, &report, text);
	assert_int_equal(report.compatibility_mode, CPC_UNKNOWN);
}

static void read_one(const char *path)
{
	const char *file = path + strlen(dumps_path) + 1;
	struct cpc_captures captures = { 0 };
	struct cpc_error error = { 0 };
	char msr_path[PATH_MAX];
	size_t length;
	size_t more;
	char *msrs;
	char *text;
	char *both;

	(void)snprintf(msr_path, sizeof(msr_path), "%.*s.msr", (int)(strlen(path) - 4), path);
	msrs = corpus_read(msr_path, 0, &more);
	text = corpus_read(path, 0, &length);
	both = corpus_read(path, more, &length);
	if (msrs)
		memcpy(both + length, msrs, more);
	if (cpc_read(both, length + more, &captures, &error))
		fail_msg("%s: %s", file, error.what);
	else
		check(file, &captures.items[0], text, msrs);
	cpc_captures_free(&captures);
	free(both);
	free(text);
	free(msrs);
}

static void test_virtualization(void **state)
{
	struct corpus_paths paths = { 0 };

	(void)state;
	corpus_list(dumps_path, ".txt", &paths);
	for (size_t i = 0; i < paths.count; i++)
		if (!strstr(paths.items[i], "/libvirt/kvm/"))
			read_one(paths.items[i]);
	corpus_free(&paths);
	printf("%zu dumps, %zu with MSRs; %zu with an odd MSR; %zu disputed requirements\n", counts.dumps,
	       counts.with_msrs, counts.odd, counts.disputed);
	printf("VT-x: %zu; MSR 0x3a of %zu: %zu locked on, %zu not locked, %zu locked off\n", counts.vmx,
	       counts.feature_control, counts.locked_on, counts.not_locked, counts.locked_off);
	printf("EPT: %zu with secondary controls; present on %zu, absent on %zu, unknown on %zu\n", counts.secondary,
	       counts.ept, counts.no_ept, counts.ept_unknown);
	printf("AMD-V: %zu; RVI present on %zu, not on %zu\n", counts.svm, counts.rvi, counts.no_rvi);
	printf("%zu under a hypervisor: %zu guests, %zu root partitions of Hyper-V, SLAT proven in %zu\n",
	       counts.hypervisors, counts.guests, counts.roots, counts.proven_slat);
	printf("%zu processors fit for Hyper-V, each with SSSE3 or POPCNT\n", counts.fit);
	assert_int_equal(counts.bare + counts.hypervisors, counts.dumps);
	/* Should the corpus change, these say that the test still sees something. */
	assert_true(counts.dumps > 500 && counts.with_msrs > 200);
	assert_true(counts.ept > 50 && counts.no_ept >= 3 && counts.rvi > 50 && counts.roots >= 9);
	assert_int_equal(counts.disputed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_virtualization) };

	if (!corpus_path("corpus/dumps", dumps_path)) {
		printf("skipped: there is no corpus at %s\n", dumps_path);
		return 77;
	}
	return cmocka_run_group_tests_name("corpus_virtualization", tests, NULL, NULL);
}
