/* SPDX-License-Identifier: MIT */
/* Why a layout does not do, in sentences. */
#include "plan_words.h"

#include <inttypes.h>

#include "amounts.h"

#define INDENT 4

const char *cpc_plan_verdict_words(const struct cpc_layout_answer *answer)
{
	if (answer->refusal)
		return "refused";
	if (answer->one_gone.reason == CPC_BY_NOTHING)
		return "not known";
	switch (answer->one_gone.fit) {
	case CPC_FITS:
		return "all VMs fit";
	case CPC_FITS_NOT:
		return "not all fit";
	case CPC_FIT_UNKNOWN:
		break;
	}
	return "cannot tell";
}

/** What a host has for its VMs. */
static struct cpc_room room_of(const struct cpc_plan *plan, const struct cpc_layout *layout)
{
	const uint64_t cpus = (uint64_t)layout->sockets * layout->cores * layout->threads;

	return cpc_room_of(layout->memory, cpus, plan->terms->overhead);
}

static void put_refusal(struct cpc_text *text, const struct cpc_plan *plan, size_t i)
{
	if (plan->answers[i].refusal == CPC_REFUSED_ONE_HOST)
		cpc_text_wrap(
			text, INDENT,
			"is refused: a single host is no redundancy, for nothing is left when it fails, and its VMs "
			"have nowhere to migrate to.");
	else
		cpc_text_wrapf(text, INDENT, "is refused: under %s a cluster has at most %u hosts.",
			       plan->terms->policy->name, plan->terms->policy->hosts_max);
}

static void put_memory(struct cpc_text *text, const struct cpc_plan *plan, size_t i, uint32_t hosts)
{
	char taken[CPC_AMOUNT_SIZE], room[CPC_AMOUNT_SIZE];

	cpc_bytes_words(plan->answers[i].taken, true, taken);
	cpc_bytes_words(hosts * room_of(plan, &plan->layouts[i]).memory, false, room);
	cpc_text_wrapf(text, INDENT, "the VMs take %s, and %" PRIu32 " %s %s for them.", taken, hosts,
		       hosts == 1 ? "host has" : "hosts have", room);
}

static void put_vcpus(struct cpc_text *text, const struct cpc_plan *plan, size_t i, uint32_t hosts)
{
	cpc_text_wrapf(text, INDENT, "the VMs have %" PRIu64 " vCPUs, and the CPUs of %" PRIu32 " %s take %" PRIu64 ".",
		       plan->terms->vms->vcpus, hosts, hosts == 1 ? "host" : "hosts",
		       hosts * room_of(plan, &plan->layouts[i]).vcpus);
}

/** Of a VM that no host takes, and of many that are as large. */
static void put_kind(struct cpc_text *text, const struct cpc_plan *plan, size_t i, const struct cpc_layout_fit *fit)
{
	const struct cpc_room room = room_of(plan, &plan->layouts[i]);
	char taken[CPC_AMOUNT_SIZE], has[CPC_AMOUNT_SIZE];

	cpc_bytes_words(fit->kind.memory, true, taken);
	cpc_bytes_words(room.memory, false, has);
	if (fit->reason == CPC_BY_COUNT)
		cpc_text_wrapf(text, INDENT,
			       "hosts take too few VMs as large as one that takes %s and has %" PRIu32 " %s.", taken,
			       fit->kind.vcpus, fit->kind.vcpus == 1 ? "vCPU" : "vCPUs");
	else
		cpc_text_wrapf(text, INDENT, "a VM takes %s and has %" PRIu32 " %s; a host has %s for VMs", taken,
			       fit->kind.vcpus, fit->kind.vcpus == 1 ? "vCPU" : "vCPUs", has);
	if (fit->reason == CPC_BY_LARGEST && plan->layouts[i].cores)
		cpc_text_wrapf(text, INDENT, "and %" PRIu64 " CPUs.", room.cpus);
	else if (fit->reason == CPC_BY_LARGEST)
		cpc_text_puts(text, ".");
}

/** What the platform runs; there is one at least. */
static void put_limits(struct cpc_text *text, const struct cpc_plan *plan)
{
	const struct cpc_overhead *overhead = plan->terms->overhead;
	char most[CPC_AMOUNT_SIZE];

	cpc_text_wrapf(text, INDENT, "under %s, whatever the hosts,", plan->terms->policy->name);
	cpc_bytes_words(overhead->vm_memory_max.value, false, most);
	if (overhead->vm_vcpus_max.source)
		cpc_text_wrapf(text, INDENT, "a VM has at most %" PRIu64 " vCPUs", overhead->vm_vcpus_max.value);
	if (overhead->vm_memory_max.source)
		cpc_text_wrapf(text, INDENT, "and %s", most);
	if (overhead->host_vms_max.source)
		cpc_text_wrapf(text, INDENT, "and a host %" PRIu64 " VMs", overhead->host_vms_max.value);
	if (overhead->cluster_vms_max.source)
		cpc_text_wrapf(text, INDENT, "and a cluster %" PRIu64 " VMs", overhead->cluster_vms_max.value);
	cpc_text_puts(text, ".");
}

static void put_reason(struct cpc_text *text, const struct cpc_plan *plan, size_t i, const struct cpc_layout_fit *fit,
		       uint32_t hosts)
{
	switch (fit->reason) {
	case CPC_BY_LIMIT:
		put_limits(text, plan);
		break;
	case CPC_BY_LARGEST:
	case CPC_BY_COUNT:
		put_kind(text, plan, i, fit);
		break;
	case CPC_BY_MEMORY:
		put_memory(text, plan, i, hosts);
		break;
	case CPC_BY_VCPUS:
		put_vcpus(text, plan, i, hosts);
		break;
	case CPC_BY_SEARCH:
		cpc_text_wrap(text, INDENT,
			      "there is room enough, in pieces that are too small: every placement was tried.");
		break;
	case CPC_BY_EFFORT:
		cpc_text_wrap(text, INDENT, "no placement was found, and there are too many to try all.");
		break;
	case CPC_BY_CORES:
		cpc_text_wrap(
			text, INDENT,
			"memory does, but the vCPUs want more than one core a socket; tell how many there are with "
			"--cores-per-socket.");
		break;
	case CPC_BY_PLACEMENT:
	case CPC_BY_NO_HOST:
	case CPC_BY_NOTHING:
	case CPC_FIT_REASON_COUNT:
		break;
	}
}

static void put_misfit(struct cpc_text *text, const struct cpc_plan *plan, size_t i)
{
	const struct cpc_layout_answer *answer = &plan->answers[i];
	const uint32_t hosts = plan->layouts[i].hosts;

	if (answer->all.fit == CPC_FITS_NOT) {
		cpc_text_wrap(text, INDENT, "does not take all VMs even with every host:");
		put_reason(text, plan, i, &answer->all, hosts);
	} else if (answer->one_gone.fit == CPC_FITS_NOT) {
		cpc_text_wrap(text, INDENT, "does not take all VMs with one host gone:");
		put_reason(text, plan, i, &answer->one_gone, hosts - 1);
	} else {
		cpc_text_wrap(text, INDENT, "may take all VMs with one host gone, or not:");
		put_reason(text, plan, i, &answer->one_gone, hosts - 1);
	}
}

void cpc_plan_why(struct cpc_text *text, const struct cpc_plan *plan, size_t layout)
{
	const struct cpc_layout_answer *answer = &plan->answers[layout];

	if (!answer->refusal && (answer->one_gone.fit == CPC_FITS || answer->one_gone.reason == CPC_BY_NOTHING))
		return;
	cpc_text_word(text, 2, plan->layouts[layout].name);
	if (answer->refusal)
		put_refusal(text, plan, layout);
	else
		put_misfit(text, plan, layout);
	cpc_text_newline(text);
}
