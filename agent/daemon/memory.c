/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "describe.h"
#include "drift.h"
#include "log.h"
#include "render.h"

static struct cpc_view_history *history_of(struct cpc_memory *memory, enum cpc_view view)
{
	return view == CPC_VIEW_KVM ? &memory->history.kvm : &memory->history.cpuid;
}

static void learn_view(struct cpc_memory *memory, const struct cpc_report *report, enum cpc_view view, int64_t now)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	struct cpc_view_history *history = history_of(memory, view);

	if (!fingerprint)
		return;
	if (history->seen && !cpc_fingerprint_same_text(&memory->last[view], fingerprint)) {
		history->changes++;
		cpc_time_text(now, history->changed_at);
		cpc_fingerprint_id(&memory->last[view], history->previous_id);
	}
	history->seen = true;
	memory->last[view] = *fingerprint;
}

void cpc_memory_learn(struct cpc_memory *memory, const struct cpc_report *report, int64_t now)
{
	if (!memory->history.since[0])
		cpc_time_text(now, memory->history.since);
	memory->history.failing_since[0] = '\0';
	learn_view(memory, report, CPC_VIEW_CPUID, now);
	learn_view(memory, report, CPC_VIEW_KVM, now);
}

void cpc_memory_fail(struct cpc_memory *memory, int64_t now)
{
	memory->history.failures++;
	if (!memory->history.failing_since[0])
		cpc_time_text(now, memory->history.failing_since);
}

static void log_view(const struct cpc_memory *memory, const struct cpc_report *now, enum cpc_view view, bool seen)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(now, view);
	struct cpc_buffer line = { .length = 0 };

	if (!seen || !fingerprint || cpc_fingerprint_same_text(&memory->last[view], fingerprint))
		return;
	cpc_render_fingerprint_change(view, &memory->last[view], fingerprint, &line);
	if (line.failed)
		cpc_log_notice("the fingerprint of the %s view changed", cpc_view_name(view));
	else
		cpc_log_long("%s", line.bytes);
	cpc_buffer_free(&line);
}

static void log_line(void *context, const char *line)
{
	(void)context;
	cpc_log_notice("%s", line);
}

void cpc_memory_log(const struct cpc_memory *memory, const struct cpc_report *before, const struct cpc_report *now)
{
	log_view(memory, now, CPC_VIEW_CPUID, memory->history.cpuid.seen);
	log_view(memory, now, CPC_VIEW_KVM, memory->history.kvm.seen);
	cpc_each_drift(before, now, log_line, NULL);
}
