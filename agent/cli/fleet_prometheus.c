/* SPDX-License-Identifier: MIT */
/* A Prometheus server as a SOURCE: the views of hosts as they come, put together, folded when all of them are there. */
#include "cli_inside.h"
#include "fleet_inside.h"

#include <stdio.h>
#include <string.h>

#include <cpucompat/sightings.h>

#include "prometheus.h"

/** An answer that is being read. */
struct gathering {
	struct cli_reading *reading;
	const char *source;
	struct cpc_sightings *sightings;
	bool no_memory;
};

/** Note something that does not count, by a name that any bytes may be in. */
static bool note(struct gathering *gathering, const char *name, enum cpc_status status, const char *what)
{
	struct cpc_error error;

	cpc_fail(&error, status, 0, "%s", what);
	if (cli_note_unreadable(gathering->reading, name, &error) == CPC_OK)
		return true;
	gathering->no_memory = true;
	return false;
}

static bool sighted(void *context, const struct cpc_sighting *sighting)
{
	struct gathering *gathering = context;
	struct cpc_error error = { .status = CPC_INTERNAL };
	const enum cpc_status status = cpc_sightings_add(gathering->sightings, sighting, &error);

	if (status == CPC_BAD_DATA)
		return note(gathering, *sighting->name ? sighting->name : "a series", status, error.what);
	gathering->no_memory |= status != CPC_OK;
	return !status;
}

static bool unreadable(void *context, const char *name, const char *why)
{
	return note(context, name, CPC_BAD_DATA, why);
}

/** The hosts that a partial answer lacks are not there to be named. */
static bool warned(void *context, const char *warning)
{
	struct gathering *gathering = context;
	char what[160];

	snprintf(what, sizeof(what), "hosts may be missing: it warns: %s", warning);
	return note(gathering, gathering->source, CPC_UNAVAILABLE, what);
}

static void tick(void *context, size_t bytes)
{
	const struct gathering *gathering = context;
	struct cli_reading *reading = gathering->reading;

	if (cli_progress_due(&reading->progress))
		cli_progress_show(&reading->progress, "%zu hosts, %zu fingerprints, %zu unreadable; %zu MB",
				  reading->fleet.hosts + cpc_sightings_hosts(gathering->sightings),
				  cpc_sightings_kinds(gathering->sightings),
				  reading->unreadable_count + reading->unreadable_more, bytes / 1000000);
}

static enum cpc_status remark(void *context, const char *name, const char *what)
{
	return note(context, name, CPC_BAD_DATA, what) ? CPC_OK : CPC_INTERNAL;
}

static enum cpc_status fold(struct gathering *gathering)
{
	const struct cpc_remarks remarks = { .remark = remark, .context = gathering };

	if (cpc_sightings_hosts(gathering->sightings))
		return cpc_sightings_fold(gathering->sightings, &gathering->reading->fleet, &remarks, NULL);
	if (gathering->reading->unreadable_count)
		return CPC_OK;
	return note(gathering, gathering->source, CPC_NO_INPUT,
		    gathering->reading->options->matches.count
			    ? "no series of cpucompat_fingerprint_info that --match leaves; are agents scraped?"
			    : "no series of cpucompat_fingerprint_info; are agents scraped there?")
		       ? CPC_OK
		       : CPC_INTERNAL;
}

enum cpc_status cli_fold_prometheus(struct cli_reading *reading, const char *source)
{
	struct gathering gathering = { .reading = reading, .source = source, .sightings = cpc_sightings_new() };
	const struct cpc_series_sink sink = {
		.sighted = sighted, .unreadable = unreadable, .warned = warned, .context = &gathering
	};
	const struct cpc_prometheus query = { .client = &reading->options->client,
					      .address = source,
					      .matchers = reading->options->matches.items,
					      .matcher_count = reading->options->matches.count,
					      .sink = &sink,
					      .tick = tick,
					      .context = &gathering };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_status status = CPC_INTERNAL;

	if (gathering.sightings)
		status = cpc_prometheus_ask(&query, &error);
	if (!status)
		status = fold(&gathering);
	else if (!gathering.no_memory && status != CPC_INTERNAL)
		status = cli_note_unreadable(reading, source, &error);
	cpc_sightings_free(gathering.sightings);
	return status;
}
