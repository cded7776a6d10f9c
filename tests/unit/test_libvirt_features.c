/* SPDX-License-Identifier: MIT */
/*
 * libvirt's own list of features for its own machines (corpus/libvirt), against what
 * we decode of the same dumps: what it lists must be set here, and what is set here
 * and has a name there must be listed. The names and places are libvirt's too, from
 * its cpu_map; a feature younger than the one installed is found by its name in
 * features.def. A difference is a bug, or stands in `differences` with its reason.
 */
#include "recording.h"

enum difference_kind { LISTED, SET };

#define MSR_10A "" /* any bit of it */
#define NOT_ANNOUNCED "MSR 0x10a without the CPUID bit that announces it: it is KVM's, and no guest is told to look"
#define REMOVED "QEMU took it out of Snowridge, so libvirt denies it to guests of a host that has it"

/* Which of the two has it, where ("" is any), and why that is right. A row that no longer occurs fails. */
static struct {
	enum difference_kind what;
	const char *kind;
	const char *machine;
	const char *feature;
	const char *why;
	bool seen;
} differences[] = {
	{ SET, "json", "", "arat", "every QEMU of today sets it; this one was too old to", false },
	{ SET, "json", "", "tsc-deadline", "every QEMU of today sets it; this one was too old to", false },
	{ LISTED, "", "EPYC-7502-32-Core", MSR_10A, NOT_ANNOUNCED, false },
	{ LISTED, "", "Ryzen-9-3900X-12-Core", MSR_10A, NOT_ANNOUNCED, false },
	{ LISTED, "", "Core-i7-8550U", MSR_10A, NOT_ANNOUNCED, false },
	{ LISTED, "json", "Core-i7-7600U", MSR_10A, NOT_ANNOUNCED, false },
	{ SET, "guest", "Atom-P5362", "core-capability", REMOVED, false },
	{ SET, "guest", "Atom-P5362", "split-lock-detect", REMOVED, false },
};

/* libvirt 11.3's names of model versions that older ones know by another name, and what those lack. */
static const struct {
	const char *version;
	const char *name;
	const char *more[4];
} versions[] = {
	{ "Haswell-v2", "Haswell-noTSX", { 0 } },
	{ "Haswell-v4", "Haswell-noTSX-IBRS", { 0 } },
	{ "Nehalem-v2", "Nehalem-IBRS", { 0 } },
	{ "Westmere-v2", "Westmere-IBRS", { 0 } },
	{ "Skylake-Client-v2", "Skylake-Client-IBRS", { 0 } },
	{ "Skylake-Client-v3", "Skylake-Client-noTSX-IBRS", { 0 } },
	{ "Skylake-Server-v2", "Skylake-Server-IBRS", { 0 } },
	{ "EPYC-Rome-v3", "EPYC-Rome", { "ibrs", "amd-ssbd", "xsaves" } },
};

static struct cpu_map *map;
static struct recording *machines;
static size_t machine_count;

static struct {
	size_t lists;
	size_t listed;
	size_t set;
	size_t differ;
	size_t failed;
	size_t nested;
} tally;

static bool decoded(const struct cpc_report *report, enum cpc_view view, const struct cpu_map_feature *feature)
{
	const struct cpc_snapshot *snapshot =
		view == CPC_VIEW_KVM ? &report->capture->kvm.snapshot : &report->capture->kinds[0].snapshot;
	const struct cpc_msr *msr = cpc_snapshot_msr(snapshot, feature->leaf);
	const enum cpc_register ours = cpu_map_register(feature);

	if (ours != CPC_REGISTER_COUNT)
		return cpc_report_bit(report, view, ours, feature->bit) == CPC_SET;
	/* In a register that only libvirt looks at. */
	if (!feature->msr)
		return cpc_snapshot_reg(snapshot, feature->leaf, feature->subleaf, (enum cpc_reg)feature->reg) >>
			       feature->bit &
		       1U;
	return msr && msr->value >> (feature->reg == CPC_EDX ? feature->bit + 32 : feature->bit) & 1U;
}

static bool explained(enum difference_kind what, const char *kind, const char *machine,
		      const struct cpu_map_feature *feature)
{
	const char *name = feature->msr && feature->leaf == 0x10a ? MSR_10A : feature->name;

	for (size_t i = 0; i < COUNT(differences); i++) {
		if (differences[i].what != what || !strstr(kind, differences[i].kind) ||
		    !strstr(machine, differences[i].machine) || strcmp(name, differences[i].feature) != 0)
			continue;
		differences[i].seen = true;
		return true;
	}
	return false;
}

static void differ(enum difference_kind what, const char *kind, const char *machine,
		   const struct cpu_map_feature *feature)
{
	tally.differ++;
	if (explained(what, kind, machine, feature))
		return;
	tally.failed++;
	printf("%s %s: %s is %s\n", machine, kind, feature->name,
	       what == LISTED ? "listed, and not set here" : "set here, and not listed");
}

/* Features that are younger than the installed libvirt, by the name that we have for them. */
static void add_younger(const char *name)
{
	const struct cpc_feature *feature = cpc_feature_named(name);
	struct cpu_map_feature *added = &map->features[map->feature_count];
	const struct cpc_register_info *info;

	if (!feature || !feature->qemu)
		return;
	assert_true(map->feature_count + 1 < CPU_MAP_FEATURES);
	info = &cpc_registers[feature->reg];
	map->feature_count++;
	assert_true(snprintf(added->name, sizeof(added->name), "%s", name) < (int)sizeof(added->name));
	added->msr = info->place >= CPC_PLACE_MSR_LO;
	added->leaf = info->leaf;
	added->subleaf = info->subleaf;
	added->reg = info->place == CPC_PLACE_MSR_LO   ? CPC_EAX
		     : info->place == CPC_PLACE_MSR_HI ? CPC_EDX
						       : (unsigned int)info->place;
	added->bit = feature->bit;
}

static const struct cpu_map_model *model_of(const char *name, const char *const **ret_more)
{
	static const char *const none[1];
	const struct cpu_map_model *model = cpu_map_model_named(map, name);
	char base[CPU_MAP_NAME];

	*ret_more = none;
	for (size_t i = 0; !model && i < COUNT(versions); i++) {
		if (strcmp(versions[i].version, name) != 0)
			continue;
		*ret_more = versions[i].more;
		model = cpu_map_model_named(map, versions[i].name);
	}
	if (!model && ends_with(name, "-v1")) {
		(void)snprintf(base, sizeof(base), "%.*s", (int)strlen(name) - 3, name);
		model = cpu_map_model_named(map, base);
	}
	return model;
}

struct list {
	bool has[CPU_MAP_FEATURES];
};

static void start_list(const char *model_name, struct list *list)
{
	const char *const *more;
	const struct cpu_map_model *model = model_of(model_name, &more);

	if (!model)
		fail_msg("libvirt here has no model %s", model_name);
	else
		memcpy(list->has, model->has, sizeof(list->has));
	for (; *more; more++)
		list->has[cpu_map_feature_named(map, *more)] = true;
}

static const struct recording *machine_named(const char *name)
{
	for (size_t i = 0; i < machine_count; i++)
		if (strcmp(machines[i].name, name) == 0)
			return &machines[i];
	fail_msg("no dump of %s", name);
	return NULL;
}

/* There are as many vmx-* features as there are bits in their MSRs. */
static void compare_nested(const char *machine, size_t listed)
{
	const struct recorded *guest = &machine_named(machine)->enabled;
	size_t set = 0;

	for (size_t i = 0; i < guest->msr_count && listed; i++)
		for (uint64_t bits = guest->msrs[i].address == 0x10a ? 0 : guest->msrs[i].value; bits; bits &= bits - 1)
			set++;
	assert_int_equal(set, listed);
	tally.nested += listed;
}

static void compare_list(const char *machine, const char *kind, const struct list *list)
{
	const enum cpc_view view = strcmp(kind, "json") == 0 ? CPC_VIEW_KVM : CPC_VIEW_CPUID;
	static struct cpc_report report;
	struct cpc_capture capture = recorded_capture(machine_named(machine));
	cpc_report_of(&capture, &report);
	assert_true(view == CPC_VIEW_CPUID || report.has_kvm);
	tally.lists++;
	for (size_t i = 0; i < map->feature_count; i++) {
		const bool ours = decoded(&report, view, &map->features[i]);

		tally.listed += list->has[i];
		tally.set += ours;
		if (list->has[i] != ours)
			differ(ours ? SET : LISTED, kind, machine, &map->features[i]);
	}
	cpc_capture_free(&capture);
}

enum column { NAME, KIND, MODEL, POLICY, FEATURE, COLUMNS };

static char *expected_rows(void)
{
	char path[PATH_MAX];
	size_t length;

	assert_true(corpus_path("corpus/libvirt/expected_features.tsv", path));
	return corpus_read(path, 0, &length);
}

static void for_each_row(void (*row)(char **fields))
{
	char *bytes = expected_rows();
	char *rest = NULL;

	for (char *line = strtok_r(bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *fields[COLUMNS];

		if (*line == '#')
			continue;
		assert_int_equal(corpus_split(line, fields, COLUMNS), COLUMNS);
		row(fields);
	}
	free(bytes);
}

static void note_name(char **fields)
{
	if (cpu_map_feature_named(map, fields[FEATURE]) == CPU_MAP_FEATURES)
		add_younger(fields[FEATURE]);
}

static struct {
	char name[CPU_MAP_NAME];
	char kind[8];
	struct list list;
	size_t nested; /* vmx-* features, not all of which have a place here */
} current;

static void end_list(void)
{
	if (*current.name) {
		compare_list(current.name, current.kind, &current.list);
		compare_nested(current.name, current.nested);
	}
	*current.name = '\0';
}

/* Rows of one machine and kind follow each other. */
static void take_row(char **fields)
{
	const size_t feature = cpu_map_feature_named(map, fields[FEATURE]);
	const bool nested = strncmp(fields[FEATURE], "vmx-", 4) == 0;

	if (strcmp(current.name, fields[NAME]) != 0 || strcmp(current.kind, fields[KIND]) != 0) {
		end_list();
		(void)snprintf(current.name, sizeof(current.name), "%s", fields[NAME]);
		(void)snprintf(current.kind, sizeof(current.kind), "%s", fields[KIND]);
		current.nested = 0;
		start_list(fields[MODEL], &current.list);
	}
	current.nested += nested;
	if (feature == CPU_MAP_FEATURES && !nested)
		fail_msg("%s: nobody here knows %s", fields[NAME], fields[FEATURE]);
	else if (feature != CPU_MAP_FEATURES)
		current.list.has[feature] = strcmp(fields[POLICY], "disable") != 0;
}

static void test_lists(void **state)
{
	(void)state;
	for_each_row(note_name);
	for_each_row(take_row);
	end_list();
	printf("%zu lists of libvirt's: %zu features listed, %zu set here, %zu differ, %zu unexplained; "
	       "%zu in the MSRs of nested virtualization, by number\n",
	       tally.lists, tally.listed, tally.set, tally.differ, tally.failed, tally.nested);
	for (size_t i = 0; i < COUNT(differences); i++)
		if (!differences[i].seen)
			fail_msg("%s %s %s is no difference any more (%s)", differences[i].machine, differences[i].kind,
				 differences[i].feature, differences[i].why);
	assert_int_equal(tally.failed, 0);
	assert_true(tally.lists > 100);
}

/* The same name but for the kind of line between its words. */
static bool same_name(const char *a, const char *b)
{
	if (!b)
		return false;
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_.", *a) && strchr("-_.", *b)))
			return false;
	return *a == *b;
}

static bool named_alike(const struct cpu_map_feature *theirs, const struct cpc_feature *ours)
{
	bool alike = same_name(theirs->name, ours->qemu) || same_name(theirs->name, ours->name);

	for (size_t i = 0; i < CPU_MAP_ALIASES && *theirs->aliases[i]; i++)
		alike |= same_name(theirs->aliases[i], ours->qemu) || same_name(theirs->aliases[i], ours->name);
	return alike;
}

/* What libvirt names and we do not. A row that no longer occurs fails. */
static struct {
	const char *name;
	const char *why;
	bool seen;
} unnamed[] = {
	{ "cvt16", "of AMD's SSE5 draft; its conversions came as f16c, and no processor sets this bit", false },
};

static bool unnamed_here(const char *name)
{
	for (size_t i = 0; i < COUNT(unnamed); i++)
		if (strcmp(unnamed[i].name, name) == 0)
			return unnamed[i].seen = true;
	return false;
}

/* Wherever libvirt has a name for a bit of a register that we know, a row of features.def has that name for it. */
static void test_names(void **state)
{
	size_t named = 0;
	size_t elsewhere = 0;
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < map->feature_count; i++) {
		const struct cpu_map_feature *theirs = &map->features[i];

		const enum cpc_register known = cpu_map_register(theirs);
		const struct cpc_feature *ours;

		if (known == CPC_REGISTER_COUNT) {
			elsewhere++;
			continue;
		}
		named++;
		ours = cpc_feature_at(known, theirs->bit);
		if (ours ? named_alike(theirs, ours) : unnamed_here(theirs->name))
			continue;
		failed++;
		printf("%s is %s here\n", theirs->name, ours ? ours->name : "unnamed");
	}
	printf("%zu bits have libvirt's name, %zu of its own lie where we do not look, %zu differ\n", named, elsewhere,
	       failed);
	assert_int_equal(failed, 0);
	for (size_t i = 0; i < COUNT(unnamed); i++)
		if (!unnamed[i].seen)
			fail_msg("%s has a name by now (%s)", unnamed[i].name, unnamed[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names), cmocka_unit_test(test_lists) };
	char path[PATH_MAX];
	int failed;

	map = cpu_map_read();
	if (!map || !corpus_path("corpus/libvirt/expected_features.tsv", path)) {
		printf("skipped: %s\n", map ? path : CPU_MAP_FOLDER);
		return 77;
	}
	machine_count = recordings_read(&machines);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(machines);
	free(map);
	return failed;
}
