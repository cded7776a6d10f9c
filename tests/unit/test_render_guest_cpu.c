/* SPDX-License-Identifier: MIT */
/* A baseline as libvirt's <cpu> and as QEMU's -cpu. */
#include "small_map.h"

#include "render.h"

#define HOSTS_MAX 2

/** Hosts, their meet, and what a format makes of it. */
struct scene {
	struct cpc_report reports[HOSTS_MAX];
	const struct cpc_report *hosts[HOSTS_MAX];
	struct cpc_fingerprint meet;
	struct cpc_baseline_view view;
	struct cpc_buffer out;
	struct cpc_buffer notes;
	struct cpc_error error;
};

static struct cpc_cpu_map map;

static void add_host(struct scene *scene, const char *vendor, const char *features)
{
	struct cpc_report *report = &scene->reports[scene->view.count];

	report->fingerprint = plain_fingerprint(vendor);
	apply_features(&report->fingerprint, features);
	scene->hosts[scene->view.count++] = report;
}

static enum cpc_status render(struct scene *scene, const char *format, const struct cpc_cpu_map *cpu_map)
{
	static const struct cpc_style style = { .width = 80 };
	const struct cpc_baseline_format *row = cpc_baseline_format_named(format);

	assert_non_null(row);
	assert_true(row->wants_cpu_map);
	if (!scene->view.view)
		scene->view.view = CPC_VIEW_CPUID;
	scene->meet = *cpc_report_view(scene->hosts[0], scene->view.view);
	for (size_t i = 1; i < scene->view.count; i++)
		assert_int_equal(
			cpc_meet(&scene->meet, cpc_report_view(scene->hosts[i], scene->view.view), &scene->meet, NULL),
			CPC_OK);
	scene->view.policy = cpc_policy_named("kvm");
	scene->view.meet = &scene->meet;
	scene->view.hosts = scene->hosts;
	scene->view.cpu_map = cpu_map;
	scene->view.notes = &scene->notes;
	cpc_buffer_free(&scene->out);
	cpc_buffer_free(&scene->notes);
	return row->render(&scene->view, &style, &scene->out, &scene->error);
}

static void close_scene(struct scene *scene)
{
	cpc_buffer_free(&scene->out);
	cpc_buffer_free(&scene->notes);
}

static void assert_holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in:\n%s", part, text);
}

static void test_libvirt(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add_host(&scene, "GenuineIntel", "ssse3 avx2 mpx md_clear");
	add_host(&scene, "GenuineIntel", "ssse3 avx2 mpx md_clear");
	/* The bad news count by the view of the hosts that the baseline is of. */
	for (size_t i = 0; i < scene.view.count; i++) {
		scene.reports[i].has_kvm = true;
		scene.reports[i].kvm_fingerprint = scene.reports[i].fingerprint;
		set_feature(&scene.reports[i].fingerprint, CPC_F_md_clear, false);
	}
	scene.view.view = CPC_VIEW_KVM;
	assert_int_equal(render(&scene, "libvirt", &map), CPC_OK);
	assert_string_equal(scene.out.bytes + strcspn(scene.out.bytes, "\n") + 1,
			    "     cmov, mmx, fxsr, sse, sse2, lahf_lm, syscall, nx, lm -->\n"
			    "<cpu mode='custom' match='exact'>\n"
			    "  <model fallback='forbid'>New</model>\n"
			    "  <vendor>Intel</vendor>\n"
			    "  <maxphysaddr mode='emulate' bits='46'/>\n"
			    "  <feature policy='require' name='mpx'/>\n"
			    "  <feature policy='require' name='md-clear'/>\n"
			    "  <feature policy='disable' name='intel-pt'/>\n"
			    "  <feature policy='disable' name='rdctl-no'/>\n"
			    "  <feature policy='disable' name='split-lock-detect'/>\n"
			    "</cpu>\n");
	assert_int_equal(scene.notes.length, 0);
	assert_lacks(scene.out.bytes, "CPUID alone");
	map.no_maxphysaddr = true;
	assert_int_equal(render(&scene, "libvirt", &map), CPC_OK);
	assert_lacks(scene.out.bytes, "maxphysaddr");
	map.no_maxphysaddr = false;
	close_scene(&scene);
}

/* No comment ends before its end, and none is longer than a line. */
static void test_libvirt_comments(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add_host(&scene, "AuthenticAMD", "ssse3 avx2 md_clear bpext lass sha512 sm3 sm4 monitor_mitg_no prefetchwt1");
	add_host(&scene, "AuthenticAMD", "ssse3 avx2 bpext lass sha512 sm3 sm4 monitor_mitg_no prefetchwt1");
	scene.reports[0].fingerprint.scalars[CPC_S_pa].unknown = true;
	set_unread_10a(&scene.reports[1].fingerprint);
	for (size_t i = 0; i < scene.view.count; i++) {
		struct cpc_fingerprint *fingerprint = &scene.reports[i].fingerprint;

		set_bit(fingerprint, CPC_L7_1_EDX, 30, true);
		fingerprint->word_count = CPC_WORD_COUNT + 1;
		set_bit(fingerprint, CPC_WORD_COUNT, 5, true);
	}
	assert_int_equal(render(&scene, "libvirt", &map), CPC_OK);
	assert_holds(scene.out.bytes, "<model fallback='forbid'>EPYC</model>");
	assert_holds(scene.out.bytes, "<!-- seen through CPUID alone: ");
	assert_holds(scene.out.bytes, "7.1.edx[30]");
	assert_holds(scene.out.bytes, "word.29[5]");
	assert_holds(scene.out.bytes, "<!-- left out, for not every host can tell a guest of: md_clear -->");
	assert_holds(scene.out.bytes,
		     "<!-- left out, for it was not read on every host: msr.10a, 80000008.0.eax[7:0] -->");
	assert_lacks(scene.out.bytes, "maxphysaddr");
	assert_lacks(scene.out.bytes, "name='md-clear'");
	for (const char *line = scene.out.bytes; *line; line += strcspn(line, "\n") + 1) {
		assert_true(strcspn(line, "\n") <= 82);
		if (!strncmp(line, "<!--", 4))
			assert_holds(line, "-->");
	}
	close_scene(&scene);
}

static void test_libvirt_without_map(void **state)
{
	static const char none[] = "<cpus><vendor name='Intel' string='GenuineIntel'/>"
				   "<model name='a'><vendor name='Intel'/></model></cpus>";
	struct cpc_cpu_map few = { 0 };
	struct scene scene = { 0 };

	(void)state;
	add_host(&scene, "AuthenticAMD", "");
	assert_int_equal(render(&scene, "libvirt", NULL), CPC_NO_INPUT);
	assert_holds(scene.error.what, "--cpu-map");
	assert_int_equal(read_map_bytes(none, sizeof(none) - 1, &few, NULL, NULL), CPC_OK);
	assert_int_equal(render(&scene, "libvirt", &few), CPC_BAD_DATA);
	assert_holds(scene.error.what, "AuthenticAMD");
	/* QEMU does without. */
	assert_int_equal(render(&scene, "qemu", &few), CPC_OK);
	assert_holds(scene.out.bytes, "-cpu qemu64,vendor=AuthenticAMD,");
	cpc_cpu_map_free(&few);
	close_scene(&scene);
}

static void test_qemu(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add_host(&scene, "GenuineIntel", "ssse3 avx2 mpx md_clear sha512 acpi invtsc");
	assert_int_equal(render(&scene, "qemu", &map), CPC_OK);
	/* Of registers of which the map names bits, those alone; of the others what QEMU 7.2 names. */
	assert_string_equal(scene.out.bytes,
			    "-cpu New,+pni,+ssse3,+avx2,+mpx,+md-clear,+lahf-lm,+syscall,+nx,+lm,-intel-pt,-rdctl-no,"
			    "-split-lock-detect,phys-bits=46\n");
	assert_holds(scene.notes.bytes, "seen through CPUID alone: ");
	assert_holds(scene.notes.bytes, "append for a younger one: ,+cx16,+fpu,+pae,");
	assert_holds(scene.notes.bytes, ",+sha512\n");
	close_scene(&scene);
}

static void test_qemu_without_map(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add_host(&scene, "GenuineIntel", "avx2 sha512 bpext");
	assert_int_equal(render(&scene, "qemu", NULL), CPC_OK);
	assert_holds(scene.out.bytes, "-cpu qemu64,vendor=GenuineIntel,family=6,model=106,stepping=6,+pni,");
	assert_holds(scene.out.bytes, ",+avx2,");
	assert_holds(scene.out.bytes, ",-svm");
	assert_lacks(scene.out.bytes, "-apic");
	/* Two shell words, neither of which needs quoting. */
	assert_int_equal(strcspn(scene.out.bytes, " "), 4);
	assert_int_equal(strcspn(scene.out.bytes + 5, "'\"$;&|<>*?()`\\!#~ \t\n"), scene.out.length - 6);
	assert_holds(scene.notes.bytes, "a younger one: ,+sha512\n");
	assert_holds(scene.notes.bytes, "QEMU has no name for: bpext\n");
	/* What QEMU would not take as an identity is left out. */
	scene.reports[0].fingerprint.family = 300;
	memcpy(scene.reports[0].fingerprint.vendor, "Ge,uine $(x)", 12);
	assert_int_equal(render(&scene, "qemu", NULL), CPC_OK);
	assert_lacks(scene.out.bytes, "vendor=");
	assert_lacks(scene.out.bytes, "family=");
	close_scene(&scene);
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
		cmocka_unit_test(test_libvirt),
		cmocka_unit_test(test_libvirt_comments),
		cmocka_unit_test(test_libvirt_without_map),
		cmocka_unit_test(test_qemu),
		cmocka_unit_test(test_qemu_without_map),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
