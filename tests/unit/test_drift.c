/* SPDX-License-Identifier: MIT */
/* The sentences about what happened to a host. */
#include "support.h"

#include "drift.h"
#include "render.h"

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void change(const struct cpc_fingerprint *before, const struct cpc_fingerprint *now, struct cpc_buffer *out)
{
	cpc_buffer_free(out);
	*out = (struct cpc_buffer){ .length = 0 };
	cpc_render_fingerprint_change(CPC_VIEW_CPUID, before, now, out);
	assert_false(out->failed);
	assert_null(strchr(out->bytes, '\n'));
}

static void names_what_changed(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = before;
	struct cpc_buffer out = { .length = 0 };
	char id[CPC_ID_SIZE];
	char text[CPC_FINGERPRINT_SIZE];

	(void)state;
	apply_features(&before, "avx512f avx2");
	apply_features(&now, "avx2 sha_ni");
	set_bit(&now, CPC_L7_1_EDX, 31, true);
	now.scalars[CPC_S_pa].value = 40;
	change(&before, &now, &out);
	assert_contains(out.bytes, "the fingerprint of the cpuid view changed from ");
	cpc_fingerprint_id(&before, id);
	assert_contains(out.bytes, id);
	cpc_fingerprint_id(&now, id);
	assert_contains(out.bytes, id);
	assert_contains(out.bytes, "; came: sha_ni 7.0.ebx[29], 7.1.edx[31]; went: avx512f 7.0.ebx[16]; changed: "
				   "pa 46 -> 40; it was cpc1:");
	cpc_fingerprint_print(&before, text);
	assert_contains(out.bytes, text);
	assert_null(strstr(out.bytes, "known"));
	assert_null(strstr(out.bytes, "mitigations"));
	cpc_buffer_free(&out);
}

static void unknown_is_not_gone(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = before;
	struct cpc_buffer out = { .length = 0 };

	(void)state;
	set_unread_10a(&now);
	before.words[CPC_M10A_LO] = 0x23;
	change(&before, &now, &out);
	assert_contains(out.bytes, "; no longer known: msr.10a 0x23, msr.10a 0; it was ");
	assert_null(strstr(out.bytes, "came"));
	assert_null(strstr(out.bytes, "went:"));
	change(&now, &before, &out);
	assert_contains(out.bytes, "; now known: msr.10a 0x23, msr.10a 0; it was ");
	/* A layout has no one value. */
	now = before;
	now.layout_unknown = true;
	change(&before, &now, &out);
	assert_contains(out.bytes, "; no longer known: xs; it was ");
	cpc_buffer_free(&out);
}

static void processors_and_mitigations(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = before;
	struct cpc_buffer out = { .length = 0 };

	(void)state;
	now.stepping = 7;
	change(&before, &now, &out);
	assert_contains(out.bytes, " changed, and its id ");
	assert_contains(out.bytes, "; changed: processor GenuineIntel 6.106.6 -> GenuineIntel 6.106.7; it was ");
	now = before;
	apply_features(&now, "md_clear");
	change(&before, &now, &out);
	assert_contains(out.bytes, ", in mitigations alone; came: md_clear 7.0.edx[10]; it was ");
	now = plain_fingerprint("AuthenticAMD");
	change(&before, &now, &out);
	assert_contains(out.bytes, "; changed: processor GenuineIntel 6.106.6 -> AuthenticAMD 6.106.6; it was ");
	now = before;
	add_component(&before, 9, 0x340, 0x40);
	add_component(&now, 9, 0x980, 8);
	change(&before, &now, &out);
	assert_contains(out.bytes, "; changed: xsave component 9 0x40 bytes at 0x340 -> 0x8 bytes at 0x980; it was ");
	cpc_buffer_free(&out);
}

/* Everything at once fits a line of the log, and says how much it leaves out. */
static void is_bounded(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = before;
	struct cpc_buffer out = { .length = 0 };
	uint32_t masks[CPC_WORD_COUNT];
	size_t bits = 0;
	char more[40];

	(void)state;
	cpc_canonical_masks(masks);
	for (size_t word = 0; word < CPC_WORD_COUNT; word++) {
		before.words[word] = 0;
		now.words[word] = masks[word];
		for (uint32_t left = masks[word]; left; left &= left - 1)
			bits++;
	}
	change(&before, &now, &out);
	snprintf(more, sizeof(more), " and %zu more", bits - CPC_DRIFT_ITEMS);
	assert_contains(out.bytes, more);
	assert_true(out.length < 8192 - CPC_FINGERPRINT_SIZE);
	cpc_buffer_free(&out);
}

static char told[4096];

static void tell(void *context, const char *line)
{
	assert_null(context);
	assert_true(strlen(told) + strlen(line) + 2 < sizeof(told));
	strcat(told, line);
	strcat(told, "\n");
}

static void add_cpu(struct cpc_capture *capture, unsigned int cpu, uint32_t ecx)
{
	const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } }, { 1, 0, { 0x606a6, 0x800, ecx, 0xbfebfbff } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

	assert_int_equal(cpc_capture_add(capture, cpu, &snapshot, NULL), CPC_OK);
}

static void compare(const struct cpc_capture *before, const struct cpc_capture *now, const char *expected)
{
	struct cpc_report left;
	struct cpc_report right;

	cpc_report_of(before, &left);
	cpc_report_of(now, &right);
	told[0] = '\0';
	cpc_each_drift(&left, &right, tell, NULL);
	assert_string_equal(told, expected);
}

static void other_facts(void **state)
{
	struct cpc_capture before = { .origin = CPC_ORIGIN_LIVE };
	struct cpc_capture now = { .origin = CPC_ORIGIN_LIVE };

	(void)state;
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		add_cpu(&before, cpu, 0x7ffafbbf);
		if (cpu != 2)
			add_cpu(&now, cpu, 0x7ffafbbf);
	}
	compare(&before, &before, "");
	compare(&before, &now, "logical CPUs changed from 4 to 3; gone: 2\n");
	add_cpu(&now, 5, 0x7ffafbbe);
	compare(&before, &now, "logical CPUs changed from 4 to 4; gone: 2; new: 5\nkinds of CPU changed from 1 to 2\n");
	cpc_capture_free(&now);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		add_cpu(&now, cpu, 0x7ffafbbf);
	strcpy(now.microcode, "0xd0003b9");
	now.microcode_count = 2;
	compare(&before, &now,
		"microcode changed from unknown to 0xd0003b9\n"
		"revisions of microcode on this host changed from 0 to 2\n");
	compare(&now, &before,
		"microcode changed from 0xd0003b9 to unknown\n"
		"revisions of microcode on this host changed from 2 to 0\n");
	now.microcode[0] = '\0';
	now.microcode_count = 0;
	before.probes[0] = (struct cpc_probe_result){ .name = "kvm", .status = CPC_PROBE_OK };
	before.probes[1] = (struct cpc_probe_result){ .name = "host", .status = CPC_PROBE_OK };
	now.probes[0] = before.probes[1];
	now.probes[1] = (struct cpc_probe_result){ .name = "kvm", .status = CPC_PROBE_DENIED };
	before.probe_count = now.probe_count = 2;
	compare(&before, &now, "probe kvm changed from ok to denied\n");
	cpc_capture_free(&before);
	cpc_capture_free(&now);
}

/* Without leaf 0x80000001 there is neither; in a guest that may be its hypervisor's doing. */
#define HIDDEN                                                                                                         \
	"XD changed from absent to hidden by hypervisor\n"                                                             \
	"Intel 64 changed from absent to hidden by hypervisor\n"

static void requirements_and_hypervisors(void **state)
{
	static const struct cpc_leaf guest[] = { { 0, 0, { 1, INTEL } },
						 { 1, 0, { 0x606a6, 0x800, 0xfffafbbf, 0xbfebfbff } },
						 { 0x40000000, 0, { 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d } } };
	struct cpc_snapshot snapshot = sealed_snapshot(guest, COUNT(guest));
	struct cpc_capture before = { .origin = CPC_ORIGIN_LIVE };
	struct cpc_capture now = { .origin = CPC_ORIGIN_LIVE };

	(void)state;
	add_cpu(&before, 0, 0x7ffafbbf);
	add_cpu(&now, 0, 0x7ffafbbf);
	before.cpuinfo_vmx = CPC_SET;
	now.cpuinfo_vmx = CPC_CLEAR;
	compare(&before, &now,
		"VT-x changed from present to disabled by firmware\n"
		"EPT changed from unknown to disabled by firmware\n");
	cpc_capture_free(&now);
	now.origin = CPC_ORIGIN_LIVE;
	assert_int_equal(cpc_capture_add(&now, 0, &snapshot, NULL), CPC_OK);
	now.cpuinfo_vmx = CPC_SET;
	compare(&before, &now, HIDDEN "hypervisor changed from none to KVM\n");
	before.kvm.snapshot = sealed_snapshot(guest, 2);
	before.kvm.present = true;
	compare(&before, &now,
		HIDDEN "hypervisor changed from none to KVM\n"
		       "what KVM offers guests changed from readable to not readable\n");
	cpc_capture_free(&before);
	cpc_capture_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_changed),
		cmocka_unit_test(unknown_is_not_gone),
		cmocka_unit_test(processors_and_mitigations),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(other_facts),
		cmocka_unit_test(requirements_and_hypervisors),
	};

	return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
