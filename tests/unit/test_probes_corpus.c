/* SPDX-License-Identifier: MIT */
/*
 * Every dump of the corpus is a processor to probe: what the CPUID probe takes from
 * its replay has the dump's own fingerprint, kind by kind, so the walk misses nothing
 * that matters and takes no echo for an answer.
 */
#include <ftw.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats.h"
#include "probes.h"

/* Without it the corpus was not found, or no reader works. */
#define ENOUGH 300
#define DUMP_MAX (4U << 20)

/* nftw() passes no context. */
static struct {
	size_t probed;
	size_t failed;
} tally;

/* A capture that holds no leaves has nothing to replay: /proc/cpuinfo, a fingerprint. */
static void print(const struct cpc_snapshot *snapshot, char ret_text[static CPC_FINGERPRINT_SIZE])
{
	struct cpc_fingerprint fingerprint;

	cpc_fingerprint_of(snapshot, &fingerprint);
	(void)cpc_fingerprint_print(&fingerprint, ret_text);
}

static bool same_fingerprints(const char *path, const struct cpc_capture *dump, const struct cpc_capture *probed)
{
	char before[CPC_FINGERPRINT_SIZE];
	char after[CPC_FINGERPRINT_SIZE];

	if (dump->kind_count != probed->kind_count) {
		print_error("%s: %zu kinds became %zu\n", path, dump->kind_count, probed->kind_count);
		return false;
	}
	for (size_t i = 0; i < dump->kind_count; i++) {
		print(&dump->kinds[i].snapshot, before);
		print(&probed->kinds[i].snapshot, after);
		if (strcmp(before, after) != 0) {
			print_error("%s, kind %zu:\n  %s\n  %s\n", path, i, before, after);
			return false;
		}
	}
	return true;
}

static void probe_again(const char *path, const struct cpc_capture *dump)
{
	struct cpc_capture probed;
	struct cpc_error error;
	struct cpc_env env;

	if (!dump->kind_count)
		return;
	tally.probed++;
	cpc_env_replay(&env, dump, "/nonexistent");
	if (cpc_probe_all(&env, &probed, &error)) {
		print_error("%s: %s\n", path, error.what);
		tally.failed++;
		return;
	}
	if (!same_fingerprints(path, dump, &probed))
		tally.failed++;
	cpc_capture_free(&probed);
}

/* Files that no reader knows are for the tests of the readers. */
static int visit(const char *path, const struct stat *info, int type, struct FTW *position)
{
	struct cpc_captures captures = { 0 };
	size_t length = 0;
	char *bytes;
	FILE *file;

	(void)position;
	if (type != FTW_F || info->st_size > (off_t)DUMP_MAX)
		return 0;
	file = fopen(path, "re");
	bytes = malloc(DUMP_MAX);
	if (file && bytes)
		length = fread(bytes, 1, DUMP_MAX, file);
	if (file)
		(void)fclose(file);
	if (length && cpc_read(bytes, length, &captures, NULL) == CPC_OK)
		for (size_t i = 0; i < captures.count; i++)
			probe_again(path, &captures.items[i]);
	cpc_captures_free(&captures);
	free(bytes);
	return 0;
}

static char folder[4096];

static void every_dump_can_be_probed(void **state)
{
	(void)state;
	assert_int_equal(nftw(folder, visit, 16, FTW_PHYS), 0);
	print_message("%zu dumps probed\n", tally.probed);
	assert_int_equal(tally.failed, 0);
	assert_true(tally.probed >= ENOUGH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_dump_can_be_probed),
	};
	const char *shared = getenv("CPC_SHARED");

	if (!shared || snprintf(folder, sizeof(folder), "%s/corpus/dumps", shared) >= (int)sizeof(folder) ||
	    access(folder, R_OK)) {
		printf("skipped: there is no corpus at %s\n", shared ? shared : "CPC_SHARED");
		return 77;
	}
	return cmocka_run_group_tests_name("probes_corpus", tests, NULL, NULL);
}
