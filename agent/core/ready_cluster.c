/* SPDX-License-Identifier: MIT */
/* The rows of the cluster as a whole: how many hosts, and whether the others take one's VMs. */
#include "ready_inside.h"

void cpc_judge_servers(struct cpc_judge *judge)
{
	const uint16_t least = judge->demands->hosts_min;
	const uint16_t most = judge->policy->hosts_max;
	const uint64_t hosts = judge->count;
	struct cpc_ready_reason *reason;

	cpc_note_number(judge, CPC_FACT_HOSTS, hosts, NULL, NULL);
	cpc_found(judge);
	if (!most || hosts <= most) {
		/* There may be others: nobody said that these are all. */
		cpc_say_count(judge, CPC_MINIMUM, hosts, UINT64_MAX, least, CPC_REMEDY_ADD_HOST, CPC_REMEDY_GIVE_HOSTS);
		return;
	}
	reason = cpc_say(judge, CPC_MINIMUM, CPC_NOT_MET, CPC_REMEDY_SPLIT, NULL);
	if (reason) {
		reason->have = (struct cpc_measurement){ true, hosts };
		reason->want = (struct cpc_measurement){ true, most };
	}
}

/** What a host has, and what its VMs take of it. */
struct room {
	uint64_t used; /**< bytes */
	uint64_t left;
	uint64_t load; /**< thousandths of a CPU */
	uint64_t cpus; /**< thousandths */
};

/** False where something is not known. */
static bool room_of(const struct cpc_ready_host *host, struct room *ret_room)
{
	const struct cpc_site_memory *memory;

	if (!host->site || host->site->results[CPC_SITE_MEMORY].status || cpc_is_guest(host))
		return false;
	memory = &host->site->memory;
	if (!memory->total.known || !memory->available.known || !memory->cpus.known || !memory->load.known ||
	    memory->available.value > memory->total.value || memory->cpus.value > UINT32_MAX)
		return false;
	*ret_room = (struct room){ .used = memory->total.value - memory->available.value,
				   .left = memory->available.value,
				   .load = memory->load.value,
				   .cpus = memory->cpus.value * 1000 };
	return true;
}

void cpc_judge_host_capacity(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_site_memory *memory;
	struct room room;

	if (!cpc_saw(judge, host, CPC_SITE_MEMORY))
		return;
	memory = &host->site->memory;
	cpc_note_measurement(judge, CPC_FACT_SOCKETS, memory->sockets, NULL, NULL);
	cpc_note_measurement(judge, CPC_FACT_LOAD, memory->load, NULL, "/proc/loadavg");
	if (memory->cpus.known) {
		cpc_note_measurement(judge, CPC_FACT_CPUS, memory->cpus, NULL, "/sys/devices/system/cpu/online");
		cpc_found(judge);
	}
	if (memory->total.known) {
		cpc_note_measurement(judge, CPC_FACT_MEMORY, memory->total, NULL, "/proc/meminfo MemTotal");
		cpc_found(judge);
	}
	if (memory->available.known) {
		cpc_note_measurement(judge, CPC_FACT_MEMORY_LEFT, memory->available, NULL,
				     "/proc/meminfo MemAvailable");
		cpc_found(judge);
	}
	if (cpc_is_guest(host))
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
	else if (!room_of(host, &room))
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, NULL);
}

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/** What the other hosts have when one is gone. Together they may have room that no single one of them has. */
static void judge_without(struct cpc_judge *judge, size_t gone, const struct room *its)
{
	uint64_t left = 0, largest = 0, load = its->load, cpus = 0;
	enum cpc_ready_verdict verdict = CPC_MET;
	struct cpc_ready_reason *reason;

	for (size_t i = 0; i < judge->count; i++) {
		struct room room;

		if (i == gone || !room_of(&judge->hosts[i], &room))
			continue;
		left = add(left, room.left);
		load = add(load, room.load);
		cpus = add(cpus, room.cpus);
		largest = room.left > largest ? room.left : largest;
	}
	if (left < its->used || cpus < load)
		verdict = CPC_NOT_MET;
	else if (largest < its->used)
		verdict = CPC_CANNOT_SEE;
	reason = cpc_say(judge, CPC_REALISTIC, verdict,
			 verdict == CPC_NOT_MET ? CPC_REMEDY_ADD_CAPACITY : CPC_REMEDY_ASK_PLATFORM,
			 judge->hosts[gone].name);
	if (reason && left < its->used) {
		reason->have = (struct cpc_measurement){ true, left };
		reason->want = (struct cpc_measurement){ true, its->used };
	}
}

void cpc_judge_capacity(struct cpc_judge *judge)
{
	struct room room;

	if (judge->count < 2) {
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, NULL);
		return;
	}
	/* With one host unknown nothing is known of all; that was said where it was looked at. */
	for (size_t i = 0; i < judge->count; i++) {
		if (!room_of(&judge->hosts[i], &room))
			return;
	}
	for (size_t i = 0; i < judge->count; i++) {
		(void)room_of(&judge->hosts[i], &room);
		judge_without(judge, i, &room);
	}
}
