/* SPDX-License-Identifier: MIT */
/* The canonical text, byte by byte, and what the ids are digests of. */
#include "support.h"

static void expect_text(const struct cpc_fingerprint *fingerprint, const char *expected)
{
	char text[CPC_FINGERPRINT_SIZE];

	assert_int_equal(cpc_fingerprint_print(fingerprint, text), strlen(expected));
	assert_string_equal(text, expected);
}

static void test_shapes(void **state)
{
	struct cpc_fingerprint fingerprint = {
		.vendor = "GenuineIntel", .family = 6, .model = 106, .stepping = 6, .word_count = CPC_WORD_COUNT
	};

	(void)state;
	expect_text(&fingerprint, "cpc1:GenuineIntel:6.106.6::");
	fingerprint.words[0] = 0x80000001;
	expect_text(&fingerprint, "cpc1:GenuineIntel:6.106.6:80000001:");
	fingerprint.words[3] = 0x20;
	expect_text(&fingerprint, "cpc1:GenuineIntel:6.106.6:80000001-0-0-20:");
	set_unread(&fingerprint, 4);
	expect_text(&fingerprint, "cpc1:GenuineIntel:6.106.6:80000001-0-0-20-x:");
	fingerprint.scalars[CPC_S_la].value = 57;
	expect_text(&fingerprint, "cpc1:GenuineIntel:6.106.6:80000001-0-0-20-x:la=57");
	fingerprint.scalars[CPC_S_pa].unknown = true;
	fingerprint.scalars[CPC_S_rap].value = UINT64_MAX;
	expect_text(&fingerprint, "cpc1:GenuineIntel:6.106.6:80000001-0-0-20-x:pa=x,la=57,rap=18446744073709551615");
}

static void test_layout(void **state)
{
	struct cpc_fingerprint fingerprint = { .vendor = "GenuineIntel", .word_count = CPC_WORD_COUNT };

	(void)state;
	add_component(&fingerprint, 2, 0x240, 0x100);
	memset(fingerprint.words, 0, sizeof(fingerprint.words));
	expect_text(&fingerprint, "cpc1:GenuineIntel:0.0.0::xs=2.240.100");
	add_component(&fingerprint, 62, 0, 0xabcdef);
	memset(fingerprint.words, 0, sizeof(fingerprint.words));
	fingerprint.scalars[CPC_S_clf].value = 64;
	fingerprint.scalars[CPC_S_maw].value = 1;
	expect_text(&fingerprint, "cpc1:GenuineIntel:0.0.0::clf=64,xs=2.240.100+3e.0.abcdef,maw=1");
	fingerprint.layout_unknown = true;
	expect_text(&fingerprint, "cpc1:GenuineIntel:0.0.0::clf=64,xs=x,maw=1");
}

static void test_vendors(void **state)
{
	static const struct {
		const char bytes[CPC_VENDOR_SIZE];
		const char *text;
	} rows[] = {
		{ "", "" },
		{ "AuthenticAMD", "AuthenticAMD" },
		{ "  Shanghai  ", "%20%20Shanghai%20%20" },
		{ "Geode by NSC", "Geode%20by%20NSC" },
		{ "a:b-%c,d=e", "a%3Ab%2D%25c%2Cd%3De" },
		{ "A\0B", "A%00B" },
		{ "\0\0\0\0\0\0\0\0\0\0\0\x01", "%00%00%00%00%00%00%00%00%00%00%00%01" },
		{ "\xff\x80\x7f\n", "%FF%80%7F%0A" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_fingerprint fingerprint = { .word_count = CPC_WORD_COUNT };
		char expected[128];

		memcpy(fingerprint.vendor, rows[i].bytes, CPC_VENDOR_SIZE);
		snprintf(expected, sizeof(expected), "cpc1:%s:0.0.0::", rows[i].text);
		expect_text(&fingerprint, expected);
	}
}

static void test_foreign(void **state)
{
	struct cpc_fingerprint fingerprint = { .vendor = "X", .word_count = CPC_WORD_COUNT + 3, .foreign = "zz=1" };
	char expected[256] = "cpc1:X:0.0.0:";

	(void)state;
	fingerprint.words[CPC_WORD_COUNT + 1] = UINT32_MAX;
	for (unsigned int i = 0; i < CPC_WORD_COUNT + 1; i++)
		strcat(expected, "0-");
	strcat(expected, "ffffffff:zz=1");
	expect_text(&fingerprint, expected);
	fingerprint.scalars[CPC_S_pa].value = 46;
	strcpy(strchr(expected, 'z'), "pa=46,zz=1");
	expect_text(&fingerprint, expected);
}

/* Every fingerprint fits: the largest of all. */
static void test_largest(void **state)
{
	static struct cpc_fingerprint fingerprint;
	char text[CPC_FINGERPRINT_SIZE];
	size_t length;

	(void)state;
	memset(fingerprint.vendor, '%', CPC_VENDOR_SIZE - 1);
	fingerprint.family = fingerprint.model = fingerprint.stepping = UINT32_MAX;
	fingerprint.word_count = CPC_WORDS_MAX;
	memset(fingerprint.words, 0xff, sizeof(fingerprint.words));
	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++)
		fingerprint.scalars[i].value = UINT64_MAX;
	for (unsigned int i = 2; i < CPC_COMPONENTS_MAX; i++)
		fingerprint.layout[fingerprint.layout_count++] =
			(struct cpc_component){ .index = (uint8_t)i, .offset = UINT32_MAX, .size = UINT32_MAX };
	memset(fingerprint.foreign, 'z', CPC_FOREIGN_MAX - 1);
	fingerprint.foreign[1] = '=';
	length = cpc_fingerprint_print(&fingerprint, text);
	assert_int_equal(strlen(text), length);
	assert_int_equal(text[length - 1], 'z');
	assert_true(length < CPC_FINGERPRINT_SIZE);
}

static void expect_id(const struct cpc_fingerprint *fingerprint, bool silicon, const char *expected)
{
	char text[CPC_FINGERPRINT_SIZE];

	assert_int_equal(cpc_fingerprint_print_for_id(fingerprint, silicon, text), strlen(expected));
	assert_string_equal(text, expected);
}

/* Family, model and stepping are no part of an id; the silicon id has no mitigations either. */
static void test_ids(void **state)
{
	struct cpc_fingerprint fingerprint = {
		.vendor = "GenuineIntel", .family = 6, .model = 85, .stepping = 7, .word_count = CPC_WORD_COUNT
	};

	(void)state;
	apply_features(&fingerprint, "pni spec_ctrl md_clear avx512_4vnniw");
	fingerprint.scalars[CPC_S_pa].value = 46;
	expect_id(&fingerprint, false, "cpc1:GenuineIntel:1-0-0-0-0-4000404:pa=46");
	expect_id(&fingerprint, true, "cpc1:GenuineIntel:1-0-0-0-0-4:pa=46");
	apply_features(&fingerprint, "-avx512_4vnniw");
	expect_id(&fingerprint, true, "cpc1:GenuineIntel:1:pa=46");
	set_unread_10a(&fingerprint);
	expect_id(&fingerprint, true, "cpc1:GenuineIntel:1:pa=46");
	expect_id(&fingerprint, false,
		  "cpc1:GenuineIntel:1-0-0-0-0-4000400-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-x-x:pa=46");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),	cmocka_unit_test(test_layout),	cmocka_unit_test(test_vendors),
		cmocka_unit_test(test_foreign), cmocka_unit_test(test_largest), cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
