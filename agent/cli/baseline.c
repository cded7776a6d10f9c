/* SPDX-License-Identifier: MIT */
#include "cli_inside.h"

#include <stdlib.h>
#include <string.h>

#include <cpucompat/baseline.h>
#include <cpucompat/compare.h>

/** Exit code where hosts can have no baseline: that of an impossible move. */
#define EXIT_IMPOSSIBLE 20

/** Every host of every source, in one list. */
struct hosts {
	struct cli_source *sources;
	size_t source_count;
	const struct cpc_report **reports;
	const char **names;
	struct cpc_comparison *costs; /**< host -> meet */
	size_t count;
	enum cpc_view view; /**< the policy's, where every host has it */
	struct cpc_fingerprint meet;
	struct cpc_cpu_map cpu_map;
	bool has_cpu_map;
};

static void close_all(struct hosts *hosts)
{
	for (size_t i = 0; i < hosts->source_count; i++)
		cli_source_close(&hosts->sources[i]);
	for (size_t i = 0; hosts->costs && i < hosts->count; i++)
		cpc_comparison_free(&hosts->costs[i]);
	free(hosts->sources);
	free(hosts->reports);
	free(hosts->names);
	free(hosts->costs);
	cpc_cpu_map_free(&hosts->cpu_map);
}

static int open_sources(const struct cli_options *options, struct hosts *hosts)
{
	struct cpc_error error;

	hosts->sources = calloc(options->argument_count, sizeof(*hosts->sources));
	if (!hosts->sources)
		return cli_complain(CPC_INTERNAL, "out of memory");
	for (size_t i = 0; i < options->argument_count; i++) {
		if (cli_source_open(&options->client, options->arguments[i], &hosts->sources[i], &error))
			return cli_fail(options->arguments[i], &error);
		hosts->source_count++;
		hosts->count += hosts->sources[i].captures.count;
	}
	return CPC_OK;
}

static int list_hosts(struct hosts *hosts)
{
	size_t n = 0;

	hosts->reports = calloc(hosts->count, sizeof(*hosts->reports));
	hosts->names = calloc(hosts->count, sizeof(*hosts->names));
	hosts->costs = calloc(hosts->count, sizeof(*hosts->costs));
	if (!hosts->reports || !hosts->names || !hosts->costs)
		return cli_complain(CPC_INTERNAL, "out of memory");
	for (size_t i = 0; i < hosts->source_count; i++) {
		for (size_t j = 0; j < hosts->sources[i].captures.count; j++, n++) {
			hosts->reports[n] = &hosts->sources[i].reports[j];
			hosts->names[n] = hosts->sources[i].names[j];
		}
	}
	return CPC_OK;
}

static bool same_vendor(const struct cpc_report *a, const struct cpc_report *b)
{
	return !memcmp(a->fingerprint.vendor, b->fingerprint.vendor, sizeof(a->fingerprint.vendor));
}

/** The policy's own view is one of guests only where every host has it; a mixture would be nobody's. */
static enum cpc_view common_view(const struct hosts *hosts, const struct cpc_policy *policy)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (!cpc_report_view(hosts->reports[i], policy->view))
			return CPC_VIEW_CPUID;
	return policy->view;
}

static int meet_all(struct hosts *hosts, const struct cpc_policy *policy)
{
	struct cpc_error error;
	struct cpc_lens lens;

	hosts->view = common_view(hosts, policy);
	hosts->meet = *cpc_report_view(hosts->reports[0], hosts->view);
	cpc_lens_of(policy, hosts->meet.vendor, false, &lens);
	/* The platform's own view holds what it supplies. */
	if (hosts->view != CPC_VIEW_CPUID)
		memset(lens.supplied, 0, sizeof(lens.supplied));
	for (size_t i = 1; i < hosts->count; i++) {
		if (!same_vendor(hosts->reports[0], hosts->reports[i])) {
			cli_complain(
				EXIT_IMPOSSIBLE,
				"no baseline: %s and %s have processors of different vendors; give hosts of one vendor",
				hosts->names[0], hosts->names[i]);
			return EXIT_IMPOSSIBLE;
		}
		if (cpc_meet_under(&lens, &hosts->meet, cpc_report_view(hosts->reports[i], hosts->view), &hosts->meet,
				   &error))
			return cli_fail(hosts->names[i], &error);
	}
	return CPC_OK;
}

/** What the policy demands of every host and one of them lacks: a baseline without it would move nowhere. */
static int check_demands(const struct hosts *hosts, const struct cpc_policy *policy)
{
	for (size_t i = 0; i < hosts->count; i++) {
		const struct cpc_feature *feature =
			cpc_policy_lacks(policy, cpc_report_view(hosts->reports[i], hosts->view));
		char where[CPC_WHERE_SIZE];

		if (!feature)
			continue;
		cpc_where(feature->reg, feature->bit, where);
		cli_complain(EXIT_IMPOSSIBLE, "no baseline under %s: %s lacks %s (%s), which it demands of every host",
			     policy->name, hosts->names[i], feature->name, where);
		return EXIT_IMPOSSIBLE;
	}
	return CPC_OK;
}

static int weigh(struct hosts *hosts, const struct cpc_policy *policy)
{
	const bool kvm = hosts->view == CPC_VIEW_KVM;
	const struct cpc_side meet = { .fingerprint = &hosts->meet,
				       .kvm = kvm ? &hosts->meet : NULL,
				       .vantage = CPC_DUMP };
	struct cpc_error error;

	for (size_t i = 0; i < hosts->count; i++) {
		const struct cpc_side host = cpc_side_of(hosts->reports[i]);

		if (cpc_compare(&host, &meet, policy, &hosts->costs[i], &error))
			return cli_fail(hosts->names[i], &error);
	}
	return CPC_OK;
}

/** Beside the document, so that it can be pasted and piped as it stands. */
static void print_notes(struct cpc_buffer *notes)
{
	char *rest = notes->bytes;
	const char *note;

	while (rest && *rest) {
		note = strsep(&rest, "\n");
		cli_complain(CPC_OK, "%s", note);
	}
	cpc_buffer_free(notes);
}

static int render(const struct hosts *hosts, const struct cpc_baseline_format *format,
		  const struct cli_options *options)
{
	const struct cpc_style style = cli_style(options);
	struct cpc_buffer notes = { 0 };
	const struct cpc_baseline_view view = { .policy = options->policy,
						.meet = &hosts->meet,
						.view = hosts->view,
						.names = hosts->names,
						.hosts = hosts->reports,
						.costs = hosts->costs,
						.count = hosts->count,
						.cpu_map = hosts->has_cpu_map ? &hosts->cpu_map : NULL,
						.notes = &notes };
	struct cpc_buffer out = { 0 };
	struct cpc_error error;
	int code;

	if (format->render(&view, &style, &out, &error)) {
		cpc_buffer_free(&out);
		cpc_buffer_free(&notes);
		return cli_fail("baseline", &error);
	}
	code = cli_write(&out, CPC_OK);
	print_notes(&notes);
	return code;
}

int cli_baseline(const struct cli_options *options)
{
	const struct cpc_baseline_format *format = cpc_baseline_format_named(options->format);
	struct hosts hosts = { 0 };
	int code;

	if (!options->argument_count)
		return cli_complain(CPC_USAGE, "baseline: at least one SOURCE is wanted; for example: "
					       "cpucompat baseline self other.json");
	if (cli_stdin_twice(options->arguments, options->argument_count))
		return cli_complain(CPC_USAGE,
				    "baseline: standard input can be read only once; save one of them to a file");
	if (options->cpu_map && !format->wants_cpu_map)
		return cli_complain(CPC_USAGE, "baseline: --cpu-map goes with --format libvirt or qemu");
	code = open_sources(options, &hosts);
	if (!code)
		code = list_hosts(&hosts);
	if (!code)
		code = meet_all(&hosts, options->policy);
	if (!code)
		code = check_demands(&hosts, options->policy);
	if (!code && format->wants_costs)
		code = weigh(&hosts, options->policy);
	if (!code && format->wants_cpu_map)
		code = cli_cpu_map_open(options->cpu_map, &hosts.cpu_map, &hosts.has_cpu_map);
	if (!code)
		code = render(&hosts, format, options);
	close_all(&hosts);
	return code;
}
