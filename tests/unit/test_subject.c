/* SPDX-License-Identifier: MIT */
/* What the agent serves in this machine's place is what `cpucompat probe --from` makes of the same file. */
#include "corpus.h"

#include <sys/stat.h>
#include <unistd.h>

#include "formats.h"
#include "subject.h"
#include "table_support.h"

static char path[] = "/tmp/cpc-subject-XXXXXX";

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	const int descriptor = mkstemp(path);

	(void)state;
	return descriptor < 0 ? -1 : close(descriptor);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

/* Both views' texts of a served file; "" for one that it has not. */
static void serve(const char *file, char ret_texts[2][CPC_FINGERPRINT_SIZE])
{
	struct cpc_error error = { .what = "" };
	struct cpc_subject *subject = cpc_subject_new(file, NULL, cpc_policy_named(CPC_POLICY_DEFAULT), &error);

	if (!subject)
		fail_msg("%s: %s", file, error.what);
	for (int i = 0; i < 2; i++) {
		const struct cpc_fingerprint *view =
			cpc_report_view(&subject->report, i ? CPC_VIEW_KVM : CPC_VIEW_CPUID);

		ret_texts[i][0] = '\0';
		if (view)
			cpc_fingerprint_print(view, ret_texts[i]);
	}
	cpc_subject_free(subject);
}

#define LEAF_0 "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
#define LEAF_1 "   0x00000001 0x00: eax=0x000606a6 ebx=0x00100800 ecx=0x7ffafbbf edx=0xbfebfbff\n"

static void a_cut_dump_stays_unknown(void **state)
{
	char texts[2][CPC_FINGERPRINT_SIZE];

	(void)state;
	write_file("CPU 0:\n" LEAF_0 LEAF_1);
	serve(path, texts);
	/* Leaves 7, 0xD and 0x80000001 were cut off. */
	assert_non_null(strstr(texts[0], ":77fab203-fcbf9ff-x-x-x-x"));
	assert_non_null(strstr(texts[0], "xs=x"));
	assert_string_equal(texts[1], "");
}

static void keeps_what_a_report_says(void **state)
{
	static const char report[] =
		"{\"schema\":\"cpucompat/report/1\",\"host\":{\"name\":\"web03\"},\"cpu\":{\"microcode\":\"0x1\"},"
		"\"cpuinfo\":{\"vmx\":true},\"history\":{\"since\":\"2026-01-31T12:00:00Z\",\"failures\":5},"
		"\"leaves\":{\"cpuid\":[[\"0x0\",\"0x0\",\"0x1\",\"0x756e6547\",\"0x6c65746e\",\"0x49656e69\"],"
		"[\"0x1\",\"0x0\",\"0x606a6\",\"0x100800\",\"0x7ffafbbf\",\"0xbfebfbff\"]],"
		"\"kvm\":[[\"0x0\",\"0x0\",\"0x1\",\"0x756e6547\",\"0x6c65746e\",\"0x49656e69\"],"
		"[\"0x1\",\"0x0\",\"0x606a6\",\"0x100800\",\"0xfffab203\",\"0xbfebfbff\"]]}}";
	struct cpc_error error = { .what = "" };
	struct cpc_subject *subject;

	(void)state;
	write_file(report);
	subject = cpc_subject_new(path, NULL, cpc_policy_named(CPC_POLICY_DEFAULT), &error);
	assert_non_null(subject);
	assert_string_equal(subject->capture.host_name, "web03");
	assert_string_equal(subject->capture.microcode, "0x1");
	assert_int_equal(subject->report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_PRESENT);
	assert_true(subject->report.has_kvm);
	/* That was another agent's. */
	assert_string_equal(subject->capture.history.since, "");
	assert_int_equal(subject->capture.history.failures, 0);
	cpc_subject_free(subject);
}

/* A saved table has its host's site with it, which a dump has not, and is judged anew. */
static void a_table_brings_its_site(void **state)
{
	const struct cpc_policy *policy = cpc_policy_named("hyperv-2008r2");
	struct cpc_error error = { .what = "" };
	struct cpc_subject *subject;
	const struct cpc_ready_row *ports;

	(void)state;
	write_file(TABLE(TABLE_HOST("web03", TABLE_SITE)));
	subject = cpc_subject_new(path, NULL, policy, &error);
	assert_non_null(subject);
	assert_string_equal(subject->capture.host_name, "web03");
	assert_true(subject->has_site);
	assert_int_equal(subject->site.port_count, 3);
	assert_ptr_equal(subject->ready.policy, policy);
	ports = &subject->ready.rows[CPC_ROW_NETWORK_PORTS];
	assert_int_equal(ports->verdicts[CPC_MINIMUM], CPC_MET);
	assert_int_equal(ports->verdicts[CPC_REALISTIC], CPC_NOT_MET);
	/* What was denied there is not absent here. */
	assert_int_equal(subject->ready.rows[CPC_ROW_DIRECTORY].verdicts[CPC_MINIMUM], CPC_CANNOT_SEE);
	assert_int_equal(subject->ready.rows[CPC_ROW_DIRECTORY].reasons[0].remedy, CPC_REMEDY_PERMIT);
	cpc_subject_free(subject);
}

/* The site of the machine that replays a dump is not that of the dump's. */
static void a_dump_has_no_site(void **state)
{
	static const char *const texts[] = { TABLE_FINGERPRINT "\n", TABLE(TABLE_HOST("web03", "null")) };
	struct cpc_error error = { .what = "" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct cpc_subject *subject;
		const struct cpc_ready_row *rows;

		write_file(texts[i]);
		subject = cpc_subject_new(path, NULL, cpc_policy_named("hyperv-2022"), &error);
		assert_non_null(subject);
		assert_false(subject->has_site);
		rows = subject->ready.rows;
		assert_int_equal(rows[CPC_ROW_NETWORK_PORTS].verdicts[CPC_MINIMUM], CPC_CANNOT_SEE);
		assert_int_equal(rows[CPC_ROW_NETWORK_PORTS].reasons[0].remedy, CPC_REMEDY_LOOK_THERE);
		assert_true(rows[CPC_ROW_PROCESSOR].fact_count > 0);
		cpc_subject_free(subject);
	}
}

static void refuses_what_is_no_host(void **state)
{
	static const struct {
		const char *text;
		enum cpc_status status;
		const char *what;
	} rows[] = {
		{ "cpc1:A:1.1.1:1:pa=1\ncpc1:A:1.1.2:1:pa=1\n", CPC_BAD_DATA, "holds 2 hosts" },
		{ "nonsense\n", CPC_BAD_DATA, "nonsense" },
		{ "", CPC_BAD_DATA, "empty" },
		{ TABLE(TABLE_HOST("a", "null") "," TABLE_HOST("b", "null")), CPC_BAD_DATA, "give the table of one" },
		{ TABLE(""), CPC_BAD_DATA, "has facts of 0 hosts" },
		{ TABLE("{\"host\":\"a\",\"report\":{}}"), CPC_BAD_DATA, "report" },
		{ TABLE(TABLE_HOST("a", "[]")), CPC_BAD_DATA, "facts.site is of another kind" },
	};
	struct cpc_error error = { .what = "" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_file(rows[i].text);
		assert_null(cpc_subject_new(path, NULL, cpc_policy_named(CPC_POLICY_DEFAULT), &error));
		assert_int_equal(error.status, rows[i].status);
		if (!strstr(error.what, rows[i].what) || !strstr(error.what, path))
			fail_msg("%s", error.what);
	}
	assert_null(cpc_subject_new("/nonexistent", NULL, cpc_policy_named(CPC_POLICY_DEFAULT), &error));
	assert_int_equal(error.status, CPC_NO_INPUT);
	assert_null(cpc_subject_new("/", NULL, cpc_policy_named(CPC_POLICY_DEFAULT), &error));
	assert_int_equal(error.status, CPC_BAD_DATA);
	cpc_subject_free(NULL);
}

/* A pipe is not waited for, at the start or when it takes the file's place under a running agent. */
static void waits_for_no_pipe(void **state)
{
	struct cpc_error error = { .what = "" };

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(cpc_subject_new(path, NULL, cpc_policy_named(CPC_POLICY_DEFAULT), &error));
	assert_int_equal(error.status, CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "not a regular file"));
	assert_int_equal(unlink(path), 0);
	write_file("");
}

static void this_machine(void **state)
{
	struct cpc_error error = { .what = "" };
	struct cpc_subject *subject = cpc_subject_new(NULL, NULL, cpc_policy_named(CPC_POLICY_DEFAULT), &error);

	(void)state;
	assert_non_null(subject);
	assert_int_equal(subject->capture.origin, CPC_ORIGIN_LIVE);
	assert_ptr_equal(subject->report.capture, &subject->capture);
	/* By its files: nobody was asked. */
	assert_true(subject->has_site);
	assert_int_equal(subject->site.results[CPC_SITE_MEMORY].status, CPC_PROBE_OK);
	assert_int_equal(subject->site.dns.answers, CPC_UNKNOWN);
	assert_int_equal(subject->ready.rows[CPC_ROW_SERVERS].reasons[0].remedy, CPC_REMEDY_GIVE_HOSTS);
	cpc_subject_free(subject);
}

/* As the command reads it: every host of a file, and its report. */
static bool read_by_command(const char *file, char ret_texts[2][CPC_FINGERPRINT_SIZE])
{
	struct cpc_captures captures = { .count = 0 };
	struct cpc_report report;
	size_t length;
	char *bytes = corpus_read(file, 0, &length);
	const bool one = bytes && cpc_read(bytes, length, &captures, NULL) == CPC_OK && captures.count == 1;

	if (one) {
		cpc_report_of(&captures.items[0], &report);
		cpc_fingerprint_print(&report.fingerprint, ret_texts[0]);
		ret_texts[1][0] = '\0';
		if (report.has_kvm)
			cpc_fingerprint_print(&report.kvm_fingerprint, ret_texts[1]);
	}
	cpc_captures_free(&captures);
	free(bytes);
	return one;
}

static void every_dump_is_served_as_it_is_read(void **state)
{
	struct corpus_paths paths = { .count = 0 };
	char folder[PATH_MAX];
	size_t served = 0;
	size_t incomplete = 0;

	(void)state;
	if (!corpus_path("corpus/dumps", folder)) {
		print_message("skipped: there is no corpus at %s\n", folder);
		skip();
	}
	corpus_list(folder, "", &paths);
	for (size_t i = 0; i < paths.count; i++) {
		char read[2][CPC_FINGERPRINT_SIZE];
		char texts[2][CPC_FINGERPRINT_SIZE];

		if (!read_by_command(paths.items[i], read))
			continue;
		serve(paths.items[i], texts);
		assert_string_equal(texts[0], read[0]);
		assert_string_equal(texts[1], read[1]);
		served++;
		incomplete += strstr(texts[0], "-x") || strstr(texts[0], "=x");
	}
	print_message("%zu dumps are served as they are read, %zu of them with something unread\n", served, incomplete);
	assert_true(served >= 300);
	assert_true(incomplete >= 10);
	corpus_free(&paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_dump_stays_unknown),
		cmocka_unit_test(keeps_what_a_report_says),
		cmocka_unit_test(a_table_brings_its_site),
		cmocka_unit_test(a_dump_has_no_site),
		cmocka_unit_test(refuses_what_is_no_host),
		cmocka_unit_test(waits_for_no_pipe),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(every_dump_is_served_as_it_is_read),
	};

	return cmocka_run_group_tests_name("subject", tests, setup, teardown);
}
