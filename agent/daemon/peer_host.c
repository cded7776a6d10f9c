/* SPDX-License-Identifier: MIT */
#include "peer_host.h"

#include <stdlib.h>
#include <string.h>

#include "formats.h"

/** Peers serve reports, so that no other reader need be trusted with what they send. */
static bool is_report(const char *bytes, size_t length)
{
	const struct cpc_format *format = cpc_format_of(bytes, length);

	return format && strcmp(format->name, "report") == 0;
}

static bool keep_view(struct cpc_peer_view *view, const struct cpc_fingerprint *fingerprint)
{
	char text[CPC_FINGERPRINT_SIZE];

	if (!fingerprint)
		return true;
	cpc_fingerprint_print(fingerprint, text);
	cpc_fingerprint_id(fingerprint, view->id);
	cpc_fingerprint_silicon_id(fingerprint, view->silicon);
	view->complete = cpc_fingerprint_complete(fingerprint);
	view->text = strdup(text);
	return view->text != NULL;
}

static bool keep_partial(struct cpc_peer_host *host, const struct cpc_report *report)
{
	if (!report->capture->partial)
		return true;
	host->partial = malloc(sizeof(*host->partial));
	if (host->partial)
		*host->partial = report->fingerprint;
	return host->partial != NULL;
}

static struct cpc_peer_host *host_of(const struct cpc_report *report)
{
	const struct cpc_side side = cpc_side_of(report);
	struct cpc_peer_host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	memcpy(host->name, report->capture->host_name, sizeof(host->name));
	memcpy(host->brand, report->brand, sizeof(host->brand));
	memcpy(host->microcode, report->capture->microcode, sizeof(host->microcode));
	host->signature = report->signature;
	host->logical_cpus = report->logical_cpus;
	host->kind_count = report->capture->kind_count;
	host->vantage = side.vantage;
	host->dumped = side.dumped;
	memcpy(host->requirements, side.requirements, sizeof(host->requirements));
	if (keep_view(&host->cpuid, cpc_report_view(report, CPC_VIEW_CPUID)) &&
	    keep_view(&host->kvm, cpc_report_view(report, CPC_VIEW_KVM)) && keep_partial(host, report))
		return host;
	cpc_peer_host_free(host);
	return NULL;
}

/** The readers' errors go on a sentence that begins with what they read, or name a part of it. */
static void explain(enum cpc_status status, const struct cpc_error *error, struct cpc_error *reterr)
{
	static const char part[] = "report: ";

	if (status == CPC_INTERNAL)
		cpc_fail(reterr, status, 0, "%s", error->what);
	else
		cpc_fail(reterr, status, 0, strncmp(error->what, part, strlen(part)) == 0 ? "its %s" : "its answer %s",
			 error->what);
}

enum cpc_status cpc_peer_host_read(const char *bytes, size_t length, struct cpc_peer_host **ret_host,
				   struct cpc_error *reterr)
{
	struct cpc_captures captures = { .count = 0 };
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_report report;
	enum cpc_status status;

	if (!is_report(bytes, length))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "its answer is no report of cpucompat");
	status = cpc_read(bytes, length, &captures, &error);
	if (status)
		explain(status, &error, reterr);
	if (!status) {
		struct cpc_peer_host *host;

		cpc_report_of(&captures.items[0], &report);
		host = host_of(&report);
		if (host)
			*ret_host = host;
		else
			status = cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	cpc_captures_free(&captures);
	return status;
}
