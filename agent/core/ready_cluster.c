/* SPDX-License-Identifier: MIT */
/* The rows of the cluster as a whole: how many hosts, and whether the others take one's VMs. */
#include "ready_inside.h"

#include <stdio.h>

#include "saturate.h"

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
	/** What is set aside for huge pages, apart: other memory takes no VM that wants those, nor the other way round.
	 */
	uint64_t huge_used;
	uint64_t huge_left;
	uint64_t load; /**< thousandths of a CPU */
	uint64_t cpus; /**< thousandths */
};

/** Where nothing tells of huge pages there are none. False where what tells does not add up. */
static bool take_huge(const struct cpc_site_memory *memory, struct room *room)
{
	const uint64_t all = memory->huge_bytes.known ? memory->huge_bytes.value : 0;
	const uint64_t unused = memory->huge_bytes_free.known ? memory->huge_bytes_free.value : 0;

	if (all > room->used || unused > all)
		return false;
	room->used -= all;
	room->huge_used = all - unused;
	room->huge_left = unused;
	return true;
}

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
	return take_huge(memory, ret_room);
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
	else if (judge->load ? !cpc_load_room(judge, host, &(struct cpc_room){ 0 }) : !room_of(host, &room))
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, NULL);
}

/** Whether the others have what a host uses, together or one of them; if not, it is said of what. */
static void judge_share(struct cpc_judge *judge, size_t gone, const char *what, struct cpc_measurement used,
			uint64_t left, uint64_t largest)
{
	const enum cpc_ready_verdict verdict = left < used.value      ? CPC_NOT_MET
					       : largest < used.value ? CPC_CANNOT_SEE
								      : CPC_MET;
	char subject[CPC_READY_WHERE_SIZE];
	struct cpc_ready_reason *reason;

	snprintf(subject, sizeof(subject), "%.120s%s%s", judge->hosts[gone].name, *what ? ", " : "", what);
	reason = cpc_say(judge, CPC_REALISTIC, verdict,
			 verdict == CPC_NOT_MET ? CPC_REMEDY_ADD_CAPACITY : CPC_REMEDY_ASK_PLATFORM, subject);
	if (reason && verdict == CPC_NOT_MET && used.known) {
		reason->have = (struct cpc_measurement){ true, left };
		reason->want = used;
	}
}

/** What the other hosts have when one is gone. Together they may have room that no single one of them has. */
static void judge_without(struct cpc_judge *judge, size_t gone, const struct room *its)
{
	struct room others = { .left = 0 }, largest = { .left = 0 };
	uint64_t load = its->load;

	for (size_t i = 0; i < judge->count; i++) {
		struct room room;

		if (i == gone || !room_of(&judge->hosts[i], &room))
			continue;
		others.left = cpc_sum(others.left, room.left);
		others.huge_left = cpc_sum(others.huge_left, room.huge_left);
		others.cpus = cpc_sum(others.cpus, room.cpus);
		load = cpc_sum(load, room.load);
		largest.left = room.left > largest.left ? room.left : largest.left;
		largest.huge_left = room.huge_left > largest.huge_left ? room.huge_left : largest.huge_left;
	}
	judge_share(judge, gone, "", (struct cpc_measurement){ true, its->used }, others.left, largest.left);
	judge_share(judge, gone, "huge pages", (struct cpc_measurement){ true, its->huge_used }, others.huge_left,
		    largest.huge_left);
	/* Not in bytes, and shared out as it comes. */
	judge_share(judge, gone, "processors", (struct cpc_measurement){ false, load }, others.cpus, UINT64_MAX);
}

void cpc_judge_capacity(struct cpc_judge *judge)
{
	struct room room;

	if (judge->load) {
		cpc_judge_load(judge);
		return;
	}
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
	/* Room that a host's VMs cannot move to is none of theirs. */
	if (*judge->apart && judge->row->verdicts[CPC_REALISTIC] == CPC_MET)
		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, CPC_REMEDY_JUDGE_POOLS, judge->apart);
}
