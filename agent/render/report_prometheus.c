/* SPDX-License-Identifier: MIT */
/* Prometheus' text format, version 0.0.4: the metrics of design section 9 that one report can give. */
#include "renderers.h"

#include <inttypes.h>

#include "describe.h"
#include "escape.h"

static void add_head(struct cpc_buffer *out, const char *name, const char *help)
{
	cpc_buffer_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void add_label(struct cpc_buffer *out, const char *separator, const char *name, const char *value)
{
	cpc_buffer_printf(out, "%s%s=\"", separator, name);
	cpc_add_label(out, value);
	cpc_buffer_puts(out, "\"");
}

static void add_cpu(struct cpc_buffer *out, const struct cpc_report *report)
{
	const struct cpc_signature *signature = &report->signature;
	char vendor[CPC_VENDOR_TEXT_SIZE];

	add_head(out, "cpucompat_cpu_info", "The processor.");
	cpc_vendor_text(signature->vendor, vendor);
	add_label(out, "cpucompat_cpu_info{", "vendor", vendor);
	cpc_buffer_printf(out, ",family=\"%u\",model=\"%u\",stepping=\"%u\"", signature->family, signature->model,
			  signature->stepping);
	add_label(out, ",", "microarchitecture", report->microarchitecture);
	add_label(out, ",", "microcode", report->capture->microcode);
	add_label(out, ",", "brand", report->brand);
	cpc_buffer_puts(out, "} 1\n");
}

static void add_fingerprint(struct cpc_buffer *out, const struct cpc_report *report, enum cpc_view view)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	char text[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];

	if (!fingerprint)
		return;
	cpc_fingerprint_id(fingerprint, id);
	cpc_fingerprint_print(fingerprint, text);
	add_label(out, "cpucompat_fingerprint_info{", "view", cpc_view_name(view));
	add_label(out, ",", "id", id);
	add_label(out, ",", "fingerprint", text);
	cpc_buffer_puts(out, "} 1\n");
}

static void add_fingerprints(struct cpc_buffer *out, const struct cpc_report *report)
{
	add_head(out, "cpucompat_fingerprint_info", "Everything of the processor that matters to live migration.");
	add_fingerprint(out, report, CPC_VIEW_CPUID);
	add_fingerprint(out, report, CPC_VIEW_KVM);
}

static void add_requirements(struct cpc_buffer *out, const struct cpc_report *report)
{
	add_head(out, "cpucompat_requirement_status", "1 for the status that holds, 0 for the others.");
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++) {
		for (unsigned int status = 0; status < CPC_REQUIREMENT_STATUS_COUNT; status++)
			cpc_buffer_printf(out, "cpucompat_requirement_status{requirement=\"%s\",status=\"%s\"} %d\n",
					  cpc_requirement_key(id), cpc_requirement_status_name(status),
					  report->requirements[id].status == status);
	}
}

static void add_probes(struct cpc_buffer *out, const struct cpc_capture *capture)
{
	if (!capture->probe_count)
		return;
	add_head(out, "cpucompat_probe_success", "Whether the probe read what it is there to read.");
	for (size_t i = 0; i < capture->probe_count; i++) {
		add_label(out, "cpucompat_probe_success{", "probe", capture->probes[i].name);
		cpc_buffer_printf(out, "} %d\n", capture->probes[i].status == CPC_PROBE_OK);
	}
	if (capture->origin != CPC_ORIGIN_LIVE)
		return;
	add_head(out, "cpucompat_probe_duration_seconds", "How long the probe took.");
	for (size_t i = 0; i < capture->probe_count; i++) {
		uint64_t nanoseconds = capture->probes[i].nanoseconds;

		add_label(out, "cpucompat_probe_duration_seconds{", "probe", capture->probes[i].name);
		cpc_buffer_printf(out, "} %" PRIu64 ".%09" PRIu64 "\n", nanoseconds / 1000000000,
				  nanoseconds % 1000000000);
	}
}

static void add_time(struct cpc_buffer *out, const struct cpc_capture *capture)
{
	long long seconds;

	if (!cpc_collected_seconds(capture, &seconds))
		return;
	add_head(out, "cpucompat_last_probe_timestamp_seconds", "When the figures were collected.");
	cpc_buffer_printf(out, "cpucompat_last_probe_timestamp_seconds %lld\n", seconds);
}

enum cpc_status cpc_report_prometheus(const struct cpc_report *report, const struct cpc_style *style,
				      struct cpc_buffer *out, struct cpc_error *reterr)
{
	(void)style;
	add_head(out, "cpucompat_build_info", "The agent that answers.");
	add_label(out, "cpucompat_build_info{", "version", CPC_VERSION);
	cpc_buffer_puts(out, "} 1\n");
	add_cpu(out, report);
	add_fingerprints(out, report);
	add_requirements(out, report);
	add_probes(out, report->capture);
	add_time(out, report->capture);
	return cpc_rendered(out, reterr);
}
