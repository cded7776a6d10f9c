/* SPDX-License-Identifier: MIT */
/* A fleet that was saved is the fleet that is read; and what is no such document, or an odd one, is refused in a line.
 */
#include "fleet_document.h"

#include "render.h"
#include "support.h"

static struct cpc_buffer saved(const struct cpc_fleet *fleet)
{
	const struct cpc_style style = { .width = 80 };
	struct cpc_fleet_answers answers;
	const struct cpc_fleet_view view = { .fleet = fleet, .answers = &answers };
	struct cpc_buffer out = { 0 };

	assert_int_equal(cpc_fleet_ask(fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_format_named("json")->render(&view, &style, &out, NULL), CPC_OK);
	cpc_fleet_answers_free(&answers);
	return out;
}

static void make_fleet(struct cpc_fleet *fleet, uint64_t *random)
{
	const size_t hosts = random_below(random, 12);

	for (size_t i = 0; i < hosts; i++) {
		struct cpc_fingerprint fingerprint =
			plain_fingerprint(random_below(random, 5) ? "GenuineIntel" : "AuthenticAMD");
		struct cpc_fingerprint kvm = fingerprint;
		struct cpc_side side = side_of(&fingerprint);
		char name[32];

		snprintf(name, sizeof(name), "host%zu \"\\/\xc3\xa4", i);
		set_feature(&fingerprint, CPC_F_avx, random_below(random, 2));
		set_feature(&kvm, CPC_F_aes, random_below(random, 2));
		/* As /proc/cpuinfo leaves words: some bits are known. */
		if (random_below(random, 3) == 0) {
			fingerprint.unread[CPC_L1_ECX] = UINT32_C(1) << cpc_features[CPC_F_aes].bit;
			fingerprint.words[CPC_L1_ECX] &= ~fingerprint.unread[CPC_L1_ECX];
		}
		if (random_below(random, 3) == 0)
			set_unread_10a(&fingerprint);
		side.kvm = random_below(random, 2) ? &kvm : NULL;
		side.vantage = random_below(random, CPC_VANTAGE_COUNT);
		side.dumped = random_below(random, 2);
		for (unsigned int r = 0; r < CPC_REQUIREMENT_COUNT; r++)
			side.requirements[r] = random_below(random, CPC_REQUIREMENT_STATUS_COUNT);
		for (size_t n = 1 + random_below(random, 3); n; n--)
			assert_int_equal(cpc_fleet_add(fleet, random_below(random, 4) ? name : NULL, &side, NULL),
					 CPC_OK);
	}
}

static void reads_what_was_saved(void **state)
{
	uint64_t random = 20261126;

	(void)state;
	for (unsigned int round = 0; round < 200; round++) {
		struct cpc_fleet fleet = { .count = 0 };
		struct cpc_fleet read = { .count = 0 };
		struct cpc_error error;

		make_fleet(&fleet, &random);
		struct cpc_buffer text = saved(&fleet);
		assert_true(cpc_fleet_document_recognise(text.bytes, text.length));
		if (cpc_fleet_document_read(text.bytes, text.length, &read, &error))
			fail_msg("%s in %s", error.what, text.bytes);
		assert_int_equal(read.hosts, fleet.hosts);
		assert_int_equal(read.count, fleet.count);
		for (size_t i = 0; i < fleet.count; i++) {
			const struct cpc_side side = cpc_class_side(&fleet.classes[i]);
			size_t class;

			assert_true(cpc_fleet_find(&read, &side, &class));
			assert_int_equal(class, i);
			assert_int_equal(read.classes[i].count, fleet.classes[i].count);
			assert_int_equal(read.classes[i].name_count, fleet.classes[i].name_count);
			for (size_t n = 0; n < fleet.classes[i].name_count; n++)
				assert_string_equal(read.classes[i].names[n], fleet.classes[i].names[n]);
		}
		struct cpc_buffer again = saved(&read);
		assert_string_equal(again.bytes, text.bytes);
		cpc_buffer_free(&again);
		cpc_buffer_free(&text);
		cpc_fleet_free(&read);
		cpc_fleet_free(&fleet);
	}
}

#define TEXT "cpc1:GenuineIntel:6.58.9:77baa203-fcbf9ff-0-0-0-0-0-0-0-0-0-7:pa=36,la=32,clf=64,xs=2.240.100"

static void refuses(const char *text, size_t line, const char *what)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_error error = { .what = "" };

	if (cpc_fleet_document_read(text, strlen(text), &fleet, &error) != CPC_BAD_DATA)
		fail_msg("not refused: %s", text);
	if (!strstr(error.what, what) || error.line != line)
		fail_msg("%s: line %zu: %s", text, error.line, error.what);
	/* Not even those of its hosts that came before what is wrong. */
	assert_int_equal(fleet.hosts, 0);
	assert_int_equal(fleet.count, 0);
	cpc_fleet_free(&fleet);
}

/** A document of one class, of which one member is replaced. */
static void refuses_class(const char *member, const char *value, const char *what)
{
	static const char *const members[] = { "id",	 "fingerprint",	 "kvm",	  "vantage",
					       "dumped", "requirements", "count", "hosts" };
	struct cpc_fingerprint fingerprint = parsed(TEXT);
	struct cpc_buffer text = { 0 };
	char id[CPC_ID_SIZE];
	char quoted[CPC_ID_SIZE + 2];

	cpc_fingerprint_id(&fingerprint, id);
	snprintf(quoted, sizeof(quoted), "\"%s\"", id);
	const char *const values[] = { quoted, "\"" TEXT "\"", "null", "\"dump\"", "true", "{}", "2", "[\"web01\"]" };
	cpc_buffer_puts(&text, "{\"schema\":\"cpucompat/fleet/1\",\"hosts\":2,\"classes\":[{");
	for (size_t i = 0; i < COUNT(members); i++)
		cpc_buffer_printf(&text, "%s\"%s\":%s", i ? "," : "", members[i],
				  strcmp(members[i], member) == 0 ? value : values[i]);
	cpc_buffer_printf(&text, "%s}]}", strcmp(member, "partial") == 0 ? value : "");
	if (what) {
		refuses(text.bytes, 0, what);
	} else {
		struct cpc_fleet fleet = { .count = 0 };
		struct cpc_error error;

		if (cpc_fleet_document_read(text.bytes, text.length, &fleet, &error))
			fail_msg("%s: %s", text.bytes, error.what);
		assert_int_equal(fleet.hosts, 2);
		cpc_fleet_free(&fleet);
	}
	cpc_buffer_free(&text);
}

static void refuses_what_is_odd(void **state)
{
	(void)state;
	refuses("", 0, "is empty");
	refuses("nonsense", 1, "is no saved fleet");
	refuses("{\"schema\":\"cpucompat/fleet/1\",\n\"classes\":[", 2, "is no saved fleet, or a part of one");
	refuses("{\"schema\":\"cpucompat/fleet/1\",\"matrix\":[[", 1, "a part of one");
	refuses("[]", 0, "names no schema");
	refuses("{}", 0, "names no schema");
	refuses("{\"schema\":7}", 0, "names no schema");
	refuses("{\"schema\":\"cpucompat/report/1\"}", 0,
		"\"cpucompat/report/1\"; a saved fleet has cpucompat/fleet/1");
	refuses("{\"schema\":\"cpucompat/fleet/2\"}", 0, "a newer cpucompat made it, so update this one");
	refuses("{\"schema\":\"cpucompat/fleet/1\",\"classes\":[],\"hosts\":0,\"hosts\":0}", 1, "duplicate");
	refuses("{\"schema\":\"cpucompat/fleet/1\",\"hosts\":0}", 0, "classes is not an array");
	refuses("{\"schema\":\"cpucompat/fleet/1\",\"hosts\":1,\"classes\":[]}", 0, "hosts is not the number");
	refuses("{\"schema\":\"cpucompat/fleet/1\",\"classes\":[]}", 0, "hosts is not the number");
	refuses("{\"schema\":\"cpucompat/fleet/1\",\"hosts\":1,\"classes\":[7]}", 0, "classes[0].fingerprint");
	refuses_class("", "", NULL);
	refuses_class("partial", ",\"partial\":[]", NULL);
	refuses_class("id", "\"0123456789abcdef0123456789abcdef\"", "classes[0].fingerprint has another id");
	refuses_class("id", "7", "another id");
	refuses_class("fingerprint", "7", "classes[0].fingerprint is not a fingerprint");
	refuses_class("fingerprint", "\"cpc1:x\"", "saved fleet: classes[0].fingerprint: ");
	refuses_class("fingerprint", "\"cpc2:GenuineIntel:\"", "cpc2 is not known here");
	refuses_class("kvm", "7", "classes[0].kvm is not a fingerprint");
	refuses_class("kvm", "{\"text\":\"" TEXT "\",\"id\":\"0\"}", "classes[0].kvm has another id");
	refuses_class("vantage", "\"moon\"", "classes[0].vantage");
	refuses_class("vantage", "7", "classes[0].vantage");
	refuses_class("dumped", "1", "classes[0].dumped");
	refuses_class("requirements", "{\"slat\":\"perhaps\"}", "classes[0].requirements.slat");
	refuses_class("requirements", "{\"slat\":null}", "classes[0].requirements.slat");
	refuses_class("count", "0", "classes[0].count");
	refuses_class("count", "-1", "classes[0].count");
	refuses_class("count", "1e300", "classes[0].count");
	refuses_class("count", "9223372036854775807", "classes[0].count");
	refuses_class("count", "3", "hosts is not the number");
	refuses_class("hosts", "{}", "classes[0].hosts");
	refuses_class("hosts", "[\"a\",\"b\",\"c\"]", "classes[0].hosts");
	refuses_class("hosts", "[7]", "classes[0].hosts[0] is not a name");
	refuses_class("partial", ",\"partial\":{}", "classes[0].fingerprint is not beside an array");
	refuses_class("partial", ",\"partial\":[[0,\"0x1\",\"0x2\"]]", "`partial` that fits");
}

/* What a terminal would obey is not taken over, and values beyond count are refused before they cost memory. */
static void bounds_what_it_reads(void **state)
{
	struct cpc_buffer text = { 0 };

	(void)state;
	assert_false(cpc_fleet_document_recognise("{\"schema\":\"cpucompat/report/1\"}", 31));
	assert_false(cpc_fleet_document_recognise("", 0));
	assert_false(cpc_fleet_document_recognise("web01 \"cpucompat/fleet/1\"", 25));
	cpc_buffer_puts(&text, "{\"schema\":\"cpucompat/fleet/1\",\"classes\":[");
	for (size_t i = 0; i < (1U << 21); i++)
		cpc_buffer_puts(&text, "1,");
	cpc_buffer_puts(&text, "1]}");
	refuses(text.bytes, 0, "more hosts than a saved fleet is read with");
	/* As many where nobody looks are no reason. */
	memcpy(strstr(text.bytes, "classes"), "matrix\"", 7);
	text.bytes[strlen("{\"schema\":\"cpucompat/fleet/1\",\"matrix\"")] = ' ';
	refuses(text.bytes, 0, "classes is not an array");
	cpc_buffer_free(&text);
}

static void knows_what_was_missing(void **state)
{
	static const struct {
		const char *text;
		size_t count;
	} cases[] = {
		{ "{\"unreadable_count\":3,\"classes\":[{\"unreadable_count\":5}]}", 3 },
		{ "{\"classes\":[{\"unreadable_count\":5}]}", 0 },
		{ "{\"unreadable_count\":-3}", 0 },
		{ "{\"unreadable_count\":\"3\"}", 0 },
		{ "{\"unreadable_count\":3", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(cpc_fleet_document_unreadable(cases[i].text, strlen(cases[i].text)), cases[i].count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_what_was_missing),
		cmocka_unit_test(reads_what_was_saved),
		cmocka_unit_test(refuses_what_is_odd),
		cmocka_unit_test(bounds_what_it_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
