/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "negotiate.h"

#define PLAIN "text/plain; version=0.0.4; charset=utf-8"
#define OPEN "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* Whether a client with this header gets the second. */
static bool prefers_open(const char *header)
{
	struct cpc_preference plain = { 0 };
	struct cpc_preference open = { 0 };

	cpc_preference_read(&plain, header, PLAIN);
	cpc_preference_read(&open, header, OPEN);
	return cpc_preference_beats(&open, &plain);
}

static void chooses(void **state)
{
	static const struct {
		const char *header;
		bool open;
	} rows[] = {
		/* Prometheus 2.42, 2.5, 3.0; curl; a browser. */
		{ "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
		  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		  true },
		{ "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", false },
		{ "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
		  "application/openmetrics-text;version=0.0.1;q=0.5,text/"
		  "plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
		  "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
		  true },
		{ "*/*", false },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false },
		{ "", false },
		{ "application/openmetrics-text", true },
		{ "APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"", true },
		{ "application/*", true },
		{ "application/*;q=0.2, text/plain;q=0.3", false },
		{ "application/openmetrics-text, */*", true },
		{ "*/*, application/openmetrics-text;q=0.9", false },
		{ "*/*;q=0.5, application/openmetrics-text;q=0", false },
		{ "text/plain;q=0, */*;q=0.1", true },
		{ "text/plain, application/openmetrics-text", false },
		{ "application/openmetrics-text;version=2.0.0", false },
		{ "application/openmetrics-text;version=1.0.0;q=0.001", true },
		{ "application/openmetrics-text;q=1.001", false },
		{ "application/openmetrics-text;q=", false },
		{ "application/openmetrics-text;q=0.5x", false },
		{ "application/openmetrics-text;q=.5", false },
		{ "application/openmetrics-text;q=2", false },
		{ "text/*;q=0.1, application/openmetrics-text;x=\"a,b;c\\\"\";q=0.2", true },
		{ "application/openmetrics-text;x=\"unterminated", true },
		{ ";;;,,,;q=0.3,/,*,*/", false },
		{ "application/openmetrics-tex", false },
		{ "application/", false },
		{ "applicatio*/*", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (prefers_open(rows[i].header) != rows[i].open)
			fail_msg("%s", rows[i].header);
}

/* A header in two lines is one list. */
static void adds_up(void **state)
{
	struct cpc_preference plain = { 0 };
	struct cpc_preference open = { 0 };

	(void)state;
	cpc_preference_read(&plain, "*/*;q=0.5", PLAIN);
	cpc_preference_read(&open, "*/*;q=0.5", OPEN);
	assert_false(cpc_preference_beats(&open, &plain));
	cpc_preference_read(&plain, "application/openmetrics-text;q=0.6", PLAIN);
	cpc_preference_read(&open, "application/openmetrics-text;q=0.6", OPEN);
	assert_true(cpc_preference_beats(&open, &plain));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses),
		cmocka_unit_test(adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
