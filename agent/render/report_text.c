/* SPDX-License-Identifier: MIT */
/* A report for people: who this is, whether it can host, what it is, what it has, what nobody could see. */
#include "renderers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comparison_sections.h"
#include "describe.h"
#include "escape.h"
#include "layout.h"
#include "report_sections.h"

/** Where the values of labelled lines start. */
#define VALUE_COLUMN 21

static void label(struct cpc_text *text, const char *name)
{
	cpc_text_to(text, 2);
	text->tint = CPC_TINT_FAINT;
	cpc_text_puts(text, name);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_to(text, VALUE_COLUMN);
}

static void row(struct cpc_text *text, const char *name, const char *value)
{
	label(text, name);
	cpc_text_wrap(text, VALUE_COLUMN, *value ? value : "unknown");
	cpc_text_newline(text);
}

static void put_title(struct cpc_text *text, const struct cpc_report *report)
{
	const struct cpc_signature *signature = &report->signature;
	char vendor[CPC_VENDOR_TEXT_SIZE];

	/* Dumps and fingerprints name no host. */
	if (*report->capture->host_name)
		cpc_text_heading(text, "%s", report->capture->host_name);
	if (*report->brand) {
		cpc_text_wrap(text, 0, report->brand);
		cpc_text_newline(text);
	}
	cpc_vendor_text(signature->vendor, vendor);
	cpc_text_wrapf(text, 0, "%s family %u model %u stepping %u", vendor, signature->family, signature->model,
		       signature->stepping);
	if (report->logical_cpus)
		cpc_text_wrapf(text, 0, "with %zu logical CPU%s", report->logical_cpus,
			       report->logical_cpus == 1 ? "" : "s");
	cpc_text_newline(text);
}

static void put_address_bits(struct cpc_text *text, const struct cpc_report *report)
{
	const struct cpc_number physical = cpc_report_scalar(report, CPC_S_pa);
	const struct cpc_number linear = cpc_report_scalar(report, CPC_S_la);
	char line[CPC_LINE_SIZE];

	if (physical.unknown || linear.unknown || !physical.value)
		snprintf(line, sizeof(line), "unknown");
	else
		snprintf(line, sizeof(line), "%" PRIu64 " physical, %" PRIu64 " linear", physical.value, linear.value);
	row(text, "address bits", line);
}

static void put_microarchitecture(struct cpc_text *text, const struct cpc_report *report)
{
	const struct cpc_capture *capture = report->capture;

	label(text, "microarchitecture");
	cpc_text_wrap(text, VALUE_COLUMN, report->microarchitecture);
	if (*capture->libcpuid_codename)
		cpc_text_wrapf(text, VALUE_COLUMN, "(libcpuid calls it %s)", capture->libcpuid_codename);
	cpc_text_newline(text);
}

static void put_line(void *context, const char *name, const char *line)
{
	row(context, name, line);
}

/** A list may be long and has no blanks: it is broken after commas. */
static void put_cpu_list(struct cpc_text *text, const char *list)
{
	char part[CPC_CPU_LIST_SIZE];

	while (*list) {
		size_t length = strcspn(list, ",");

		length += list[length] == ',';
		memcpy(part, list, length);
		part[length] = '\0';
		cpc_text_word(text, VALUE_COLUMN, part);
		list += length;
	}
}

static void put_cpus(struct cpc_text *text, const struct cpc_cpu_set *cpus)
{
	char list[CPC_CPU_LIST_SIZE];

	cpc_cpu_set_print(cpus, list);
	cpc_text_to(text, VALUE_COLUMN);
	cpc_text_wrap(text, VALUE_COLUMN, cpc_cpu_set_count(cpus) == 1 ? "CPU" : "CPUs");
	put_cpu_list(text, list);
}

/** Which CPUs keep the others' features from guests. */
static void put_kind_costs(struct cpc_text *text, const struct cpc_capture *capture, size_t kind)
{
	struct cpc_findings costs = { 0 };

	if (cpc_kind_costs(capture, kind, &costs, NULL)) {
		text->out->failed = true;
		return;
	}
	if (costs.count) {
		cpc_text_wrap(text, VALUE_COLUMN, "cost the host");
		cpc_put_names(text, VALUE_COLUMN, &costs, "");
	} else {
		cpc_text_wrap(text, VALUE_COLUMN, "cost it nothing");
	}
	free(costs.items);
}

/** CPUs of one host with different microcode are patched by halves. */
static void put_microcodes(struct cpc_text *text, const struct cpc_capture *capture)
{
	if (capture->microcode_count < 2)
		return;
	label(text, "microcodes");
	cpc_text_wrapf(text, VALUE_COLUMN, "%zu on one host: load the newest on every CPU", capture->microcode_count);
	cpc_text_newline(text);
	for (size_t i = 0; i < capture->microcode_count; i++) {
		put_cpus(text, &capture->microcodes[i].cpus);
		cpc_text_wrap(text, VALUE_COLUMN, capture->microcodes[i].version);
		cpc_text_newline(text);
	}
}

static void put_kinds(struct cpc_text *text, const struct cpc_capture *capture)
{

	if (capture->kind_count < 2)
		return;
	label(text, "kinds of CPU");
	cpc_text_wrapf(text, VALUE_COLUMN, "%zu; the fingerprint is what they have in common", capture->kind_count);
	cpc_text_newline(text);
	for (size_t i = 0; i < capture->kind_count; i++) {
		put_cpus(text, &capture->kinds[i].cpus);
		put_kind_costs(text, capture, i);
		cpc_text_newline(text);
	}
}

static void put_time(struct cpc_text *text, const struct cpc_report *report)
{
	char line[CPC_LINE_SIZE];

	if (*report->capture->collected_at)
		row(text, "collected at", report->capture->collected_at);
	if (cpc_stale_line(report, line))
		row(text, "out of date", line);
}

static void put_processor(struct cpc_text *text, const struct cpc_report *report)
{
	cpc_text_newline(text);
	cpc_text_heading(text, "Processor");
	put_address_bits(text, report);
	row(text, "microcode", report->capture->microcode);
	put_microarchitecture(text, report);
	cpc_each_vantage_line(report, put_line, text);
	put_kinds(text, report->capture);
	put_microcodes(text, report->capture);
	put_time(text, report);
}

/** The text itself stays in one piece, however long: it is there to be copied. */
static void put_fingerprint(struct cpc_text *text, const char *title, const struct cpc_report *report,
			    enum cpc_view view)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	char line[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];

	cpc_text_newline(text);
	cpc_text_heading(text, "%s", title);
	cpc_fingerprint_id(fingerprint, id);
	row(text, cpc_fingerprint_complete(fingerprint) ? "id" : "id (not whole)", id);
	cpc_fingerprint_silicon_id(fingerprint, id);
	row(text, "silicon id", id);
	if (cpc_history_line(report, view, line))
		row(text, "history", line);
	cpc_fingerprint_print(fingerprint, line);
	cpc_text_puts(text, line);
	cpc_text_newline(text);
}

static void put_cost(struct cpc_text *text, const struct cpc_probe_result *probe)
{
	char line[CPC_LINE_SIZE];

	snprintf(line, sizeof(line), "%10.3f ms", (double)probe->nanoseconds / 1e6);
	cpc_text_to(text, VALUE_COLUMN + 8);
	cpc_text_puts(text, line);
	if (!probe->cpuid_count)
		return;
	snprintf(line, sizeof(line), "%8" PRIu64 " CPUID instructions", probe->cpuid_count);
	cpc_text_puts(text, line);
}

/** Costs are known of this machine alone: a report does not carry them. */
static void put_probes(struct cpc_text *text, const struct cpc_capture *capture)
{
	cpc_text_newline(text);
	cpc_text_heading(text,
			 capture->origin == CPC_ORIGIN_LIVE ? "Probes" : "Probes (a report does not hold their times)");
	for (size_t i = 0; i < capture->probe_count; i++) {
		label(text, capture->probes[i].name);
		cpc_text_puts(text, cpc_probe_status_name(capture->probes[i].status));
		if (capture->origin == CPC_ORIGIN_LIVE)
			put_cost(text, &capture->probes[i]);
		cpc_text_newline(text);
	}
}

enum cpc_status cpc_report_text(const struct cpc_report *report, const struct cpc_style *style, struct cpc_buffer *out,
				struct cpc_error *reterr)
{
	struct cpc_text text = cpc_text_start(out, style);

	put_title(&text, report);
	cpc_put_requirements(&text, report);
	put_processor(&text, report);
	put_fingerprint(&text, "Fingerprint", report, CPC_VIEW_CPUID);
	if (report->has_kvm)
		put_fingerprint(&text, "Fingerprint of what KVM offers guests", report, CPC_VIEW_KVM);
	cpc_put_features(&text, report);
	cpc_put_kvm(&text, report);
	cpc_put_unread(&text, report);
	if (style->timing && report->capture->probe_count)
		put_probes(&text, report->capture);
	return cpc_rendered(out, reterr);
}
