/* SPDX-License-Identifier: MIT */
/* Any bytes as a Prometheus server's answer: the same however it is cut, and bounded; and as label matchers, which
 * never leave their braces. */
#include <stdlib.h>
#include <string.h>

#include "matchers.h"
#include "prometheus_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What came of an answer. */
struct outcome {
	struct cpc_sightings *sightings;
	size_t sighted;
	size_t unreadable;
	size_t warned;
};

static bool sighted(void *context, const struct cpc_sighting *sighting)
{
	struct outcome *outcome = context;
	struct cpc_error error = { .what = "" };

	outcome->sighted++;
	if (cpc_sightings_add(outcome->sightings, sighting, &error) && !error.what[0])
		abort();
	return true;
}

static bool unreadable(void *context, const char *name, const char *why)
{
	struct outcome *outcome = context;

	outcome->unreadable++;
	if (!*why || !name)
		abort();
	return true;
}

static bool warned(void *context, const char *warning)
{
	struct outcome *outcome = context;

	outcome->warned++;
	for (; *warning; warning++)
		if (*warning < ' ' || *warning > '~')
			abort();
	return true;
}

static enum cpc_status remark(void *context, const char *name, const char *what)
{
	(void)context;
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			abort();
	return *what ? CPC_OK : CPC_INTERNAL;
}

static enum cpc_status read_in_pieces(const uint8_t *data, size_t size, size_t piece, struct outcome *ret_outcome)
{
	struct outcome outcome = { .sightings = cpc_sightings_new() };
	const struct cpc_series_sink sink = {
		.sighted = sighted, .unreadable = unreadable, .warned = warned, .context = &outcome
	};
	const struct cpc_remarks remarks = { .remark = remark };
	struct cpc_prometheus_reply reply = { .sink = &sink };
	struct cpc_error error = { .what = "" };
	struct cpc_fleet fleet = { .count = 0 };
	enum cpc_status status;
	bool more = true;

	for (size_t at = 0; at < size && more; at += piece)
		more = cpc_prometheus_reply_feed(&reply, (const char *)data + at,
						 size - at < piece ? size - at : piece);
	status = cpc_prometheus_reply_end(&reply, 200, &error);
	if (status && !error.what[0])
		abort();
	if (cpc_sightings_fold(outcome.sightings, &fleet, &remarks, NULL) ||
	    fleet.hosts > cpc_sightings_hosts(outcome.sightings) || outcome.sighted + outcome.unreadable > size)
		abort();
	cpc_fleet_free(&fleet);
	cpc_sightings_free(outcome.sightings);
	cpc_prometheus_reply_free(&reply);
	*ret_outcome = outcome;
	return status;
}

/* What a server sees of matchers: outside of quotes there is no brace, and all quotes are closed. */
static void check_matchers(const uint8_t *data, size_t size)
{
	char text[CPC_MATCHERS_MAX + 2];
	bool quoted = false;

	if (size > CPC_MATCHERS_MAX + 1)
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	if (cpc_matchers_check(text, NULL))
		return;
	for (const char *c = text; *c; c++) {
		if (quoted && *c == '\\')
			c++;
		else if (*c == '"')
			quoted = !quoted;
		else if (!quoted && strchr("{}()[]#'`\n", *c))
			abort();
	}
	if (quoted)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole;
	struct outcome cut;

	if (read_in_pieces(data, size, size ? size : 1, &whole) != read_in_pieces(data, size, 1, &cut) ||
	    whole.sighted != cut.sighted || whole.unreadable != cut.unreadable || whole.warned != cut.warned)
		abort();
	check_matchers(data, size);
	return 0;
}
