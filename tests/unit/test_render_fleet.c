/* SPDX-License-Identifier: MIT */
/* The fleet document: design section 7, key by key. */
#include <jansson.h>

#include "describe.h"
#include "fleet_render.h"

/** Two Intel hosts of one class, a poorer one, an AMD one with a name that is no UTF-8. */
static void make_fleet(struct cpc_fleet *fleet)
{
	static const struct {
		const char *name;
		const char *vendor;
		const char *features;
	} hosts[] = {
		{ "web01", "GenuineIntel", "avx aes" },
		{ "web02", "GenuineIntel", "avx aes" },
		{ "db01", "GenuineIntel", "aes" },
		{ "lab\xff", "AuthenticAMD", "" },
	};

	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct cpc_fingerprint fingerprint = plain_fingerprint(hosts[i].vendor);
		const struct cpc_side side = side_of(&fingerprint);

		apply_features(&fingerprint, hosts[i].features);
		assert_int_equal(cpc_fleet_add(fleet, hosts[i].name, &side, NULL), CPC_OK);
	}
}

static json_t *document_of(const struct cpc_fleet *fleet, const struct cpc_unreadable *unreadable, size_t count)
{
	struct cpc_buffer out = render_fleet("json", fleet, unreadable, count);
	json_t *document = json_loads(out.bytes, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(document);
	cpc_buffer_free(&out);
	return document;
}

static const char *text_at(const json_t *document, const char *key, size_t n, const char *member)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(document, key), n), member));
}

static void writes_the_document(void **state)
{
	static const char *const rows[] = { "=xx", ">=x", "xx=" };
	const struct cpc_unreadable unreadable = { .source = "http://10.0.0.1:10789", .error = "connection refused" };
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	make_fleet(&fleet);
	json_t *document = document_of(&fleet, &unreadable, 1);
	assert_string_equal(json_string_value(json_object_get(document, "schema")), "cpucompat/fleet/1");
	assert_string_equal(json_string_value(json_object_get(document, "policy")), "kvm");
	assert_int_equal(json_integer_value(json_object_get(document, "hosts")), 4);
	json_t *first = json_array_get(json_object_get(document, "classes"), 0);
	assert_int_equal(json_integer_value(json_object_get(first, "count")), 2);
	assert_string_equal(json_string_value(json_array_get(json_object_get(first, "hosts"), 1)), "web02");
	assert_memory_equal(text_at(document, "classes", 0, "fingerprint"), "cpc1:GenuineIntel:6.106.6:", 26);
	assert_string_equal(text_at(document, "classes", 0, "cpu"), "GenuineIntel 6.106.6 Ice Lake-SP");
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t j = 0; j < COUNT(rows); j++) {
			const json_t *row = json_array_get(json_object_get(document, "matrix"), i);
			const char *letter = json_string_value(json_array_get(row, j));

			/* Under kvm what AVX costs is a lower CPU model, not the move. */
			assert_int_equal(letter[0], i == 0 && j == 1 ? 'c' : rows[i][j]);
		}
	}
	assert_int_equal(json_array_size(json_object_get(document, "pools")), 3);
	assert_true(json_is_null(json_object_get(document, "baseline")));
	const json_t *intel = json_array_get(json_object_get(document, "baselines"), 0);
	const json_t *lost = json_object_get(json_object_get(intel, "lost_by_host"), "db01");
	assert_string_equal(json_string_value(json_array_get(lost, 0)), "avx");
	assert_int_equal(json_object_size(json_object_get(intel, "lost_by_host")), 1);
	assert_string_equal(text_at(document, "unreadable", 0, "source"), unreadable.source);
	assert_string_equal(text_at(document, "unreadable", 0, "error"), unreadable.error);
	json_decref(document);
	cpc_fleet_free(&fleet);
}

/* A fleet of none is a document, too; one vendor's baseline is the fleet's. */
static void writes_small_fleets(void **state)
{
	const struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	json_t *document = document_of(&fleet, NULL, 0);
	assert_int_equal(json_array_size(json_object_get(document, "classes")), 0);
	assert_true(json_is_null(json_object_get(document, "baseline")));
	json_decref(document);
	assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	document = document_of(&fleet, NULL, 0);
	assert_string_equal(json_string_value(json_object_get(json_object_get(document, "baseline"), "vendor")),
			    "GenuineIntel");
	json_decref(document);
	cpc_fleet_free(&fleet);
}

static void has_a_letter_for_each_verdict(void **state)
{
	(void)state;
	for (unsigned int a = 0; a < CPC_VERDICT_COUNT; a++)
		for (unsigned int b = 0; b < a; b++)
			assert_string_not_equal(cpc_verdict_letter(a), cpc_verdict_letter(b));
	assert_null(cpc_fleet_format_named("yaml"));
}

/* What an agent serves: itself, a peer that answers and the reason of one that does not; none where it would be too
 * much. */
static void writes_an_agent_and_its_peers(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT,
				       .fingerprint = plain_fingerprint("GenuineIntel") };
	struct cpc_peer_host *hosts = calloc(CPC_FLEET_PUBLISHED_MAX, sizeof(*hosts));
	struct cpc_peer *items = calloc(CPC_FLEET_PUBLISHED_MAX, sizeof(*items));
	struct cpc_peers peers = { .policy = cpc_policy_named("xen"), .items = items, .count = 2 };
	struct cpc_report report;
	const struct cpc_published published = { .report = &report, .peers = &peers };
	struct cpc_buffer out = { 0 };

	(void)state;
	assert_non_null(hosts);
	assert_non_null(items);
	cpc_report_of(&capture, &report);
	for (size_t i = 0; i < CPC_FLEET_PUBLISHED_MAX; i++) {
		struct cpc_fingerprint fingerprint = capture.fingerprint;
		char text[CPC_FINGERPRINT_SIZE];

		fingerprint.scalars[CPC_S_pa].value = 100 + i;
		cpc_fingerprint_print(&fingerprint, text);
		hosts[i].cpuid.text = strdup(text);
		items[i] = (struct cpc_peer){ .name = "peer", .state = CPC_PEER_UP, .host = &hosts[i] };
	}
	items[1].state = CPC_PEER_DOWN;
	items[1].error = (char[]){ "connection refused" };
	assert_int_equal(cpc_render_fleet(&published, &out, NULL), CPC_OK);
	json_t *document = json_loads(out.bytes, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(json_string_value(json_object_get(document, "policy")), "xen");
	assert_int_equal(json_integer_value(json_object_get(document, "hosts")), 2);
	assert_string_equal(text_at(document, "unreadable", 0, "error"), "connection refused");
	json_decref(document);
	cpc_buffer_free(&out);
	items[1].state = CPC_PEER_UP;
	peers.count = CPC_FLEET_PUBLISHED_MAX - 1;
	assert_int_equal(cpc_render_fleet(&published, &out, NULL), CPC_OK);
	cpc_buffer_free(&out);
	peers.count = CPC_FLEET_PUBLISHED_MAX;
	assert_int_equal(cpc_render_fleet(&published, &out, NULL), CPC_BAD_DATA);
	assert_int_equal(out.length, 0);
	for (size_t i = 0; i < CPC_FLEET_PUBLISHED_MAX; i++)
		free(hosts[i].cpuid.text);
	free(hosts);
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_document),
		cmocka_unit_test(writes_small_fleets),
		cmocka_unit_test(has_a_letter_for_each_verdict),
		cmocka_unit_test(writes_an_agent_and_its_peers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
