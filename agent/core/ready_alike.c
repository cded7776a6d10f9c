/* SPDX-License-Identifier: MIT */
/*
 * What all hosts of a cluster are to have alike: network ports as many, as fast and bonded in the same way, and ways
 * to storage of the same kinds. What most of them have is what the others are measured by.
 */
#include "ready_inside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Bonds and teams of a host; of more it is not known what they are. */
#define GROUPS_MAX 32

/** What a host has of something, in words that are the same on hosts which have the same. */
struct having {
	bool known;
	uint64_t weight; /**< more is better */
	char text[CPC_READY_WHERE_SIZE];
	size_t length;
};

/** Something that hosts have alike: a fact, and what fills it in. */
struct aspect {
	enum cpc_ready_fact_id id;
	void (*describe)(const struct cpc_site *site, struct having *having);
};

/** One more item of the list; a list that does not fit is not known. */
__attribute__((format(printf, 2, 3))) static void list(struct having *having, const char *format, ...)
{
	const size_t room = sizeof(having->text) - having->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(having->text + having->length, room, format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= room)
		having->known = false;
	else
		having->length += (size_t)length;
}

/** How many linked ports have the highest speed that is below `*speed`, and that; any where `first`. 0: none. */
static size_t next_speed(const struct cpc_site *site, bool first, uint64_t *speed)
{
	const uint64_t below = *speed;
	size_t count = 0;

	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *port = &site->ports[i];

		if (port->kind != CPC_PORT_PHYSICAL || port->carrier != CPC_SET ||
		    (!first && port->speed.value >= below))
			continue;
		if (!count || port->speed.value > *speed) {
			*speed = port->speed.value;
			count = 0;
		}
		count += port->speed.value == *speed;
	}
	return count;
}

/** "4 x 10000 Mbit/s, 2 x 1000 Mbit/s" */
static void describe_links(const struct cpc_site *site, struct having *having)
{
	uint64_t speed = 0;
	size_t count;

	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *port = &site->ports[i];

		if (port->kind == CPC_PORT_PHYSICAL &&
		    (port->carrier == CPC_UNKNOWN || (port->carrier == CPC_SET && !port->speed.known)))
			having->known = false;
	}
	while (having->known && (count = next_speed(site, !having->length, &speed)) != 0) {
		list(having, "%s%zu x %" PRIu64 " Mbit/s", having->length ? ", " : "", count, speed);
		having->weight += count * (speed > UINT32_MAX ? UINT32_MAX : speed);
	}
}

static int compare_groups(const void *a, const void *b)
{
	return strcmp(a, b);
}

/** "bond 802.3ad of 2, team of 2" */
static void describe_redundancy(const struct cpc_site *site, struct having *having)
{
	char groups[GROUPS_MAX][CPC_SHORT_SIZE * 2];
	size_t count = 0;

	having->known = !cpc_has_switch(site);
	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *port = &site->ports[i];
		const size_t members = cpc_group_members(site, port->name, true);

		if (!cpc_is_redundant_group(site, port, false))
			continue;
		if (members != cpc_group_members(site, port->name, false) || count == GROUPS_MAX) {
			having->known = false;
			return;
		}
		snprintf(groups[count++], sizeof(*groups), "%s%s%s of %zu", cpc_port_kind_name(port->kind),
			 *port->mode ? " " : "", port->mode, members);
	}
	/* Whatever they are called. */
	qsort(groups, count, sizeof(*groups), compare_groups);
	for (size_t i = 0; i < count; i++)
		list(having, "%s%s", i ? ", " : "", groups[i]);
	having->weight = count;
}

/** "2 x fibre-channel, 1 x iscsi" */
static void describe_ways(const struct cpc_site *site, struct having *having)
{
	for (unsigned int transport = 0; transport < CPC_TRANSPORT_COUNT; transport++) {
		const uint64_t ways = cpc_count_ways(site, transport, true);

		if (ways != cpc_count_ways(site, transport, false))
			having->known = false;
		if (ways)
			list(having, "%s%" PRIu64 " x %s", having->length ? ", " : "", ways,
			     cpc_transport_name(transport));
		having->weight += ways;
	}
}

/** Why it cannot be told what a host has, though it was looked at; CPC_REMEDY_NONE: it can. */
static enum cpc_ready_remedy hindered(const struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const bool network = judge->id == CPC_ROW_NETWORK_PORTS;

	if (network ? cpc_ports_hidden(host) : cpc_ways_hidden(host))
		return CPC_REMEDY_LOOK_OUTSIDE;
	return (network ? host->site->ports_left_out : host->site->storage_ports_left_out) ? CPC_REMEDY_ASK_PLATFORM
											   : CPC_REMEDY_NONE;
}

/** Whether all was looked at; where not, that was said of the host itself. */
static bool is_seen(const struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const enum cpc_site_probe_id probe =
		judge->id == CPC_ROW_NETWORK_PORTS ? CPC_SITE_NETWORK_PORTS : CPC_SITE_STORAGE_PORTS;

	return host->site && host->site->results[probe].status == CPC_PROBE_OK;
}

static struct having have(const struct cpc_judge *judge, const struct aspect *aspect, const struct cpc_ready_host *host)
{
	struct having having = { .known = true };

	if (!is_seen(judge, host) || hindered(judge, host))
		return (struct having){ .known = false };
	aspect->describe(host->site, &having);
	if (having.known && !having.length)
		list(&having, "none");
	return having;
}

/** The host that has what most have; of as many the one with more. The first where nothing is known. */
static size_t find_model(const struct having *havings, size_t count)
{
	size_t model = 0;
	size_t most = 0;

	for (size_t i = 0; i < count; i++) {
		size_t alike = 0;

		for (size_t j = 0; havings[i].known && j < count; j++)
			alike += havings[j].known && !strcmp(havings[i].text, havings[j].text);
		if (alike > most || (alike && alike == most && havings[i].weight > havings[model].weight)) {
			model = i;
			most = alike;
		}
	}
	return model;
}

static void say_of(struct cpc_judge *judge, const struct aspect *aspect, const struct having *havings, size_t like)
{
	const struct having *its = &havings[judge->host];
	const struct having *model = &havings[like];
	const struct cpc_ready_host *host = &judge->hosts[judge->host];
	const char *name = cpc_ready_fact_name(aspect->id);
	struct cpc_ready_reason *reason;

	if (!its->known) {
		const enum cpc_ready_remedy remedy = hindered(judge, host);

		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, remedy ? remedy : CPC_REMEDY_LOOK_AGAIN, name);
		return;
	}
	cpc_note_text(judge, aspect->id, its->text, NULL, NULL);
	if (!strcmp(its->text, model->text))
		return;
	reason = cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, CPC_REMEDY_MATCH, name);
	if (reason) {
		snprintf(reason->has, sizeof(reason->has), "%s", its->text);
		snprintf(reason->others, sizeof(reason->others), "%s", model->text);
		reason->like = like;
	}
}

static void judge_alike(struct cpc_judge *judge, const struct aspect *aspect)
{
	struct having *havings = calloc(judge->count, sizeof(*havings));
	size_t model;

	if (!havings) {
		judge->starved = true;
		return;
	}
	for (size_t i = 0; i < judge->count; i++)
		havings[i] = have(judge, aspect, &judge->hosts[i]);
	model = find_model(havings, judge->count);
	for (size_t i = 0; i < judge->count; i++) {
		judge->host = i;
		if (is_seen(judge, &judge->hosts[i]))
			say_of(judge, aspect, havings, model);
	}
	judge->host = CPC_READY_CLUSTER;
	free(havings);
}

static bool is_asked(const struct cpc_judge *judge)
{
	return judge->count > 1 && judge->demands->ports_alike &&
	       cpc_demanded(judge->demands, judge->id, CPC_REALISTIC);
}

void cpc_judge_network_alike(struct cpc_judge *judge)
{
	static const struct aspect links = { CPC_FACT_LINKS, describe_links };
	static const struct aspect redundancy = { CPC_FACT_REDUNDANCY, describe_redundancy };

	if (judge->count > 1)
		(void)cpc_beware(judge, CPC_REMEDY_SWITCH_NAMES, NULL, judge->demands->switches_alike);
	if (!is_asked(judge))
		return;
	judge_alike(judge, &links);
	judge_alike(judge, &redundancy);
}

void cpc_judge_storage_alike(struct cpc_judge *judge)
{
	static const struct aspect ways = { CPC_FACT_WAYS_KINDS, describe_ways };

	if (is_asked(judge))
		judge_alike(judge, &ways);
}
