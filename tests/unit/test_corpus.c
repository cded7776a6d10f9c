/* SPDX-License-Identifier: MIT */
/*
 * Every dump of the corpus, read and reported, against what Todd Allen's cpuid
 * decodes of it (expected.tsv). A difference is a bug, or stands in `differences`
 * with its reason.
 */
#include "corpus.h"

#include "formats.h"

enum column { VENDOR, FAMILY, MODEL, STEPPING, VMX, SVM, NX, LM, NPT, HYPERVISOR, PABITS, LABITS, BRAND, COLUMN_COUNT };

static const char *const column_names[COLUMN_COUNT] = { "vendor", "family", "model", "stepping", "vmx",
							"svm",	  "nx",	    "lm",    "npt",	 "hypervisor",
							"pabits", "labits", "brand" };

/* Where cpuid(1) and we differ, and why that is right: `file` is a part of a path. A row that no longer occurs fails.
 */
static struct {
	const char *file;
	enum column column;
	const char *why;
	bool seen;
} differences[] = {
	{ "cpuidjl/Intel_R_Core_TM_i5-2520M_CPU_2.50GHz_without_hypervisor", NPT,
	  "leaf 0x8000000a is in the dump, but above the maximum extended leaf", false },
	{ "instlat/AuthenticAMD0000662_K7_Palomino", BRAND, "a DEL in its brand, which may steer a terminal", false },
	{ "libcpuid/intel-netburst-intel-xeon-7020-quad", PABITS, "its last CPU is cut off before leaf 0x80000008",
	  false },
	{ "libcpuid/intel-netburst-intel-xeon-7020-quad", LABITS, "its last CPU is cut off before leaf 0x80000008",
	  false },
	{ "libcpuid/intel-netburst-intel-xeon-7140m-dual", PABITS, "its last CPU is cut off before leaf 0x80000008",
	  false },
	{ "libcpuid/intel-netburst-intel-xeon-7140m-dual", LABITS, "its last CPU is cut off before leaf 0x80000008",
	  false },
	{ "libcpuid/intel-netburst-intel-xeon-cpu-3.40ghz-cranford-dual", PABITS, "its last CPU is cut off there too",
	  false },
	{ "libcpuid/intel-netburst-intel-xeon-cpu-3.40ghz-cranford-dual", LABITS, "its last CPU is cut off there too",
	  false },
	{ "pytorch/leagoo-t5c", BRAND, "cpuid(1) prints a name of its own, we the bytes of the brand leaves", false },
};

/* Dumps that do not fold into one kind though no hybrids: corpus/README names them. */
static const char *const known_kinds[] = {
	"intel-netburst-intel-xeon-7020-quad", "intel-netburst-intel-xeon-7140m-dual",
	"cpu-3.40ghz-cranford-dual",	       "misc/AMD_Ryzen_5_5600G",
	"GenuineIntel00C0652_ArrowLakeH_04",   "intel-lion-cove-intel-core-ultra-9-285h",
};

static struct {
	size_t dumps;
	size_t compared;
	size_t values;
	size_t skipped;
	size_t explained;
	size_t with_msrs;
	size_t kinds;
	size_t failures;
} counts;

static char dumps_path[PATH_MAX];

static void complain(const char *file, const char *format, const char *a, const char *b)
{
	printf("%s: ", file);
	printf("%s: \"%s\", not \"%s\"\n", format, a, b);
	counts.failures++;
}

static bool explained(const char *file, enum column column)
{
	for (size_t i = 0; i < COUNT(differences); i++)
		if (differences[i].column == column && strstr(file, differences[i].file))
			return differences[i].seen = true;
	return false;
}

static void put_bit(const struct cpc_report *report, enum cpc_feature_id id, char *text)
{
	const struct cpc_feature *feature = &cpc_features[id];

	(void)snprintf(text, 32, "%d", cpc_report_bit(report, CPC_VIEW_CPUID, feature->reg, feature->bit) == CPC_SET);
}

static void values_of(const struct cpc_report *report, char values[COLUMN_COUNT][CPC_SHORT_SIZE])
{
	(void)snprintf(values[VENDOR], CPC_SHORT_SIZE, "%s", report->signature.vendor);
	(void)snprintf(values[FAMILY], CPC_SHORT_SIZE, "%u", report->signature.family);
	(void)snprintf(values[MODEL], CPC_SHORT_SIZE, "%u", report->signature.model);
	(void)snprintf(values[STEPPING], CPC_SHORT_SIZE, "%u", report->signature.stepping);
	put_bit(report, CPC_F_vmx, values[VMX]);
	put_bit(report, CPC_F_svm, values[SVM]);
	put_bit(report, CPC_F_nx, values[NX]);
	put_bit(report, CPC_F_lm, values[LM]);
	put_bit(report, CPC_F_npt, values[NPT]);
	put_bit(report, CPC_F_hypervisor, values[HYPERVISOR]);
	(void)snprintf(values[PABITS], CPC_SHORT_SIZE, "%llu",
		       (unsigned long long)cpc_report_scalar(report, CPC_S_pa).value);
	(void)snprintf(values[LABITS], CPC_SHORT_SIZE, "%llu",
		       (unsigned long long)cpc_report_scalar(report, CPC_S_la).value);
	(void)snprintf(values[BRAND], CPC_SHORT_SIZE, "%s", report->brand);
}

/* As our brands: no blanks around it, and no runs of them. */
static void fold_blanks(char *text)
{
	size_t length = 0;

	for (const char *c = text; *c; c++)
		if (*c != ' ' || (length && text[length - 1] != ' '))
			text[length++] = *c;
	if (length && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
}

static void compare_values(const char *file, const struct cpc_report *report, char *const *expected)
{
	char values[COLUMN_COUNT][CPC_SHORT_SIZE];

	values_of(report, values);
	for (int column = 0; column < COLUMN_COUNT; column++) {
		if (strcmp(expected[column], "-") == 0) {
			counts.skipped++;
			continue;
		}
		counts.values++;
		if (column == BRAND)
			fold_blanks(expected[column]);
		if (strcmp(values[column], expected[column]) == 0)
			continue;
		if (explained(file, (enum column)column))
			counts.explained++;
		else
			complain(file, column_names[column], values[column], expected[column]);
	}
}

static char *read_dump(const char *file, size_t more, size_t *ret_length)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", dumps_path, file) >= PATH_MAX)
		return NULL;
	return corpus_read(path, more, ret_length);
}

/* The MSRs of the same machine, appended to its dump: it still reads, to as many kinds, and MSR 0x10a is known. */
static void read_with_msrs(const char *file, const struct cpc_capture *alone)
{
	char msr_file[PATH_MAX];
	struct cpc_captures captures = { 0 };
	struct cpc_error error = { 0 };
	size_t length;
	size_t more;
	char *msrs;
	char *bytes;

	(void)snprintf(msr_file, sizeof(msr_file), "%.*s.msr", (int)(strlen(file) - 4), file);
	msrs = read_dump(msr_file, 1, &more);
	if (!msrs)
		return;
	bytes = read_dump(file, more, &length);
	memcpy(bytes + length, msrs, more);
	counts.with_msrs++;
	if (cpc_read(bytes, length + more, &captures, &error))
		complain(msr_file, "reading it after its dump", error.what, "");
	else if (captures.items[0].kind_count != alone->kind_count)
		complain(msr_file, "kinds", "others", "as without it");
	else if (strstr(msrs, "CPU 0:") && !captures.items[0].kinds[0].snapshot.msr_count)
		complain(msr_file, "MSRs", "none", "some");
	cpc_captures_free(&captures);
	free(bytes);
	free(msrs);
}

static bool known_to_have_kinds(const char *file)
{
	for (size_t i = 0; i < COUNT(known_kinds); i++)
		if (strstr(file, known_kinds[i]))
			return true;
	return false;
}

static void check_kinds(const char *file, const struct cpc_capture *capture, bool hybrid)
{
	char kinds[24];

	counts.kinds += capture->kind_count;
	(void)snprintf(kinds, sizeof(kinds), "%zu", capture->kind_count);
	if (!hybrid && capture->kind_count != 1 && !known_to_have_kinds(file))
		complain(file, "kinds", kinds, "1");
	if (!hybrid && capture->kind_count == 1 && known_to_have_kinds(file))
		printf("%s: folds into one kind by now\n", file);
}

/* XCR0 always has x87 and SSE: a dump without them lost the subleaves of leaf 0xd, and is unread there. */
static void check_xcr0(const char *file, const struct cpc_report *report)
{
	const struct cpc_feature *xsave = &cpc_features[CPC_F_xsave];

	if (cpc_report_bit(report, CPC_VIEW_CPUID, xsave->reg, xsave->bit) == CPC_SET &&
	    (cpc_fingerprint_xcr0(&report->fingerprint) & 3) != 3 &&
	    !cpc_word_unread(&report->fingerprint, CPC_LD_0_EAX))
		complain(file, "XCR0", "lacks x87 or SSE", "unread");
}

static void check_text(const char *file, const struct cpc_report *report)
{
	char text[CPC_FINGERPRINT_SIZE];
	char again[CPC_FINGERPRINT_SIZE];
	struct cpc_fingerprint back;
	const size_t length = cpc_fingerprint_print(&report->fingerprint, text);

	if (cpc_fingerprint_parse(text, length, &back, NULL)) {
		complain(file, "its own fingerprint is refused", text, "");
		return;
	}
	cpc_fingerprint_print(&back, again);
	if (strcmp(text, again) != 0)
		complain(file, "round trip", again, text);
}

static void check_dump(const char *file, bool hybrid, char *const *expected)
{
	struct cpc_captures captures = { 0 };
	struct cpc_error error = { 0 };
	struct cpc_report report;
	size_t length;
	char *bytes = read_dump(file, 0, &length);

	if (!bytes)
		return;
	counts.dumps++;
	if (cpc_read(bytes, length, &captures, &error)) {
		complain(file, "reading", error.what, "");
	} else {
		cpc_report_of(&captures.items[0], &report);
		check_kinds(file, &captures.items[0], hybrid);
		check_text(file, &report);
		check_xcr0(file, &report);
		if (expected) {
			counts.compared++;
			compare_values(file, &report, expected);
		}
		read_with_msrs(file, &captures.items[0]);
	}
	cpc_captures_free(&captures);
	free(bytes);
}

/* Both tables name the same files in the same order. */
static void test_dumps(void **state)
{
	char path[PATH_MAX];
	char *index;
	char *expected;
	char *index_line;
	char *expected_line;
	char *index_rest = NULL;
	char *expected_rest = NULL;
	size_t length;

	(void)state;
	assert_true(corpus_path("corpus/index.tsv", path));
	index = corpus_read(path, 0, &length);
	assert_true(corpus_path("corpus/expected.tsv", path));
	expected = corpus_read(path, 0, &length);
	(void)strtok_r(index, "\n", &index_rest);
	(void)strtok_r(expected, "\n", &expected_rest);
	while ((index_line = strtok_r(NULL, "\n", &index_rest))) {
		char *fields[3];
		char *columns[COLUMN_COUNT + 1];

		expected_line = strtok_r(NULL, "\n", &expected_rest);
		assert_non_null(expected_line);
		assert_int_equal(corpus_split(index_line, fields, COUNT(fields)), COUNT(fields));
		assert_int_equal(corpus_split(expected_line, columns, COUNT(columns)), COUNT(columns));
		assert_string_equal(fields[0], columns[0]);
		check_dump(fields[0], fields[2][0] == '1', columns + 1);
	}
	free(index);
	free(expected);
	printf("%zu dumps, %zu compared in %zu values (%zu not printed by cpuid), %zu of them differ with a reason, "
	       "%zu with "
	       "MSRs, %zu kinds, %zu failures\n",
	       counts.dumps, counts.compared, counts.values, counts.skipped, counts.explained, counts.with_msrs,
	       counts.kinds, counts.failures);
	for (size_t i = 0; i < COUNT(differences); i++)
		if (!differences[i].seen)
			fail_msg("%s: %s is no difference any more", differences[i].file,
				 column_names[differences[i].column]);
	assert_int_equal(counts.failures, 0);
	assert_true(counts.dumps > 500);
}

/* Files that no table names read as well, but for those of libvirt/kvm: masks without a leaf 0, which are refused. */
static void test_every_file_reads(void **state)
{
	struct corpus_paths paths = { 0 };
	size_t failures = 0;

	(void)state;
	corpus_list(dumps_path, ".txt", &paths);
	for (size_t i = 0; i < paths.count; i++) {
		struct cpc_captures captures = { 0 };
		struct cpc_error error = { 0 };
		size_t length;
		char *bytes = corpus_read(paths.items[i], 0, &length);

		if (!cpc_read(bytes, length, &captures, &error) == !!strstr(paths.items[i], "/libvirt/kvm/")) {
			printf("%s: %s\n", paths.items[i], error.status ? error.what : "read");
			failures++;
		}
		cpc_captures_free(&captures);
		free(bytes);
	}
	printf("%zu files, %zu that do not read\n", paths.count, failures);
	corpus_free(&paths);
	assert_int_equal(failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_dumps), cmocka_unit_test(test_every_file_reads) };

	if (!corpus_path("corpus/dumps", dumps_path)) {
		printf("skipped: there is no corpus at %s\n", dumps_path);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
