/* SPDX-License-Identifier: MIT */
/*
 * How long core takes: compare.sh runs this beside virsh and prints the figures.
 *
 *   compare ROUNDS DUMP...   nanoseconds per comparison of two fingerprints, over every
 *                            ordered pair of the catalogue's and the dumps'; and
 *                            microseconds from a dump's snapshot to its fingerprint
 *   meet ROUNDS COUNT        how many CPUs a second the library folds into a baseline
 *   write COUNT FOLDER       those CPUs, as cpus.cpc for us and as cpus.xml for libvirt
 *   pairs | snapshots DUMP...   each call once, for a counter of instructions
 */
#include "virsh.h"

#include <time.h>

#include <cpucompat/catalogue.h>

#include "formats.h"

/* Past this many, a pool of fingerprints says nothing new and a run takes minutes. */
#define POOL_MAX 2048

static struct {
	struct cpc_fingerprint items[POOL_MAX];
	struct cpc_side sides[POOL_MAX];
	const struct cpc_lens *lenses[POOL_MAX]; /* of the vendor of each */
	size_t count;
} pool;

static struct {
	struct cpc_snapshot items[POOL_MAX];
	size_t count;
} snapshots;

/* What is measured must not be optimised away. */
static volatile unsigned int sink;

/* Time on a core, so that what else the machine does counts little. */
static uint64_t now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static int by_value(const void *left, const void *right)
{
	const double a = *(const double *)left;
	const double b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Of several rounds: the quickest, which other work on the machine disturbed least, and the one in the middle. */
struct timing {
	double best;
	double median;
};

static struct timing timing_of(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
	return (struct timing){ .best = values[0], .median = values[count / 2] };
}

static void pool_add(const struct cpc_fingerprint *fingerprint)
{
	assert_true(pool.count < POOL_MAX);
	pool.items[pool.count] = *fingerprint;
	pool.sides[pool.count] = side_of(&pool.items[pool.count]);
	pool.count++;
}

static void read_dump(const char *path)
{
	struct cpc_captures captures = { 0 };
	static struct cpc_report report;
	size_t length;
	char *bytes = corpus_read(path, 0, &length);

	if (bytes && !cpc_read(bytes, length, &captures, NULL) && captures.items[0].kind_count) {
		cpc_report_of(&captures.items[0], &report);
		pool_add(&report.fingerprint);
		/* The kinds are the pool's from here on: nothing is released before the end. */
		snapshots.items[snapshots.count++] = captures.items[0].kinds[0].snapshot;
		captures.items[0].kinds[0].snapshot = (struct cpc_snapshot){ 0 };
	}
	cpc_captures_free(&captures);
	free(bytes);
}

static void fill(char **dumps, int count)
{
	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_fingerprint fingerprint = parsed(cpc_catalogue[i].fingerprint);

		pool_add(&fingerprint);
	}
	for (int i = 0; i < count && pool.count < POOL_MAX; i++)
		read_dump(dumps[i]);
}

/* A lens per vendor, shared by all of it. */
static void prepare(const struct cpc_policy *policy, struct cpc_lens *lenses, size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < pool.count; i++) {
		size_t same = 0;

		while (same < i && memcmp(pool.items[same].vendor, pool.items[i].vendor, CPC_VENDOR_SIZE) != 0)
			same++;
		if (same < i) {
			pool.lenses[i] = pool.lenses[same];
			continue;
		}
		assert_true(count < room);
		cpc_lens_of(policy, pool.items[i].vendor, false, &lenses[count]);
		pool.lenses[i] = &lenses[count++];
	}
}

struct pair {
	uint16_t a;
	uint16_t b;
};

/* Compare these pairs once; nanoseconds for each. */
static double compare_all(const struct pair *pairs, size_t count)
{
	const uint64_t start = now();
	unsigned int sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += cpc_verdict_of(&pool.sides[pairs[i].a], &pool.sides[pairs[i].b], pool.lenses[pairs[i].a]);
	sink += sum;
	return (double)(now() - start) / (double)count;
}

static void measure(const char *what, const struct pair *pairs, size_t count, size_t rounds)
{
	double *times = calloc(rounds, sizeof(*times));
	struct timing timing;

	assert_non_null(times);
	for (size_t i = 0; count && i < rounds; i++)
		times[i] = compare_all(pairs, count);
	timing = timing_of(times, rounds);
	if (count)
		printf("  %-20s %8zu %10.1f %10.1f\n", what, count, timing.best, timing.median);
	free(times);
}

/* Every ordered pair in the order of the pool, and again by what becomes of it. */
static void measure_policy(const struct cpc_policy *policy, size_t rounds, bool by_verdict)
{
	static struct cpc_lens lenses[32];
	struct pair *pairs = calloc(pool.count * pool.count, sizeof(*pairs));
	struct pair *some = calloc(pool.count * pool.count, sizeof(*some));
	size_t count = 0;

	assert_true(pairs && some);
	prepare(policy, lenses, COUNT(lenses));
	for (size_t a = 0; a < pool.count; a++)
		for (size_t b = 0; b < pool.count; b++)
			if (a != b)
				pairs[count++] = (struct pair){ (uint16_t)a, (uint16_t)b };
	measure(policy->name, pairs, count, rounds);
	for (unsigned int verdict = 0; by_verdict && verdict < CPC_VERDICT_COUNT; verdict++) {
		size_t picked = 0;
		char what[64];

		for (size_t i = 0; i < count; i++)
			if (cpc_verdict_of(&pool.sides[pairs[i].a], &pool.sides[pairs[i].b], pool.lenses[pairs[i].a]) ==
			    verdict)
				some[picked++] = pairs[i];
		(void)snprintf(what, sizeof(what), "  %s", cpc_verdict_name((enum cpc_verdict)verdict));
		measure(what, some, picked, rounds);
	}
	free(pairs);
	free(some);
}

__attribute__((noinline)) static void all_snapshots(void)
{
	struct cpc_fingerprint fingerprint;

	for (size_t i = 0; i < snapshots.count; i++) {
		cpc_fingerprint_of(&snapshots.items[i], &fingerprint);
		sink += fingerprint.words[0];
	}
}

static void measure_snapshots(size_t rounds)
{
	double *times = calloc(rounds, sizeof(*times));
	struct timing timing;

	assert_non_null(times);
	for (size_t i = 0; snapshots.count && i < rounds; i++) {
		const uint64_t start = now();

		all_snapshots();
		times[i] = (double)(now() - start) / (double)snapshots.count / 1000;
	}
	timing = timing_of(times, rounds);
	if (snapshots.count)
		printf("  %-20s %8zu %10.2f %10.2f\n", "snapshot, us", snapshots.count, timing.best, timing.median);
	free(times);
}

static void run_compare(size_t rounds)
{
	printf("%zu processors, %zu rounds\n  %-20s %8s %10s %10s\n", pool.count, rounds, "fingerprints, ns", "pairs",
	       "best", "median");
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		measure_policy(&cpc_policies[i], rounds, strcmp(cpc_policies[i].name, CPC_POLICY_DEFAULT) == 0);
	measure_snapshots(rounds);
}

/* The first COUNT variations of the catalogue's Intel processors: always the same. */
static struct cpc_fingerprint *make_cpus(const struct virsh *virsh, size_t count)
{
	struct cpc_fingerprint *cpus = calloc(count, sizeof(*cpus));
	uint64_t state = 20250807;

	assert_non_null(cpus);
	for (size_t made = 0, row = 0; made < count; row = (row + 1) % cpc_catalogue_count) {
		cpus[made] = parsed(cpc_catalogue[row].fingerprint);
		if (strcmp(cpus[made].vendor, "GenuineIntel") != 0)
			continue;
		virsh_vary(virsh, &state, &cpus[made]);
		made++;
	}
	return cpus;
}

static void run_meet(const struct virsh *virsh, size_t rounds, size_t count)
{
	struct cpc_fingerprint *cpus = make_cpus(virsh, count);
	double *times = calloc(rounds, sizeof(*times));

	assert_non_null(times);
	for (size_t i = 0; i < rounds; i++) {
		const uint64_t start = now();
		struct cpc_fingerprint meet = cpus[0];

		for (size_t j = 1; j < count; j++)
			assert_int_equal(cpc_meet(&meet, &cpus[j], &meet, NULL), CPC_OK);
		sink += meet.words[0];
		times[i] = (double)(now() - start);
	}
	printf("%.0f\n", (double)count / timing_of(times, rounds).median * 1e9);
	free(times);
	free(cpus);
}

static void run_write(const struct virsh *virsh, size_t count, const char *folder)
{
	struct cpc_fingerprint *cpus = make_cpus(virsh, count);
	char path[PATH_MAX];
	FILE *ours;
	FILE *theirs;

	(void)snprintf(path, sizeof(path), "%s/cpus.cpc", folder);
	ours = fopen(path, "we");
	(void)snprintf(path, sizeof(path), "%s/cpus.xml", folder);
	theirs = fopen(path, "we");
	assert_true(ours && theirs);
	for (size_t i = 0; i < count; i++) {
		static struct virsh_cpu cpu;
		char text[CPC_FINGERPRINT_SIZE];

		cpu.fingerprint = cpus[i];
		virsh_tell(virsh, &cpu);
		virsh_write(virsh, theirs, &cpu);
		cpc_fingerprint_print(&cpus[i], text);
		(void)fprintf(ours, "%s\n", text);
	}
	assert_int_equal(fclose(ours), 0);
	assert_int_equal(fclose(theirs), 0);
	free(cpus);
}

/* Under a counter of instructions, which collects in these two functions: everything once, and how many calls that
 * were. */
__attribute__((noinline)) static size_t all_pairs(void)
{
	unsigned int sum = 0;

	for (size_t a = 0; a < pool.count; a++)
		for (size_t b = 0; b < pool.count; b++)
			sum += cpc_verdict_of(&pool.sides[a], &pool.sides[b], pool.lenses[a]);
	sink += sum;
	return pool.count * pool.count;
}

static void run_once(bool pairs)
{
	static struct cpc_lens lenses[32];

	prepare(cpc_policy_named(CPC_POLICY_DEFAULT), lenses, COUNT(lenses));
	if (!pairs)
		all_snapshots();
	printf("%zu\n", pairs ? all_pairs() : snapshots.count);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	struct cpu_map *map = cpu_map_read();
	struct virsh virsh = { 0 };

	if (map)
		virsh = virsh_of(map);
	if (strcmp(what, "compare") == 0) {
		fill(argv + 3, argc - 3);
		run_compare(strtoul(argv[2], NULL, 10));
	} else if (strcmp(what, "meet") == 0 && argc == 4 && map) {
		run_meet(&virsh, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	} else if (strcmp(what, "write") == 0 && argc == 4 && map) {
		run_write(&virsh, strtoul(argv[2], NULL, 10), argv[3]);
	} else if (strcmp(what, "pairs") == 0 || strcmp(what, "snapshots") == 0) {
		fill(argv + 2, argc - 2);
		run_once(strcmp(what, "pairs") == 0);
	} else {
		(void)fprintf(stderr, "bench_compare: see the head of tests/bench/compare.c; libvirt's map is %s\n",
			      map ? "there" : "missing");
		return 64;
	}
	for (size_t i = 0; i < snapshots.count; i++)
		cpc_snapshot_free(&snapshots.items[i]);
	free(map);
	return 0;
}
