/* SPDX-License-Identifier: MIT */
/* What is written is what a reader of RFC 4180 gets back, and no spreadsheet runs it. */
#include "csv.h"
#include "support.h"

static void writes(const char *text, const char *expected)
{
	struct cpc_buffer out = { 0 };
	struct cpc_csv csv = { .out = &out };

	cpc_csv_text(&csv, text);
	cpc_csv_end(&csv);
	assert_int_equal(memcmp(out.bytes, expected, strlen(expected)), 0);
	assert_string_equal(out.bytes + strlen(expected), "\r\n");
	cpc_buffer_free(&out);
}

static void quotes_what_could_part_a_field(void **state)
{
	(void)state;
	writes("", "");
	writes("web01", "web01");
	writes("Ice Lake-SP", "Ice Lake-SP");
	writes("a,b", "\"a,b\"");
	writes("a;b", "\"a;b\"");
	writes("a\tb", "\"a\tb\"");
	writes("say \"no\"", "\"say \"\"no\"\"\"");
	writes("\"", "\"\"\"\"");
	writes("two\r\nlines", "\"two\r\nlines\"");
	writes("lab\xff", "lab%FF");
	writes("caf\xc3\xa9", "caf\xc3\xa9");
}

static void guards_formulas(void **state)
{
	(void)state;
	writes("=1+1", "'=1+1");
	writes("+1", "'+1");
	writes("-1", "'-1");
	writes("@milan", "'@milan");
	writes("  =1", "'  =1");
	writes("\t=1", "\"'\t=1\"");
	writes("\r=1", "\"'\r=1\"");
	writes("\x01", "'\x01");
	writes("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
	writes("a=1", "a=1");
	writes("   ", "   ");
}

static void parts_fields_and_records(void **state)
{
	struct cpc_buffer out = { 0 };
	struct cpc_csv csv = { .out = &out };

	(void)state;
	cpc_csv_empty(&csv, 2);
	cpc_csv_count(&csv, 12);
	cpc_csv_end(&csv);
	cpc_csv_text(&csv, "a");
	cpc_csv_empty(&csv, 1);
	cpc_csv_empty(&csv, 0);
	cpc_csv_text(&csv, "b");
	cpc_csv_end(&csv);
	assert_string_equal(out.bytes, ",,12\r\na,,b\r\n");
	cpc_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_what_could_part_a_field),
		cmocka_unit_test(guards_formulas),
		cmocka_unit_test(parts_fields_and_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
