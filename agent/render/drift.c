/* SPDX-License-Identifier: MIT */
#include "drift.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cpucompat/difference.h>

#include "describe.h"
#include "escape.h"
#include "render.h"

/** The groups of a sentence, in its order. */
enum group { CAME, WENT, CHANGED, NOW_KNOWN, NO_LONGER_KNOWN, GROUP_COUNT };

static const char *const group_names[GROUP_COUNT] = {
	[CAME] = "came",
	[WENT] = "went",
	[CHANGED] = "changed",
	[NOW_KNOWN] = "now known",
	[NO_LONGER_KNOWN] = "no longer known",
};

/** One group being written. */
struct list {
	struct cpc_buffer *out;
	const char *vendor;
	enum group group;
	size_t count;
};

static enum group group_of(const struct cpc_finding *finding)
{
	switch (finding->code) {
	case CPC_FINDING_GAIN:
		return CAME;
	case CPC_FINDING_LOSS:
		return WENT;
	case CPC_FINDING_UNREAD:
		return finding->b_unknown ? NO_LONGER_KNOWN : NOW_KNOWN;
	default:
		return CHANGED;
	}
}

/** Begin an item of the group; false where there were enough. */
static bool next_item(struct list *list)
{
	if (list->count++ >= CPC_DRIFT_ITEMS)
		return false;
	if (list->count == 1)
		cpc_buffer_printf(list->out, "; %s: ", group_names[list->group]);
	else
		cpc_buffer_puts(list->out, ", ");
	return true;
}

static void add_place(struct cpc_buffer *out, const struct cpc_component *component)
{
	if (component->size)
		cpc_buffer_printf(out, "%#" PRIx32 " bytes at %#" PRIx32, component->size, component->offset);
	else
		cpc_buffer_puts(out, "nowhere");
}

static void add_values(struct cpc_buffer *out, const struct cpc_finding *finding)
{
	const struct cpc_component before = { .offset = (uint32_t)finding->a, .size = (uint32_t)finding->a_size };
	const struct cpc_component now = { .offset = (uint32_t)finding->b, .size = (uint32_t)finding->b_size };
	const bool flags = finding->about == CPC_ABOUT_SCALAR && cpc_scalars[finding->scalar].rule == CPC_SCALAR_FLAGS;

	if (finding->about == CPC_ABOUT_COMPONENT) {
		cpc_buffer_puts(out, " ");
		add_place(out, &before);
		cpc_buffer_puts(out, " -> ");
		add_place(out, &now);
	} else if (finding->code == CPC_FINDING_UNEQUAL) {
		cpc_buffer_printf(out, flags ? " %#" PRIx64 " -> %#" PRIx64 : " %" PRIu64 " -> %" PRIu64, finding->a,
				  finding->b);
	} else if (finding->about == CPC_ABOUT_BIT && finding->code == CPC_FINDING_UNREAD) {
		cpc_buffer_puts(out, (finding->b_unknown ? finding->a : finding->b) ? " set" : " clear");
	} else if (finding->about == CPC_ABOUT_WORD) {
		cpc_buffer_printf(out, " %#" PRIx64, finding->b_unknown ? finding->a : finding->b);
	}
}

static void add_item(void *context, const struct cpc_finding *finding)
{
	struct list *list = context;

	/* Vendors are no finding's values: add_processor() has them. */
	if (finding->about == CPC_ABOUT_VENDOR || group_of(finding) != list->group || !next_item(list))
		return;
	const struct cpc_subject subject = cpc_subject_of(finding, list->vendor);
	const bool placed = finding->about == CPC_ABOUT_BIT && strcmp(subject.name, subject.where) != 0;
	cpc_buffer_printf(list->out, "%s%s%s", subject.name, placed ? " " : "", placed ? subject.where : "");
	add_values(list->out, finding);
}

/** Vendor, family, model and stepping: no bit, and in the text all the same. */
static void add_processor(struct list *list, const struct cpc_fingerprint *before, const struct cpc_fingerprint *now)
{
	char old_vendor[CPC_VENDOR_TEXT_SIZE];
	char new_vendor[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(before->vendor, old_vendor);
	cpc_vendor_text(now->vendor, new_vendor);
	if (strcmp(old_vendor, new_vendor) == 0 && before->family == now->family && before->model == now->model &&
	    before->stepping == now->stepping)
		return;
	if (next_item(list))
		cpc_buffer_printf(list->out, "processor %s %u.%u.%u -> %s %u.%u.%u", old_vendor, before->family,
				  before->model, before->stepping, new_vendor, now->family, now->model, now->stepping);
}

/** What the sentence begins with: the ids, and whether all that differs is what microcode and firmware can do. */
static void add_ids(struct cpc_buffer *out, enum cpc_view view, const struct cpc_fingerprint *before,
		    const struct cpc_fingerprint *now)
{
	char old_id[CPC_ID_SIZE];
	char new_id[CPC_ID_SIZE];

	cpc_buffer_printf(out, "the fingerprint of the %s view changed", cpc_view_name(view));
	cpc_fingerprint_id(before, old_id);
	cpc_fingerprint_id(now, new_id);
	if (strcmp(old_id, new_id) == 0) {
		cpc_buffer_printf(out, ", and its id %s did not", new_id);
		return;
	}
	cpc_buffer_printf(out, " from %s to %s", old_id, new_id);
	cpc_fingerprint_silicon_id(before, old_id);
	cpc_fingerprint_silicon_id(now, new_id);
	if (strcmp(old_id, new_id) == 0)
		cpc_buffer_puts(out, ", in mitigations alone");
}

void cpc_render_fingerprint_change(enum cpc_view view, const struct cpc_fingerprint *before,
				   const struct cpc_fingerprint *now, struct cpc_buffer *out)
{
	char text[CPC_FINGERPRINT_SIZE];

	add_ids(out, view, before, now);
	for (enum group group = CAME; group < GROUP_COUNT; group++) {
		struct list list = { .out = out, .vendor = now->vendor, .group = group };

		if (group == CHANGED)
			add_processor(&list, before, now);
		cpc_each_difference(before, now, add_item, &list);
		if (list.count > CPC_DRIFT_ITEMS)
			cpc_buffer_printf(out, " and %zu more", list.count - CPC_DRIFT_ITEMS);
	}
	cpc_fingerprint_print(before, text);
	cpc_buffer_printf(out, "; it was %s", text);
}

/** Who is told of lines. */
struct teller {
	void (*visit)(void *context, const char *line);
	void *context;
};

static void tell(const struct teller *teller, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(const struct teller *teller, const char *format, ...)
{
	char line[CPC_DRIFT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	teller->visit(teller->context, line);
}

static const char *or_unknown(const char *text)
{
	return *text ? text : "unknown";
}

static void tell_microcode(const struct teller *teller, const struct cpc_capture *before, const struct cpc_capture *now)
{
	if (strcmp(before->microcode, now->microcode) != 0)
		tell(teller, "microcode changed from %s to %s", or_unknown(before->microcode),
		     or_unknown(now->microcode));
	/* A reload that reached some CPUs only. */
	if (before->microcode_count != now->microcode_count)
		tell(teller, "revisions of microcode on this host changed from %zu to %zu", before->microcode_count,
		     now->microcode_count);
}

/** The CPUs that a capture has, and `without` has not. */
static void cpus_of(const struct cpc_capture *capture, const struct cpc_capture *without,
		    char ret_list[static CPC_CPU_LIST_SIZE])
{
	struct cpc_cpu_set cpus = { 0 };

	for (size_t word = 0; word < sizeof(cpus.bits) / sizeof(*cpus.bits); word++) {
		for (size_t i = 0; i < capture->kind_count; i++)
			cpus.bits[word] |= capture->kinds[i].cpus.bits[word];
		for (size_t i = 0; i < without->kind_count; i++)
			cpus.bits[word] &= ~without->kinds[i].cpus.bits[word];
	}
	cpc_cpu_set_print(&cpus, ret_list);
}

static void tell_cpus(const struct teller *teller, const struct cpc_report *before, const struct cpc_report *now)
{
	char gone[CPC_CPU_LIST_SIZE];
	char come[CPC_CPU_LIST_SIZE];

	cpus_of(before->capture, now->capture, gone);
	cpus_of(now->capture, before->capture, come);
	if (before->logical_cpus != now->logical_cpus || *gone || *come)
		tell(teller, "logical CPUs changed from %zu to %zu%s%s%s%s", before->logical_cpus, now->logical_cpus,
		     *gone ? "; gone: " : "", gone, *come ? "; new: " : "", come);
	if (before->capture->kind_count != now->capture->kind_count)
		tell(teller, "kinds of CPU changed from %zu to %zu", before->capture->kind_count,
		     now->capture->kind_count);
}

static void tell_requirements(const struct teller *teller, const struct cpc_report *before,
			      const struct cpc_report *now)
{
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++)
		if (before->requirements[id].status != now->requirements[id].status)
			tell(teller, "%s changed from %s to %s", cpc_requirement_name(id, now->signature.vendor),
			     cpc_status_words(before->requirements[id].status),
			     cpc_status_words(now->requirements[id].status));
}

static void print_hypervisor(const struct cpc_hypervisor *hypervisor, char ret_text[static 2 * CPC_LINE_SIZE])
{
	char release[CPC_LINE_SIZE] = "";
	const bool told = hypervisor->present && cpc_hypervisor_release(hypervisor, release);

	snprintf(ret_text, (size_t)2 * CPC_LINE_SIZE, "%.80s%s%s", hypervisor->present ? hypervisor->name : "none",
		 told ? ", " : "", told ? release : "");
}

static void tell_hypervisor(const struct teller *teller, const struct cpc_report *before, const struct cpc_report *now)
{
	char old_text[2 * CPC_LINE_SIZE];
	char new_text[2 * CPC_LINE_SIZE];

	print_hypervisor(&before->hypervisor, old_text);
	print_hypervisor(&now->hypervisor, new_text);
	if (strcmp(old_text, new_text) != 0)
		tell(teller, "hypervisor changed from %s to %s", old_text, new_text);
	if (before->has_kvm != now->has_kvm)
		tell(teller, "what KVM offers guests changed from %s to %s",
		     before->has_kvm ? "readable" : "not readable", now->has_kvm ? "readable" : "not readable");
}

static void tell_probes(const struct teller *teller, const struct cpc_capture *before, const struct cpc_capture *now)
{
	for (size_t i = 0; i < before->probe_count; i++)
		for (size_t j = 0; j < now->probe_count; j++)
			if (strcmp(before->probes[i].name, now->probes[j].name) == 0 &&
			    before->probes[i].status != now->probes[j].status)
				tell(teller, "probe %s changed from %s to %s", now->probes[j].name,
				     cpc_probe_status_name(before->probes[i].status),
				     cpc_probe_status_name(now->probes[j].status));
}

void cpc_each_drift(const struct cpc_report *before, const struct cpc_report *now,
		    void (*visit)(void *context, const char *line), void *context)
{
	const struct teller teller = { .visit = visit, .context = context };

	tell_microcode(&teller, before->capture, now->capture);
	tell_cpus(&teller, before, now);
	tell_requirements(&teller, before, now);
	tell_hypervisor(&teller, before, now);
	tell_probes(&teller, before->capture, now->capture);
}
