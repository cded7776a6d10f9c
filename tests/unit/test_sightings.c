/* SPDX-License-Identifier: MIT */
/* What is seen of hosts in any order makes the same fleet, and what does not count is told. */
#include <cpucompat/sightings.h>

#include "support.h"

#define OLD "cpc1:GenuineIntel:6.26.5:98a201-fcbf9ff:pa=40,la=48,clf=64"
#define NEW "cpc1:GenuineIntel:6.26.5:98a203-fcbf9ff:pa=40,la=48,clf=64"
#define KVM "cpc1:GenuineIntel:6.26.5:98a200-fcbf9ff:pa=40,la=48,clf=64"

/* What is told, a line each. */
static char told[4096];

static enum cpc_status remember(void *context, const char *name, const char *what)
{
	(void)context;
	strcat(strcat(strcat(strcat(told, name), ": "), what), "\n");
	return CPC_OK;
}

static const struct cpc_remarks remarks = { .remark = remember };

struct row {
	const char *name;
	const char *labels;
	enum cpc_view view;
	const char *text;
	double time;
};

static void see(struct cpc_sightings *sightings, const struct row *row)
{
	const struct cpc_sighting sighting = { .name = row->name,
					       .name_length = strlen(row->name),
					       .labels = row->labels,
					       .labels_length = strlen(row->labels),
					       .view = row->view,
					       .text = row->text,
					       .text_length = strlen(row->text),
					       .time = row->time };

	assert_int_equal(cpc_sightings_add(sightings, &sighting, NULL), CPC_OK);
}

/* The fleet as one text: its classes, each with its hosts, and what was told. */
static void fold(const struct row *rows, size_t count, size_t first, char ret_text[static 8192])
{
	struct cpc_sightings *sightings = cpc_sightings_new();
	struct cpc_fleet fleet = { .count = 0 };
	size_t length = 0;

	told[0] = '\0';
	for (size_t i = 0; i < count; i++)
		see(sightings, &rows[(i + first) % count]);
	assert_int_equal(cpc_sightings_fold(sightings, &fleet, &remarks, NULL), CPC_OK);
	for (size_t i = 0; i < fleet.count; i++) {
		length += (size_t)snprintf(ret_text + length, 8192 - length, "%s",
					   fleet.classes[i].kvm ? "with kvm" : "cpuid");
		for (size_t n = 0; n < fleet.classes[i].name_count; n++)
			length += (size_t)snprintf(ret_text + length, 8192 - length, " %s", fleet.classes[i].names[n]);
		length += (size_t)snprintf(ret_text + length, 8192 - length, "\n");
	}
	snprintf(ret_text + length, 8192 - length, "%s", told);
	cpc_fleet_free(&fleet);
	cpc_sightings_free(sightings);
}

static void puts_views_together_in_any_order(void **state)
{
	static const struct row rows[] = {
		{ "b", "job=\"j\"", CPC_VIEW_KVM, KVM, 5 },   { "a", "job=\"j\"", CPC_VIEW_CPUID, OLD, 5 },
		{ "b", "job=\"j\"", CPC_VIEW_CPUID, OLD, 5 }, { "c", "job=\"j\"", CPC_VIEW_CPUID, NEW, 5 },
		{ "a", "job=\"j\"", CPC_VIEW_CPUID, OLD, 5 }, { "d", "job=\"j\"", CPC_VIEW_CPUID, NEW, 5 },
		{ "d", "job=\"k\"", CPC_VIEW_CPUID, NEW, 5 }, { "", "job=\"l\"", CPC_VIEW_CPUID, OLD, 5 },
		{ "e\033[1m", "", CPC_VIEW_CPUID, OLD, 5 },   { "f", "job=\"j\"", CPC_VIEW_KVM, KVM, 5 },
	};
	static const char expected[] = "cpuid {job=\"l\"} a e?[1m\n"
				       "with kvm b\n"
				       "cpuid c d{job=\"j\"} d{job=\"k\"}\n"
				       "f: only its view kvm is known; not counted (does a matcher leave cpuid out?)\n";
	char text[8192];

	(void)state;
	for (size_t first = 0; first < COUNT(rows); first++) {
		fold(rows, COUNT(rows), first, text);
		assert_string_equal(text, expected);
	}
}

static void counts_the_newest(void **state)
{
	static const struct row rows[] = {
		{ "a", "", CPC_VIEW_CPUID, OLD, 5 }, { "a", "", CPC_VIEW_CPUID, NEW, 65.2 },
		{ "a", "", CPC_VIEW_CPUID, KVM, 4 }, { "b", "", CPC_VIEW_CPUID, OLD, 5 },
		{ "b", "", CPC_VIEW_CPUID, NEW, 5 }, { "c", "", CPC_VIEW_CPUID, OLD, -1 },
		{ "c", "", CPC_VIEW_CPUID, NEW, 1 }, { "d", "", CPC_VIEW_CPUID, OLD, 5 },
		{ "d", "", CPC_VIEW_CPUID, NEW, 5 }, { "d", "", CPC_VIEW_CPUID, OLD, 6 },
	};
	char old_id[CPC_ID_SIZE];
	char kvm_id[CPC_ID_SIZE];
	char expected[2048];
	char text[8192];

	(void)state;
	const struct cpc_fingerprint old = parsed(OLD);
	const struct cpc_fingerprint kvm = parsed(KVM);
	cpc_fingerprint_id(&old, old_id);
	cpc_fingerprint_id(&kvm, kvm_id);
	for (size_t first = 0; first < COUNT(rows); first++) {
		fold(rows, COUNT(rows), first, text);
		/* Of d the text that counts was seen in between, so what is told of it depends on the order. */
		assert_memory_equal(text, "cpuid a c\ncpuid d\n", 18);
		snprintf(expected, sizeof(expected),
			 "a: its newest fingerprint (view cpuid) counts; another, id %s, is 60 s older and does not\n"
			 "a: its newest fingerprint (view cpuid) counts; another, id %s, is 61 s older and does not\n"
			 "b: has several fingerprints (view cpuid) of one time, so that none is the newest; not "
			 "counted\n"
			 "c: its newest fingerprint (view cpuid) counts; another, id %s, is of an unknown time and "
			 "does not\n",
			 old_id, kvm_id, old_id);
		if (strncmp(text + 18, expected, strlen(expected)) != 0)
			assert_string_equal(text + 18, expected);
	}
}

static void refuses_lies(void **state)
{
	struct cpc_sightings *sightings = cpc_sightings_new();
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_sighting sighting = {
		.name = "a", .name_length = 1, .labels = "", .view = CPC_VIEW_CPUID, .text = OLD
	};
	struct cpc_error error;
	char id[CPC_ID_SIZE];

	(void)state;
	const struct cpc_fingerprint old = parsed(OLD);
	cpc_fingerprint_id(&old, id);
	sighting.text_length = strlen(OLD);
	sighting.id = "00112233445566778899aabbccddeeff";
	for (int round = 0; round < 2; round++) {
		assert_int_equal(cpc_sightings_add(sightings, &sighting, &error), CPC_BAD_DATA);
		assert_non_null(strstr(error.what, id));
	}
	sighting.text = "cpc2:GenuineIntel";
	sighting.text_length = strlen(sighting.text);
	assert_int_equal(cpc_sightings_add(sightings, &sighting, &error), CPC_BAD_DATA);
	assert_int_equal(cpc_sightings_hosts(sightings), 0);
	sighting.text = OLD;
	sighting.text_length = strlen(OLD);
	sighting.id = id;
	assert_int_equal(cpc_sightings_add(sightings, &sighting, &error), CPC_OK);
	assert_int_equal(cpc_sightings_hosts(sightings), 1);
	assert_int_equal(cpc_sightings_kinds(sightings), 1);
	told[0] = '\0';
	assert_int_equal(cpc_sightings_fold(sightings, &fleet, &remarks, NULL), CPC_OK);
	assert_int_equal(fleet.hosts, 1);
	assert_string_equal(told, "");
	cpc_fleet_free(&fleet);
	cpc_sightings_free(sightings);
	cpc_sightings_free(NULL);
}

/* Through every growth, and no name is longer than people read. */
static void takes_many(void **state)
{
	struct cpc_sightings *sightings = cpc_sightings_new();
	struct cpc_fleet fleet = { .count = 0 };
	char name[600];

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t i = 0; i < 3000; i++) {
		const struct cpc_sighting sighting = { .name = name,
						       .name_length = 1 + i % 600,
						       .labels = "",
						       .view = CPC_VIEW_CPUID,
						       .text = i % 2 ? OLD : NEW,
						       .text_length = strlen(OLD),
						       .time = (double)i };

		assert_int_equal(cpc_sightings_add(sightings, &sighting, NULL), CPC_OK);
	}
	assert_int_equal(cpc_sightings_hosts(sightings), 600);
	told[0] = '\0';
	assert_int_equal(cpc_sightings_fold(sightings, &fleet, &remarks, NULL), CPC_OK);
	assert_string_equal(told, "");
	assert_int_equal(fleet.hosts, 600);
	assert_int_equal(fleet.count, 2);
	assert_int_equal(fleet.classes[0].count, 300);
	assert_int_equal(strlen(fleet.classes[0].names[299]), 255);
	cpc_fleet_free(&fleet);
	cpc_sightings_free(sightings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_views_together_in_any_order),
		cmocka_unit_test(counts_the_newest),
		cmocka_unit_test(refuses_lies),
		cmocka_unit_test(takes_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
