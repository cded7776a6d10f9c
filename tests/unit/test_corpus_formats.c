/* SPDX-License-Identifier: MIT */
/*
 * The readers against the corpus (shared/corpus, see its README): every original
 * text must give what its normalised counterpart gives, and every dump must be read.
 * Skipped where the corpus is not.
 *
 * The counterpart of formats/FLAVOUR/NAME is the row of index.tsv whose file is called
 * NAME; some originals have none, and are only read. Flavours differ from it in this:
 * normalised dumps hold the first and last four CPUs of large uniform machines, so CPU
 * 0 is compared, not the set of CPUs; their MSRs are in a file beside them.
 */
#include "test_formats.h"

#include <dirent.h>

static const char *corpus;

static char *load(const char *path, size_t *ret_length)
{
	FILE *file = fopen(path, "rb");
	char *bytes = NULL;
	size_t length = 0;

	if (!file)
		return NULL;
	for (;;) {
		bytes = realloc(bytes, length + 65536);
		assert_non_null(bytes);
		const size_t got = fread(bytes + length, 1, 65536, file);
		if (!got)
			break;
		length += got;
	}
	fclose(file);
	*ret_length = length;
	return bytes;
}

static void must_read(const char *path)
{
	size_t length = 0;
	char *bytes = load(path, &length);

	assert_non_null(bytes);
	if (read_bytes(bytes, length) != CPC_OK)
		fail_msg("%s:%zu: %s", path, error.line, error.what);
	free(bytes);
	assert_int_equal(captures.count, 1);
	assert_true(captures.items[0].kind_count > 0);
}

/* Read a dump together with its MSRs, as `cat x.txt x.msr` would. False: there is no such dump. */
static bool read_dump(const char *path)
{
	size_t length = 0;
	size_t more = 0;
	char *bytes = load(path, &length);
	char msr_path[1024];
	char *msrs;

	if (!bytes)
		return false;
	(void)snprintf(msr_path, sizeof(msr_path), "%.*s.msr", (int)(strlen(path) - strlen(".txt")), path);
	msrs = load(msr_path, &more);
	if (msrs) {
		bytes = realloc(bytes, length + more);
		assert_non_null(bytes);
		memcpy(bytes + length, msrs, more);
		free(msrs);
	}
	if (read_bytes(bytes, length + more) != CPC_OK)
		fail_msg("%s:%zu: %s", path, error.line, error.what);
	free(bytes);
	return true;
}

static bool is_last_part(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return slash && strcmp(slash + 1, name) == 0;
}

/* The dump that index.tsv lists under that name, or as coming from a file of that name. */
static bool find_counterpart(const char *name, char ret_path[static 1024])
{
	char path[1024];
	size_t length = 0;
	bool found = false;

	(void)snprintf(path, sizeof(path), "%s/index.tsv", corpus);
	char *index = load(path, &length);
	assert_non_null(index);
	index = realloc(index, length + 1);
	assert_non_null(index);
	index[length] = '\0';
	for (char *rest = index, *line; !found && (line = strtok_r(rest, "\n", &rest));) {
		const char *file = strtok(line, "\t");
		const char *source = strtok(NULL, "\t");

		found = file && source && (is_last_part(file, name) || is_last_part(source, name));
		if (found)
			(void)snprintf(ret_path, 1024, "%s/dumps/%s", corpus, file);
	}
	free(index);
	return found;
}

static void same_snapshots(const struct cpc_snapshot *a, const struct cpc_snapshot *b, const char *name)
{
	if (a->leaf_count != b->leaf_count || memcmp(a->leaves, b->leaves, a->leaf_count * sizeof(*a->leaves)) != 0)
		fail_msg("%s: leaves differ from the normalised dump's", name);
	assert_int_equal(a->layout_unknown, b->layout_unknown);
	assert_int_equal(a->msr_count, b->msr_count);
	for (size_t i = 0; i < a->msr_count; i++) {
		assert_int_equal(a->msrs[i].address, b->msrs[i].address);
		assert_int_equal(a->msrs[i].readable, b->msrs[i].readable);
		assert_int_equal(a->msrs[i].value, b->msrs[i].value);
	}
}

/* Call `visit` for every file in a folder whose name ends so, and for `deep` in its subfolders but kvm/. Returns how
 * many. */
static size_t visit_files(const char *folder, const char *end, bool deep,
			  void (*visit)(const char *path, const char *name))
{
	DIR *dir = opendir(folder);
	size_t count = 0;
	struct dirent *entry;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;
		const size_t length = strlen(name);
		char path[1024];

		if (name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (length > strlen(end) && strcmp(name + length - strlen(end), end) == 0) {
			visit(path, name);
			count++;
		} else if (deep && strcmp(name, "kvm") != 0) {
			count += visit_files(path, end, true, visit);
		}
	}
	closedir(dir);
	return count;
}

static void compare_original(const char *path, const char *name)
{
	struct cpc_captures original;
	char counterpart[1024];

	must_read(path);
	if (!find_counterpart(name, counterpart))
		return;
	original = captures;
	captures = (struct cpc_captures){ 0 };
	if (read_dump(counterpart))
		same_snapshots(&original.items[0].kinds[0].snapshot, snapshot_of(0), name);
	cpc_captures_free(&original);
}

static void originals_equal_normalised(void **state)
{
	static const char *const flavours[] = { "aida64-new", "aida64-old", "affmask", "bare", "everest", "cpuid-r" };

	(void)state;
	for (size_t i = 0; i < sizeof(flavours) / sizeof(flavours[0]); i++) {
		char folder[1024];

		(void)snprintf(folder, sizeof(folder), "%s/formats/%s", corpus, flavours[i]);
		assert_true(visit_files(folder, ".txt", false, compare_original) > 0);
	}
}

/* libvirt's x86_64-cpuid-NAME.xml is the corpus' NAME.txt. */
static void compare_libvirt(const char *path, const char *name)
{
	static const char prefix[] = "x86_64-cpuid-";
	char text[1024];
	char counterpart[1024];

	assert_memory_equal(name, prefix, sizeof(prefix) - 1);
	name += sizeof(prefix) - 1;
	(void)snprintf(text, sizeof(text), "%.*s.txt", (int)(strlen(name) - strlen(".xml")), name);
	assert_true(find_counterpart(text, counterpart));
	compare_original(path, text);
}

/* Normalised dumps have no subleaves of libcpuid's tables, which are topology and caches: of a kind, not equal. */
static void compare_libcpuid(const char *path, const char *name)
{
	struct cpc_captures original;
	char counterpart[1024];

	must_read(path);
	assert_true(find_counterpart(name, counterpart));
	original = captures;
	captures = (struct cpc_captures){ 0 };
	assert_true(read_dump(counterpart));
	if (!cpc_snapshot_same_kind(&original.items[0].kinds[0].snapshot, snapshot_of(0)))
		fail_msg("%s: not the normalised dump's processor", name);
	cpc_captures_free(&original);
}

static void xml_and_tests(void **state)
{
	char folder[1024];

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s/formats/libvirt-cpudata", corpus);
	assert_true(visit_files(folder, ".xml", false, compare_libvirt) > 0);
	(void)snprintf(folder, sizeof(folder), "%s/formats/libcpuid-raw", corpus);
	assert_true(visit_files(folder, ".test", false, compare_libcpuid) > 0);
}

/* Each by itself and with its MSRs. */
static void read_both(const char *path, const char *name)
{
	(void)name;
	must_read(path);
	assert_true(read_dump(path));
}

/* What QEMU exposed of a machine and what it refused are masks, not processors: they have no leaf 0. */
static void refused_mask(const char *path, const char *name)
{
	size_t length = 0;
	char *bytes = load(path, &length);

	(void)name;
	assert_non_null(bytes);
	assert_int_equal(read_bytes(bytes, length), CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "no CPUID leaf 0"));
	free(bytes);
}

static void every_dump_is_read(void **state)
{
	char folder[1024];

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s/dumps", corpus);
	assert_true(visit_files(folder, ".txt", true, read_both) > 100);
	(void)snprintf(folder, sizeof(folder), "%s/dumps/libvirt/kvm", corpus);
	(void)visit_files(folder, ".txt", false, refused_mask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(originals_equal_normalised),
		cmocka_unit_test(xml_and_tests),
		cmocka_unit_test(every_dump_is_read),
	};
	const char *shared = getenv("CPC_SHARED");
	char folder[1024];
	DIR *dir;

	(void)snprintf(folder, sizeof(folder), "%s/corpus", shared ? shared : "../shared");
	corpus = folder;
	dir = opendir(folder);
	if (!dir) {
		printf("skipped: no corpus at %s (CPC_SHARED)\n", folder);
		return 77;
	}
	closedir(dir);
	return cmocka_run_group_tests(tests, NULL, teardown);
}
