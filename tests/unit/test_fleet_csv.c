/* SPDX-License-Identifier: MIT */
/* The table of a fleet: its header is a contract, and its sums are those of the matrix. */
#include "render.h"
#include "support.h"

#define COLUMNS 22

/** A record, taken apart; what is quoted here holds no quote. */
struct record {
	char bytes[8192];
	const char *fields[COLUMNS];
};

/** The next record of a text, which moves on; false at its end. Every record has every field. */
static bool next(const char **text, struct record *record)
{
	const char *end = strstr(*text, "\r\n");
	bool quoted = false;
	size_t fields = 1;

	if (!**text)
		return false;
	assert_non_null(end);
	assert_true((size_t)(end - *text) < sizeof(record->bytes));
	snprintf(record->bytes, sizeof(record->bytes), "%.*s", (int)(end - *text), *text);
	record->fields[0] = record->bytes;
	for (char *c = record->bytes; *c; c++) {
		quoted ^= *c == '"';
		if (*c != ',' || quoted)
			continue;
		*c = '\0';
		assert_true(fields < COLUMNS);
		record->fields[fields++] = c + 1;
	}
	assert_int_equal(fields, COLUMNS);
	*text = end + 2;
	return true;
}

static void add(struct cpc_fleet *fleet, const char *name, const char *vendor, const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint(vendor);
	const struct cpc_side side = side_of(&fingerprint);

	apply_features(&fingerprint, features);
	assert_int_equal(cpc_fleet_add(fleet, name, &side, NULL), CPC_OK);
}

static struct cpc_buffer table_of(const struct cpc_fleet *fleet, const char *policy,
				  const struct cpc_unreadable *unreadable, size_t count, size_t more)
{
	const struct cpc_style style = { .width = 80 };
	struct cpc_fleet_answers answers;
	const struct cpc_fleet_view view = { .fleet = fleet,
					     .answers = &answers,
					     .unreadable = unreadable,
					     .unreadable_count = count,
					     .unreadable_more = more };
	struct cpc_buffer out = { 0 };

	assert_int_equal(cpc_fleet_ask(fleet, cpc_policy_named(policy), &answers, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_format_named("csv")->render(&view, &style, &out, NULL), CPC_OK);
	cpc_fleet_answers_free(&answers);
	return out;
}

static void has_its_header(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_buffer out = table_of(&fleet, "kvm", NULL, 0, 0);

	(void)state;
	assert_string_equal(out.bytes,
			    "host,hosts,class,class_number,pool,cpu,id,silicon_id,vantage,hardware_virtualization,"
			    "execute_disable,long_mode,slat,moves_to,moves_to_in_mode,moves_to_unknown,moves_from,"
			    "baseline_cost,baseline_gains,fingerprint,kvm_fingerprint,error\r\n");
	cpc_buffer_free(&out);
}

static void has_a_record_a_host(void **state)
{
	static const struct {
		const char *host;
		const char *hosts;
		const char *class;
		const char *moves_to;
		const char *in_mode;
		const char *moves_from;
		const char *cost;
		const char *gains;
	} expected[] = {
		{ "web01", "1", "A", "3", "1", "4", "0", "" }, { "'=web02", "1", "A", "3", "1", "4", "0", "" },
		{ "", "2", "A", "3", "1", "4", "0", "" },      { "db01", "1", "B", "4", "0", "0", "1", "avx" },
		{ "lab", "1", "C", "0", "0", "0", "0", "" },
	};
	struct cpc_fleet fleet = { .count = 0 };
	struct record record;

	(void)state;
	add(&fleet, "web01", "GenuineIntel", "avx aes");
	add(&fleet, "=web02", "GenuineIntel", "avx aes");
	add(&fleet, NULL, "GenuineIntel", "avx aes");
	add(&fleet, NULL, "GenuineIntel", "avx aes");
	add(&fleet, "db01", "GenuineIntel", "aes");
	add(&fleet, "lab", "AuthenticAMD", "");
	struct cpc_buffer out = table_of(&fleet, "kvm", NULL, 0, 0);
	const char *text = out.bytes;
	assert_true(next(&text, &record));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_true(next(&text, &record));
		assert_string_equal(record.fields[0], expected[i].host);
		assert_string_equal(record.fields[1], expected[i].hosts);
		assert_string_equal(record.fields[2], expected[i].class);
		assert_int_equal(record.fields[3][0], expected[i].class[0] - 'A' + '0');
		assert_string_equal(record.fields[8], "dump");
		assert_string_equal(record.fields[13], expected[i].moves_to);
		assert_string_equal(record.fields[14], expected[i].in_mode);
		assert_string_equal(record.fields[15], "0");
		assert_string_equal(record.fields[16], expected[i].moves_from);
		assert_string_equal(record.fields[17], expected[i].cost);
		assert_string_equal(record.fields[18], expected[i].gains);
		assert_memory_equal(record.fields[19], "\"cpc1:", 6);
		assert_string_equal(record.fields[20], "");
		assert_string_equal(record.fields[21], "");
	}
	assert_false(next(&text, &record));
	cpc_buffer_free(&out);
	cpc_fleet_free(&fleet);
}

/* No baseline is not one that costs nothing; what was not read of two hosts may differ; KVM's view has its column. */
static void knows_what_is_not_known(void **state)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };
	struct record record;

	(void)state;
	set_feature(&fingerprint, CPC_F_arch_capabilities, true);
	set_unread_10a(&fingerprint);
	side.kvm = &fingerprint;
	assert_int_equal(cpc_fleet_add(&fleet, "a", &side, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_add(&fleet, "b", &side, NULL), CPC_OK);
	struct cpc_buffer out = table_of(&fleet, "x86-64-v4", NULL, 0, 0);
	const char *text = out.bytes;
	assert_true(next(&text, &record));
	assert_true(next(&text, &record));
	assert_string_equal(record.fields[17], "");
	cpc_buffer_free(&out);
	out = table_of(&fleet, "kvm", NULL, 0, 0);
	text = out.bytes;
	assert_true(next(&text, &record));
	assert_true(next(&text, &record));
	assert_string_equal(record.fields[13], "0");
	assert_string_equal(record.fields[15], "1");
	assert_string_equal(record.fields[16], "0");
	assert_memory_equal(record.fields[20], "\"cpc1:", 6);
	cpc_buffer_free(&out);
	cpc_fleet_free(&fleet);
}

static void lists_what_could_not_be_read(void **state)
{
	const struct cpc_unreadable unreadable = { .source = "@nobody", .error = "no such row" };
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_buffer out = table_of(&fleet, "kvm", &unreadable, 1, 7);
	const char *text = out.bytes;
	struct record record;

	(void)state;
	assert_true(next(&text, &record));
	assert_true(next(&text, &record));
	assert_string_equal(record.fields[0], "'@nobody");
	assert_string_equal(record.fields[1], "0");
	assert_string_equal(record.fields[2], "");
	assert_string_equal(record.fields[21], "no such row");
	assert_true(next(&text, &record));
	assert_string_equal(record.fields[0], "");
	assert_string_equal(record.fields[1], "0");
	assert_string_equal(record.fields[21], "7 more gave nothing and are not listed");
	assert_false(next(&text, &record));
	cpc_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_its_header),
		cmocka_unit_test(has_a_record_a_host),
		cmocka_unit_test(knows_what_is_not_known),
		cmocka_unit_test(lists_what_could_not_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
