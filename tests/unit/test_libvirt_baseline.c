/* SPDX-License-Identifier: MIT */
/*
 * libvirt's `virsh cpu-baseline` against our order: baseline(A, B) is A exactly when A
 * moves to B. On what libvirt sees and both of us need there is no exception. Where
 * its answer is not that of the whole `kvm` policy, the pair must fall into one of the
 * classes below, for what is known of the pair, not for what we say of it; a pair
 * that falls into none fails. An argument sets the number of pairs.
 */
#include "virsh.h"

#include <cpucompat/catalogue.h>

#include "formats.h"

#define PAIRS_USUAL 2000U

enum class {
	AGREE,
	/* We refuse, and it does not. */
	NUMBERS,
	NO_NAME,
	ITS_MODEL,
	UNREAD,
	/* It refuses, and we do not. */
	SPEED,
	BAD_NEWS,
	SUPPLIED,
	WITHHELD,
	UNEXPLAINED,
	CLASS_COUNT,
};

static const char *const class_names[CLASS_COUNT] = {
	[AGREE] = "agree",
	[NUMBERS] = "we refuse for a number or a layout, which it does not compare",
	[NO_NAME] = "we refuse for a bit that it has no name for",
	[ITS_MODEL] = "we refuse for a bit of the model that it takes for granted",
	[UNREAD] = "we cannot know, for something was not read, and it takes that for clear",
	[SPEED] = "it refuses for a bit that is about speed",
	[BAD_NEWS] = "it refuses for a bit that is bad news",
	[SUPPLIED] = "it refuses for a bit that KVM supplies",
	[WITHHELD] = "it refuses for a bit that QEMU withholds",
	[UNEXPLAINED] = "unexplained",
};

/* The features of libvirt's that stand in nobody's way under `kvm`. All others must be there. */
static const struct {
	const char *name;
	enum class class;
} harmless[] = {
	{ "erms", SPEED },	    { "fsrm", SPEED },	     { "md-clear", BAD_NEWS },
	{ "rsba", BAD_NEWS },	    { "x2apic", SUPPLIED },  { "tsc-deadline", SUPPLIED },
	{ "tsc_adjust", SUPPLIED }, { "arat", SUPPLIED },    { "arch-capabilities", SUPPLIED },
	{ "invtsc", WITHHELD },	    { "acpi", WITHHELD },    { "pks", WITHHELD },
	{ "waitpkg", WITHHELD },    { "topoext", WITHHELD },
};

static struct {
	struct cpc_fingerprint *items;
	size_t count;
} pool;

static struct cpu_map *map;
static struct virsh virsh;
static unsigned long pair_count = PAIRS_USUAL;

static struct {
	size_t pairs;
	size_t directions;
	size_t move; /* as libvirt sees it */
	size_t classes[CLASS_COUNT];
	size_t exact; /* agreements on what both see and need */
	size_t meets;
	size_t equal_meets; /* libvirt's baseline is our meet */
	size_t no_meet;
} tally;

static enum class class_of_feature(const char *name) {
	for (size_t i = 0; i < COUNT(harmless); i++) if (strcmp(harmless[i].name, name) == 0) return harmless[i].class;
	return UNEXPLAINED;
}

static void pool_add(const struct cpc_fingerprint *fingerprint)
{
	if (!virsh_vendor(fingerprint))
		return;
	if ((pool.count & (pool.count - 1)) == 0) {
		pool.items = realloc(pool.items, (pool.count ? pool.count * 2 : 1) * sizeof(*pool.items));
		assert_non_null(pool.items);
	}
	pool.items[pool.count++] = *fingerprint;
}

static void fill_pool(void)
{
	struct corpus_paths paths = { 0 };
	char folder[PATH_MAX];

	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_fingerprint fingerprint = parsed(cpc_catalogue[i].fingerprint);

		pool_add(&fingerprint);
	}
	if (corpus_path("corpus/dumps", folder))
		corpus_list(folder, ".txt", &paths);
	for (size_t i = 0; i < paths.count; i++) {
		struct cpc_captures captures = { 0 };
		static struct cpc_report report;
		size_t length;
		char *bytes = corpus_read(paths.items[i], 0, &length);

		if (!cpc_read(bytes, length, &captures, NULL)) {
			cpc_report_of(&captures.items[0], &report);
			pool_add(&report.fingerprint);
		}
		cpc_captures_free(&captures);
		free(bytes);
	}
	corpus_free(&paths);
}

static const struct cpc_fingerprint *pick(uint64_t *state)
{
	return &pool.items[random_below(state, (uint32_t)pool.count)];
}

/* Half of the pairs are two processors, mostly of one vendor; half are two variations of one. */
static void make_pair(uint64_t *state, struct virsh_pair *pair)
{
	pair->a.fingerprint = *pick(state);
	if (random_below(state, 2)) {
		pair->b.fingerprint = pair->a.fingerprint;
		virsh_vary(&virsh, state, &pair->a.fingerprint);
		virsh_vary(&virsh, state, &pair->b.fingerprint);
	} else {
		pair->b.fingerprint = *pick(state);
		for (unsigned int tries = 0; tries < 4; tries++)
			if (strcmp(pair->a.fingerprint.vendor, pair->b.fingerprint.vendor) != 0)
				pair->b.fingerprint = *pick(state);
	}
	virsh_tell(&virsh, &pair->a);
	virsh_tell(&virsh, &pair->b);
}

/* It refuses and we do not: every feature that it misses must be one that stands in nobody's way. */
static enum class class_of_refused(const struct virsh_cpu *a, const struct virsh_cpu *b) {
	enum class class = UNEXPLAINED;

	for (size_t i = 0; i < map->feature_count; i++){ if (!a->told[i] || b->told[i]) continue;
							 class = class_of_feature(map->features[i].name);
							 if (class == UNEXPLAINED) return class; }
return class;
}

static uint64_t guest_width(const struct cpc_fingerprint *fingerprint, unsigned int id)
{
	const uint64_t value = fingerprint->scalars[id].value;

	return id == CPC_S_gpa && !value ? fingerprint->scalars[CPC_S_pa].value : value;
}

/* A number above the destination's, one that is not equal, or an XSAVE component that both have and that lies
 * elsewhere. */
static bool numbers_refuse(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	const struct cpc_policy *policy = cpc_policy_named("kvm");
	bool refuse = false;

	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++) {
		const uint64_t left = guest_width(a, i);
		const uint64_t right = guest_width(b, i);

		if (policy->scalars[i] == CPC_SCALAR_REFUSES)
			refuse |= (cpc_scalars[i].rule == CPC_SCALAR_AT_MOST && left > right) ||
				  (cpc_scalars[i].rule == CPC_SCALAR_EQUAL && left && left != right);
	}
	for (size_t i = 0; i < a->layout_count; i++) {
		const struct cpc_component *left = &a->layout[i];
		const struct cpc_component *right = cpc_fingerprint_component(b, left->index);
		const uint64_t aligned = a->scalars[CPC_S_xa].value ^ b->scalars[CPC_S_xa].value;

		refuse |= right &&
			  (left->offset != right->offset || left->size != right->size || aligned >> left->index & 1U);
	}
	return refuse;
}

/* We refuse and it does not: there is a bit that it was not told of, or a number. */
static enum class class_of_allowed(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b) {
	static struct cpc_lens lens; bool granted = false; bool unnamed = false;

	cpc_lens_of(cpc_policy_named("kvm"), a->vendor, false, &lens);
	for (unsigned int word = 0; word < CPC_WORD_COUNT;
	     word++){ const uint32_t missing = a->words[word] & ~b->words[word] & ~b->unread[word] & lens.need[word] &
					       ~lens.supplied[word];

		      granted |= missing & virsh.granted[word];
		      unnamed |= missing & ~virsh.granted[word] & ~virsh.visible[word]; }
if (unnamed) return NO_NAME;
if (granted)
	return ITS_MODEL;
return numbers_refuse(a, b) ? NUMBERS : UNEXPLAINED;
}

static enum cpc_verdict verdict_of(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	const struct cpc_side source = side_of(a);
	const struct cpc_side destination = side_of(b);
	static struct cpc_lens lens;

	cpc_lens_of(cpc_policy_named("kvm"), a->vendor, false, &lens);
	return cpc_verdict_of(&source, &destination, &lens);
}

/* What libvirt sees of a fingerprint, as far as we need it and it was read on both sides. */
static struct cpc_fingerprint seen_of(const struct cpc_fingerprint *fingerprint, const struct cpc_fingerprint *other)
{
	struct cpc_fingerprint seen = { .word_count = CPC_WORD_COUNT };

	memcpy(seen.vendor, fingerprint->vendor, sizeof(seen.vendor));
	for (size_t i = 0; i < map->feature_count; i++) {
		const unsigned int word = virsh.words[i];
		const uint32_t bit = UINT32_C(1) << map->features[i].bit;

		if (word < CPC_WORD_COUNT && !virsh.smallest->has[i] &&
		    class_of_feature(map->features[i].name) == UNEXPLAINED)
			seen.words[word] |=
				fingerprint->words[word] & bit & ~fingerprint->unread[word] & ~other->unread[word];
	}
	return seen;
}

/* On what both see and need, the two must say the same. */
static bool exactly_alike(const struct virsh_pair *pair, const struct virsh_cpu *a, const struct virsh_cpu *b)
{
	const struct cpc_fingerprint from = seen_of(&a->fingerprint, &b->fingerprint);
	const struct cpc_fingerprint to = seen_of(&b->fingerprint, &a->fingerprint);
	bool theirs = pair->answered;

	for (size_t i = 0; i < map->feature_count; i++)
		if (virsh.words[i] < CPC_WORD_COUNT && from.words[virsh.words[i]] >> map->features[i].bit & 1U)
			theirs &= pair->baseline[i];
	return moves(verdict_of(&from, &to)) == theirs;
}

static void complain(const struct virsh_cpu *a, const struct virsh_cpu *b, enum cpc_verdict ours, bool theirs)
{
	char text[CPC_FINGERPRINT_SIZE];

	cpc_fingerprint_print(&a->fingerprint, text);
	printf("%s\n", text);
	cpc_fingerprint_print(&b->fingerprint, text);
	printf("-> %s\n: %s, and libvirt says %s\n", text, cpc_verdict_name(ours), theirs ? "yes" : "no");
}

static void judge(const struct virsh_pair *pair, const struct virsh_cpu *a, const struct virsh_cpu *b)
{
	const enum cpc_verdict ours = verdict_of(&a->fingerprint, &b->fingerprint);
	const bool theirs = pair->answered && memcmp(pair->baseline, a->told, sizeof(a->told)) == 0;
	const bool exact = exactly_alike(pair, a, b);
	enum class class = AGREE;

	if (theirs && !moves(ours))
		class = ours == CPC_VERDICT_UNKNOWN ? UNREAD : class_of_allowed(&a->fingerprint, &b->fingerprint);
	else if (!theirs && moves(ours))
		class = pair->answered ? class_of_refused(a, b) : UNEXPLAINED;
	if (class == UNREAD && cpc_fingerprint_complete(&a->fingerprint) && cpc_fingerprint_complete(&b->fingerprint))
		class = UNEXPLAINED;
	if (class == UNEXPLAINED || !exact)
		complain(a, b, ours, theirs);
	tally.directions++;
	tally.move += theirs;
	tally.classes[class]++;
	tally.exact += exact;
}

/* Our row for a feature of libvirt's that fingerprints keep; NULL for others. */
static const struct cpc_feature *row_of(size_t feature)
{
	const unsigned int word = virsh.words[feature];

	return word < CPC_WORD_COUNT ? cpc_feature_at((enum cpc_register)word, map->features[feature].bit) : NULL;
}

/*
 * Its baseline against our meet. Ours has the bad news of either side, and not what
 * needs an XSAVE state that lies elsewhere; beyond these the two are one.
 */
static void judge_meet(const struct virsh_pair *pair)
{
	struct virsh_cpu meet = { 0 };

	if (cpc_meet(&pair->a.fingerprint, &pair->b.fingerprint, &meet.fingerprint, NULL)) {
		tally.no_meet++;
		return;
	}
	assert_true(pair->answered);
	virsh_tell(&virsh, &meet);
	for (size_t i = 0; i < map->feature_count; i++) {
		const struct cpc_feature *feature = row_of(i);

		if (meet.told[i] == pair->baseline[i])
			continue;
		if (!feature || (meet.told[i] ? feature->rule != CPC_RULE_ANY : feature->xstate == CPC_XSTATE_NONE))
			fail_msg("%s is in %s baseline alone", map->features[i].name,
				 meet.told[i] ? "our" : "libvirt's");
	}
	tally.meets++;
	tally.equal_meets += memcmp(meet.told, pair->baseline, sizeof(meet.told)) == 0;
}

static void test_baselines(void **state)
{
	struct virsh_pair *pairs = calloc(VIRSH_BATCH, sizeof(*pairs));
	uint64_t seed = 20250807;

	(void)state;
	assert_non_null(pairs);
	while (tally.pairs < pair_count) {
		const size_t left = pair_count - tally.pairs;
		const size_t count = left < VIRSH_BATCH ? left : VIRSH_BATCH;

		memset(pairs, 0, VIRSH_BATCH * sizeof(*pairs));
		for (size_t i = 0; i < count; i++)
			make_pair(&seed, &pairs[i]);
		virsh_ask(&virsh, pairs, count);
		for (size_t i = 0; i < count; i++) {
			judge(&pairs[i], &pairs[i].a, &pairs[i].b);
			judge(&pairs[i], &pairs[i].b, &pairs[i].a);
			judge_meet(&pairs[i]);
		}
		tally.pairs += count;
	}
	free(pairs);
	printf("%zu pairs of %zu processors, both ways: %zu questions, %zu times libvirt says that it moves\n",
	       tally.pairs, pool.count, tally.directions, tally.move);
	for (size_t i = 0; i < CLASS_COUNT; i++)
		printf("  %6zu %s\n", tally.classes[i], class_names[i]);
	printf("on what both see and need: %zu of %zu agree\n", tally.exact, tally.directions);
	printf("baselines: %zu of %zu are our meet, the others but for bad news and for states that lie elsewhere; "
	       "%zu pairs have none\n",
	       tally.equal_meets, tally.meets, tally.no_meet);
	assert_int_equal(tally.classes[UNEXPLAINED], 0);
	assert_int_equal(tally.exact, tally.directions);
	assert_true(tally.move > tally.directions / 10 && tally.equal_meets > tally.meets / 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_baselines) };
	int failed;

	if (argc > 1)
		pair_count = strtoul(argv[1], NULL, 10);
	map = cpu_map_read();
	if (!map || system("virsh -q -c test:///default capabilities >/dev/null 2>&1")) {
		printf("skipped: no virsh with a test driver, or no %s\n", CPU_MAP_FOLDER);
		free(map);
		return 77;
	}
	virsh = virsh_of(map);
	fill_pool();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(pool.items);
	free(map);
	return failed;
}
