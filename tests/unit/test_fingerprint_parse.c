/* SPDX-License-Identifier: MIT */
/* Parsing: what printing prints is accepted and comes back byte for byte; nothing else is. */
#include "support.h"

#define HEAD "cpc1:GenuineIntel:6.106.6:"

static const char *const accepted[] = {
	HEAD ":",
	"cpc1:0:0.0.0::",
	"cpc1:GenuineIntel:4294967295.0.15::",
	HEAD "1:",
	HEAD "0-1:",
	HEAD "x:",
	HEAD "0-0-x:",
	HEAD "1-x-0-20:pa=46",
	HEAD ":pa=x",
	HEAD ":pa=46,la=48,clf=64,xs=2.240.100,rap=1",
	HEAD ":pa=18446744073709551615",
	HEAD ":xs=x",
	HEAD ":xs=2.0.0+3.ffffffff.ffffffff+3e.1.a",
	HEAD ":clf=64,zz=new",
	HEAD ":zz=x,a1=A.b+c-d_9",
	HEAD ":rap=1,zz=0",
	"cpc1:%20%20Shanghai%20%20:7.23.0::",
	"cpc1:A%00B:0.0.0::",
	"cpc1:%00%00%00%00%00%00%00%00%00%00%00%FF:0.0.0::",
	/* Words 29 and later are a newer agent's. */
	HEAD "0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-ffffffff:",
	HEAD "0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-x:",
};

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++) {
		const struct cpc_fingerprint fingerprint = parsed(accepted[i]);
		char text[CPC_FINGERPRINT_SIZE];

		assert_int_equal(cpc_fingerprint_print(&fingerprint, text), strlen(accepted[i]));
		assert_string_equal(text, accepted[i]);
	}
}

static void expect_refusal(const char *text, size_t length)
{
	struct cpc_fingerprint fingerprint;
	struct cpc_fingerprint untouched;
	struct cpc_error error = { 0 };
	char *copy = malloc(length ? length : 1); /* no byte beyond it may be read */

	assert_non_null(copy);
	memcpy(copy, text, length);
	memset(&fingerprint, 0xa5, sizeof(fingerprint));
	memset(&untouched, 0xa5, sizeof(untouched));
	if (cpc_fingerprint_parse(copy, length, &fingerprint, &error) != CPC_BAD_DATA)
		fail_msg("accepted: %.*s", (int)length, text);
	assert_memory_equal(&fingerprint, &untouched, sizeof(fingerprint));
	assert_int_equal(error.status, CPC_BAD_DATA);
	assert_true(error.what[0]);
	assert_int_equal(cpc_fingerprint_parse(copy, length, &fingerprint, NULL), CPC_BAD_DATA);
	free(copy);
}

static void test_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"cpc",
		"cpc1",
		"cpc1:",
		"cpc1::",
		"cpc1::0.0.0::",
		"cpc01:GenuineIntel:6.106.6::",
		"cpc0:GenuineIntel:6.106.6::",
		"CPC1:GenuineIntel:6.106.6::",
		"cpcx:GenuineIntel:6.106.6::",
		" " HEAD ":",
		HEAD ": ",
		HEAD ":\n",
		/* vendor */
		"cpc1:GenuineIntelX:6.106.6::",
		"cpc1:Genuine Inte:6.106.6::",
		"cpc1:%2:6.106.6::",
		"cpc1:%2g:6.106.6::",
		"cpc1:%2f:6.106.6::",
		"cpc1:%41:6.106.6::",
		"cpc1:%30:6.106.6::",
		"cpc1:%7A:6.106.6::",
		"cpc1:A%00:6.106.6::",
		"cpc1:%00:6.106.6::",
		"cpc1:Genuine-ntel:6.106.6::",
		"cpc1:Genuine\xc3\xa4tel:6.106.6::",
		/* family, model, stepping */
		"cpc1:GenuineIntel::",
		"cpc1:GenuineIntel:6.106::",
		"cpc1:GenuineIntel:6.106.6.1::",
		"cpc1:GenuineIntel:06.106.6::",
		"cpc1:GenuineIntel:6.00.6::",
		"cpc1:GenuineIntel:6.6a.6::",
		"cpc1:GenuineIntel:6.-1.6::",
		"cpc1:GenuineIntel:6. 1.6::",
		"cpc1:GenuineIntel:6..6::",
		"cpc1:GenuineIntel:4294967296.1.6::",
		"cpc1:GenuineIntel:99999999999999999999999.1.6::",
		/* words */
		HEAD,
		HEAD "1",
		HEAD "01:",
		HEAD "00:",
		HEAD "0:",
		HEAD "1-0:",
		HEAD "x-0:",
		HEAD "A:",
		HEAD "0x1:",
		HEAD "1--1:",
		HEAD "-1:",
		HEAD "1-:",
		HEAD "xx:",
		HEAD "X:",
		HEAD "x1:",
		HEAD "100000000:",
		HEAD "1,2:",
		HEAD "8:",							     /* monitor is the host's */
		HEAD "8000000:",						     /* osxsave is noise */
		HEAD "0-0-0-0-20000:",						     /* a field of maw */
		HEAD "0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0:", /* foreign zero words end it */
		/* scalars */
		HEAD ":pa",
		HEAD ":pa=",
		HEAD ":pa=0",
		HEAD ":pa=046",
		HEAD ":pa=2e",
		HEAD ":pa=+46",
		HEAD ":pa=-1",
		HEAD ":pa=46 ",
		HEAD ":pa=46,",
		HEAD ":,pa=46",
		HEAD ":pa=46,,la=48",
		HEAD ":=46",
		HEAD ":pa =46",
		HEAD ":PA=46",
		HEAD ":pa=46;la=48",
		HEAD ":pa=xx",
		HEAD ":pa=46x",
		HEAD ":pa=18446744073709551616",
		HEAD ":la=48,pa=46",
		HEAD ":pa=46,pa=46",
		HEAD ":rap=1,clf=64",
		HEAD ":zz=1,pa=46",
		HEAD ":asids=8",
		HEAD ":max_basic=8",
		HEAD ":zz=",
		HEAD ":zz",
		HEAD ":1z=1",
		HEAD ":zz=a=b",
		HEAD ":zz=a:b",
		HEAD ":zz=a%20",
		HEAD "::",
		/* layout */
		HEAD ":xs=",
		HEAD ":xs=2",
		HEAD ":xs=2.240",
		HEAD ":xs=2.240.",
		HEAD ":xs=2.240.100+",
		HEAD ":xs=2.240.100,xs=3.1.1",
		HEAD ":xs=02.240.100",
		HEAD ":xs=2.0240.100",
		HEAD ":xs=2.240.0100",
		HEAD ":xs=2.A.100",
		HEAD ":xs=2.240.100+2.240.100",
		HEAD ":xs=3.240.100+2.240.100",
		HEAD ":xs=0.0.a0",
		HEAD ":xs=1.0.a0",
		HEAD ":xs=3f.0.0",
		HEAD ":xs=ffffffffffffffff.0.0",
		HEAD ":xs=2.100000000.1",
		HEAD ":xs=x+2.240.100",
		HEAD ":xs=xx",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_refusal(rows[i], strlen(rows[i]));
	expect_refusal(HEAD "\0:", sizeof(HEAD) + 1);
	expect_refusal(HEAD ":\0", sizeof(HEAD) + 1);
	expect_refusal(HEAD ":zz=a\0b", sizeof(HEAD) + 6);
}

/* A scalar that only a newer agent knows can still not be there twice. */
static void test_foreign_repeated(void **state)
{
	(void)state;
	expect_refusal(HEAD ":zz=1,zz=2", strlen(HEAD ":zz=1,zz=2"));
}

/* A version that is not ours is named, so that somebody knows what to update. */
static void test_foreign_version(void **state)
{
	static const char *const rows[] = { "cpc2:GenuineIntel:6.106.6::", "cpc2:", "cpc2:what:ever" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_fingerprint fingerprint;
		struct cpc_error error = { 0 };

		expect_refusal(rows[i], strlen(rows[i]));
		assert_int_equal(cpc_fingerprint_parse(rows[i], strlen(rows[i]), &fingerprint, &error), CPC_BAD_DATA);
		assert_non_null(strstr(error.what, "cpc2"));
		assert_non_null(strstr(error.what, "cpc1"));
	}
}

/* Cut anywhere, a text is refused or is itself canonical; and no byte beyond it is read. */
static void test_cut_everywhere(void **state)
{
	static const char text[] = "cpc1:%20A:6.106.6:1-x-0-20:pa=46,xs=2.240.100+9.980.8,amxp=x,zz=1a";

	(void)state;
	for (size_t length = 0; length < sizeof(text); length++) {
		char *copy = malloc(length ? length : 1);
		struct cpc_fingerprint fingerprint;
		char printed[CPC_FINGERPRINT_SIZE];

		assert_non_null(copy);
		memcpy(copy, text, length);
		if (cpc_fingerprint_parse(copy, length, &fingerprint, NULL) == CPC_OK) {
			assert_int_equal(cpc_fingerprint_print(&fingerprint, printed), length);
			assert_memory_equal(printed, copy, length);
		} else {
			expect_refusal(copy, length);
		}
		free(copy);
	}
}

/* Any byte in any place: refused, or canonical. */
static void test_every_byte_everywhere(void **state)
{
	static const char text[] = "cpc1:%20A:6.10.6:1-x-0-20:pa=46,xs=2.240.100+9.980.8,zz=1a";

	(void)state;
	for (size_t at = 0; at < sizeof(text) - 1; at++) {
		for (int byte = 0; byte < 256; byte++) {
			char copy[sizeof(text)];
			struct cpc_fingerprint fingerprint;
			char printed[CPC_FINGERPRINT_SIZE];

			memcpy(copy, text, sizeof(text));
			copy[at] = (char)byte;
			if (cpc_fingerprint_parse(copy, sizeof(text) - 1, &fingerprint, NULL) != CPC_OK)
				continue;
			assert_int_equal(cpc_fingerprint_print(&fingerprint, printed), sizeof(text) - 1);
			assert_memory_equal(printed, copy, sizeof(text) - 1);
		}
	}
}

static void test_values(void **state)
{
	const struct cpc_fingerprint fingerprint =
		parsed("cpc1:%20A:6.106.7:1-x-4:pa=46,la=x,xs=2.240.100+9.980.8,zz=1,yy=x");

	(void)state;
	assert_string_equal(fingerprint.vendor, " A");
	assert_int_equal(fingerprint.family, 6);
	assert_int_equal(fingerprint.model, 106);
	assert_int_equal(fingerprint.stepping, 7);
	assert_int_equal(fingerprint.word_count, CPC_WORD_COUNT);
	assert_int_equal(fingerprint.words[0], 1);
	assert_true(cpc_word_unread(&fingerprint, 1));
	assert_int_equal(fingerprint.words[1], 0);
	assert_int_equal(fingerprint.scalars[CPC_S_pa].value, 46);
	assert_true(fingerprint.scalars[CPC_S_la].unknown);
	assert_false(fingerprint.scalars[CPC_S_clf].unknown);
	assert_int_equal(fingerprint.layout_count, 2);
	assert_int_equal(fingerprint.layout[1].index, 9);
	assert_int_equal(fingerprint.layout[1].offset, 0x980);
	assert_string_equal(fingerprint.foreign, "zz=1,yy=x");
}

static void fill(char *text, size_t size, unsigned int words, const char *word)
{
	strcpy(text, HEAD);
	for (unsigned int i = 0; i < words; i++) {
		assert_true(strlen(text) + 16 < size);
		strcat(text, i ? "-" : "");
		strcat(text, word);
	}
	strcat(text, ":");
}

static void test_too_much(void **state)
{
	static char text[8 * CPC_FINGERPRINT_SIZE];
	char foreign[CPC_FOREIGN_MAX + 8];
	struct cpc_fingerprint fingerprint;

	(void)state;
	fill(text, sizeof(text), CPC_WORDS_MAX, "x");
	fingerprint = parsed(text);
	assert_int_equal(fingerprint.word_count, CPC_WORDS_MAX);
	fill(text, sizeof(text), CPC_WORDS_MAX + 1, "x");
	expect_refusal(text, strlen(text));
	fill(text, sizeof(text), 3000, "1");
	expect_refusal(text, strlen(text));
	/* Foreign scalars up to their room, and one byte more. */
	for (size_t room = 0; room < 2; room++) {
		memset(foreign, 'z', sizeof(foreign));
		foreign[2] = '=';
		foreign[CPC_FOREIGN_MAX - 2 + 2 * room] = '\0';
		snprintf(text, sizeof(text), HEAD ":%s", foreign);
		if (room)
			expect_refusal(text, strlen(text));
		else
			assert_string_equal(parsed(text).foreign, foreign);
	}
	memset(text, 'z', sizeof(text));
	memcpy(text, HEAD ":zz=", strlen(HEAD ":zz="));
	expect_refusal(text, CPC_FINGERPRINT_SIZE - 1);
	expect_refusal(text, CPC_FINGERPRINT_SIZE);
	expect_refusal(text, sizeof(text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),	 cmocka_unit_test(test_refused),
		cmocka_unit_test(test_foreign_repeated), cmocka_unit_test(test_foreign_version),
		cmocka_unit_test(test_cut_everywhere),	 cmocka_unit_test(test_every_byte_everywhere),
		cmocka_unit_test(test_values),		 cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
