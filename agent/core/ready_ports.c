/* SPDX-License-Identifier: MIT */
/* The rows of network ports and of the ways to storage: plugs that work, and what stands in where one fails. */
#include "ready_inside.h"

#include <stdio.h>
#include <string.h>

/** What was counted of a host's network ports. */
struct counted {
	uint64_t physical;
	uint64_t linked;
	uint64_t not_told; /**< down, so that the kernel does not say whether there is a link */
	uint64_t paravirtual;
	uint64_t others; /**< neither a port nor made of ports, but for the loopback */
};

static void note_port(struct cpc_judge *judge, const struct cpc_port *port)
{
	char where[CPC_READY_WHERE_SIZE];

	snprintf(where, sizeof(where), "/sys/class/net/%s", port->name);
	cpc_note_text(judge, CPC_FACT_KIND, cpc_port_kind_name(port->kind), port->name, where);
	if (*port->mode)
		cpc_note_text(judge, CPC_FACT_MODE, port->mode, port->name, where);
	if (*port->master)
		cpc_note_text(judge, CPC_FACT_MASTER, port->master, port->name, where);
	if (port->kind != CPC_PORT_PHYSICAL)
		return;
	snprintf(where, sizeof(where), "/sys/class/net/%s/carrier", port->name);
	cpc_note_tristate(judge, CPC_FACT_CARRIER, port->carrier, port->name, where);
	snprintf(where, sizeof(where), "/sys/class/net/%s/speed", port->name);
	cpc_note_measurement(judge, CPC_FACT_SPEED, port->speed, port->name, where);
	snprintf(where, sizeof(where), "/sys/class/net/%s/device/sriov_totalvfs", port->name);
	cpc_note_measurement(judge, CPC_FACT_VIRTUAL_FUNCTIONS, port->virtual_functions_max, port->name, where);
}

static void count_port(const struct cpc_port *port, struct counted *counted)
{
	switch (port->kind) {
	case CPC_PORT_PHYSICAL:
		counted->physical++;
		counted->linked += port->carrier == CPC_SET;
		counted->not_told += port->carrier == CPC_UNKNOWN;
		break;
	case CPC_PORT_PARAVIRTUAL:
		counted->paravirtual++;
		break;
	case CPC_PORT_OTHER:
		counted->others += strcmp(port->name, "lo") != 0;
		break;
	default:
		break;
	}
}

size_t cpc_group_members(const struct cpc_site *site, const char *group, bool sure)
{
	size_t count = 0;

	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *port = &site->ports[i];

		count += port->kind == CPC_PORT_PHYSICAL && !strcmp(port->master, group) &&
			 (port->carrier == CPC_SET || (!sure && port->carrier == CPC_UNKNOWN));
	}
	return count;
}

bool cpc_has_switch(const struct cpc_site *site)
{
	for (size_t i = 0; i < site->port_count; i++) {
		if (site->ports[i].kind == CPC_PORT_OTHER && cpc_group_members(site, site->ports[i].name, false))
			return true;
	}
	return false;
}

/** The ports that a reason is about: those of a carrier, of all or of one bond or team. */
static void name_ports(struct cpc_ready_reason *reason, const struct cpc_site *site, enum cpc_tristate carrier,
		       const char *group)
{
	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *port = &site->ports[i];

		if (port->kind == CPC_PORT_PHYSICAL && port->carrier == carrier &&
		    (!group || !strcmp(port->master, group)))
			cpc_name(reason, port->name);
	}
}

/** Ports that stand for each other, were they connected: the bond or team, or NULL. */
static const char *broken_group(const struct cpc_site *site)
{
	for (size_t i = 0; i < site->port_count; i++) {
		const struct cpc_port *group = &site->ports[i];
		size_t count = 0;

		for (size_t j = 0; j < site->port_count; j++)
			count +=
				site->ports[j].kind == CPC_PORT_PHYSICAL && !strcmp(site->ports[j].master, group->name);
		if ((group->kind == CPC_PORT_BOND || group->kind == CPC_PORT_TEAM) && count >= 2)
			return group->name;
	}
	return NULL;
}

bool cpc_is_redundant_group(const struct cpc_site *site, const struct cpc_port *port, bool sure)
{
	return (port->kind == CPC_PORT_BOND || port->kind == CPC_PORT_TEAM) &&
	       cpc_group_members(site, port->name, sure) >= 2;
}

static size_t redundant_groups(const struct cpc_site *site, bool sure)
{
	size_t count = 0;

	for (size_t i = 0; i < site->port_count; i++)
		count += cpc_is_redundant_group(site, &site->ports[i], sure);
	return count;
}

static void judge_redundancy(struct cpc_judge *judge, const struct cpc_site *site, bool hidden)
{
	const size_t groups = redundant_groups(site, true);
	const char *const broken = broken_group(site);

	cpc_note_number(judge, CPC_FACT_REDUNDANT_GROUPS, groups, NULL, "/sys/class/net/*/master");
	cpc_found(judge);
	if (!judge->demands->network_redundant)
		return;
	if (groups)
		(void)cpc_say(judge, CPC_REALISTIC, CPC_MET, CPC_REMEDY_NONE, NULL);
	else if (hidden)
		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
	else if (redundant_groups(site, false))
		name_ports(cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, CPC_REMEDY_RAISE_PORTS, NULL), site,
			   CPC_UNKNOWN, NULL);
	else if (cpc_has_switch(site) || site->ports_left_out)
		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, NULL);
	else if (broken)
		name_ports(cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, CPC_REMEDY_CONNECT_BOND, NULL), site, CPC_CLEAR,
			   broken);
	else
		(void)cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, CPC_REMEDY_BOND, NULL);
}

bool cpc_ports_hidden(const struct cpc_ready_host *host)
{
	struct counted counted = { 0 };

	for (size_t i = 0; host->site && i < host->site->port_count; i++)
		count_port(&host->site->ports[i], &counted);
	return cpc_is_guest(host) || cpc_is_contained(host) || host->site->host.private_network == CPC_SET ||
	       counted.paravirtual || (!counted.physical && counted.others);
}

void cpc_judge_network_ports(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_site *site = host->site;
	enum cpc_ready_remedy look = CPC_REMEDY_RAISE_PORTS;
	struct counted counted = { 0 };
	uint64_t most;
	bool hidden;

	if (!cpc_saw(judge, host, CPC_SITE_NETWORK_PORTS))
		return;
	for (size_t i = 0; i < site->port_count; i++)
		count_port(&site->ports[i], &counted);
	cpc_note_number(judge, CPC_FACT_PORTS_LINKED, counted.linked, NULL, "/sys/class/net/*/carrier");
	cpc_found(judge);
	cpc_note_number(judge, CPC_FACT_PORTS, counted.physical, NULL, "/sys/class/net");
	cpc_found(judge);
	if (counted.paravirtual) {
		cpc_note_number(judge, CPC_FACT_PORTS_PARAVIRTUAL, counted.paravirtual, NULL, "/sys/class/net");
		cpc_found(judge);
	}
	for (size_t i = 0; i < site->port_count; i++)
		note_port(judge, &site->ports[i]);
	if (site->ports_left_out)
		cpc_note_number(judge, CPC_FACT_LEFT_OUT, site->ports_left_out, NULL, "/sys/class/net");
	hidden = cpc_ports_hidden(host);
	if (hidden)
		look = CPC_REMEDY_LOOK_OUTSIDE;
	else if (site->ports_left_out)
		look = CPC_REMEDY_ASK_PLATFORM;
	most = hidden || site->ports_left_out ? UINT64_MAX : counted.linked + counted.not_told;
	for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++) {
		const uint64_t want = judge->demands->network_ports[column];
		struct cpc_ready_reason *reason;

		if (!cpc_demanded(judge->demands, judge->id, column))
			continue;
		reason =
			cpc_say_count(judge, column, counted.linked, most, want,
				      counted.physical >= want ? CPC_REMEDY_CONNECT_PORTS : CPC_REMEDY_ADD_PORTS, look);
		if (reason && reason->remedy == CPC_REMEDY_CONNECT_PORTS)
			name_ports(reason, site, CPC_CLEAR, NULL);
		else if (reason && reason->remedy == CPC_REMEDY_RAISE_PORTS)
			name_ports(reason, site, CPC_UNKNOWN, NULL);
	}
	judge_redundancy(judge, site, hidden);
}

/** Whether a way of one of some transports, a bit each, counts: it is up, or (not `sure`) may be. */
static bool counts(const struct cpc_storage_port *port, unsigned int transports, bool sure)
{
	return (transports >> port->transport & 1) && !port->shares_plug && port->usable != CPC_CLEAR &&
	       (!sure || port->usable == CPC_SET);
}

/** Whether a way's adapter is that port of Fibre Channel: NVMe calls it "nn-0x...:pn-0x...", of which the latter is its
 * name. */
static bool is_of(const struct cpc_storage_port *way, const struct cpc_storage_port *adapter)
{
	const char *const name = strstr(way->through, ":pn-");

	return way->transport == CPC_TRANSPORT_NVME_FABRICS && adapter->transport == CPC_TRANSPORT_FIBRE_CHANNEL &&
	       name && !strcmp(name + 4, adapter->identity);
}

/** Whether one before it goes through the same interface, be it of another transport, or it through a port that counts
 * by itself. */
static bool repeats(const struct cpc_site *site, size_t n, unsigned int transports, bool sure)
{
	const struct cpc_storage_port *port = &site->storage_ports[n];

	for (size_t i = 0; i < site->storage_port_count; i++) {
		const struct cpc_storage_port *other = &site->storage_ports[i];

		if (counts(other, transports, sure) &&
		    (is_of(port, other) || (i < n && !strcmp(other->through, port->through))))
			return true;
	}
	return false;
}

static uint64_t count_among(const struct cpc_site *site, unsigned int transports, bool sure)
{
	uint64_t ways = 0;
	bool known = false;
	bool unknown = false;

	for (size_t i = 0; i < site->storage_port_count; i++) {
		const struct cpc_storage_port *port = &site->storage_ports[i];

		if (!counts(port, transports, sure))
			continue;
		if (*port->through) {
			ways += !repeats(site, i, transports, sure);
			known = true;
		} else if (port->transport == CPC_TRANSPORT_ISCSI || port->transport == CPC_TRANSPORT_NVME_FABRICS) {
			ways += !sure;
			unknown = true;
		} else {
			ways++;
		}
	}
	/* Those of which nobody knows where they go through may all go through one interface. */
	return ways + (sure && unknown && !known);
}

uint64_t cpc_count_ways(const struct cpc_site *site, enum cpc_transport transport, bool sure)
{
	return count_among(site, 1U << transport, sure);
}

static void name_storage_ports(struct cpc_ready_reason *reason, const struct cpc_site *site, enum cpc_tristate usable)
{
	for (size_t i = 0; i < site->storage_port_count; i++) {
		if (site->storage_ports[i].usable == usable)
			cpc_name(reason, site->storage_ports[i].name);
	}
}

static uint64_t count_ways(const struct cpc_site *site, bool sure)
{
	return count_among(site, ~0U, sure);
}

static void note_storage_port(struct cpc_judge *judge, const struct cpc_storage_port *port)
{
	cpc_note_text(judge, CPC_FACT_TRANSPORT, cpc_transport_name(port->transport), port->name, NULL);
	if (*port->state)
		cpc_note_text(judge, CPC_FACT_STATE, port->state, port->name, NULL);
	if (*port->identity)
		cpc_note_text(judge, CPC_FACT_IDENTITY, port->identity, port->name, NULL);
	if (*port->through)
		cpc_note_text(judge, CPC_FACT_THROUGH, port->through, port->name, NULL);
}

/** Whether another disk is the same volume by another path, of which nobody made one. */
static bool has_twin(const struct cpc_site *site, const struct cpc_volume *volume)
{
	for (size_t i = 0; i < site->volume_count; i++) {
		const struct cpc_volume *other = &site->volumes[i];

		if (other != volume && *volume->identity && !strcmp(other->identity, volume->identity))
			return true;
	}
	return false;
}

/** Two ports are of no use to a volume that is reached by one of them. What is on SAS may be the host's own disk. */
static void judge_single_path(struct cpc_judge *judge, const struct cpc_site *site, const struct cpc_volume *volume)
{
	const bool shared = judge->demands->shared_over >> volume->transport & 1;

	if (judge->demands->storage_ports[CPC_REALISTIC] < 2 || !shared || !volume->paths.known ||
	    volume->paths.value != 1)
		return;
	if (has_twin(site, volume))
		(void)cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, CPC_REMEDY_MULTIPATH, volume->name);
	else if (volume->transport != CPC_TRANSPORT_SAS)
		(void)cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, volume->name);
}

/** A path that is lost is no redundancy, whatever is left. */
static void judge_paths(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_site *site = host->site;
	const enum cpc_ready_remedy look = cpc_would_see(host, CPC_SITE_VOLUMES);

	if (!cpc_demanded(judge->demands, judge->id, CPC_REALISTIC))
		return;
	if (look) {
		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, look, site->results[CPC_SITE_VOLUMES].needs);
		return;
	}
	for (size_t i = 0; i < site->volume_count; i++) {
		const struct cpc_volume *volume = &site->volumes[i];
		struct cpc_ready_reason *reason;

		judge_single_path(judge, site, volume);
		if (!volume->paths.known || !volume->paths_usable.known || volume->transport == CPC_TRANSPORT_LOCAL ||
		    volume->paths_usable.value >= volume->paths.value)
			continue;
		reason = cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, volume->name);
		if (reason) {
			reason->have = volume->paths_usable;
			reason->want = volume->paths;
		}
	}
	(void)cpc_say(judge, CPC_REALISTIC, CPC_MET, CPC_REMEDY_NONE, NULL);
}

bool cpc_ways_hidden(const struct cpc_ready_host *host)
{
	/* A container that sees any sees all: the kernel's devices are everybody's. */
	return cpc_is_guest(host) || (cpc_is_contained(host) && !host->site->storage_port_count);
}

void cpc_judge_storage_ports(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_site *site = host->site;
	bool hidden;
	bool lost = false;
	uint64_t most;

	if (!cpc_saw(judge, host, CPC_SITE_STORAGE_PORTS))
		return;
	for (size_t i = 0; i < site->storage_port_count; i++)
		lost = lost || site->storage_ports[i].usable == CPC_CLEAR;
	cpc_note_number(judge, CPC_FACT_WAYS, count_ways(site, true), NULL,
			"/sys/class/fc_host, sas_host, iscsi_session");
	cpc_found(judge);
	cpc_note_number(judge, CPC_FACT_PORTS, site->storage_port_count, NULL, NULL);
	cpc_found(judge);
	for (size_t i = 0; i < site->storage_port_count; i++)
		note_storage_port(judge, &site->storage_ports[i]);
	if (site->storage_ports_left_out)
		cpc_note_number(judge, CPC_FACT_LEFT_OUT, site->storage_ports_left_out, NULL, NULL);
	hidden = cpc_ways_hidden(host);
	most = hidden || site->storage_ports_left_out ? UINT64_MAX : count_ways(site, false);
	for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++) {
		const uint64_t want = judge->demands->storage_ports[column];
		struct cpc_ready_reason *reason;

		if (!cpc_demanded(judge->demands, judge->id, column))
			continue;
		reason = cpc_say_count(judge, column, count_ways(site, true), most, want,
				       lost ? CPC_REMEDY_MEND_PATH : CPC_REMEDY_ADD_PATH,
				       hidden ? CPC_REMEDY_LOOK_OUTSIDE : CPC_REMEDY_LOOK_AGAIN);
		if (reason && reason->remedy == CPC_REMEDY_MEND_PATH)
			name_storage_ports(reason, site, CPC_CLEAR);
		else if (reason && reason->remedy == CPC_REMEDY_LOOK_AGAIN)
			name_storage_ports(reason, site, CPC_UNKNOWN);
	}
	/* Where no count is asked, that none is lost is not seen by seeing none. */
	if (hidden && !judge->demands->storage_ports[CPC_REALISTIC])
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
	judge_paths(judge, host);
}
