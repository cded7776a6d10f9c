/* SPDX-License-Identifier: MIT */
/* The metrics of design section 9: those that one report can give, and both texts of all. */
#include "renderers.h"

#include <inttypes.h>
#include <stdio.h>

#include "describe.h"
#include "escape.h"
#include "metrics.h"

#define DECIMAL_SIZE 12

static void add_agent(struct cpc_metrics *metrics)
{
	static const struct cpc_family family = { .name = "cpucompat_build_info",
						  .type = CPC_INFO,
						  .help = "The agent that answers." };
	const struct cpc_label labels[] = { { "version", CPC_VERSION }, { NULL, NULL } };

	cpc_metrics_family(metrics, &family);
	cpc_metrics_sample(metrics, &family, labels, "1");
}

static void add_cpu(struct cpc_metrics *metrics, const struct cpc_report *report)
{
	static const struct cpc_family family = { .name = "cpucompat_cpu_info",
						  .type = CPC_INFO,
						  .help = "The processor." };
	const struct cpc_signature *signature = &report->signature;
	char vendor[CPC_VENDOR_TEXT_SIZE];
	char numbers[3][DECIMAL_SIZE];
	const struct cpc_label labels[] = { { "vendor", vendor },
					    { "family", numbers[0] },
					    { "model", numbers[1] },
					    { "stepping", numbers[2] },
					    { "microarchitecture", report->microarchitecture },
					    { "microcode", report->capture->microcode },
					    { "brand", report->brand },
					    { NULL, NULL } };

	cpc_vendor_text(signature->vendor, vendor);
	snprintf(numbers[0], DECIMAL_SIZE, "%u", signature->family);
	snprintf(numbers[1], DECIMAL_SIZE, "%u", signature->model);
	snprintf(numbers[2], DECIMAL_SIZE, "%u", signature->stepping);
	cpc_metrics_family(metrics, &family);
	cpc_metrics_sample(metrics, &family, labels, "1");
}

/** A fingerprint alone is of one kind at least; nobody knows of how many. */
static void add_kinds(struct cpc_metrics *metrics, const struct cpc_capture *capture)
{
	static const struct cpc_family family = {
		.name = "cpucompat_cpu_kinds",
		.help = "Kinds of CPUs that differ within the host: 1 where all are alike."
	};

	if (!capture->kind_count)
		return;
	cpc_metrics_family(metrics, &family);
	cpc_metrics_sample(metrics, &family, NULL, "%zu", capture->kind_count);
}

static void add_fingerprint(struct cpc_metrics *metrics, const struct cpc_family *family,
			    const struct cpc_report *report, enum cpc_view view)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	char text[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];
	const struct cpc_label labels[] = {
		{ "view", cpc_view_name(view) }, { "id", id }, { "fingerprint", text }, { NULL, NULL }
	};

	if (!fingerprint)
		return;
	cpc_fingerprint_id(fingerprint, id);
	cpc_fingerprint_print(fingerprint, text);
	cpc_metrics_sample(metrics, family, labels, "1");
}

static void add_fingerprints(struct cpc_metrics *metrics, const struct cpc_report *report)
{
	static const struct cpc_family family = {
		.name = "cpucompat_fingerprint_info",
		.type = CPC_INFO,
		.help = "Everything of the processor that matters to live migration."
	};

	cpc_metrics_family(metrics, &family);
	add_fingerprint(metrics, &family, report, CPC_VIEW_CPUID);
	add_fingerprint(metrics, &family, report, CPC_VIEW_KVM);
}

static const struct cpc_family requirements = {
	.name = "cpucompat_requirement_status",
	.help = "1 for the status that holds, 0 for the others; with a column, a row of the requirement table."
};

static void add_requirements(struct cpc_metrics *metrics, const struct cpc_report *report)
{
	cpc_metrics_family(metrics, &requirements);
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++) {
		for (unsigned int status = 0; status < CPC_REQUIREMENT_STATUS_COUNT; status++) {
			const struct cpc_label labels[] = { { "requirement", cpc_requirement_key(id) },
							    { "status", cpc_requirement_status_name(status) },
							    { NULL, NULL } };

			cpc_metrics_sample(metrics, &requirements, labels, "%d",
					   report->requirements[id].status == status);
		}
	}
}

/** A cell of the requirement table, of the same family. What the policy does not ask it never asks: one sample does. */
static void add_cell(struct cpc_metrics *metrics, const struct cpc_ready *ready, enum cpc_ready_row_id id,
		     enum cpc_ready_column column)
{
	const struct cpc_ready_row *row = &ready->rows[id];
	struct cpc_label labels[] = { { "requirement", cpc_ready_row_name(id) },
				      { "column", cpc_ready_column_name(column) },
				      { "policy", ready->policy->name },
				      { "status", "not-asked" },
				      { NULL, NULL } };

	if (!row->asked[column]) {
		cpc_metrics_sample(metrics, &requirements, labels, "1");
		return;
	}
	for (unsigned int verdict = CPC_MET; verdict <= CPC_NOT_MET; verdict++) {
		labels[3].value = cpc_ready_verdict_name(verdict);
		cpc_metrics_sample(metrics, &requirements, labels, "%d", row->verdicts[column] == verdict);
	}
}

static void add_rows(struct cpc_metrics *metrics, const struct cpc_ready *ready)
{
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++)
			add_cell(metrics, ready, id, column);
	}
}

static void add_success(struct cpc_metrics *metrics, const struct cpc_capture *capture)
{
	static const struct cpc_family family = { .name = "cpucompat_probe_success",
						  .help = "Whether the probe read what it is there to read." };

	cpc_metrics_family(metrics, &family);
	for (size_t i = 0; i < capture->probe_count; i++) {
		const struct cpc_label labels[] = { { "probe", capture->probes[i].name }, { NULL, NULL } };

		cpc_metrics_sample(metrics, &family, labels, "%d", capture->probes[i].status == CPC_PROBE_OK);
	}
}

static void add_durations(struct cpc_metrics *metrics, const struct cpc_capture *capture)
{
	static const struct cpc_family family = { .name = "cpucompat_probe_duration_seconds",
						  .unit = "seconds",
						  .help = "How long the probe took." };

	cpc_metrics_family(metrics, &family);
	for (size_t i = 0; i < capture->probe_count; i++) {
		const struct cpc_label labels[] = { { "probe", capture->probes[i].name }, { NULL, NULL } };
		const uint64_t nanoseconds = capture->probes[i].nanoseconds;

		cpc_metrics_sample(metrics, &family, labels, "%" PRIu64 ".%09" PRIu64, nanoseconds / 1000000000,
				   nanoseconds % 1000000000);
	}
}

static void add_time(struct cpc_metrics *metrics, const struct cpc_capture *capture)
{
	static const struct cpc_family family = { .name = "cpucompat_last_probe_timestamp_seconds",
						  .unit = "seconds",
						  .help = "When the figures were collected." };
	long long seconds;

	if (!cpc_collected_seconds(capture, &seconds))
		return;
	cpc_metrics_family(metrics, &family);
	cpc_metrics_sample(metrics, &family, NULL, "%lld", seconds);
}

void cpc_metrics_report(struct cpc_metrics *metrics, const struct cpc_report *report, const struct cpc_ready *ready)
{
	const struct cpc_capture *capture = report->capture;

	add_agent(metrics);
	add_cpu(metrics, report);
	add_kinds(metrics, capture);
	add_fingerprints(metrics, report);
	add_requirements(metrics, report);
	if (ready)
		add_rows(metrics, ready);
	if (capture->probe_count)
		add_success(metrics, capture);
	if (capture->probe_count && capture->origin == CPC_ORIGIN_LIVE)
		add_durations(metrics, capture);
	add_time(metrics, capture);
	cpc_metrics_history(metrics, report);
}

static enum cpc_status render(const struct cpc_published *published, enum cpc_exposition exposition,
			      struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_metrics metrics = { .out = out, .exposition = exposition };

	cpc_metrics_report(&metrics, published->report, published->ready);
	cpc_metrics_peers(&metrics, published->peers);
	cpc_metrics_end(&metrics);
	return cpc_rendered(out, reterr);
}

enum cpc_status cpc_report_prometheus(const struct cpc_report *report, const struct cpc_style *style,
				      struct cpc_buffer *out, struct cpc_error *reterr)
{
	(void)style;
	return render(&(struct cpc_published){ .report = report }, CPC_PROMETHEUS_TEXT, out, reterr);
}

enum cpc_status cpc_report_openmetrics(const struct cpc_report *report, const struct cpc_style *style,
				       struct cpc_buffer *out, struct cpc_error *reterr)
{
	(void)style;
	return render(&(struct cpc_published){ .report = report }, CPC_OPENMETRICS, out, reterr);
}

enum cpc_status cpc_render_prometheus(const struct cpc_published *published, struct cpc_buffer *out,
				      struct cpc_error *reterr)
{
	return render(published, CPC_PROMETHEUS_TEXT, out, reterr);
}

enum cpc_status cpc_render_openmetrics(const struct cpc_published *published, struct cpc_buffer *out,
				       struct cpc_error *reterr)
{
	return render(published, CPC_OPENMETRICS, out, reterr);
}
