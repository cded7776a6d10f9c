/* SPDX-License-Identifier: MIT */
/*
 * A report's JSON, read back, is the same report: rendered again it has the same bytes,
 * whatever keys it has come to hold. Of what was probed here, of every dump of the corpus
 * where that lies beside the project, and of partial views.
 */
#include "corpus.h"

#include "formats.h"
#include "render.h"

static struct cpc_buffer json_of(const struct cpc_capture *capture)
{
	const struct cpc_report_format *format = cpc_report_format_named("json");
	const struct cpc_style style = { .width = 80 };
	struct cpc_buffer out = { 0 };
	struct cpc_report report;
	struct cpc_error error;

	cpc_report_of(capture, &report);
	if (format->render(&report, &style, &out, &error))
		fail_msg("%s", error.what);
	return out;
}

static struct cpc_captures read_all(const char *what, const char *bytes, size_t length)
{
	struct cpc_captures captures;
	struct cpc_error error = { 0 };

	if (cpc_read(bytes, length, &captures, &error))
		fail_msg("%s:%zu: %s", what, error.line, error.what);
	return captures;
}

/* Where it came from is the one thing that reading a report changes. */
static void forget_source(struct cpc_buffer *json)
{
	char *source = strstr(json->bytes, "\"source\": \"live\"");

	if (source)
		memcpy(source, "\"source\": \"xxxx\"", 16);
}

static void stays_the_same(const char *what, const struct cpc_capture *capture)
{
	struct cpc_buffer first = json_of(capture);
	struct cpc_captures back = read_all(what, first.bytes, first.length);
	struct cpc_capture *again = &back.items[0];
	struct cpc_buffer second;

	assert_int_equal(back.count, 1);
	if (capture->origin == CPC_ORIGIN_LIVE) {
		assert_int_equal(again->origin, CPC_ORIGIN_REPORT);
		again->origin = CPC_ORIGIN_LIVE;
	}
	assert_int_equal(again->origin, capture->origin);
	second = json_of(again);
	forget_source(&first);
	forget_source(&second);
	if (first.length != second.length || memcmp(first.bytes, second.bytes, first.length) != 0) {
		size_t at = 0;

		while (at < first.length && at < second.length && first.bytes[at] == second.bytes[at])
			at++;
		fail_msg("%s: byte %zu was \"%.40s\", is \"%.40s\"", what, at, first.bytes + at, second.bytes + at);
	}
	/* What no key shows by itself. */
	assert_int_equal(again->kind_count, capture->kind_count);
	assert_int_equal(again->partial, capture->partial);
	assert_int_equal(again->logical_cpus, capture->logical_cpus);
	if (!capture->kind_count)
		assert_memory_equal(&again->fingerprint, &capture->fingerprint, sizeof(again->fingerprint));
	cpc_captures_free(&back);
	cpc_buffer_free(&first);
	cpc_buffer_free(&second);
}

static const char dump[] = "CPU 0:\n"
			   "   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
			   "   0x00000001 0x00: eax=0x000606a6 ebx=0x00100800 ecx=0x7ffafbbf edx=0xbfebfbff\n"
			   "   0x00000007 0x00: eax=0x00000000 ebx=0xf3bfbffb ecx=0x40417f5e edx=0xbc040412\n"
			   "CPU 1:\n"
			   "   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
			   "   0x00000001 0x00: eax=0x000606a6 ebx=0x01100800 ecx=0x7ffafbbf edx=0xbfebfbbf\n"
			   "   0x00000007 0x00: eax=0x00000000 ebx=0xf3bfbff0 ecx=0x40417f5e edx=0xbc040412\n"
			   "CPU 0:\n   0x0000010a: 0x8000000000000001\nCPU 1:\n   0x0000010a: fail\n";

/* Every field of a capture that a probe fills. */
static void everything_a_probe_fills(void **state)
{
	static const struct cpc_leaf kvm[] = { { 0, 0, { 7, INTEL } },
					       { 1, 0, { 0x606a6, 0x800, 0xfffab223, 0xf8bfbff } },
					       { 7, 0, { 0, 0xf1bf2fbb, 0, 0x20000000 } } };
	struct cpc_captures captures = read_all("dump", dump, sizeof(dump) - 1);
	struct cpc_capture *capture = &captures.items[0];

	(void)state;
	assert_int_equal(capture->kind_count, 2);
	stays_the_same("dump", capture);
	capture->origin = CPC_ORIGIN_LIVE;
	strcpy(capture->host_name, "h\xc3\xb6st");
	strcpy(capture->machine_id, "0123456789abcdef0123456789abcdef");
	strcpy(capture->collected_at, "2026-01-02T03:04:05Z");
	strcpy(capture->microcode, "0xd0003a5");
	capture->history = (struct cpc_history){
		.since = "2026-01-31T12:00:00Z",
		.failures = 3,
		.failing_since = "2026-02-01T12:00:00Z",
		.cpuid = { .seen = true,
			   .changes = 2,
			   .changed_at = "2026-01-31T13:00:00Z",
			   .previous_id = "0123456789abcdef0123456789abcdef" },
		.kvm = { .seen = true },
	};
	strcpy(capture->brand, "A \"brand\" \\ of its own");
	strcpy(capture->libcpuid_brand, "libcpuid's word");
	strcpy(capture->libcpuid_codename, "Ice Lake");
	capture->cpuinfo_vmx = CPC_SET;
	capture->cpuinfo_svm = CPC_CLEAR;
	capture->cpuinfo_ept = CPC_UNKNOWN;
	capture->cpuinfo_npt = CPC_CLEAR;
	for (unsigned int i = 0; i < 4; i++)
		capture->probes[i] =
			(struct cpc_probe_result){ .name = { (char)('a' + i) }, .status = (enum cpc_probe_status)i };
	capture->probe_count = 4;
	capture->kvm.present = true;
	capture->kvm.snapshot = snapshot_with_msr(kvm, COUNT(kvm), (struct cpc_msr){ 0x10a, true, 0x2b });
	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++)
		if (cpc_scalars[id].derived && !cpc_scalar_in_text((enum cpc_scalar_id)id))
			capture->measured[id] = (struct cpc_measurement){ .known = true, .value = 1000 + id };
	stays_the_same("live", capture);
	cpc_captures_free(&captures);
}

static void fingerprints_and_partial_views(void **state)
{
	static const char *const texts[] = {
		"cpc1:GenuineIntel:6.26.5:98a201-fcbf9ff:pa=40,la=48,clf=64\n",
		"cpc1:GenuineIntel:6.26.5:98a201-x-0-3:pa=x,la=48,xs=x\n",
		"processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nmodel : 106\nmodel name : A B\nstepping : 6\n"
		"microcode : 0xd0003a5\ncpuid level : 27\nflags : fpu sse sse2 lm avx avx2 md_clear vmx ept clflush\n"
		"clflush size : 64\naddress sizes : 46 bits physical, 57 bits virtual\n\n",
		"processor : 3\nvendor_id : AuthenticAMD\ncpu family : 25\nmodel : 1\nflags : lm svm\n\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct cpc_captures captures = read_all(texts[i], texts[i], strlen(texts[i]));

		stays_the_same(texts[i], &captures.items[0]);
		cpc_captures_free(&captures);
	}
}

/* What a report claims of a partial view must fit its fingerprint. */
static void partial_rows_that_do_not_fit(void **state)
{
	static const struct {
		const char *rows;
		bool good;
	} rows[] = {
		{ "[]", true },
		{ "[[1, \"0x1\", \"0x2\"]]", true },
		{ "[[1, \"0x1\", \"0x2\"], [1, \"0x2\", \"0x0\"]]", false },
		{ "[[1, \"0x1\", \"0x3\"]]", false },	/* set and unread */
		{ "[[1, \"0x1\", \"0x0\"]]", false },	/* then its text would have no x */
		{ "[[1, \"0x0\", \"0x200\"]]", false }, /* a bit that is not compared: apic */
		{ "[[0, \"0x0\", \"0x1\"]]", false },	/* a word that the text tells */
		{ "[[999, \"0x0\", \"0x1\"]]", false },
		{ "[[-1, \"0x0\", \"0x1\"]]", false },
		{ "[[9223372036854775807, \"0x0\", \"0x1\"]]", false },
		{ "[[1, \"0x0\"]]", false },
		{ "[[1, 0, 1]]", false },
		{ "[[\"1\", \"0x0\", \"0x1\"]]", false },
		{ "[7]", false },
		{ "{}", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_captures captures;
		char text[512];

		(void)snprintf(text, sizeof(text),
			       "{\"schema\": \"cpucompat/report/1\", \"fingerprints\": {\"cpuid\": {\"text\": "
			       "\"cpc1:GenuineIntel:6.26.5:98a201-x:pa=40\", \"partial\": %s}}}",
			       rows[i].rows);
		if ((cpc_read(text, strlen(text), &captures, NULL) == CPC_OK) != rows[i].good)
			fail_msg("%s", rows[i].rows);
		if (rows[i].good)
			assert_true(captures.items[0].partial);
		cpc_captures_free(&captures);
	}
}

static void every_dump(void **state)
{
	struct corpus_paths paths = { 0 };
	char folder[PATH_MAX];
	size_t count = 0;

	(void)state;
	if (!corpus_path("corpus/dumps", folder)) {
		printf("no corpus in $CPC_SHARED: its dumps are not read back\n");
		skip();
	}
	corpus_list(folder, ".txt", &paths);
	for (size_t i = 0; i < paths.count; i++) {
		struct cpc_captures captures;
		size_t length;
		char *bytes;

		/* What QEMU exposed of a machine and what it refused are masks, not processors. */
		if (strstr(paths.items[i], "/kvm/"))
			continue;
		bytes = corpus_read(paths.items[i], 0, &length);
		captures = read_all(paths.items[i], bytes, length);
		free(bytes);
		stays_the_same(paths.items[i], &captures.items[0]);
		cpc_captures_free(&captures);
		count++;
	}
	corpus_free(&paths);
	printf("%zu dumps are the same after their JSON\n", count);
	assert_true(count > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_a_probe_fills),
		cmocka_unit_test(fingerprints_and_partial_views),
		cmocka_unit_test(partial_rows_that_do_not_fit),
		cmocka_unit_test(every_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
