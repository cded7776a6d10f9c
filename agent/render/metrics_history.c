/* SPDX-License-Identifier: MIT */
/* The metrics of what the agent remembers: changes of the fingerprint, and probes that failed. */
#include "metrics.h"

#include <inttypes.h>

#include "describe.h"

static const enum cpc_view views[] = { CPC_VIEW_CPUID, CPC_VIEW_KVM };
#define VIEW_COUNT (sizeof(views) / sizeof(*views))

static void add_changes(struct cpc_metrics *metrics, const struct cpc_report *report)
{
	static const struct cpc_family family = { .name = "cpucompat_fingerprint_changes_total",
						  .type = CPC_COUNTER,
						  .help = "Changes of the fingerprint since the agent started." };

	cpc_metrics_family(metrics, &family);
	for (size_t i = 0; i < VIEW_COUNT; i++) {
		const struct cpc_view_history *history = cpc_report_history(report, views[i]);
		const struct cpc_label labels[] = { { "view", cpc_view_name(views[i]) }, { NULL, NULL } };

		if (history->seen)
			cpc_metrics_sample(metrics, &family, labels, "%" PRIu64, history->changes);
	}
}

/** A view that never changed has none: 0 would be 1970. */
static void add_times(struct cpc_metrics *metrics, const struct cpc_report *report)
{
	static const struct cpc_family family = { .name = "cpucompat_fingerprint_change_timestamp_seconds",
						  .unit = "seconds",
						  .help = "When the fingerprint changed last; absent until it does." };
	bool started = false;
	long long seconds;

	for (size_t i = 0; i < VIEW_COUNT; i++) {
		const struct cpc_label labels[] = { { "view", cpc_view_name(views[i]) }, { NULL, NULL } };

		if (!cpc_seconds_of(cpc_report_history(report, views[i])->changed_at, &seconds))
			continue;
		if (!started)
			cpc_metrics_family(metrics, &family);
		started = true;
		cpc_metrics_sample(metrics, &family, labels, "%lld", seconds);
	}
}

static void add_failures(struct cpc_metrics *metrics, const struct cpc_history *history)
{
	static const struct cpc_family failures = { .name = "cpucompat_probe_failures_total",
						    .type = CPC_COUNTER,
						    .help = "Probes that gave no report since the agent started." };
	static const struct cpc_family stale = {
		.name = "cpucompat_report_stale",
		.help = "1 where the last probe gave no report, so that an older one is served."
	};

	cpc_metrics_family(metrics, &failures);
	cpc_metrics_sample(metrics, &failures, NULL, "%" PRIu64, history->failures);
	cpc_metrics_family(metrics, &stale);
	cpc_metrics_sample(metrics, &stale, NULL, "%d", *history->failing_since != '\0');
}

void cpc_metrics_history(struct cpc_metrics *metrics, const struct cpc_report *report)
{
	if (!*report->capture->history.since)
		return;
	add_changes(metrics, report);
	add_times(metrics, report);
	add_failures(metrics, &report->capture->history);
}
