/* SPDX-License-Identifier: MIT */
/*
 * The real `virsh cpu-baseline` (libvirt-clients, with the driver that needs no daemon),
 * asked about pairs of fingerprints. It hears of each what it has names for: the
 * smallest of its models, which it wants to be given and takes for granted, and every
 * other feature by itself.
 */
#ifndef CPC_TEST_VIRSH_H
#define CPC_TEST_VIRSH_H

#include <unistd.h>

#include "cpu_map.h"

#define VIRSH_BATCH 500U /* commands of one virsh, whose text must fit one argument */
#define VIRSH_MODEL "486"

struct virsh_cpu {
	struct cpc_fingerprint fingerprint;
	bool told[CPU_MAP_FEATURES]; /* what libvirt hears of it, its smallest model included */
};

struct virsh_pair {
	struct virsh_cpu a;
	struct virsh_cpu b;
	bool answered; /* there is a baseline */
	bool baseline[CPU_MAP_FEATURES];
};

struct virsh {
	const struct cpu_map *map;
	const struct cpu_map_model *smallest;
	unsigned int
		words[CPU_MAP_FEATURES]; /* the word of a feature; CPC_WORD_COUNT where fingerprints do not keep it */
	uint32_t visible[CPC_WORDS_MAX]; /* the bits that libvirt has names for, but for the model's */
	uint32_t granted[CPC_WORDS_MAX]; /* the bits of the model */
};

/* Which features fingerprints keep, and where. */
static inline struct virsh virsh_of(const struct cpu_map *map)
{
	struct virsh virsh = { .map = map, .smallest = cpu_map_model_named(map, VIRSH_MODEL) };
	uint32_t canonical[CPC_WORD_COUNT];

	assert_non_null(virsh.smallest);
	cpc_canonical_masks(canonical);
	for (size_t i = 0; i < map->feature_count; i++) {
		const unsigned int word = cpu_map_register(&map->features[i]);
		const uint32_t bit = UINT32_C(1) << map->features[i].bit;

		virsh.words[i] = word < CPC_WORD_COUNT && canonical[word] & bit ? word : CPC_WORD_COUNT;
		if (virsh.words[i] == CPC_WORD_COUNT)
			continue;
		if (virsh.smallest->has[i])
			virsh.granted[word] |= bit;
		else
			virsh.visible[word] |= bit;
	}
	return virsh;
}

static inline void virsh_tell(const struct virsh *virsh, struct virsh_cpu *cpu)
{
	for (size_t i = 0; i < virsh->map->feature_count; i++)
		cpu->told[i] = virsh->smallest->has[i] ||
			       (virsh->words[i] < CPC_WORD_COUNT &&
				cpu->fingerprint.words[virsh->words[i]] >> virsh->map->features[i].bit & 1U);
}

/* Turn a few bits, mostly such as libvirt sees, and now and then a number. */
static inline void virsh_vary(const struct virsh *virsh, uint64_t *state, struct cpc_fingerprint *fingerprint)
{
	uint32_t canonical[CPC_WORD_COUNT];

	cpc_canonical_masks(canonical);
	for (uint32_t i = random_below(state, 4); i; i--) {
		const uint32_t word = random_below(state, CPC_WORD_COUNT);
		const uint32_t mask = random_below(state, 8) ? virsh->visible[word] : canonical[word];
		const uint32_t bit = UINT32_C(1) << random_below(state, 32) & mask;

		fingerprint->words[word] ^= bit & ~fingerprint->unread[word];
	}
	if (random_below(state, 8) == 0)
		fingerprint->scalars[CPC_S_pa].value = random_below(state, 2) ? 39 : 52;
}

/* libvirt's word for a vendor; NULL where it has none. */
static inline const char *virsh_vendor(const struct cpc_fingerprint *fingerprint)
{
	static const char *const vendors[][2] = { { "GenuineIntel", "Intel" },
						  { "AuthenticAMD", "AMD" },
						  { "HygonGenuine", "Hygon" } };

	for (size_t i = 0; i < COUNT(vendors); i++)
		if (strcmp(fingerprint->vendor, vendors[i][0]) == 0)
			return vendors[i][1];
	return NULL;
}

static inline void virsh_write(const struct virsh *virsh, FILE *file, const struct virsh_cpu *cpu)
{
	(void)fprintf(file, "<cpu><arch>x86_64</arch><model>" VIRSH_MODEL "</model><vendor>%s</vendor>",
		      virsh_vendor(&cpu->fingerprint));
	for (size_t i = 0; i < virsh->map->feature_count; i++)
		if (cpu->told[i] && !virsh->smallest->has[i])
			(void)fprintf(file, "<feature name='%s'/>", virsh->map->features[i].name);
	(void)fprintf(file, "</cpu>\n");
}

/* One answer of virsh: a <cpu>, or nothing. */
static inline void virsh_take(const struct virsh *virsh, const char *answer, struct virsh_pair *pair)
{
	const char *end = answer + strlen(answer);

	pair->answered = cpu_map_next(answer, end, "cpu");
	for (const char *at = cpu_map_next(answer, end, "feature"); at; at = cpu_map_next(at + 1, end, "feature")) {
		char value[CPU_MAP_NAME];
		size_t feature;

		assert_true(cpu_map_attribute(at, "policy", value));
		assert_string_equal(value, "require");
		assert_true(cpu_map_attribute(at, "name", value));
		feature = cpu_map_feature_named(virsh->map, value);
		assert_true(feature < CPU_MAP_FEATURES);
		pair->baseline[feature] = true;
	}
}

/* One process for all that the folder asks; what it prints. Only unlike vendors are a reason to have no baseline. */
static inline char *virsh_run(const char *folder)
{
	char command[PATH_MAX];
	char path[PATH_MAX];
	size_t length;
	char *errors;
	char *out;

	(void)snprintf(command, sizeof(command),
		       "cd '%s' && virsh -q -c test:///default \"$(cat commands)\" >out 2>errors || test -s errors",
		       folder);
	assert_int_equal(system(command), 0);
	(void)snprintf(path, sizeof(path), "%s/errors", folder);
	errors = corpus_read(path, 0, &length);
	assert_non_null(errors);
	for (const char *at = errors; (at = strstr(at, "error:")); at++)
		if (strncmp(at, "error: operation failed: CPU vendors do not match", 49) != 0)
			fail_msg("virsh: %.200s", at);
	free(errors);
	(void)snprintf(path, sizeof(path), "%s/out", folder);
	out = corpus_read(path, 0, &length);
	assert_non_null(out);
	return out;
}

static inline void virsh_write_all(const struct virsh *virsh, const char *folder, const struct virsh_pair *pairs,
				   size_t count)
{
	char path[PATH_MAX];
	FILE *commands;

	(void)snprintf(path, sizeof(path), "%s/commands", folder);
	commands = fopen(path, "we");
	assert_non_null(commands);
	for (size_t i = 0; i < count; i++) {
		FILE *file;

		(void)snprintf(path, sizeof(path), "%s/%zu.xml", folder, i);
		file = fopen(path, "we");
		assert_non_null(file);
		virsh_write(virsh, file, &pairs[i].a);
		virsh_write(virsh, file, &pairs[i].b);
		assert_int_equal(fclose(file), 0);
		(void)fprintf(commands, "echo @%zu@; cpu-baseline %zu.xml --features; ", i, i);
	}
	assert_int_equal(fclose(commands), 0);
}

static inline void virsh_clean(const char *folder)
{
	struct corpus_paths paths = { 0 };

	corpus_list(folder, "", &paths);
	for (size_t i = 0; i < paths.count; i++)
		assert_int_equal(unlink(paths.items[i]), 0);
	corpus_free(&paths);
	assert_int_equal(rmdir(folder), 0);
}

/* Ask for the baselines of up to VIRSH_BATCH pairs. */
static inline void virsh_ask(const struct virsh *virsh, struct virsh_pair *pairs, size_t count)
{
	char folder[] = "/tmp/cpucompat-virsh-XXXXXX";
	size_t answers = 0;
	char *out;

	assert_non_null(mkdtemp(folder));
	virsh_write_all(virsh, folder, pairs, count);
	out = virsh_run(folder);
	for (char *at = strchr(out, '@'); at; answers++) {
		char *end = NULL;
		const size_t i = strtoul(at + 1, &end, 10);
		char *next = strchr(end + 1, '@');

		assert_true(*end == '@' && i == answers && i < count);
		if (next)
			*next = '\0';
		virsh_take(virsh, end, &pairs[i]);
		at = next;
	}
	assert_int_equal(answers, count);
	free(out);
	virsh_clean(folder);
}

#endif
