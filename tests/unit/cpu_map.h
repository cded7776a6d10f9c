/* SPDX-License-Identifier: MIT */
/*
 * libvirt's own table of CPU features and models (/usr/share/libvirt/cpu_map, package
 * libvirt0), read by a scanner that knows the layout of those files and nothing else.
 */
#ifndef CPC_TEST_CPU_MAP_H
#define CPC_TEST_CPU_MAP_H

#include "corpus.h"

#define CPU_MAP_FOLDER "/usr/share/libvirt/cpu_map"
#define CPU_MAP_FEATURES 512
#define CPU_MAP_MODELS 256
#define CPU_MAP_NAME 48
#define CPU_MAP_ALIASES 4

/* A feature of theirs: a bit of a CPUID leaf or an MSR. */
struct cpu_map_feature {
	char name[CPU_MAP_NAME];
	char aliases[CPU_MAP_ALIASES][CPU_MAP_NAME]; /* what Linux and QEMU call it */
	bool msr;
	uint32_t leaf; /* or the address of the MSR */
	uint32_t subleaf;
	unsigned int reg; /* of an MSR: CPC_EAX is its lower half, CPC_EDX its upper half */
	unsigned int bit;
};

struct cpu_map_model {
	char name[CPU_MAP_NAME];
	bool has[CPU_MAP_FEATURES];
};

struct cpu_map {
	struct cpu_map_feature features[CPU_MAP_FEATURES];
	size_t feature_count;
	struct cpu_map_model models[CPU_MAP_MODELS];
	size_t model_count;
};

/* The value of an attribute of the element that starts at `at`; false where it has none. */
static inline bool cpu_map_attribute(const char *at, const char *name, char ret_value[static CPU_MAP_NAME])
{
	const char *end = strchr(at, '>');
	char wanted[CPU_MAP_NAME];
	const char *found;
	size_t length;

	assert_true(snprintf(wanted, sizeof(wanted), " %s='", name) < (int)sizeof(wanted));
	found = strstr(at, wanted);
	if (!end || !found || found > end)
		return false;
	found += strlen(wanted);
	length = strcspn(found, "'");
	assert_true(length < CPU_MAP_NAME);
	memcpy(ret_value, found, length);
	ret_value[length] = '\0';
	return true;
}

static inline uint32_t cpu_map_number(const char *at, const char *name)
{
	char value[CPU_MAP_NAME];

	return cpu_map_attribute(at, name, value) ? (uint32_t)strtoul(value, NULL, 16) : 0;
}

/* The next element of that name in [at, end), or NULL. */
static inline const char *cpu_map_next(const char *at, const char *end, const char *name)
{
	char wanted[CPU_MAP_NAME];
	const char *found;

	assert_true(snprintf(wanted, sizeof(wanted), "<%s ", name) < (int)sizeof(wanted));
	found = at ? strstr(at, wanted) : NULL;
	return found && found < end ? found : NULL;
}

static inline size_t cpu_map_feature_named(const struct cpu_map *map, const char *name)
{
	for (size_t i = 0; i < map->feature_count; i++)
		if (strcmp(map->features[i].name, name) == 0)
			return i;
	return CPU_MAP_FEATURES;
}

static inline const struct cpu_map_model *cpu_map_model_named(const struct cpu_map *map, const char *name)
{
	for (size_t i = 0; i < map->model_count; i++)
		if (strcmp(map->models[i].name, name) == 0)
			return &map->models[i];
	return NULL;
}

/* The register of ours that a feature is in, or CPC_REGISTER_COUNT. */
static inline enum cpc_register cpu_map_register(const struct cpu_map_feature *feature)
{
	for (unsigned int i = 0; i < CPC_REGISTER_COUNT; i++) {
		const struct cpc_register_info *info = &cpc_registers[i];
		const unsigned int half = info->place == CPC_PLACE_MSR_HI ? CPC_EDX : CPC_EAX;
		const bool msr = info->place >= CPC_PLACE_MSR_LO;

		if (info->leaf == feature->leaf && info->subleaf == feature->subleaf && msr == feature->msr &&
		    (msr ? half : (unsigned int)info->place) == feature->reg)
			return (enum cpc_register)i;
	}
	return CPC_REGISTER_COUNT;
}

static inline char *cpu_map_file(const char *name)
{
	char path[PATH_MAX];
	size_t length;

	(void)snprintf(path, sizeof(path), CPU_MAP_FOLDER "/%s", name);
	return corpus_read(path, 0, &length);
}

/*
 * Of VT-x's control MSRs libvirt and QEMU keep what may be 1 in the lower half, where the
 * MSR itself has what must be 1 and what may be in the upper one (facts/README).
 */
static inline bool cpu_map_is_control(uint32_t msr)
{
	return msr == 0x48b || (msr >= 0x48d && msr <= 0x490);
}

/* The element of a feature is [at, end). */
static inline void cpu_map_read_feature(const char *at, const char *end, struct cpu_map_feature *feature)
{
	static const char *const regs[] = { "eax", "ebx", "ecx", "edx" };
	const char *place = cpu_map_next(at, end, "cpuid");
	const char *alias = cpu_map_next(at, end, "alias");

	assert_true(cpu_map_attribute(at, "name", feature->name));
	for (size_t i = 0; alias; alias = cpu_map_next(alias + 1, end, "alias")) {
		assert_true(i < CPU_MAP_ALIASES);
		assert_true(cpu_map_attribute(alias, "name", feature->aliases[i++]));
	}
	feature->msr = !place;
	if (!place)
		place = cpu_map_next(at, end, "msr");
	assert_non_null(place);
	feature->leaf = cpu_map_number(place, feature->msr ? "index" : "eax_in");
	feature->subleaf = cpu_map_number(place, "ecx_in");
	for (unsigned int i = 0; i < COUNT(regs); i++) {
		const uint32_t bits = cpu_map_number(place, regs[i]);

		if (!bits)
			continue;
		assert_int_equal(bits & (bits - 1), 0);
		feature->reg = i;
		while (bits >> feature->bit != 1)
			feature->bit++;
	}
	if (feature->msr && cpu_map_is_control(feature->leaf))
		feature->reg = CPC_EDX;
}

static inline void cpu_map_read_features(struct cpu_map *map)
{
	char *bytes = cpu_map_file("x86_features.xml");
	const char *end;
	const char *at;
	const char *next;

	assert_non_null(bytes);
	end = bytes + strlen(bytes);
	for (at = cpu_map_next(bytes, end, "feature"); at; at = next) {
		next = cpu_map_next(at + 1, end, "feature");
		cpu_map_read_feature(at, next ? next : end, &map->features[map->feature_count++]);
		assert_true(map->feature_count < CPU_MAP_FEATURES);
	}
	free(bytes);
}

/* One file, one model; what a model is said to have lost, or only some hosts to have, is not of it. */
static inline void cpu_map_read_model(struct cpu_map *map, const char *file)
{
	struct cpu_map_model *model = &map->models[map->model_count];
	char *bytes = cpu_map_file(file);
	const char *end = bytes ? bytes + strlen(bytes) : NULL;
	const char *at = bytes ? cpu_map_next(bytes, end, "model") : NULL;

	if (at) {
		assert_true(map->model_count + 1 < CPU_MAP_MODELS);
		assert_true(cpu_map_attribute(at, "name", model->name));
		map->model_count++;
	}
	for (at = cpu_map_next(at, end, "feature"); at; at = cpu_map_next(at + 1, end, "feature")) {
		char value[CPU_MAP_NAME];
		size_t feature;

		assert_true(cpu_map_attribute(at, "name", value));
		feature = cpu_map_feature_named(map, value);
		assert_true(feature < CPU_MAP_FEATURES);
		model->has[feature] = !cpu_map_attribute(at, "removed", value);
	}
	free(bytes);
}

/* The whole table; NULL where libvirt is not installed. Release with free(). */
static inline struct cpu_map *cpu_map_read(void)
{
	struct corpus_paths paths = { 0 };
	struct cpu_map *map;

	corpus_list(CPU_MAP_FOLDER, ".xml", &paths);
	if (!paths.count)
		return NULL;
	map = calloc(1, sizeof(*map));
	assert_non_null(map);
	cpu_map_read_features(map);
	for (size_t i = 0; i < paths.count; i++) {
		const char *file = strrchr(paths.items[i], '/') + 1;

		if (strncmp(file, "x86_", 4) == 0 && strcmp(file, "x86_features.xml") != 0 &&
		    strcmp(file, "x86_vendors.xml") != 0)
			cpu_map_read_model(map, file);
	}
	corpus_free(&paths);
	return map;
}

#endif
