/* SPDX-License-Identifier: MIT */
/* The row of shared storage: a volume of the right kind that every host sees. */
#include "ready_inside.h"

#include <stdio.h>
#include <string.h>

static enum cpc_tristate truth(bool value)
{
	return value ? CPC_SET : CPC_CLEAR;
}

static enum cpc_tristate both(enum cpc_tristate a, enum cpc_tristate b)
{
	if (a == CPC_CLEAR || b == CPC_CLEAR)
		return CPC_CLEAR;
	return a == CPC_SET && b == CPC_SET ? CPC_SET : CPC_UNKNOWN;
}

/** Whether others can reach a volume. */
static enum cpc_tristate reachable(const struct cpc_demands *demands, const struct cpc_volume *volume)
{
	if (volume->transport == CPC_TRANSPORT_UNKNOWN || volume->transport == CPC_TRANSPORT_PARAVIRTUAL)
		return CPC_UNKNOWN;
	return truth(demands->shared_over >> volume->transport & 1);
}

/** Whether it knows the commands that are asked. */
static enum cpc_tristate speaks(const struct cpc_demands *demands, const struct cpc_volume *volume)
{
	enum cpc_tristate spc = CPC_SET;

	if (demands->spc)
		spc = volume->spc.known ? truth(volume->spc.value >= demands->spc) : CPC_UNKNOWN;
	return demands->reservations ? both(spc, volume->reservations) : spc;
}

/** Whether every path to it is lost: what the kernel still keeps of a disk is no disk. */
static bool is_lost(const struct cpc_volume *volume)
{
	return volume->paths_usable.known && volume->paths_usable.value == 0;
}

static enum cpc_tristate qualifies(const struct cpc_demands *demands, const struct cpc_volume *volume)
{
	return is_lost(volume) ? CPC_CLEAR : both(reachable(demands, volume), speaks(demands, volume));
}

static void note_volume(struct cpc_judge *judge, const struct cpc_volume *volume)
{
	cpc_note_text(judge, CPC_FACT_TRANSPORT, cpc_transport_name(volume->transport), volume->name, NULL);
	if (*volume->identity)
		cpc_note_text(judge, CPC_FACT_IDENTITY, volume->identity, volume->name, "VPD 0x83");
	cpc_note_measurement(judge, CPC_FACT_SPC, volume->spc, volume->name, "INQUIRY byte 2");
	cpc_note_tristate(judge, CPC_FACT_RESERVATIONS, volume->reservations, volume->name, "PR IN");
	cpc_note_measurement(judge, CPC_FACT_PATHS, volume->paths, volume->name, NULL);
	cpc_note_measurement(judge, CPC_FACT_PATHS_USABLE, volume->paths_usable, volume->name, NULL);
	cpc_note_measurement(judge, CPC_FACT_BYTES, volume->bytes, volume->name, NULL);
}

/** Whether a guest or container sees none of the machine's disks. */
static bool is_hidden(const struct cpc_ready_host *host)
{
	return cpc_is_guest(host) || (cpc_is_contained(host) && !host->site->volume_count);
}

/** What would let a volume be seen that may qualify. */
static enum cpc_ready_remedy look_at(const struct cpc_demands *demands, const struct cpc_ready_host *host,
				     const struct cpc_volume *volume)
{
	const char *const needs = host->site->results[CPC_SITE_VOLUMES].needs;

	if (reachable(demands, volume) == CPC_UNKNOWN)
		return volume->transport == CPC_TRANSPORT_PARAVIRTUAL || cpc_is_guest(host) ? CPC_REMEDY_LOOK_OUTSIDE
											    : CPC_REMEDY_ASK_PLATFORM;
	if (demands->spc && !volume->spc.known)
		return CPC_REMEDY_LOOK_AGAIN;
	/* Who was asked and did not tell, or could not be asked, is not asked for again. */
	if (!strncmp(needs, "/dev/", 5))
		return CPC_REMEDY_PERMIT;
	return !strncmp(needs, "--active", 8) ? CPC_REMEDY_ASK_ACTIVELY : CPC_REMEDY_LOOK_AGAIN;
}

void cpc_judge_volumes(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_site *site = host->site;
	const struct cpc_volume *perhaps = NULL;
	const struct cpc_volume *lost = NULL;
	enum cpc_ready_remedy remedy = CPC_REMEDY_SHARE;
	size_t shareable = 0;

	cpc_judge_iscsi(judge, host);
	if (!cpc_saw(judge, host, CPC_SITE_VOLUMES))
		return;
	for (size_t i = 0; i < site->volume_count; i++) {
		const struct cpc_volume *volume = &site->volumes[i];
		const enum cpc_tristate value = qualifies(judge->demands, volume);

		shareable += value == CPC_SET;
		if (value == CPC_UNKNOWN && !perhaps)
			perhaps = volume;
		if (reachable(judge->demands, volume) != CPC_SET)
			continue;
		if (speaks(judge->demands, volume) == CPC_CLEAR)
			remedy = CPC_REMEDY_REPLACE_STORAGE;
		else if (is_lost(volume) && !lost)
			lost = volume;
	}
	if (judge->demands->shared_over) {
		cpc_note_number(judge, CPC_FACT_SHAREABLE, shareable, NULL, NULL);
		cpc_found(judge);
	}
	for (size_t i = 0; i < site->volume_count; i++)
		note_volume(judge, &site->volumes[i]);
	if (site->volumes_left_out)
		cpc_note_number(judge, CPC_FACT_LEFT_OUT, site->volumes_left_out, NULL, NULL);
	if (shareable)
		cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
	else if (perhaps)
		cpc_say_all(judge, CPC_CANNOT_SEE, look_at(judge->demands, host, perhaps), perhaps->name);
	else if (is_hidden(host))
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
	else if (site->volumes_left_out)
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, NULL);
	else if (lost)
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, lost->name);
	else
		cpc_say_all(judge, CPC_NOT_MET, remedy, NULL);
}

/** Whether two identities are of one kind, "naa" or "eui": of two kinds both may name one volume. */
static bool is_comparable(const char *a, const char *b)
{
	const size_t length = strcspn(a, ".");

	return !*a || !*b || (length == strcspn(b, ".") && !memcmp(a, b, length));
}

/** Whether a host sees a volume of an identity, and it qualifies there. */
static enum cpc_tristate seen_by(const struct cpc_judge *judge, const struct cpc_ready_host *host, const char *identity)
{
	const struct cpc_site *site = host->site;
	enum cpc_tristate best = CPC_CLEAR;

	if (!site || site->results[CPC_SITE_VOLUMES].status || site->volumes_left_out || is_hidden(host))
		best = CPC_UNKNOWN;
	for (size_t i = 0; site && i < site->volume_count; i++) {
		const struct cpc_volume *volume = &site->volumes[i];
		const enum cpc_tristate value = qualifies(judge->demands, volume);

		/* One without an identity may be any. */
		if (value == CPC_CLEAR || (*volume->identity && strcmp(volume->identity, identity) != 0 &&
					   is_comparable(volume->identity, identity)))
			continue;
		if (value == CPC_SET && *volume->identity && !strcmp(volume->identity, identity))
			return CPC_SET;
		best = CPC_UNKNOWN;
	}
	return best;
}

static enum cpc_tristate seen_by_all(const struct cpc_judge *judge, const char *identity)
{
	enum cpc_tristate all = CPC_SET;

	for (size_t i = 0; i < judge->count && all != CPC_CLEAR; i++)
		all = both(all, seen_by(judge, &judge->hosts[i], identity));
	return all;
}

/** Whether an earlier volume of the list is the same one: a path, or the multipath over it. */
static bool is_repeated(const struct cpc_site *site, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(site->volumes[i].identity, site->volumes[n].identity))
			return true;
	}
	return false;
}

/** A volume that some hosts see, and not all. */
struct partly {
	const char *identity;
	size_t seen; /**< by how many for certain */
};

static bool is_seen_before(const struct cpc_judge *judge, size_t host, const char *identity)
{
	for (size_t i = 0; i < host; i++) {
		if (seen_by(judge, &judge->hosts[i], identity) == CPC_SET)
			return true;
	}
	return false;
}

/** Tell of one that several see: who they are. */
static size_t note_seen_by(struct cpc_judge *judge, const char *identity)
{
	char names[CPC_IDENTITY_SIZE] = "";
	size_t length = 0, seen = 0;

	for (size_t i = 0; i < judge->count; i++) {
		if (seen_by(judge, &judge->hosts[i], identity) != CPC_SET)
			continue;
		seen++;
		if (length < sizeof(names))
			length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%.60s",
						   length ? ", " : "", judge->hosts[i].name);
	}
	if (seen > 1)
		cpc_note_text(judge, CPC_FACT_SEEN_BY, names, identity, "VPD 0x83");
	return seen;
}

/** Those that several hosts see, and the one that most do; of as many the first. */
static struct partly most_shared(struct cpc_judge *judge, size_t *ret_count)
{
	struct partly most = { .seen = 1 };

	*ret_count = 0;
	for (size_t host = 0; host < judge->count; host++) {
		const struct cpc_site *site = judge->hosts[host].site;

		for (size_t i = 0; site && i < site->volume_count; i++) {
			const char *identity = site->volumes[i].identity;
			size_t seen;

			if (!*identity || is_repeated(site, i) || is_seen_before(judge, host, identity))
				continue;
			seen = note_seen_by(judge, identity);
			*ret_count += seen > 1;
			if (seen > most.seen)
				most = (struct partly){ .identity = identity, .seen = seen };
		}
	}
	return most;
}

/** No volume is seen by all: which comes nearest to it, and who lacks that. */
static void say_who_lacks(struct cpc_judge *judge)
{
	size_t count;
	const struct partly most = most_shared(judge, &count);

	cpc_note_number(judge, CPC_FACT_SHARED_PARTLY, count, NULL, "VPD 0x83");
	if (count)
		cpc_found(judge);
	if (!most.identity) {
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_SHARE, NULL);
		return;
	}
	for (size_t i = 0; i < judge->count; i++) {
		if (seen_by(judge, &judge->hosts[i], most.identity) != CPC_CLEAR)
			continue;
		judge->host = i;
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_SHARE, most.identity);
	}
	judge->host = CPC_READY_CLUSTER;
}

/** Whether any of a host's volumes is seen by all; the host's own count where it is the first, for all see it then. */
static enum cpc_tristate best_of(struct cpc_judge *judge, size_t host, size_t *shared)
{
	const struct cpc_site *site = judge->hosts[host].site;
	enum cpc_tristate best = CPC_CLEAR;

	for (size_t i = 0; site && i < site->volume_count; i++) {
		const char *identity = site->volumes[i].identity;
		enum cpc_tristate all;

		if (!*identity || is_repeated(site, i) || qualifies(judge->demands, &site->volumes[i]) == CPC_CLEAR)
			continue;
		all = seen_by_all(judge, identity);
		if (all == CPC_SET && host == 0) {
			cpc_note_text(judge, CPC_FACT_IDENTITY, identity, NULL, "VPD 0x83");
			(*shared)++;
		}
		if (best != CPC_SET && all != CPC_CLEAR)
			best = all;
	}
	return best;
}

void cpc_judge_shared_storage(struct cpc_judge *judge)
{
	enum cpc_tristate best;
	size_t shared = 0;

	if (!judge->row->asked[CPC_MINIMUM])
		return;
	if (judge->count < 2) {
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, NULL);
		return;
	}
	/* Those without an identity may be one and the same. */
	best = seen_by_all(judge, "");
	for (size_t host = 0; host < judge->count && best != CPC_SET; host++) {
		const enum cpc_tristate its = best_of(judge, host, &shared);

		best = its == CPC_CLEAR ? best : its;
	}
	cpc_note_number(judge, CPC_FACT_SHARED, shared, NULL, "VPD 0x83");
	cpc_found(judge);
	if (best == CPC_SET)
		cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
	else if (best == CPC_UNKNOWN)
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, NULL);
	else
		say_who_lacks(judge);
}
