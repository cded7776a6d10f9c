/* SPDX-License-Identifier: MIT */
/* Lists of VMs, layouts in a word, and the numbers in both: what is read, and what is refused, where and why. */
#include <cpucompat/buffer.h>

#include "layout_text.h"
#include "quantity.h"
#include "support.h"
#include "vms.h"

#define GIB(n) (UINT64_C(n) << 30)

static void reads(void **state)
{
	static const char text[] = "\xef\xbb\xbf# what runs\r\n"
				   "web       4GiB 2 x10\r\n"
				   "  db01\t16384MiB  8   # the large one\n"
				   "\n"
				   "#idle 1GiB 1\n"
				   "Print Server 2 1073741824 1\n"
				   "x2 512M 1\n"
				   "b#1 1T 4096";
	static const struct cpc_vm expected[] = {
		{ "web", GIB(4), 2, 10 },   { "db01", GIB(16), 8, 1 },	   { "Print Server 2", GIB(1), 1, 1 },
		{ "x2", GIB(1) / 2, 1, 1 }, { "b#1", GIB(1024), 4096, 1 },
	};
	struct cpc_vms vms;

	(void)state;
	assert_int_equal(cpc_vms_read(text, sizeof(text) - 1, &vms, NULL), CPC_OK);
	assert_int_equal(vms.count, COUNT(expected));
	assert_int_equal(vms.total, 14);
	for (size_t i = 0; i < vms.count; i++) {
		assert_string_equal(vms.items[i].name, expected[i].name);
		assert_int_equal(vms.items[i].memory, expected[i].memory);
		assert_int_equal(vms.items[i].vcpus, expected[i].vcpus);
		assert_int_equal(vms.items[i].count, expected[i].count);
	}
	cpc_vms_free(&vms);
}

static void refuses(void **state)
{
	static const struct {
		const char *text;
		size_t line;
		const char *what; /**< part of it */
	} cases[] = {
		{ "", 0, "names no VM" },
		{ "# nothing\n\n", 0, "names no VM" },
		{ "web 4GiB 2\nweb", 2, "too few words" },
		{ "web 4GiB", 1, "'4GiB' is no number of vCPUs" },
		{ "4GiB 2", 1, "no name" },
		{ "web 2 4GiB", 1, "'4GiB' is no number of vCPUs from 1 to 4096" },
		{ "web 4GB 2", 1, "'4GB' may mean 1000s or 1024s" },
		{ "web 4gib 2", 1, "'4gib' is not memory" },
		{ "web 4.5GiB 2", 1, "as 1536MiB" },
		{ "web -4GiB 2", 1, "'-4GiB' is not memory" },
		{ "web 4096 2", 1, "'4096' is not from 1MiB to 1024TiB; without a unit it is bytes" },
		{ "web 0GiB 2", 1, "'0GiB' is not from 1MiB to 1024TiB" },
		{ "web 1025TiB 2", 1, "'1025TiB' is not from" },
		{ "web 99999999999999999999GiB 2", 1, "is not memory" },
		{ "web 18014398509481985K 2", 1, "is not from" },
		{ "web 4GiB 0", 1, "'0' is no number of vCPUs" },
		{ "web 4GiB 4097", 1, "'4097' is no number of vCPUs" },
		{ "web 4GiB two", 1, "'two' is no number of vCPUs" },
		{ "web 4GiB 2 x0", 1, "'0' is no number of VMs from 1 to 1000000" },
		{ "web 4GiB 2 x1000001", 1, "'1000001' is no number of VMs" },
		{ "web 4GiB 2 10", 1, "'2' is not from" },
		{ "a 4GiB 2 x1000000\nb 4GiB 2", 2, "more than 1000000 VMs" },
		{ "\xff\xfew\0e\0b\0", 0, "UTF-16" },
		{ "web 4\033[31mGiB 2", 1, "'4?[31mGiB'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cpc_error error = { .status = CPC_OK };
		struct cpc_vms vms;

		if (cpc_vms_read(cases[i].text, strlen(cases[i].text), &vms, &error) != CPC_BAD_DATA)
			fail_msg("'%s' is read", cases[i].text);
		assert_int_equal(error.status, CPC_BAD_DATA);
		assert_int_equal(vms.count, 0);
		if (error.line != cases[i].line || !strstr(error.what, cases[i].what))
			fail_msg("'%s': line %zu: %s", cases[i].text, error.line, error.what);
	}
}

static void lines_are_bounded(void **state)
{
	struct cpc_buffer text = { .length = 0 };
	struct cpc_error error;
	struct cpc_vms vms;

	(void)state;
	for (int i = 0; i <= CPC_VMS_LINES_MAX; i++)
		cpc_buffer_puts(&text, "a 1M 1\n");
	assert_int_equal(cpc_vms_read(text.bytes, text.length, &vms, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, CPC_VMS_LINES_MAX + 1);
	assert_non_null(strstr(error.what, "xCOUNT"));
	assert_int_equal(cpc_vms_read(text.bytes, text.length - 7, &vms, &error), CPC_OK);
	assert_int_equal(vms.count, CPC_VMS_LINES_MAX);
	cpc_vms_free(&vms);
	cpc_buffer_free(&text);
	/* A line without an end. */
	for (int i = 0; i < 70000; i++)
		cpc_buffer_puts(&text, "a");
	assert_int_equal(cpc_vms_read(text.bytes, text.length, &vms, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, 1);
	cpc_buffer_free(&text);
}

static void layouts(void **state)
{
	static const struct {
		const char *text;
		struct cpc_layout layout;
		const char *what; /**< or why not */
	} cases[] = {
		{ "6x2x32GiB", { "6x2x32GiB", 6, 2, GIB(32), 0, 1 }, NULL },
		{ "3x4x65536Mx16", { "3x4x65536Mx16", 3, 4, GIB(64), 16, 1 }, NULL },
		{ "1024x64x1024TiBx1024", { "1024x64x1024TiBx1024", 1024, 64, UINT64_C(1) << 50, 1024, 1 }, NULL },
		{ "", { 0 }, "HOSTSxSOCKETSxMEMORY[xCORES]" },
		{ "6x2", { 0 }, "HOSTSxSOCKETSxMEMORY[xCORES]" },
		{ "6x2x32GiBx8x2", { 0 }, "HOSTSxSOCKETSxMEMORY[xCORES]" },
		{ "0x2x32GiB", { 0 }, "'0' is no number of hosts" },
		{ "1025x2x32GiB", { 0 }, "'1025' is no number of hosts" },
		{ "x2x32GiB", { 0 }, "'' is no number of hosts" },
		{ "6x65x32GiB", { 0 }, "'65' is no number of sockets of a host" },
		{ "6x2x32GB", { 0 }, "1000s or 1024s" },
		{ "6x2x32", { 0 }, "without a unit it is bytes" },
		{ "6x2xGiB", { 0 }, "'GiB' is not memory" },
		{ "6x2x32GiBx", { 0 }, "'' is no number of cores" },
		{ "6x2x32GiBx0", { 0 }, "'0' is no number of cores" },
		{ "6X2X32GiB", { 0 }, "is no layout" },
		{ "6 x2x32GiB", { 0 }, "'6 ' is no number of hosts" },
		{ "+6x2x32GiB", { 0 }, "'+6' is no number of hosts" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cpc_layout layout = { .hosts = 77 };
		struct cpc_error error = { .what = "" };
		const enum cpc_status status = cpc_layout_read(cases[i].text, &layout, &error);

		if (cases[i].what) {
			assert_int_equal(status, CPC_USAGE);
			assert_int_equal(layout.hosts, 77);
			if (!strstr(error.what, cases[i].what))
				fail_msg("'%s': %s", cases[i].text, error.what);
			continue;
		}
		assert_int_equal(status, CPC_OK);
		assert_string_equal(layout.name, cases[i].layout.name);
		assert_int_equal(layout.hosts, cases[i].layout.hosts);
		assert_int_equal(layout.sockets, cases[i].layout.sockets);
		assert_int_equal(layout.memory, cases[i].layout.memory);
		assert_int_equal(layout.cores, cases[i].layout.cores);
		assert_int_equal(layout.threads, cases[i].layout.threads);
	}
}

static void decimals(void **state)
{
	static const struct {
		const char *text;
		uint32_t unit;
		uint64_t expected; /**< UINT64_MAX: none */
	} cases[] = {
		{ "0", 10000, 0 },
		{ "1000", 10000, 10000000 },
		{ "1000.5", 10000, 10005000 },
		{ "0.0001", 10000, 1 },
		{ "12345.6789", 10000, 123456789 },
		{ "1.50", 1000, 1500 },
		{ "10000000", 10000, UINT64_C(100000000000) },
		{ "10000000.0001", 10000, UINT64_MAX },
		{ "0.00001", 10000, UINT64_MAX },
		{ "1.", 10000, UINT64_MAX },
		{ ".5", 10000, UINT64_MAX },
		{ "1,5", 10000, UINT64_MAX },
		{ "1e3", 10000, UINT64_MAX },
		{ "-1", 10000, UINT64_MAX },
		{ "1.2.3", 10000, UINT64_MAX },
		{ "18446744073709551616", 10000, UINT64_MAX },
		{ "18446744073709551615", 10000, UINT64_MAX },
		{ "", 10000, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct cpc_span span = { cases[i].text, strlen(cases[i].text) };
		uint64_t number = UINT64_MAX;
		struct cpc_error error;
		const enum cpc_status status = cpc_quantity_decimal(
			span, cases[i].unit, 0, UINT64_C(10000000) * cases[i].unit, &number, &error);

		assert_int_equal(status, cases[i].expected == UINT64_MAX ? CPC_USAGE : CPC_OK);
		assert_int_equal(number, cases[i].expected);
		if (status && !strstr(error.what, "from 0 to 10000000, with at most 4 digits behind a point"))
			fail_msg("'%s': %s", cases[i].text, error.what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),   cmocka_unit_test(refuses),  cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test(layouts), cmocka_unit_test(decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
