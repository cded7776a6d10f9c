/* SPDX-License-Identifier: MIT */
/*
 * How long the parts of a fleet take: fleet.sh runs this and prints the figures.
 *
 *   parts ROUNDS COUNT... <LIST   a line for each COUNT, of the first so many fingerprints of the list: classes, and
 *                                 milliseconds on a core for the matrix, the pools and the baselines, the quickest of
 *                                 the rounds
 *   run COMMAND...                run it, and print on standard error how many seconds it took, how many of them on a
 *                                 core, and the most mebibytes that it held
 */
#include "support.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cpucompat/fleet.h>

static double milliseconds(clockid_t clock)
{
	struct timespec time;

	(void)clock_gettime(clock, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Time on a core, so that what else the machine does counts little. */
static double now(void)
{
	return milliseconds(CLOCK_PROCESS_CPUTIME_ID);
}

struct parts {
	double matrix;
	double pools;
	double baselines;
};

static void keep_least(double *least, double value)
{
	if (*least == 0 || value < *least)
		*least = value;
}

static void measure(const struct cpc_fleet *fleet, const struct cpc_policy *policy, struct parts *parts)
{
	uint8_t *verdicts = malloc(fleet->count * fleet->count);
	size_t *pool_of = calloc(fleet->count, sizeof(*pool_of));
	struct cpc_fleet_baseline *baselines;
	double before = now();
	size_t count;

	assert_non_null(verdicts);
	assert_non_null(pool_of);
	cpc_fleet_matrix(fleet, policy, verdicts);
	keep_least(&parts->matrix, now() - before);
	before = now();
	cpc_fleet_pools(fleet, verdicts, pool_of);
	keep_least(&parts->pools, now() - before);
	before = now();
	assert_int_equal(cpc_fleet_baselines(fleet, policy, &baselines, &count, NULL), CPC_OK);
	keep_least(&parts->baselines, now() - before);
	cpc_fleet_baselines_free(baselines, count);
	free(pool_of);
	free(verdicts);
}

/* Add lines until there are so many hosts, or no more lines. */
static void read_more(struct cpc_fleet *fleet, size_t hosts)
{
	char line[CPC_FINGERPRINT_SIZE];

	while (fleet->hosts < hosts && fgets(line, sizeof(line), stdin))
		assert_int_equal(cpc_fleet_add_text(fleet, NULL, line, strcspn(line, "\n"), NULL), CPC_OK);
}

static int measure_parts(int rounds, char *const *counts)
{
	const struct cpc_policy *policy = cpc_policy_named(CPC_POLICY_DEFAULT);
	struct cpc_fleet fleet = { .count = 0 };

	for (; *counts; counts++) {
		struct parts parts = { 0 };

		read_more(&fleet, strtoul(*counts, NULL, 10));
		for (int round = 0; round < rounds && fleet.count; round++)
			measure(&fleet, policy, &parts);
		printf("%zu %.3f %.3f %.3f\n", fleet.count, parts.matrix, parts.pools, parts.baselines);
	}
	cpc_fleet_free(&fleet);
	return 0;
}

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Its exit code, or 70. What a child inherits of our size counts as its own, so this is run before anything is read. */
static int run(char **command)
{
	const double start = milliseconds(CLOCK_MONOTONIC);
	const pid_t pid = fork();
	struct rusage usage;
	int status;

	if (pid == 0) {
		execvp(*command, command);
		_exit(70);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status))
		return 70;
	fprintf(stderr, "%.3f %.3f %.1f\n", (milliseconds(CLOCK_MONOTONIC) - start) / 1e3,
		seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), (double)usage.ru_maxrss / 1024);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	const int rounds = argc > 2 ? atoi(argv[2]) : 0;

	if (argc > 2 && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	if (argc > 3 && strcmp(argv[1], "parts") == 0 && rounds > 0)
		return measure_parts(rounds, argv + 3);
	fprintf(stderr, "bench_fleet: see the head of tests/bench/fleet.c\n");
	return 64;
}
