/* SPDX-License-Identifier: MIT */
/*
 * How long the parts of a fleet take: fleet.sh runs this and prints the figures.
 *
 *   fleet ROUNDS COUNT... <LIST   a line for each COUNT, of the first so many fingerprints of the list: classes, and
 *                                 milliseconds on a core for the matrix, the pools and the baselines, the quickest of
 *                                 the rounds
 */
#include "support.h"

#include <time.h>

#include <cpucompat/fleet.h>

/* Time on a core, so that what else the machine does counts little. */
static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
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

int main(int argc, char **argv)
{
	const struct cpc_policy *policy = cpc_policy_named(CPC_POLICY_DEFAULT);
	const int rounds = argc > 2 ? atoi(argv[1]) : 0;
	struct cpc_fleet fleet = { .count = 0 };

	if (rounds < 1) {
		fprintf(stderr, "usage: fleet ROUNDS COUNT... <LIST, in rising order\n");
		return 64;
	}
	for (int i = 2; i < argc; i++) {
		struct parts parts = { 0 };

		read_more(&fleet, strtoul(argv[i], NULL, 10));
		for (int round = 0; round < rounds && fleet.count; round++)
			measure(&fleet, policy, &parts);
		printf("%zu %.3f %.3f %.3f\n", fleet.count, parts.matrix, parts.pools, parts.baselines);
	}
	cpc_fleet_free(&fleet);
	return 0;
}
