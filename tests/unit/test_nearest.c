/* SPDX-License-Identifier: MIT */
/* Which of a few names a mistyped word is taken for, and which words are near none. */
#include "support.h"

#include <cpucompat/nearest.h>

static const char *const names[] = { "listen", "replay", "log-requests", "tls-certificate", "tls-key", "" };

static const char *name_at(size_t n)
{
	return names[n];
}

static void test_distance(void **state)
{
	char longest[300];

	(void)state;
	assert_int_equal(cpc_distance("", ""), 0);
	assert_int_equal(cpc_distance("kvm", "KVM"), 0);
	assert_int_equal(cpc_distance("kvm", ""), 3);
	assert_int_equal(cpc_distance("", "kvm"), 3);
	assert_int_equal(cpc_distance("jsno", "json"), 2);
	assert_int_equal(cpc_distance("text", "test"), 1);
	assert_int_equal(cpc_distance("kitten", "sitting"), 3);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(cpc_distance(longest, ""), 63);
	assert_int_equal(cpc_distance(longest, longest), 0);
}

static void assert_near(const char *word, const char *expected)
{
	const char *nearest = cpc_nearest(word, (struct cpc_names){ COUNT(names), name_at });

	if (!expected) {
		assert_null(nearest);
		return;
	}
	assert_non_null(nearest);
	assert_string_equal(nearest, expected);
}

static void test_nearest(void **state)
{
	(void)state;
	assert_near("listen", "listen");
	assert_near("lisen", "listen");
	assert_near("LISTEN", "listen");
	assert_near("log", "log-requests");
	assert_near("log_requests", "log-requests");
	assert_near("tls-kye", "tls-key");
	assert_near("tls-cert", "tls-certificate");
	assert_near("qqqqqqqq", NULL);
	assert_near("", NULL);
	assert_null(cpc_nearest("listen", (struct cpc_names){ 0, name_at }));
}

/** Of names that are equally far, that which begins alike is meant; of those, the first. */
static void test_ties(void **state)
{
	struct cpc_near near = { 0 };

	(void)state;
	assert_true(cpc_nearer("abcd", "xbcd", &near));
	assert_true(cpc_nearer("abcd", "abcx", &near));
	assert_false(cpc_nearer("abcd", "abcy", &near));
	assert_false(cpc_nearer("abcd", "ybcd", &near));
	assert_true(cpc_nearer("abcd", "abcd", &near));
	assert_int_equal(near.prefix, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_ties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
