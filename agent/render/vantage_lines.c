/* SPDX-License-Identifier: MIT */
/* From where a processor was seen and through which hypervisor, in words. */
#include "describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"

/** Who is being told. */
struct telling {
	void (*visit)(void *context, const char *label, const char *line);
	void *context;
};

static void tell(const struct telling *telling, const char *label, const char *line)
{
	telling->visit(telling->context, label, line);
}

static const char *guest_words(enum cpc_partition partition)
{
	switch (partition) {
	case CPC_PARTITION_L1VH:
		return "inside a guest that creates partitions beside itself (L1VH)";
	case CPC_PARTITION_PV:
		return "inside a paravirtualized guest (PV)";
	case CPC_PARTITION_HVM:
		return "inside a guest (HVM or PVH)";
	default:
		return "inside a guest";
	}
}

static const char *place_words(const struct cpc_report *report)
{
	switch (report->taken) {
	case CPC_BARE_METAL:
		return "bare metal";
	case CPC_ROOT_PARTITION:
		return report->hypervisor.partition == CPC_PARTITION_ROOT ? "the root partition of a hypervisor"
									  : "the control domain of a hypervisor";
	default:
		return guest_words(report->hypervisor.partition);
	}
}

/* Of a dump nobody can tell that it was bare metal: only that no hypervisor shows in it. */
static void tell_place(const struct telling *telling, const struct cpc_report *report)
{
	char line[CPC_LINE_SIZE];

	if (report->capture->partial)
		snprintf(line, sizeof(line), "/proc/cpuinfo, a partial view: what it does not show is unknown");
	else if (report->vantage != CPC_DUMP)
		snprintf(line, sizeof(line), "%s", place_words(report));
	else if (report->taken == CPC_DUMP)
		snprintf(line, sizeof(line), "a fingerprint");
	else if (report->taken == CPC_BARE_METAL)
		snprintf(line, sizeof(line), "a dump, in which no hypervisor shows");
	else
		snprintf(line, sizeof(line), "a dump, taken %s%s", report->taken == CPC_ROOT_PARTITION ? "in " : "",
			 place_words(report));
	tell(telling, "seen from", line);
}

static void tell_hypervisor(const struct telling *telling, const struct cpc_hypervisor *hypervisor)
{
	char signature[CPC_VENDOR_TEXT_SIZE];
	char line[CPC_LINE_SIZE];

	cpc_vendor_text(hypervisor->signature, signature);
	snprintf(line, sizeof(line), "%s%s%s%s%s", hypervisor->name, *signature ? " (\"" : "", signature,
		 *signature ? "\")" : "",
		 hypervisor->hv1 && strcmp(hypervisor->id, "microsoft") ? ", which shows Hyper-V's interface too" : "");
	tell(telling, "hypervisor", line);
}

bool cpc_hypervisor_release(const struct cpc_hypervisor *hypervisor, char ret_release[static CPC_LINE_SIZE])
{
	*ret_release = '\0';
	if (hypervisor->build)
		snprintf(ret_release, CPC_LINE_SIZE, "%s%s", hypervisor->build_exact ? "" : "later than ",
			 hypervisor->build->release);
	else if (hypervisor->version.major && !hypervisor->version.build)
		snprintf(ret_release, CPC_LINE_SIZE, "%" PRIu32 ".%" PRIu32, hypervisor->version.major,
			 hypervisor->version.minor);
	return *ret_release;
}

/* A build is told as Windows tells it, with the number of its last update at the end. */
static void tell_release(const struct telling *telling, const struct cpc_hypervisor *hypervisor)
{
	const struct cpc_hypervisor_version *version = &hypervisor->version;
	char release[CPC_LINE_SIZE];
	char line[2 * CPC_LINE_SIZE];
	const bool named = cpc_hypervisor_release(hypervisor, release);

	if (version->build)
		snprintf(line, sizeof(line), "%s, build %" PRIu32 ".%" PRIu32 ".%" PRIu32 ".%" PRIu32 "%s",
			 named ? release : "unknown", version->major, version->minor, version->build,
			 version->service_number,
			 hypervisor->build && hypervisor->build->sure == CPC_SURE_MEMORY ? " (named from memory)" : "");
	else if (named)
		snprintf(line, sizeof(line), "%s", release);
	else if (!strcmp(hypervisor->id, "microsoft") && hypervisor->hv1)
		snprintf(line, sizeof(line), "not told: Hyper-V 2.0 waits until the guest has told its own");
	else
		return;
	tell(telling, "release", line);
}

static void tell_nesting(const struct telling *telling, const struct cpc_hypervisor *hypervisor)
{
	char line[CPC_LINE_SIZE];

	if (hypervisor->nested == CPC_UNKNOWN)
		return;
	if (hypervisor->nested == CPC_CLEAR)
		snprintf(line, sizeof(line), "no other Hyper-V is below it");
	else if (hypervisor->level.unknown || !hypervisor->level.value)
		snprintf(line, sizeof(line), "it runs inside another Hyper-V");
	else
		snprintf(line, sizeof(line), "it runs inside another Hyper-V, at level %" PRIu64,
			 hypervisor->level.value);
	tell(telling, "nested", line);
}

static void tell_isolation(const struct telling *telling, const struct cpc_hypervisor *hypervisor)
{
	static const char *const words[CPC_ISOLATION_COUNT] = {
		[CPC_ISOLATION_VBS] = "virtualization-based security",
		[CPC_ISOLATION_SNP] = "SEV-SNP",
		[CPC_ISOLATION_TDX] = "TDX",
		[CPC_ISOLATION_OTHER] = "of an unknown kind",
	};
	char line[CPC_LINE_SIZE];

	if (hypervisor->isolation == CPC_ISOLATION_NONE)
		return;
	snprintf(line, sizeof(line), "a confidential guest (%s)%s", words[hypervisor->isolation],
		 hypervisor->paravisor ? ", behind a paravisor" : "");
	tell(telling, "isolation", line);
}

/* Whether guests of this system can have guests: by what it is shown itself, and by its own KVM. */
static void tell_nested_guests(const struct telling *telling, const struct cpc_report *report)
{
	static const enum cpc_kvm_parameter parameters[] = { CPC_PARAMETER_KVM_INTEL_NESTED,
							     CPC_PARAMETER_KVM_AMD_NESTED };
	const char *name = cpc_requirement_name(CPC_HARDWARE_VIRTUALIZATION, report->signature.vendor);
	const struct cpc_capture *capture = report->capture;
	char line[CPC_LINE_SIZE];

	if (report->hypervisor.present && report->taken == CPC_GUEST && report->hypervisor.shows_virt == CPC_SET) {
		snprintf(line, sizeof(line), "this guest is shown %s and may have guests of its own", name);
		tell(telling, "nested guests", line);
	}
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++) {
		const enum cpc_kvm_module module = cpc_kvm_parameters[parameters[i]].module;
		const enum cpc_tristate value = capture->parameters[parameters[i]];

		if (capture->modules[module] != CPC_SET || value == CPC_UNKNOWN)
			continue;
		snprintf(line, sizeof(line), "%s %s (module %s, nested)",
			 value == CPC_SET ? "KVM lets its guests have" : "KVM keeps from its guests", name,
			 cpc_kvm_modules[module]);
		tell(telling, "nested guests", line);
	}
}

static void tell_mode(const struct telling *telling, enum cpc_tristate mode)
{
	if (mode == CPC_SET)
		tell(telling, "compatibility mode",
		     "on, as it seems (inferred): every processor of this kind has SSSE3 or POPCNT, and this guest has "
		     "not");
	else if (mode == CPC_CLEAR)
		tell(telling, "compatibility mode", "no sign of its fixed list of features (inferred)");
}

void cpc_each_vantage_line(const struct cpc_report *report,
			   void (*visit)(void *context, const char *label, const char *line), void *context)
{
	const struct telling telling = { .visit = visit, .context = context };

	tell_place(&telling, report);
	if (report->hypervisor.present) {
		tell_hypervisor(&telling, &report->hypervisor);
		tell_release(&telling, &report->hypervisor);
		tell_nesting(&telling, &report->hypervisor);
		tell_isolation(&telling, &report->hypervisor);
	}
	tell_nested_guests(&telling, report);
	tell_mode(&telling, report->compatibility_mode);
}
