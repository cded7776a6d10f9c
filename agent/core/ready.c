/* SPDX-License-Identifier: MIT */
/*
 * The requirement table: which check judges which row, and how verdicts add up. A row starts out as not seen, and only
 * a check that saw something makes it met; the worst verdict of all hosts holds.
 */
#include "ready_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

static const struct cpc_ready_check checks[CPC_ROW_COUNT] = {
	[CPC_ROW_SERVERS] = { .cluster = cpc_judge_servers },
	[CPC_ROW_PROCESSOR] = { .host = cpc_judge_processor, .cluster = cpc_judge_pairs },
	[CPC_ROW_NETWORK_PORTS] = { .host = cpc_judge_network_ports, .cluster = cpc_judge_network_alike },
	[CPC_ROW_STORAGE_PORTS] = { .host = cpc_judge_storage_ports, .cluster = cpc_judge_storage_alike },
	[CPC_ROW_SHARED_STORAGE] = { .host = cpc_judge_volumes, .cluster = cpc_judge_shared_storage },
	[CPC_ROW_VIRTUAL_DISKS] = { .host = cpc_judge_virtual_disks, .cluster = cpc_judge_disks_shown },
	[CPC_ROW_HOST_OS] = { .host = cpc_judge_host_system },
	[CPC_ROW_GUEST_OS] = { .host = cpc_judge_guest_system },
	[CPC_ROW_DIRECTORY] = { .host = cpc_judge_directory, .cluster = cpc_judge_domains },
	[CPC_ROW_DNS] = { .host = cpc_judge_dns },
	[CPC_ROW_CAPACITY] = { .host = cpc_judge_host_capacity, .cluster = cpc_judge_capacity },
};

/** One more item of `size` bytes at the end of a list, zeroed; NULL without memory, which the judge remembers. */
static void *add(struct cpc_judge *judge, void **items, size_t *count, size_t size)
{
	void *grown = cpc_grown(*items, *count, size);

	if (!grown) {
		judge->starved = true;
		return NULL;
	}
	*items = grown;
	return memset((char *)grown + (*count)++ * size, 0, size);
}

static void copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "");
}

struct cpc_ready_reason *cpc_say(struct cpc_judge *judge, enum cpc_ready_column column, enum cpc_ready_verdict verdict,
				 enum cpc_ready_remedy remedy, const char *subject)
{
	struct cpc_ready_row *row = judge->row;
	struct cpc_ready_reason *reason;
	void *reasons = row->reasons;

	if (!row->asked[column])
		return NULL;
	for (unsigned int of = column; of < CPC_COLUMN_COUNT; of++) {
		const bool more = of != column && cpc_demanded(judge->demands, judge->id, of);

		if (row->asked[of] && verdict > row->verdicts[of] && !(more && verdict == CPC_MET))
			row->verdicts[of] = verdict;
	}
	if (verdict == CPC_MET)
		return NULL;
	reason = add(judge, &reasons, &row->reason_count, sizeof(*reason));
	row->reasons = reasons;
	if (!reason)
		return NULL;
	*reason = (struct cpc_ready_reason){
		.host = judge->host, .column = column, .verdict = verdict, .remedy = remedy
	};
	copy(reason->subject, sizeof(reason->subject), subject);
	return reason;
}

void cpc_say_all(struct cpc_judge *judge, enum cpc_ready_verdict verdict, enum cpc_ready_remedy remedy,
		 const char *subject)
{
	const enum cpc_ready_column first = judge->row->asked[CPC_MINIMUM] ? CPC_MINIMUM : CPC_REALISTIC;

	(void)cpc_say(judge, first, verdict, remedy, subject);
	if (verdict == CPC_MET)
		(void)cpc_say(judge, CPC_REALISTIC, CPC_MET, CPC_REMEDY_NONE, NULL);
}

struct cpc_ready_reason *cpc_say_count(struct cpc_judge *judge, enum cpc_ready_column column, uint64_t have,
				       uint64_t most, uint64_t want, enum cpc_ready_remedy short_of,
				       enum cpc_ready_remedy look)
{
	const enum cpc_ready_verdict verdict = have >= want ? CPC_MET : most < want ? CPC_NOT_MET : CPC_CANNOT_SEE;
	struct cpc_ready_reason *reason =
		cpc_say(judge, column, verdict, verdict == CPC_NOT_MET ? short_of : look, NULL);

	if (reason) {
		reason->have = (struct cpc_measurement){ true, have };
		reason->want = (struct cpc_measurement){ true, want };
	}
	return reason;
}

void cpc_name(struct cpc_ready_reason *reason, const char *name)
{
	static const char more[] = ", ...";
	const size_t length = reason ? strlen(reason->subject) : 0;
	const size_t room = reason ? sizeof(reason->subject) - length : 0;

	/* Once there was no room for one, there is none for those that come after it. */
	if (!reason || (length >= sizeof(more) && !strcmp(reason->subject + length + 1 - sizeof(more), more)))
		return;
	if (strlen(name) + sizeof(more) + 2 < room)
		snprintf(reason->subject + length, room, "%s%s", length ? ", " : "", name);
	else if (length)
		memcpy(reason->subject + length, more, sizeof(more));
}

struct cpc_ready_caution *cpc_beware(struct cpc_judge *judge, enum cpc_ready_remedy remedy, const char *subject,
				     const char *source)
{
	struct cpc_ready_row *row = judge->row;
	struct cpc_ready_caution *caution;
	void *cautions = row->cautions;

	if (!source)
		return NULL;
	caution = add(judge, &cautions, &row->caution_count, sizeof(*caution));
	row->cautions = cautions;
	if (!caution)
		return NULL;
	*caution = (struct cpc_ready_caution){ .host = judge->host, .remedy = remedy, .source = source };
	copy(caution->subject, sizeof(caution->subject), subject);
	return caution;
}

static struct cpc_ready_fact *note(struct cpc_judge *judge, enum cpc_ready_fact_id id, enum cpc_ready_kind kind,
				   const char *subject, const char *where)
{
	void *facts = judge->row->facts;
	struct cpc_ready_fact *fact = add(judge, &facts, &judge->row->fact_count, sizeof(*fact));

	judge->row->facts = facts;
	if (!fact)
		return &judge->spare;
	*fact = (struct cpc_ready_fact){ .host = judge->host, .id = id, .kind = kind };
	copy(fact->subject, sizeof(fact->subject), subject);
	copy(fact->where, sizeof(fact->where), where);
	return fact;
}

void cpc_note_number(struct cpc_judge *judge, enum cpc_ready_fact_id id, uint64_t number, const char *subject,
		     const char *where)
{
	note(judge, id, CPC_READY_NUMBER, subject, where)->number = number;
}

void cpc_note_tristate(struct cpc_judge *judge, enum cpc_ready_fact_id id, enum cpc_tristate value, const char *subject,
		       const char *where)
{
	note(judge, id, CPC_READY_TRISTATE, subject, where)->tristate = value;
}

void cpc_note_text(struct cpc_judge *judge, enum cpc_ready_fact_id id, const char *text, const char *subject,
		   const char *where)
{
	copy(note(judge, id, CPC_READY_TEXT, subject, where)->text, CPC_IDENTITY_SIZE, text);
}

void cpc_note_measurement(struct cpc_judge *judge, enum cpc_ready_fact_id id, struct cpc_measurement value,
			  const char *subject, const char *where)
{
	if (value.known)
		cpc_note_number(judge, id, value.value, subject, where);
}

void cpc_found(struct cpc_judge *judge)
{
	if (!judge->starved)
		judge->row->facts[judge->row->fact_count - 1].found = true;
}

/** Whether there are ports or disks of the sort that only a hypervisor gives. */
static bool has_paravirtual(const struct cpc_site *site)
{
	for (size_t i = 0; i < site->port_count; i++) {
		if (site->ports[i].kind == CPC_PORT_PARAVIRTUAL)
			return true;
	}
	for (size_t i = 0; i < site->volume_count; i++) {
		if (site->volumes[i].transport == CPC_TRANSPORT_PARAVIRTUAL)
			return true;
	}
	return site->guest.vmbus == CPC_SET || site->guest.virtio == CPC_SET;
}

bool cpc_is_guest(const struct cpc_ready_host *host)
{
	const struct cpc_report *report = host->report;
	const struct cpc_site *site = host->site;

	if (report->vantage == CPC_GUEST || (report->vantage == CPC_DUMP && report->taken == CPC_GUEST))
		return true;
	/* A processor that was given beside a folder says nothing of the folder's machine. */
	return report->vantage == CPC_DUMP && site && has_paravirtual(site);
}

bool cpc_is_contained(const struct cpc_ready_host *host)
{
	return host->site && host->site->host.container == CPC_SET;
}

enum cpc_ready_remedy cpc_would_see(const struct cpc_ready_host *host, enum cpc_site_probe_id probe)
{
	if (!host->site)
		return CPC_REMEDY_LOOK_THERE;
	switch (host->site->results[probe].status) {
	case CPC_PROBE_OK:
		return CPC_REMEDY_NONE;
	case CPC_PROBE_DENIED:
		return CPC_REMEDY_PERMIT;
	case CPC_PROBE_ABSENT:
		return cpc_is_guest(host) ? CPC_REMEDY_LOOK_OUTSIDE : CPC_REMEDY_LOOK_THERE;
	case CPC_PROBE_FAILED:
		break;
	}
	return CPC_REMEDY_LOOK_AGAIN;
}

bool cpc_saw(struct cpc_judge *judge, const struct cpc_ready_host *host, enum cpc_site_probe_id probe)
{
	const enum cpc_ready_remedy remedy = cpc_would_see(host, probe);

	if (remedy)
		cpc_say_all(judge, CPC_CANNOT_SEE, remedy, host->site ? host->site->results[probe].needs : NULL);
	return !remedy;
}

/** Without a single verdict nobody knows, which no check lets happen; should one, it is no silence either. */
static void settle(struct cpc_judge *judge)
{
	judge->host = CPC_READY_CLUSTER;
	for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++) {
		if (!judge->row->asked[column])
			judge->row->verdicts[column] = CPC_MET;
		else if (!judge->row->verdicts[column])
			(void)cpc_say(judge, column, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, NULL);
	}
}

static void judge_row(struct cpc_judge *judge)
{
	const struct cpc_ready_check *check = &checks[judge->id];
	struct cpc_ready_row *row = judge->row;

	row->asked[CPC_MINIMUM] = cpc_demanded(judge->demands, judge->id, CPC_MINIMUM);
	/* Production needs the minimum, too. */
	row->asked[CPC_REALISTIC] = row->asked[CPC_MINIMUM] || cpc_demanded(judge->demands, judge->id, CPC_REALISTIC);
	/* Who names VMs asks whether they fit. */
	row->asked[CPC_REALISTIC] |= judge->load && judge->id == CPC_ROW_CAPACITY;
	for (size_t i = 0; check->host && i < judge->count; i++) {
		judge->host = i;
		check->host(judge, &judge->hosts[i]);
	}
	judge->host = CPC_READY_CLUSTER;
	if (check->cluster)
		check->cluster(judge);
	settle(judge);
}

static enum cpc_ready_end end_of(const struct cpc_ready *ready)
{
	bool seen[CPC_COLUMN_COUNT][CPC_NOT_MET + 1] = { { false } };

	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		const struct cpc_ready_row *row = &ready->rows[id];

		for (unsigned int column = 0; column < CPC_COLUMN_COUNT && !row->assumed; column++)
			seen[column][row->verdicts[column]] = true;
	}
	if (seen[CPC_MINIMUM][CPC_NOT_MET])
		return CPC_READY_NOT;
	if (seen[CPC_MINIMUM][CPC_CANNOT_SEE])
		return CPC_READY_UNKNOWN;
	return seen[CPC_REALISTIC][CPC_NOT_MET] || seen[CPC_REALISTIC][CPC_CANNOT_SEE] ? CPC_READY_MINIMUM : CPC_READY;
}

/** Two names of one machine would stand in for each other, and share every volume. */
static enum cpc_status refuse_twins(const struct cpc_ready_host *hosts, size_t count, struct cpc_error *reterr)
{
	for (size_t i = 0; i < count; i++) {
		const char *machine = hosts[i].report->capture->machine_id;

		for (size_t j = 0; j < i; j++) {
			const char *other = hosts[j].report->capture->machine_id;

			if (*machine && !strcmp(machine, other))
				return cpc_fail(reterr, CPC_USAGE, 0, "%.60s and %.60s are one machine", hosts[j].name,
						hosts[i].name);
			/* Where nobody knows the machine its name has to do, but for mere processors. */
			if ((!*machine || !*other) && hosts[i].site && hosts[j].site &&
			    !strcmp(hosts[i].name, hosts[j].name))
				return cpc_fail(reterr, CPC_USAGE, 0,
						"two hosts are called %.60s and no machine id tells them apart; give "
						"each once, under its own name",
						hosts[i].name);
		}
	}
	return CPC_OK;
}

enum cpc_status cpc_ready_judge(const struct cpc_policy *policy, const struct cpc_ready_host *hosts, size_t count,
				uint32_t assumed, struct cpc_ready *ret_ready, struct cpc_error *reterr)
{
	return cpc_ready_judge_load(policy, hosts, count, assumed, NULL, ret_ready, reterr);
}

enum cpc_status cpc_ready_judge_load(const struct cpc_policy *policy, const struct cpc_ready_host *hosts, size_t count,
				     uint32_t assumed, const struct cpc_ready_load *load, struct cpc_ready *ret_ready,
				     struct cpc_error *reterr)
{
	struct cpc_ready ready = { .policy = policy,
				   .vms = load ? load->vms : NULL,
				   .overhead = load ? load->overhead : NULL };
	struct cpc_judge judge = {
		.policy = policy, .demands = cpc_demands_of(policy), .hosts = hosts, .count = count, .load = load
	};

	if (refuse_twins(hosts, count, reterr))
		return CPC_USAGE;
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		judge.id = id;
		judge.row = &ready.rows[id];
		judge.row->assumed = assumed >> id & 1;
		judge_row(&judge);
	}
	if (judge.starved) {
		cpc_ready_free(&ready);
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	ready.end = end_of(&ready);
	*ret_ready = ready;
	return CPC_OK;
}

void cpc_ready_free(struct cpc_ready *ready)
{
	if (!ready)
		return;
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		free(ready->rows[id].facts);
		free(ready->rows[id].reasons);
		free(ready->rows[id].cautions);
	}
	*ready = (struct cpc_ready){ 0 };
}

const struct cpc_ready_reason *cpc_ready_main_reason(const struct cpc_ready_row *row)
{
	const struct cpc_ready_reason *best = NULL;

	/* What decides the minimum first, then what is certain. */
	for (size_t i = 0; i < row->reason_count; i++) {
		const struct cpc_ready_reason *reason = &row->reasons[i];

		if (!best || reason->column < best->column ||
		    (reason->column == best->column && reason->verdict > best->verdict))
			best = reason;
	}
	return best;
}
