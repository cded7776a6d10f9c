/* SPDX-License-Identifier: MIT */
/*
 * The row of capacity where the VMs of the cluster are named: for each host that may be gone, whether all VMs fit on
 * the others. Which VM runs where now does not matter, so what hosts use now is not asked either: it is those VMs.
 *
 * All hosts are taken to take each other's VMs. Where not all of them do, that they do not fit is certain all the same;
 * that they do is not.
 */
#include "ready_inside.h"

#include <stdlib.h>

#include "placement_inside.h"
#include "saturate.h"

struct fitting {
	struct cpc_vm_kinds kinds;
	struct cpc_room *rooms;	       /**< of all hosts */
	struct cpc_room *others;       /**< of all but one */
	struct cpc_placement *without; /**< by the host that is gone; their items are not kept */
};

bool cpc_load_room(const struct cpc_judge *judge, const struct cpc_ready_host *host, struct cpc_room *ret_room)
{
	const struct cpc_site_memory *memory;

	if (!host->site || host->site->results[CPC_SITE_MEMORY].status || cpc_is_guest(host))
		return false;
	memory = &host->site->memory;
	if (!memory->total.known || !memory->cpus.known)
		return false;
	*ret_room = cpc_room_of(memory->total.value, memory->cpus.value, judge->load->overhead);
	return true;
}

/** Hosts that are alike leave the same behind. */
static enum cpc_status place_without(const struct cpc_judge *judge, struct fitting *fitting, size_t gone)
{
	size_t others = 0;
	enum cpc_status status;

	for (size_t i = 0; i < gone; i++) {
		if (cpc_room_is_alike(&fitting->rooms[i], &fitting->rooms[gone])) {
			fitting->without[gone] = fitting->without[i];
			return CPC_OK;
		}
	}
	for (size_t i = 0; i < judge->count; i++) {
		if (i != gone)
			fitting->others[others++] = fitting->rooms[i];
	}
	status = cpc_place(&fitting->kinds, fitting->others, others, &fitting->without[gone], NULL);
	if (status)
		return status;
	free(fitting->without[gone].items);
	fitting->without[gone].items = NULL;
	return CPC_OK;
}

static uint64_t memory_without(const struct cpc_judge *judge, const struct fitting *fitting, size_t gone)
{
	uint64_t memory = 0;

	for (size_t i = 0; i < judge->count; i++)
		memory = i == gone ? memory : cpc_sum(memory, fitting->rooms[i].memory);
	return memory;
}

static enum cpc_ready_remedy remedy_of(enum cpc_fit_reason reason)
{
	if (reason == CPC_BY_LIMIT)
		return CPC_REMEDY_KEEP_LIMITS;
	return reason == CPC_BY_LARGEST ? CPC_REMEDY_ENLARGE_HOSTS : CPC_REMEDY_ADD_CAPACITY;
}

static void say_without(struct cpc_judge *judge, const struct fitting *fitting, size_t gone)
{
	const struct cpc_placement *without = &fitting->without[gone];
	const char *name = judge->hosts[gone].name;
	struct cpc_ready_reason *reason;

	cpc_note_text(judge, CPC_FACT_WITHOUT_HOST, cpc_fit_name(without->fit), name,
		      cpc_fit_reason_name(without->reason));
	switch (without->fit) {
	case CPC_FITS:
		(void)cpc_say(judge, CPC_REALISTIC, CPC_MET, CPC_REMEDY_NONE, NULL);
		return;
	case CPC_FIT_UNKNOWN:
		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, name);
		return;
	case CPC_FITS_NOT:
		break;
	}
	reason = cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, remedy_of(without->reason), name);
	if (reason && without->reason == CPC_BY_MEMORY) {
		reason->have = (struct cpc_measurement){ true, memory_without(judge, fitting, gone) };
		reason->want = (struct cpc_measurement){ true, fitting->kinds.memory };
	}
}

static void note_load(struct cpc_judge *judge, const struct cpc_vm_kinds *kinds)
{
	const struct cpc_overhead *overhead = judge->load->overhead;

	cpc_note_number(judge, CPC_FACT_VMS, judge->load->vms->total, NULL, "--vms");
	cpc_found(judge);
	cpc_note_number(judge, CPC_FACT_VMS_MEMORY, kinds->memory, NULL, "--vms");
	cpc_found(judge);
	cpc_note_number(judge, CPC_FACT_VMS_VCPUS, kinds->vcpus, NULL, "--vms");
	cpc_found(judge);
	cpc_note_number(judge, CPC_FACT_HOST_KEEPS, overhead->host.value, NULL, overhead->host.source);
	cpc_note_number(judge, CPC_FACT_VCPUS_PER_CPU, overhead->vcpus_per_cpu.value, NULL,
			overhead->vcpus_per_cpu.source);
}

/** Room for what is found out; false without memory. */
static bool start(struct cpc_judge *judge, struct fitting *ret_fitting)
{
	*ret_fitting = (struct fitting){ .rooms = calloc(judge->count, sizeof(struct cpc_room)),
					 .others = calloc(judge->count, sizeof(struct cpc_room)),
					 .without = calloc(judge->count, sizeof(struct cpc_placement)) };
	return ret_fitting->rooms && ret_fitting->others && ret_fitting->without &&
	       !cpc_vm_kinds_of(judge->load->vms, judge->load->overhead, &ret_fitting->kinds, NULL);
}

/** False where a host is not known: then nothing is known of all, which was said where it was looked at. */
static bool fill_rooms(const struct cpc_judge *judge, struct fitting *fitting)
{
	for (size_t i = 0; i < judge->count; i++) {
		if (!cpc_load_room(judge, &judge->hosts[i], &fitting->rooms[i]))
			return false;
	}
	return true;
}

static void judge_all(struct cpc_judge *judge, struct fitting *fitting)
{
	bool all = true;

	for (size_t i = 0; i < judge->count; i++) {
		if (place_without(judge, fitting, i)) {
			judge->starved = true;
			return;
		}
		say_without(judge, fitting, i);
		all = all && fitting->without[i].fit == CPC_FITS;
	}
	if (all && *judge->apart)
		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, CPC_REMEDY_JUDGE_POOLS, judge->apart);
}

void cpc_judge_load(struct cpc_judge *judge)
{
	struct fitting fitting;

	if (!start(judge, &fitting)) {
		judge->starved = true;
	} else {
		note_load(judge, &fitting.kinds);
		if (judge->count < 2)
			cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, NULL);
		else if (fill_rooms(judge, &fitting))
			judge_all(judge, &fitting);
	}
	free(fitting.rooms);
	free(fitting.others);
	free(fitting.without);
	cpc_vm_kinds_free(&fitting.kinds);
}
